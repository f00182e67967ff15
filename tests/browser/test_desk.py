"""A duty desk in a browser: from the message to “we have it”, right by day and night, narrow and large."""

import re
import subprocess

import pytest

from cse_reports import install
from tests.browser.looks import assert_right
from tests.browser.test_path import fill_in, send

pytestmark = pytest.mark.browser


@pytest.fixture
def letters(service, tmp_path):
    """A function: what a worker sends by now, each letter as it lies in a mailbox."""

    def work():
        env = service.env | {"EMAIL_URL": f"filemail:///{tmp_path}/mail", "SERVICE_URL": service.url}
        subprocess.run([install.PYTHON, "manage.py", "deliver", "--once", "-v0"], cwd=install.ROOT, env=env, check=True)
        return [file.read_text() for file in (tmp_path / "mail").glob("*")]

    return work


@pytest.fixture
def link(page_of, letters):
    """The link that the intelligence desk of the police is sent for a card of Asha's."""
    asha = page_of("asha")
    fill_in(asha)
    send(asha)
    (letter,) = [letter for letter in letters() if "To: intelligence@" in letter]
    return re.search(r"^http\S+", letter, re.MULTILINE)[0]


def press(page, name):
    page.locator("main").get_by_role("button", name=name).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
def test_a_desk_says_that_it_has_a_message(page_of, link, js):
    desk = page_of(js=js)
    desk.goto(link)
    assert re.fullmatch(r"/desk/[0-9a-f-]{36}/", desk.evaluate("location.pathname"))
    desk.fill("#received_by", "Jo Reed, collar 4417")
    press(desk, "We have this message")
    assert desk.get_by_role("heading", name="Thank you").is_visible()
    assert desk.get_by_text("Your desk has said that it has this message").is_visible()


def test_the_pages_of_a_desk_look_right(page_of, link):
    desk = page_of()
    desk.goto(link)
    assert_right(desk)
    press(desk, "We have this message")
    assert desk.get_by_role("heading", name="There is a problem").is_visible()
    assert_right(desk)
    desk.fill("#received_by", "Jo Reed, collar 4417")
    press(desk, "We have this message")
    assert_right(desk)
    desk.goto("/desk/gone/")
    assert desk.get_by_role("heading", name="This link has ended").is_visible()
    assert_right(desk)


def test_whom_to_ring_while_messages_are_late_looks_right(page_of):
    page = page_of("moss")
    page.goto("/me/")
    assert page.get_by_role("heading", name="Messages are late. Ring instead.").is_visible()
    assert_right(page)


def test_a_secret_that_is_shown_once_looks_right(page_of):
    page = page_of("ada")
    page.goto("/admin/accounts/site/")
    page.get_by_role("link", name="Quillgate Shopping Centre").click()
    page.get_by_label("Control-room system", exact=False).first.fill("https://room.example/in")
    page.get_by_label("Make a new secret").check()
    page.locator("input[name=_save]").click()
    assert page.get_by_role("heading", name="Copy this secret now").is_visible()
    assert_right(page)
