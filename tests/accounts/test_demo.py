"""A trial's cast: one tap each, and nothing of it without DEMO."""

import pytest
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command

from accounts import demo
from accounts.models import Organisation, Site, SiteKind, User
from tests.accounts.conftest import NOT_RIGHT, PASSWORD, code, link, sign_in, who, words


@pytest.fixture
def trial(settings):
    settings.DEMO = True


@pytest.mark.parametrize("name", demo.PEOPLE)
def test_one_tap_signs_in(client, cast, trial, name):
    assert f'value="{name}"' in client.get("/accounts/login/").content.decode()
    client.post("/demo/", {"person": name})
    assert who(client) == cast[name.lower()]
    assert UserSession.objects.filter(user=cast[name.lower()]).exists()


def test_one_tap_goes_on_to_where_one_was_going(client, cast, trial):
    assert client.post("/demo/", {"person": "Asha", "next": "/me/"})["Location"] == "/me/"


@pytest.mark.parametrize("person", ["", "asha", "Nobody", "admin"])
def test_only_the_cast_is_signed_in_so(client, cast, trial, person):
    assert client.post("/demo/", {"person": person}).status_code == 404


def test_one_tap_is_a_post(client, cast, trial):
    assert client.get("/demo/").status_code == 405


def test_without_demo_there_is_no_tap_and_no_list(client, cast):
    assert client.post("/demo/", {"person": "Asha"}).status_code == 404
    assert "Trial" not in client.get("/accounts/login/").content.decode()


def test_without_demo_made_up_people_have_no_password(client, cast):
    cast["ada"].set_password(PASSWORD)
    cast["ada"].save()
    assert NOT_RIGHT in words(sign_in(client, "ada@demo.example"))
    assert NOT_RIGHT in words(sign_in(client, "DEMO7"))
    assert who(client) is None


def test_without_demo_made_up_people_have_no_code(client, cast, mailoutbox):
    client.post("/accounts/login/code/", {"email": "DEMO7"})
    assert not mailoutbox


def test_without_demo_a_code_asked_for_in_a_trial_opens_nothing(client, cast, settings):
    settings.DEMO = True
    client.post("/accounts/login/code/", {"email": "DEMO7"})
    settings.DEMO = False
    client.post("/accounts/login/code/confirm/", {"code": code()})
    assert who(client) is None


def test_without_demo_a_new_password_signs_nobody_made_up_in(client, cast):
    client.post("/accounts/password/reset/", {"email": "ada@demo.example"})
    page = client.get(link(), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": PASSWORD})
    assert who(client) is None


def test_the_command_loads_and_changes_nothing_the_second_time(db, trial, capsys):
    call_command("load_demo")
    call_command("load_demo")
    assert "8 made-up people are there." in capsys.readouterr().out
    assert User.objects.count() == 8
    assert Organisation.objects.count() == 4


def test_the_command_refuses_without_demo(db):
    with pytest.raises(CommandError, match="for a trial only: set DEMO=1"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_the_cast_has_three_kinds_of_sites_where_everybody_can_be_reached(cast):
    sites = Site.objects.filter(contractor=cast["asha"].organisation)
    assert {site.kind for site in sites} == {SiteKind.SHOPPING, SiteKind.SERVICES, SiteKind.STATION}
    assert [site.warnings() for site in sites] == [[], [], []]
