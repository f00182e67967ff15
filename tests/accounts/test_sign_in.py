"""E-mail address or staff number, and a password."""

import pytest

from tests.accounts.conftest import NOT_RIGHT, PASSWORD, sign_in, who, words


@pytest.mark.parametrize("login", ["kit@brightkeep.example", "KIT@Brightkeep.example ", "B17", "b17"])
def test_a_guard_signs_in_by_address_or_staff_number(client, kit, login):
    assert sign_in(client, login).status_code == 302
    assert who(client) == kit


def test_they_go_on_to_where_they_were_going(client, kit):
    answer = client.post("/accounts/login/", {"login": "B17", "password": PASSWORD, "next": "/me/"})
    assert answer["Location"] == "/me/"


def test_they_are_not_sent_to_another_service(client, kit):
    answer = client.post("/accounts/login/", {"login": "B17", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/"


def test_the_page_offers_the_code_the_passkey_and_the_numbers(client, db):
    page = client.get("/accounts/login/").content.decode()
    for offer in ("E-mail me a code instead", "Use a passkey", "tel:999", "tel:101", "sms:61016", "forgotten"):
        assert offer in page


@pytest.mark.parametrize("login", ["kit@brightkeep.example", "nobody@brightkeep.example", "B17", "B99"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, kit, login):
    answer = sign_in(client, login, "not the password")
    known = sign_in(client, "kit@brightkeep.example", "not the password")
    assert words(answer) == words(known)
    assert NOT_RIGHT in words(answer)


@pytest.mark.parametrize("empty", ["login", "password"])
def test_an_empty_answer_says_what_to_do(client, db, empty):
    said = words(client.post("/accounts/login/", {"login": "B17", "password": PASSWORD, empty: ""}))
    assert "There is a problem Enter your" in said
    assert "required" not in said


def test_a_leaver_gets_the_answer_of_a_wrong_password(client, kit):
    wrong = words(sign_in(client, "B17", "not the password"))
    kit.is_active = False
    kit.save()
    assert words(sign_in(client, "B17")) == wrong
    assert who(client) is None


def test_a_leaver_is_signed_out_at_once(client, kit):
    client.force_login(kit)
    assert who(client) == kit
    kit.is_active = False
    kit.save()
    assert who(client) is None


@pytest.mark.parametrize("path", ["/accounts/email/", "/accounts/confirm-email/", "/accounts/confirm-email/abc/"])
@pytest.mark.parametrize("person", ["asha", None])
def test_nobody_changes_their_own_address(client, cast, path, person):
    if person:
        client.force_login(cast[person])
    assert client.get(path).status_code == 404
    assert client.post(path, {"email": "new@example.com", "action_add": ""}).status_code == 404


def test_nobody_signs_up(client, db):
    answer = client.post("/accounts/signup/", {"email": "new@example.com", "password1": PASSWORD})
    assert "Accounts are by invitation" in words(answer)
    assert who(client) is None


def test_signing_out_takes_a_post(client, kit):
    client.force_login(kit)
    assert "Sign out?" in words(client.get("/accounts/logout/"))
    assert who(client) == kit
    client.post("/accounts/logout/")
    assert who(client) is None
