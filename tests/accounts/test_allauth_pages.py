"""Every page that allauth shows is ours to look at, obeys our policy, and holds no markup of its own making."""

import re

import pytest
from django.template.loader import render_to_string

from tests.accounts.conftest import PASSWORD, sign_in, words

ENTRANCE = [
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/password/reset/key/abc-def/",
]
INSIDE = [
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/sessions/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
]
ERRORS = {
    "/accounts/login/": {},
    "/accounts/login/code/": {},
    "/accounts/password/reset/": {"email": "x"},
    "/accounts/password/change/": {},
    "/accounts/reauthenticate/": {},
    "/accounts/2fa/totp/activate/": {"code": "1"},
    "/accounts/2fa/webauthn/add/": {},
}
THEIR_WORDS = r"(?i)two-factor|authenticat(e|ion)|recovery|username|deactivate|invalid|this field|security key|token"


def assert_ours(page):
    text = page.content.decode()
    assert 'class="govuk-template__body"' in text
    assert "<h1 class=" in text
    assert not re.search(r"<script(?![^>]* (src|type=\"application/json\")|[^>]*id=)|<style| style=| on[a-z]+=", text)
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "placeholder=" not in text
    assert not re.search(THEIR_WORDS, words(page)), words(page)


@pytest.fixture
def inside(client, kit):
    sign_in(client, "B17")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.mark.parametrize("path", ENTRANCE)
def test_a_page_before_signing_in(client, kit, path):
    assert_ours(client.get(path))


@pytest.mark.parametrize("path", INSIDE)
def test_a_page_inside(inside, path):
    page = inside.get(path)
    assert page.status_code == 200
    assert_ours(page)


@pytest.mark.parametrize("path", ERRORS)
def test_a_page_with_errors(client, kit, path):
    if path in INSIDE:
        sign_in(client, "B17")
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.post(path, ERRORS[path])
    assert "There is a problem" in words(page)
    assert "<title>Error: " in page.content.decode()
    assert_ours(page)


@pytest.mark.parametrize("path", INSIDE)
def test_a_stranger_sees_none_of_the_inside(client, db, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith(("/accounts/login/", "/accounts/sessions/"))


def test_a_page_that_we_did_not_write_anew_has_our_frame(rf):
    page = render_to_string("account/verification_sent.html", request=None)
    assert 'class="govuk-heading-l"' in page
    assert "tel:999" in page


@pytest.mark.parametrize(
    "credential", ["", "{", "{}", "5", '"x"', "[]", '{"response": {}}', '{"id": "x", "type": "y"}']
)
def test_nonsense_for_a_passkey_is_refused_without_falling_over(client, kit, credential):
    answer = client.post("/accounts/2fa/webauthn/login/", {"credential": credential}, follow=True)
    assert answer.request["PATH_INFO"] == "/accounts/login/"


@pytest.mark.parametrize("credential", ["", "{}", "5", '{"response": {}}', '{"id": "x", "type": "y"}'])
def test_nonsense_for_a_new_passkey_is_refused_without_falling_over(inside, credential):
    inside.get("/accounts/2fa/webauthn/add/")
    page = inside.post("/accounts/2fa/webauthn/add/", {"name": "Phone", "credential": credential})
    assert "There is a problem" in words(page)
