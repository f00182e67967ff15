"""An invitation from the manager's screen to the guard's first page."""

import pytest
from playwright.sync_api import expect

from tests.browser.looks import assert_right

pytestmark = pytest.mark.browser

PASSWORD = "three random words"


def test_an_invitation_is_accepted_in_a_browser(page_of):
    """Its page tells nobody its address; a stricter wish than that would make the browser's form be refused."""
    manager = page_of("moss")
    manager.goto("/people/invite/")
    manager.get_by_label("Name").fill("Sam Okoro")
    manager.get_by_label("E-mail address or staff number").fill("B18")
    manager.get_by_label("Harrowmere Services").check()
    manager.get_by_role("button", name="Invite").click()
    link = manager.get_by_label("Give this link to Sam Okoro").input_value()
    guard = page_of()
    guard.goto(link)
    assert_right(guard)
    guard.get_by_label("Choose a password").fill(PASSWORD)
    guard.get_by_role("button", name="Save and sign in").click()
    guard.wait_for_url(lambda url: "/invitations/" not in url)
    guard.goto("/me/")
    expect(guard.get_by_text("Sam Okoro")).to_be_visible()


def test_a_manager_invites_again(page_of):
    manager = page_of("moss")
    manager.goto("/people/invite/")
    manager.get_by_label("Name").fill("Sam Okoro")
    manager.get_by_label("E-mail address or staff number").fill("B18")
    manager.get_by_label("Harrowmere Services").check()
    manager.get_by_role("button", name="Invite").click()
    manager.goto("/people/")
    manager.get_by_role("link", name="Sam Okoro").click()
    assert_right(manager)
    manager.get_by_role("button", name="Invite again").click()
    manager.wait_for_url("**/invite-again/")
    assert_right(manager)
