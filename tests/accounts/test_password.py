"""Choosing a password: forgotten, changed, and what is refused."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from tests.accounts.conftest import PASSWORD, link, sign_in, who, words

NEW = "another four plain words"


def ask(client, email):
    return client.post("/accounts/password/reset/", {"email": email}, follow=True)


def choose(client, path, password=NEW):
    page = client.get(path, follow=True)
    return client.post(page.request["PATH_INFO"], {"password1": password}, follow=True)


def test_a_forgotten_password_is_replaced_and_signs_in(client, kit):
    ask(client, kit.email)
    choose(client, link())
    assert who(client) == kit
    client.post("/accounts/logout/")
    assert sign_in(client, "B17").status_code == 200
    assert sign_in(client, "B17", NEW).status_code == 302


def test_an_unknown_address_sees_the_same_page_and_gets_nothing(client, kit):
    known = words(ask(client, kit.email))
    assert words(ask(client, "nobody@example.com")) == known
    assert len(mail.outbox) == 1


def test_a_leaver_gets_no_link(client, kit):
    User.objects.filter(pk=kit.pk).update(is_active=False)
    ask(client, kit.email)
    assert not mail.outbox


def test_a_leaver_does_not_use_the_link_they_had(client, kit):
    ask(client, kit.email)
    User.objects.filter(pk=kit.pk).update(is_active=False)
    choose(client, link())
    assert who(client) is None


def test_a_link_works_once(client, kit):
    ask(client, kit.email)
    path = link()
    choose(client, path)
    client.post("/accounts/logout/")
    assert "This link cannot be used" in words(client.get(path))


def test_a_link_works_for_an_hour(client, kit, monkeypatch):
    ask(client, kit.email)
    later = timezone.now().replace(tzinfo=None) + timedelta(minutes=62)
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda generator: later)
    assert "This link cannot be used" in words(client.get(link()))


@pytest.mark.parametrize("path", ["abc-def", "zz-set-password", "0123456789abcdef0123456789abcdef-abc"])
def test_a_made_up_link_is_refused(client, db, path):
    assert "This link cannot be used" in words(client.get(f"/accounts/password/reset/key/{path}/"))


def test_no_second_address_is_kept_that_would_go_on_signing_in(client, kit):
    ask(client, kit.email)
    choose(client, link())
    assert not EmailAddress.objects.exists()


def test_after_an_address_is_changed_the_old_one_opens_nothing(client, kit):
    ask(client, kit.email)
    path = link()
    kit.email = "kit.new@brightkeep.example"
    kit.save()
    assert "This link cannot be used" in words(client.get(path))
    assert sign_in(client, "kit@brightkeep.example").status_code == 200


@pytest.mark.parametrize(
    ("password", "advice"),
    [
        ("short", "Use at least 10 characters."),
        ("12345678901", "Add some letters"),
        ("password123", "Many people use this password"),
        ("kitmarlow1", "too close to your name"),
        ("", "Enter a new password."),
    ],
)
def test_a_weak_password_is_refused_with_advice(client, kit, password, advice):
    client.force_login(kit)
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": password})
    assert advice in words(answer)


def test_a_change_needs_the_password_of_now(client, kit):
    client.force_login(kit)
    answer = client.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": NEW})
    assert "This is not your password now" in words(answer)


def test_a_change_signs_out_everywhere_else(client, kit, settings):
    other = Client()
    for browser in (client, other):
        sign_in(browser, "B17")
    answer = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW})
    assert answer["Location"] == "/me/"
    assert who(client) == kit
    assert who(other) is None


def test_somebody_without_a_password_chooses_one(client, cast):
    client.force_login(cast["asha"])
    page = client.get("/accounts/password/change/", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/password/set/"
    client.post("/accounts/password/set/", {"password1": NEW})
    assert User.objects.get(pk=cast["asha"].pk).check_password(NEW)


def test_the_words_of_the_link_are_plain(client, kit):
    ask(client, kit.email)
    assert mail.outbox[-1].subject == "CSE Reports: choose a new password"
    assert not re.search(r"(?i)token|click|user account", mail.outbox[-1].body)
