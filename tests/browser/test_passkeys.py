"""A passkey in a real browser, under our own policy: added, used alone, used as a second step, and taken off."""

import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from accounts import demo
from accounts.models import User
from accounts.roles import Role

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "three random words"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def kit(transactional_db):
    moss = demo.load()["moss"]
    names = {"name": "Kit Marlow", "email": "kit@brightkeep.example", "staff_number": "B17"}
    return User.objects.create_user(password=PASSWORD, role=Role.GUARD, organisation=moss.organisation, **names)


@pytest.fixture
def service(kit, live_server, settings):
    """The address of the service; a browser takes http://localhost for safe, and so must we."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    return live_server.url


class Phone:
    """A phone with a fingerprint sensor, and what its browser complained of."""

    def __init__(self, playwright, service):
        self.browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        self.page = self.browser.new_page(base_url=service, viewport={"width": 375, "height": 667})
        self.page.set_default_timeout(15_000)
        self.complaints = []
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.sensor = self.page.context.new_cdp_session(self.page)
        self.sensor.send("WebAuthn.enable")
        self.passkeys = self.sensor.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})["authenticatorId"]

    def sign_in(self):
        self.page.goto("/accounts/login/")
        self.page.get_by_label("E-mail address or staff number").fill("B17")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()

    def add_passkey(self, alone=True):
        self.page.goto("/accounts/2fa/webauthn/add/")
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Go on").click()
        self.page.get_by_label("Sign in with it alone").set_checked(alone)
        self.page.get_by_role("button", name="Add it").click()
        expect(self.page.get_by_role("heading", name="Spare codes")).to_be_visible()

    def sign_out(self):
        self.page.goto("/me/")
        self.page.get_by_role("button", name="Sign out").click()

    def is_kit(self):
        self.page.goto("/me/")
        return self.page.get_by_text("Kit Marlow").first.is_visible()

    def forget_passkeys(self):
        self.sensor.send("WebAuthn.clearCredentials", {"authenticatorId": self.passkeys})


@pytest.fixture
def try_it(service):
    """Runs a story on a phone of its own; afterwards its browser must not have complained of anything."""

    def run(story):
        with sync_playwright() as playwright:
            phone = Phone(playwright, service)
            story(phone)
            assert phone.complaints == []
            phone.browser.close()

    return run


def test_a_passkey_alone_signs_in(try_it):
    def story(phone):
        phone.sign_in()
        phone.add_passkey()
        phone.sign_out()
        phone.page.get_by_role("button", name="Use a passkey").click()
        phone.page.wait_for_url(lambda url: "/accounts/" not in url)
        assert phone.is_kit()

    try_it(story)


def test_after_a_password_the_passkey_is_the_second_step(try_it):
    def story(phone):
        phone.sign_in()
        phone.add_passkey(alone=False)
        phone.sign_out()
        phone.sign_in()
        expect(phone.page.get_by_role("heading", name="One more step")).to_be_visible()
        phone.page.get_by_role("button", name="Use a passkey").click()
        phone.page.wait_for_url(lambda url: "/accounts/" not in url)
        assert phone.is_kit()

    try_it(story)


def test_a_passkey_that_does_not_work_says_so_and_offers_another_way(try_it):
    def story(phone):
        phone.sign_in()
        phone.add_passkey()
        phone.sign_out()
        phone.forget_passkeys()
        phone.page.get_by_role("button", name="Use a passkey").click()
        expect(phone.page.get_by_role("alert").filter(has_text="The passkey did not work")).to_be_visible()
        expect(phone.page.get_by_role("button", name="E-mail me a code instead")).to_be_visible()

    try_it(story)


def test_a_passkey_is_renamed_and_taken_off_after_showing_it_once_more(try_it):
    def story(phone):
        phone.sign_in()
        phone.add_passkey()
        phone.page.goto("/accounts/2fa/webauthn/")
        phone.page.get_by_role("link", name="Rename Passkey").click()
        phone.page.get_by_label("Name of this passkey").fill("My phone")
        phone.page.get_by_role("button", name="Save").click()
        phone.page.get_by_role("link", name="Take off My phone").click()
        phone.page.get_by_role("button", name="Take it off").click()
        expect(phone.page.get_by_text("You have no passkey yet.")).to_be_visible()
        phone.sign_out()
        phone.sign_in()
        assert phone.is_kit()

    try_it(story)


def test_showing_again_that_it_is_you_takes_a_passkey_too(try_it):
    def story(phone):
        phone.sign_in()
        phone.add_passkey()
        phone.sign_out()
        phone.page.get_by_role("button", name="Use a passkey").click()
        phone.page.wait_for_url(lambda url: "/accounts/" not in url)
        phone.page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/me/")
        phone.page.get_by_role("button", name="Use a passkey").click()
        phone.page.wait_for_url("**/me/")

    try_it(story)
