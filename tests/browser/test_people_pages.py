"""The pages of people and sign-in, clean and with errors: nothing trips a screen reader, nothing goes sideways."""

import pytest

from tests.browser.looks import assert_right

pytestmark = pytest.mark.browser

ROTA = b"name,email\nSam,sam\nLee,lee@example.com\n,x@example.com\nLee,lee@example.com\n"


def press(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


ENTRANCE = {
    "/accounts/login/": "Sign in",
    "/accounts/login/code/": "Send the code",
    "/accounts/password/reset/": "Send the link",
    "/accounts/password/reset/done/": None,
    "/accounts/password/reset/key/abc-def/": None,
    "/accounts/signup/": None,
    "/accounts/inactive/": None,
    "/invitations/no-such-link/": None,
}
INSIDE = {
    "/me/": None,
    "/accounts/logout/": None,
    "/accounts/password/set/": "Save it",
    "/accounts/sessions/": None,
    "/accounts/2fa/": None,
    "/accounts/2fa/webauthn/": None,
    "/accounts/2fa/webauthn/add/": None,
    "/accounts/2fa/totp/activate/": "Use the app from now on",
    "/people/": None,
    "/people/invite/": "Invite",
    "/people/bring-in/": "Bring them in",
    "/sites/": None,
}


@pytest.mark.parametrize(("person", "pages"), [(None, ENTRANCE), ("moss", INSIDE)])
def test_every_page_fits_clean_and_with_errors(page_of, person, pages):
    page = page_of(person)
    for path, button in pages.items():
        page.goto(path)
        assert_right(page)
        if button:
            press(page, button)
            assert page.get_by_role("heading", name="There is a problem").is_visible(), path
            assert_right(page)


def test_a_site_and_a_guard_fit(page_of):
    page = page_of("moss")
    for start, name in (("/sites/", "Harrowmere Services"), ("/people/", "Asha")):
        page.goto(start)
        page.locator("main").get_by_role("link", name=name).click()
        assert_right(page)
    page.locator("summary").click()
    assert_right(page)


def test_a_site_with_gaps_fits(page_of):
    page = page_of("stan")
    page.goto("/sites/")
    page.get_by_role("link", name="Pellmoor Arcade", exact=True).click()
    assert page.get_by_text("Somebody could not be reached from here").is_visible()
    assert_right(page)


def test_faulty_lines_and_invitations_fit(page_of):
    page = page_of("moss")
    page.goto("/people/bring-in/")
    page.set_input_files("#id_file", {"name": "rota.csv", "mimeType": "text/csv", "buffer": ROTA})
    page.get_by_label("Harrowmere Services").check()
    press(page, "Bring them in")
    assert page.get_by_text("Line 5: lee@example.com is on line 3 too.").is_visible()
    assert_right(page)
    good = b"Staff number;Name\nC1;Sam Okoro\nC2;Lee Marsh\n"
    page.set_input_files("#id_file", {"name": "rota.csv", "mimeType": "text/csv", "buffer": good})
    press(page, "Bring them in")
    assert page.get_by_label("Give this link to Sam Okoro").is_visible()
    assert_right(page)


def test_a_locked_out_guard_finds_the_code(page_of):
    page = page_of()
    page.goto("/accounts/login/")
    for _ in range(6):
        page.get_by_label("E-mail address or staff number").fill("DEMO1")
        page.get_by_label("Password", exact=True).fill("not the password")
        press(page, "Sign in")
    assert page.get_by_text("Too many tries.").is_visible()
    assert_right(page)
    press(page, "E-mail me a code instead")
    assert page.get_by_role("heading", name="Enter the code").is_visible()
    assert_right(page)
    page.get_by_label("Code", exact=True).fill("BBBB-BBBB")
    press(page, "Sign in")
    assert page.get_by_role("heading", name="There is a problem").is_visible()
    assert_right(page)


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/accounts/site/add/"])
def test_the_admin_obeys_our_policy(page_of, path):
    """What page_of watches for is the test: its scripts write markup too."""
    page = page_of("ada")
    page.goto(path)
    assert page.get_by_role("link", name="CSE Reports").is_visible()
