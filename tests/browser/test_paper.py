"""A handover and a statement pack in a real browser: right on a screen, and on paper without what belongs to one."""

import pytest

from tests.browser.looks import assert_right
from tests.browser.test_print import SCREEN, VISIBLE
from tests.browser.test_queue import LATE, LATER, SOON, happen  # noqa: F401

pytestmark = pytest.mark.browser

ABOUT_AN_OFFICER = "print(send_card(asha, urgency='prompt', about=['police'], now=ago(hours=5)))"


@pytest.fixture
def references(happen):  # noqa: F811
    """A card that nobody told the police of, one about an officer, and two that wait."""
    return happen(LATE, ABOUT_AN_OFFICER, SOON, LATER)


def is_black(element):
    """Whether its words can be read on paper, where grounds are not printed."""
    return element.evaluate("(element) => getComputedStyle(element).color") == "rgb(0, 0, 0)"


@pytest.mark.parametrize("name", ["moss", "hana"])
def test_a_handover(page_of, references, name):
    page = page_of(name)
    page.goto("/")
    page.get_by_role("link", name="Shift handover, to print").click()
    assert_right(page)
    assert page.get_by_role("button", name="Print").is_visible()
    page.emulate_media(media="print")
    for reference in references:
        assert page.get_by_text(reference, exact=True).is_visible()
    assert {what: page.locator(what).evaluate_all(VISIBLE) for what in SCREEN} == dict.fromkeys(SCREEN, 0)
    assert all(is_black(element) for element in page.locator(".cse-box--alarm :is(h2, h3, p, a)").all())
    assert page.get_by_text("Handed over by").is_visible()


def test_a_handover_of_nothing(page_of):
    page = page_of("lena")
    page.goto("/handover/")
    assert page.get_by_text("Nothing is open").is_visible()
    assert_right(page)


@pytest.mark.parametrize("name", ["hana", "priya"])
def test_a_statement_pack(page_of, references, name):
    page = page_of(name)
    page.goto(f"/concerns/{references[0]}/")
    page.get_by_role("link", name="Statement pack for the police").click()
    assert_right(page)
    page.emulate_media(media="print")
    assert page.get_by_text("The history holds.").is_visible()
    assert {what: page.locator(what).evaluate_all(VISIBLE) for what in SCREEN} == dict.fromkeys(SCREEN, 0)
    assert page.pdf()[:4] == b"%PDF"
