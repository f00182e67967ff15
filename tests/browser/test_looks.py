"""Every page, clean and with errors, for everybody who may open it: right by day and night, narrow and large."""

import base64
import hashlib
import hmac
import re
import struct
import time

import pytest
from django.urls import get_resolver

from tests.browser.looks import assert_right, broken_rules, looked_at
from tests.browser.test_path import fill_in, send, unfold

pytestmark = pytest.mark.browser


def press(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


# --- The card -----------------------------------------------------------------------------------------------------


@pytest.fixture
def asha(page_of):
    return page_of("asha")


def test_the_card_empty_unfolded_and_with_errors(asha):
    asha.goto("/report/")
    assert_right(asha)
    unfold(asha)
    asha.check("[name=urgency][value=emergency]")
    asha.check("[name=about][value=office]")
    assert_right(asha)
    asha.fill("[name=until_time]", "99")
    asha.fill("[name=people-0-name]", "x" * 501)
    press(asha, "Send this card")
    unfold(asha)
    assert asha.get_by_role("heading", name="There is a problem").is_visible()
    assert_right(asha)


def test_a_card_without_signal(asha):
    asha.goto("/report/")
    asha.context.set_offline(True)
    press(asha, "Send this card")
    assert asha.get_by_text("No signal: nothing was sent.").is_visible()
    assert_right(asha)


def test_a_card_that_could_not_be_sent(asha):
    asha.goto("/report/")
    asha.context.clear_cookies(name="sessionid")
    press(asha, "Send this card")
    assert asha.get_by_text("You have been signed out.").is_visible()
    assert_right(asha)


def test_a_card_that_came_with_other_words(asha):
    asha.goto("/report/")
    key = asha.input_value("[name=submission_key]")
    for words in ("First.", "Second."):
        asha.goto("/report/")
        asha.locator("[name=submission_key]").evaluate("(box, key) => { box.value = key }", key)
        for answer in ("[name=urgency][value=routine]", "[name=about][value=no]", "[name=basis][value=self]"):
            asha.check(answer)
        asha.fill("#account", words)
        press(asha, "Send this card")
    assert asha.get_by_role("heading", name="You have sent this card before").is_visible()
    assert_right(asha)


def test_what_becomes_of_a_card(asha):
    fill_in(asha)
    address = send(asha)
    assert_right(asha)
    press(asha, "I told them")
    assert asha.get_by_role("link", name="Write who you told.").is_visible()
    assert_right(asha)
    for path in ("/", address, f"{address}note/", f"{address}print/"):
        asha.goto(path)
        assert_right(asha)
    asha.goto(f"{address}note/")
    press(asha, "Add note")
    assert asha.get_by_role("heading", name="There is a problem").is_visible()
    unfold(asha)
    assert_right(asha)


def test_a_card_about_head_office_and_the_police(asha):
    asha.goto("/report/")
    asha.check("[name=urgency][value=emergency]")
    asha.check("[name=basis][value=talk]")
    asha.check("[name=about][value=office]")
    asha.check("[name=about][value=police]")
    asha.fill("#account", "A word that is as long as this: " + "x" * 200)
    address = send(asha)
    assert asha.get_by_role("heading", name="Not told, because of what you said").is_visible()
    assert_right(asha)
    asha.goto(address)
    assert_right(asha)


def test_the_queue_and_the_concern_of_each_reader(page_of, asha):
    fill_in(asha)
    address = send(asha)
    for name in ("moss", "hana", "cole", "priya"):
        page = page_of(name)
        for path in ("/", "/concerns/?urgency=routine", f"{address}print/", address):
            page.goto(path)
            assert_right(page)
        press(page, "Acknowledge")
        assert_right(page)
        page.goto("/")
        assert page.get_by_role("heading", name="You have these").is_visible()
        assert_right(page)


@pytest.mark.parametrize("name", ["lena", "cole"])
def test_a_queue_with_nothing_in_it(page_of, name):
    page = page_of(name)
    page.goto("/")
    assert page.get_by_text("Nothing is waiting for you").is_visible()
    assert_right(page)


# --- Guidance -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [None, "asha", "ada"])
def test_guidance(page_of, name):
    page = page_of(name)
    page.goto("/guidance/")
    assert_right(page)
    found = page.locator("main a[href^='/guidance/']").evaluate_all("links => links.map((link) => link.pathname)")
    assert len(set(found)) >= 5
    for path in sorted(set(found)):
        page.goto(path)
        assert_right(page)


def test_publishing_guidance(page_of):
    ada, other = page_of("ada"), page_of("ada")
    for page in (ada, other):
        page.goto("/guidance/what-to-do/edit/")
    assert_right(ada)
    ada.fill("[name=title]", "")
    press(ada, "Publish")
    assert_right(ada)
    ada.fill("[name=title]", "What to do")
    press(ada, "Preview")
    assert ada.get_by_text("Preview. Nobody else can see this yet.").is_visible()
    assert_right(ada)
    press(ada, "Publish")
    other.fill("[name=title]", "What to do tonight")
    press(other, "Publish")
    assert other.get_by_role("button", name="Publish yours instead").is_visible()
    assert_right(other)
    for path in ("/guidance/what-to-do/versions/", "/guidance/what-to-do/versions/1/"):
        ada.goto(path)
        assert_right(ada)


# --- Signing in again, and more safely ----------------------------------------------------------------------------

PASSWORD = "three random words"


def figures(letters):
    """The six figures that an app shows for these letters now."""
    key = base64.b32decode(letters.replace(" ", ""))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    return str((struct.unpack_from(">I", mac, mac[-1] & 15)[0] & 0x7FFFFFFF) % 10**6).zfill(6)


def test_a_password_an_app_and_spare_codes(asha):
    asha.goto("/accounts/password/set/")
    asha.get_by_label("Choose a password").fill(PASSWORD)
    press(asha, "Save it")
    look_at(asha, "/me/", "/accounts/password/change/", "/accounts/reauthenticate/")
    with_error(asha, "/accounts/password/change/", "Change it")
    asha.goto("/accounts/2fa/totp/activate/")
    show_again_that_it_is_you(asha)
    asha.locator("[name=code]").fill(figures(asha.inner_text("#secret")))
    press(asha, "Use the app from now on")
    assert_right(asha)
    look_at(asha, "/accounts/2fa/", "/accounts/2fa/totp/deactivate/")
    look_at(
        asha, "/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/generate/", "/accounts/2fa/reauthenticate/"
    )
    asha.context.clear_cookies()
    sign_in_with_password(asha)
    assert asha.get_by_role("heading", name="One more step").is_visible()
    assert_right(asha)
    asha.locator("[name=code]").fill("1")
    press(asha, "Sign in")
    assert_right(asha)


def test_what_we_promise_about_data_and_access(page_of):
    look_at(page_of(), "/privacy/", "/accessibility/")


def look_at(page, *paths):
    for path in paths:
        page.goto(path)
        assert_right(page)


def with_error(page, path, button):
    page.goto(path)
    press(page, button)
    assert page.get_by_role("heading", name="There is a problem").is_visible()
    assert_right(page)


def show_again_that_it_is_you(page):
    if "reauthenticate" in page.url:
        press(page, "Go on")
        assert_right(page)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        press(page, "Go on")


def sign_in_with_password(page):
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address or staff number").fill("DEMO1")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page, "Sign in")


def test_a_new_password_by_e_mail(page_of, service):
    page = page_of()
    page.goto("/accounts/password/reset/")
    page.locator("main input:not([type=hidden])").first.fill("asha@demo.example")
    press(page, "Send the link")
    assert_right(page)
    page.goto(re.findall(r"https?://\S+/password/reset/key/\S+", service.log.read_text())[-1])
    page.wait_for_url("**-set-password/**")
    assert_right(page)
    press(page, "Save and sign in")
    assert page.get_by_role("heading", name="There is a problem").is_visible()
    assert_right(page)
    page.goto("/accounts/password/reset/key/done/")
    assert_right(page)


# --- When something is wrong --------------------------------------------------------------------------------------


def test_pages_that_are_not_there_or_not_theirs(asha):
    for path, status in (("/nowhere/", 404), ("/concerns/7K3M-92QF/", 404), ("/people/", 403), ("/sites/", 403)):
        assert asha.goto(path).status == status
        assert_right(asha)


def test_a_sign_in_page_that_was_open_too_long(page_of):
    page = page_of()
    page.goto("/accounts/login/")
    page.context.clear_cookies()
    page.locator("[name=csrfmiddlewaretoken]").evaluate_all("boxes => boxes.forEach((box) => box.remove())")
    press(page, "Sign in")
    assert_right(page)


def test_a_form_that_is_no_form(page_of):
    page = page_of()
    page.goto("/accounts/password/reset/")
    with page.expect_navigation():
        page.locator("main form").evaluate(
            """(form) => {
                for (let n = 0; n < 2001; n++) {
                    form.append(Object.assign(document.createElement('input'), { name: `n${n}` }));
                }
                form.submit();
            }"""
        )
    assert page.get_by_role("heading", name="We could not read what was sent").is_visible()
    assert_right(page)


def test_too_many_tries(page_of):
    page = page_of()
    for _ in range(6):
        page.goto("/accounts/password/reset/")
        page.locator("main input:not([type=hidden])").first.fill("asha@demo.example")
        press(page, "Send the link")
    assert page.title().startswith("Too many tries")
    assert_right(page)


def test_the_database_gone(asha, service):
    asha.goto("/report/")
    asha.fill("#account", "Kept on the page.")
    away = service.database.with_suffix(".away")
    service.database.rename(away)
    try:
        press(asha, "Send this card")
        assert asha.get_by_text("Your card is not stored. Nobody can see it.").is_visible()
        assert asha.input_value("#account") == "Kept on the page."
        assert_right(asha)
        assert asha.goto("/").status == 500
        assert_right(asha)
    finally:
        away.replace(service.database)


# --- The admin, which is Django's own -----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/accounts/site/add/"])
def test_axe_finds_nothing_in_the_admin(page_of, path):
    page = page_of("ada")
    page.goto(path)
    assert broken_rules(page) == {}


# --- Nothing is left out ------------------------------------------------------------------------------------------

# Addresses that show no page of their own, and why.
NO_PAGE = {
    "acknowledge": "redirects",
    "find": "redirects",
    "healthz": "answers monitors",
    "demo_sign_in": "redirects",
    "let_go": "redirects",
    "totp_qr": "a picture",
    "account_email": "closed",
    "account_email_verification_sent": "closed",
    "account_confirm_email": "closed",
    "mfa_download_recovery_codes": "a text file",
    "mfa_login_webauthn": "answers our script",
}


def addresses(patterns, prefix=""):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            namespace = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from addresses(pattern.url_patterns, namespace)
        elif pattern.name and not prefix.startswith("admin:"):
            yield f"{prefix}{pattern.name}"


def test_every_address_was_looked_at():
    """The last of all: the others have looked."""
    assert set(addresses(get_resolver().url_patterns)) - looked_at - NO_PAGE.keys() == set()
