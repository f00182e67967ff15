"""A concern on paper: the card, and nothing that belongs to a screen."""

import pytest

from tests.browser.test_path import TYPED, fill_in, send

pytestmark = pytest.mark.browser

SCREEN = ["header [data-leave]", ".cse-nav", ".cse-emergency", ".cse-foot", ".govuk-back-link", "form", "main button"]


@pytest.mark.parametrize("page_path", ["", "print/"])
def test_paper_shows_the_card_and_nothing_to_tap(page_of, page_path):
    asha = page_of("asha")
    fill_in(asha)
    address = send(asha)
    for page in (asha, page_of("moss")):
        page.goto(f"{address}{page_path}")
        page.emulate_media(media="print")
        assert [words for words in TYPED.values() if not page.get_by_text(words).first.is_visible()] == []
        assert page.locator("h1", has_text=address.split("/")[2]).is_visible()
        shown = {what: page.locator(what).evaluate_all(VISIBLE) for what in SCREEN}
        assert shown == dict.fromkeys(SCREEN, 0)
        assert page.pdf()[:4] == b"%PDF"


VISIBLE = "all => all.filter((element) => element.checkVisibility()).length"


def test_paper_is_light_where_the_screen_is_dark(page_of):
    page = page_of("moss", color_scheme="dark")
    page.goto("/")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
