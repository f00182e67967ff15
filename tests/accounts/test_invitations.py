"""A link that lets somebody choose a password: once, by POST, for 72 hours."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import Invitation, User
from accounts.roles import Role
from tests.accounts.conftest import PASSWORD, link, sign_in, who, words

CHOSEN = {"password1": PASSWORD}


@pytest.fixture
def lee(cast):
    moss = cast["moss"]
    return User.objects.create_user(
        name="Lee Marsh", staff_number="B18", role=Role.GUARD, organisation=moss.organisation, sites=moss.sites.all()
    )


@pytest.fixture
def path(cast, lee):
    return f"/invitations/{actions.invite(person=lee, by=cast['moss'])}/"


def test_it_sets_a_password_and_signs_in(client, lee, path):
    assert "Hello Lee. Choose a password" in words(client.get(path))
    assert client.post(path, CHOSEN)["Location"] == "/"
    assert who(client) == lee
    client.post("/accounts/logout/")
    assert sign_in(client, "B18").status_code == 302


def test_looking_uses_nothing_up(client, path):
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert Invitation.objects.open().count() == 1


@pytest.mark.parametrize(("hours", "status"), [(71.9, 200), (72.1, 404)])
def test_it_works_for_72_hours(client, path, hours, status):
    Invitation.objects.update(expires_at=Invitation.objects.get().expires_at - timedelta(hours=hours))
    assert client.get(path).status_code == status
    assert client.post(path, {}).status_code == status


def test_it_works_once(client, lee, path):
    client.post(path, CHOSEN)
    client.post("/accounts/logout/")
    assert client.post(path, {"password1": "a second password"}).status_code == 404
    assert User.objects.get(pk=lee.pk).check_password(PASSWORD)


def test_unknown_used_and_run_out_look_alike(client, path):
    unknown = client.get("/invitations/no-such-link/")
    Client().post(path, CHOSEN)
    used = client.get(path)
    assert (used.status_code, words(used)) == (404, words(unknown))
    assert "This invitation cannot be used" in words(used)


def test_a_leaver_cannot_use_it(client, lee, path):
    actions.end_account(person=lee)
    assert client.post(path, CHOSEN).status_code == 404


def test_a_newer_one_stops_the_one_before(client, cast, lee, path):
    newer = actions.invite(person=lee, by=cast["moss"])
    assert client.get(path).status_code == 404
    assert client.get(f"/invitations/{newer}/").status_code == 200


def test_a_weak_password_does_not_use_it_up(client, path):
    assert "Use at least 10 characters." in words(client.post(path, {"password1": "short"}))
    assert client.post(path, CHOSEN).status_code == 302


def test_the_link_is_stored_nowhere(path):
    token = path.split("/")[2]
    stored = repr(list(Invitation.objects.values_list()))
    assert len(token) >= 43
    assert token not in stored
    assert actions.digest(token) in stored


def test_the_link_is_told_to_nobody(client, path):
    page = client.get(path)
    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"]
    assert "data-private" in page.content.decode()


def test_whoever_was_signed_in_on_this_phone_is_so_no_more(client, cast, lee, path):
    client.force_login(cast["moss"])
    client.post(path, CHOSEN)
    assert who(client) == lee


def test_of_two_tabs_one_wins(cast, lee, path):
    found = actions.find_invitation(path.split("/")[2])
    also_found = actions.find_invitation(path.split("/")[2])
    assert actions.accept(invitation=found, password=PASSWORD) == lee
    assert actions.accept(invitation=also_found, password="the slower password") is None
    assert User.objects.get(pk=lee.pk).check_password(PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_of_two_posts_at_once_one_wins(path):
    together = Barrier(2)

    def post(number):
        together.wait()
        try:
            return Client().post(path, {"password1": f"{PASSWORD} {number}"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(post, range(2))) == [302, 404]


def test_a_second_step_is_still_asked_for(client, cast, kit, monkeypatch):
    monkeypatch.setattr("accounts.adapter.MFAAdapter.is_mfa_enabled", lambda adapter, user, types=None: True)
    answer = client.post(f"/invitations/{actions.invite(person=kit, by=cast['ada'])}/", CHOSEN)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert who(client) is None


def test_the_e_mail_says_who_invites_and_until_when(as_moss):
    guard = {
        "name": "Jo Lee",
        "login": "jo@example.com",
        "sites": [str(as_moss.get("/people/invite/").context["form"].fields["sites"].queryset[0].pk)],
    }
    as_moss.post("/people/invite/", guard)
    body = mail.outbox[-1].body
    assert mail.outbox[-1].to == ["jo@example.com"]
    assert body.startswith("Hello Jo,")
    for said in ("Moss has invited you", "once, for 72 hours", "ring 999"):
        assert said in body
    assert as_moss.get(link()).status_code == 200


def test_a_desks_mailbox_is_nobodys_own_address(as_moss):
    sites = [as_moss.get("/people/invite/").context["form"].fields["sites"].queryset[0].pk]
    guard = {"name": "Jo Lee", "login": "Intelligence@demo.example", "sites": sites}
    page = as_moss.post("/people/invite/", guard)
    assert "This is the mailbox of a duty desk. Enter the person’s own e-mail address" in page.content.decode()
    assert 'value="Intelligence@demo.example"' in page.content.decode()
    assert not mail.outbox


def test_time_is_counted_from_the_invitation(path):
    lasts = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(hours=71.9) < lasts <= timedelta(hours=72)
