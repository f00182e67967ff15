"""A person's own page, and where they are signed in."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.templatetags.people import browser
from tests.accounts.conftest import sign_in, who, words

ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)


def test_it_says_who_i_am_and_where_i_work(client, kit):
    client.force_login(kit)
    said = words(client.get("/me/"))
    for fact in ("Kit Marlow", "kit@brightkeep.example", "B17", "Guard", "Brightkeep Security", "Harrowmere Services"):
        assert fact in said


@pytest.mark.parametrize("person", ["asha", "moss", "hana", "lena", "cole", "priya", "ada", "stan"])
def test_everybody_has_one(client, cast, person):
    client.force_login(cast[person])
    page = client.get("/me/")
    assert cast[person].name in words(page)
    for link in ("/accounts/password/change/", "/accounts/2fa/", "/accounts/sessions/"):
        assert f'href="{link}"' in page.content.decode()


@pytest.mark.parametrize(("person", "leads"), [("asha", False), ("moss", True), ("hana", True), ("cole", False)])
def test_it_leads_to_the_sites_of_those_who_may_see_them(client, cast, person, leads):
    client.force_login(cast[person])
    assert ('href="/sites/"' in client.get("/me/").content.decode()) is leads


def test_every_browser_where_i_am_signed_in_is_listed(client, kit):
    sign_in(client, "B17", HTTP_USER_AGENT=ANDROID, REMOTE_ADDR="203.0.113.7")
    sign_in(Client(), "B17", HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0")
    said = words(client.get("/accounts/sessions/"))
    assert "Chrome on an Android phone" in said
    assert "203.0.113.7 This one" in said
    assert "Firefox on Windows" in said


def test_all_but_this_one_can_be_signed_out(client, kit):
    other = Client()
    sign_in(client, "B17")
    sign_in(other, "B17")
    client.post("/accounts/sessions/")
    assert who(client) == kit
    assert who(other) is None
    assert UserSession.objects.count() == 1


@pytest.mark.parametrize("said", ["", "curl/8", "<script>"])
def test_an_unknown_browser_is_a_browser(said):
    assert browser(said) == "A browser"
