"""Calls, holds and footage in a real browser: the police first, and every page of them right, clean and with errors."""

import pytest

from tests.browser.looks import assert_right
from tests.browser.test_looks import press
from tests.browser.test_path import fill_in, send

pytestmark = pytest.mark.browser


@pytest.fixture
def sent(page_of):
    """The address of a card of Asha's that names a camera and asks for a call."""
    asha = page_of("asha")
    fill_in(asha)
    asha.uncheck("#police_called")
    return send(asha)


def wrong_then_right(page, address, button, **typed):
    """The form as it opens, with errors, and then filled in."""
    page.goto(address)
    assert_right(page)
    for box in page.locator("main input[type=text], main textarea").all():
        box.fill("")
    press(page, button)
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert_right(page)
    page.goto(address)
    for name, words in typed.items():
        page.fill(f"[name={name}]", words)


def test_the_author_rings_the_police_and_says_so(page_of, sent):
    asha = page_of("asha")
    asha.goto(sent)
    asha.get_by_role("link", name="What to say In the order they ask").click()
    assert_right(asha)
    wrong_then_right(asha, f"{sent}told/police_call/", "I told them", whom="Dee, call-taker")
    asha.check("[name=how][value='101']")
    asha.check("[name=no_log]")
    press(asha, "I told them")
    asha.get_by_text("Written down: you told the police.").wait_for()
    asha.get_by_text("no log number given").wait_for()
    asha.goto(f"{sent}told/police_call/")
    asha.get_by_role("heading", name="Nothing was changed").wait_for()
    assert_right(asha)


def test_a_hold_begins_goes_on_and_ends(page_of, sent):
    moss, cole = page_of("moss"), page_of("cole")
    wrong_then_right(moss, f"{sent}hold/", "Put it on hold", officer="DS Pell", reference="OP 22")
    press(moss, "Put it on hold")
    moss.get_by_role("heading", name="On hold for the police").wait_for()
    assert_right(moss)
    assert cole.goto(sent).status == 404
    moss.goto(f"{sent}hold/")
    press(moss, "Keep it on hold")
    wrong_then_right(moss, f"{sent}hold/end/", "End the hold", reason="They need it no longer.")
    press(moss, "End the hold")
    moss.get_by_text("The hold has ended.").wait_for()
    assert cole.goto(sent).status == 200


def test_the_customer_says_that_the_footage_is_saved(page_of, sent):
    cole, priya = page_of("cole"), page_of("priya")
    wrong_then_right(cole, f"{sent}saved/", "It is saved", whom="Jo", where="Locked drawer, disk 12")
    press(cole, "It is saved")
    cole.get_by_text("It is written down that it is saved by Jo").wait_for()
    assert_right(cole)
    priya.goto(sent)
    priya.get_by_role("heading", name="CCTV: saved").wait_for()
    assert_right(priya)
