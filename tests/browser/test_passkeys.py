"""A passkey in a real browser, under our own policy: added, used alone, used as a second step, and taken off."""

import pytest
from playwright.sync_api import expect

from tests.browser.looks import assert_right

pytestmark = pytest.mark.browser

PASSWORD = "three random words"
SENSOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Phone:
    """Asha's phone, with a sensor for her finger."""

    def __init__(self, page):
        self.page = page
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable")
        self.sensor = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": SENSOR})["authenticatorId"]
        page.goto("/accounts/password/set/")
        page.get_by_label("Choose a password").fill(PASSWORD)
        self.press("Save it")

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def sees(self, heading):
        expect(self.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()

    def add_passkey(self, alone=True):
        self.page.goto("/accounts/2fa/webauthn/add/")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Go on")
        self.page.get_by_label("Sign in with it alone").set_checked(alone)
        self.press("Add it")
        self.sees("Spare codes")

    def sign_out(self):
        self.page.goto("/me/")
        self.press("Sign out")

    def sign_in(self):
        self.page.goto("/accounts/login/")
        self.page.get_by_label("E-mail address or staff number").fill("DEMO1")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Sign in")

    def use_passkey(self):
        self.press("Use a passkey")
        self.page.wait_for_url(lambda url: "/accounts/" not in url)

    def is_asha(self):
        self.page.goto("/me/")
        return self.page.get_by_text("asha@demo.example").is_visible()


@pytest.fixture
def phone(page_of):
    return Phone(page_of("asha"))


def test_a_passkey_alone_signs_in(phone):
    phone.add_passkey()
    phone.sign_out()
    phone.use_passkey()
    assert phone.is_asha()


def test_after_a_password_the_passkey_is_the_second_step(phone):
    phone.add_passkey(alone=False)
    phone.sign_out()
    phone.sign_in()
    phone.sees("One more step")
    phone.use_passkey()
    assert phone.is_asha()


def test_a_passkey_that_does_not_work_says_so_and_offers_another_way(phone):
    phone.add_passkey()
    phone.sign_out()
    phone.cdp.send("WebAuthn.clearCredentials", {"authenticatorId": phone.sensor})
    phone.press("Use a passkey")
    expect(phone.page.get_by_role("alert").filter(has_text="The passkey did not work")).to_be_visible()
    expect(phone.page.get_by_role("button", name="E-mail me a code instead")).to_be_visible()


def test_a_passkey_is_renamed_and_taken_off(phone):
    phone.add_passkey()
    phone.page.goto("/accounts/2fa/webauthn/")
    assert_right(phone.page)
    phone.page.get_by_role("link", name="Rename Passkey").click()
    assert_right(phone.page)
    phone.page.get_by_label("Name of this passkey").fill("My phone")
    phone.press("Save")
    phone.page.get_by_role("link", name="Take off My phone").click()
    assert_right(phone.page)
    phone.press("Take it off")
    expect(phone.page.get_by_text("You have no passkey yet.")).to_be_visible()
    phone.sign_out()
    phone.sign_in()
    assert phone.is_asha()


def test_showing_again_that_it_is_you_takes_a_passkey_too(phone):
    phone.add_passkey()
    phone.sign_out()
    phone.use_passkey()
    phone.page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/me/")
    assert_right(phone.page)
    phone.press("Use a passkey")
    phone.page.wait_for_url("**/me/")


def test_a_browser_without_scripts_is_shown_no_button_that_does_nothing(page_of):
    page = page_of(js=False)
    page.goto("/accounts/login/")
    assert not page.get_by_role("button", name="Use a passkey").is_visible()
    assert page.get_by_role("button", name="E-mail me a code instead").is_visible()
