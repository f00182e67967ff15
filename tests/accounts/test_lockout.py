"""Wrong passwords lock one account for one client; the code, the passkey and the emergency numbers stay."""

import pytest

from tests.accounts.conftest import NOT_RIGHT, PASSWORD, TOO_MANY, code, sign_in, who, words

ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def locked(client, kit):
    for _ in range(5):
        assert NOT_RIGHT in words(sign_in(client, "B17", "not the password"))
    return client


def test_after_five_wrong_passwords_the_right_one_must_wait(locked):
    assert TOO_MANY in words(sign_in(locked, "B17"))
    assert who(locked) is None


def test_the_page_then_offers_the_code_the_passkey_and_the_numbers(locked):
    page = sign_in(locked, "B17").content.decode()
    for offer in ("A code still works at any hour", "E-mail me a code instead", "Use a passkey", "tel:999"):
        assert offer in page


def test_the_code_still_works(locked, kit):
    locked.post("/accounts/login/code/", {"login": "B17"})
    locked.post("/accounts/login/code/confirm/", {"code": code()})
    assert who(locked) == kit


def test_a_passkey_can_still_be_asked_for(locked):
    answer = locked.get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"})
    assert answer.json()["request_options"]["publicKey"]["challenge"]


def test_nobody_locks_a_guard_out_from_elsewhere(locked, kit):
    assert sign_in(locked, "B17", PASSWORD, **ELSEWHERE).status_code == 302


def test_a_colleague_at_the_same_site_still_signs_in(locked, cast, kit):
    cast["hana"].set_password(PASSWORD)
    cast["hana"].email = "hana@brightkeep.example"
    cast["hana"].save()
    assert sign_in(locked, "hana@brightkeep.example").status_code == 302


def test_somebody_unknown_is_locked_out_alike(locked, kit):
    for _ in range(5):
        sign_in(locked, "B99", "not the password")
    assert words(sign_in(locked, "B99")) == words(sign_in(locked, "B17"))


def test_right_passwords_are_not_counted(client, kit):
    for _ in range(7):
        assert sign_in(client, "B17").status_code == 302
        client.post("/accounts/logout/")


def test_guesses_from_many_clients_end_too(client, kit):
    for number in range(100):
        sign_in(client, "B17", "not the password", REMOTE_ADDR=f"203.0.113.{number}")
    assert TOO_MANY in words(sign_in(client, "B17", REMOTE_ADDR="203.0.113.200"))


def test_codes_are_limited_for_one_client_and_not_for_another(client, kit):
    for _ in range(5):
        client.post("/accounts/login/code/", {"email": "B17"})
        client.cookies.clear()
    assert "We have sent several codes" in words(client.post("/accounts/login/code/", {"email": "B17"}))
    assert client.post("/accounts/login/code/", {"email": "B17"}, **ELSEWHERE).status_code == 302


def test_too_many_requests_get_a_page_of_ours(client, db, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    sign_in(client, "B17")
    answer = sign_in(client, "B17")
    assert answer.status_code == 429
    assert "E-mail me a code" in words(answer)
    assert "tel:999" in answer.content.decode()
