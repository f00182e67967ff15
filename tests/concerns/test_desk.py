"""A duty desk without an account: one link, a reference and a deadline, and a line to say who has it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Site
from concerns import actions, links, wording
from concerns.models import Delivery, Event
from tests.accounts.conftest import words
from tests.cards import send_canaries, send_card
from tests.pages import Page

MAILBOXES = {
    "manager": "room@demo.example",
    "head_office": "office@demo.example",
    "customer": "shop@demo.example",
    "police": "intelligence@demo.example",
    "standards": "standards@demo.example",
}
WHO = {"received_by": "Jo Reed, collar 4417"}


@pytest.fixture
def desks(cast):
    """Mailboxes for everybody who can have one."""
    Site.objects.update(control_room_mailbox=MAILBOXES["manager"], customer_mailbox=MAILBOXES["customer"])
    company = cast["moss"].organisation
    company.head_office_mailbox = MAILBOXES["head_office"]
    company.save(update_fields=["head_office_mailbox"])


@pytest.fixture
def police(desks, concern):
    return concern.deliveries.get(recipient="police")


def link(copy):
    return reverse("desk_link", args=[links.token(copy, "email", MAILBOXES[copy.recipient])])


def page_of(copy):
    return reverse("desk", args=[copy.pk])


def opened(copy, **settings):
    """A browser in which the link of this copy was opened."""
    client = Client(**settings)
    assert client.get(link(copy)).status_code == 302
    return client


def state(copy):
    """All that the database holds of this copy, and how long its history is."""
    return Delivery.objects.values().get(pk=copy.pk), Event.objects.filter(concern_id=copy.concern_id).count()


# --- What it shows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("recipient", MAILBOXES)
@pytest.mark.usefixtures("clock")
def test_it_shows_reference_and_deadline_and_nothing_of_the_card(desks, cast, recipient):
    concern = send_canaries(cast["asha"], urgency="emergency", about=["police" if recipient == "standards" else "no"])
    copy = concern.deliveries.get(recipient=recipient)
    answer = opened(copy).get(page_of(copy))
    said = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    assert str(concern) in words(answer)
    assert f"must acknowledge this by {wording.by(copy.due_at, timezone.now())}" in words(answer)
    secrets = ["canary", concern.site.name, concern.company.name, "anger", "mergency", "exploit", "Asha", "Level 2"]
    assert not [secret for secret in secrets if secret in said]


@pytest.mark.parametrize(
    ("recipient", "sign_in", "log_number"),
    [("manager", 1, 0), ("head_office", 1, 0), ("customer", 1, 0), ("police", 1, 1), ("standards", 0, 1)],
)
def test_it_says_what_still_ends_it(desks, cast, recipient, sign_in, log_number):
    about = ["police" if recipient == "standards" else "no"]
    copy = send_card(cast["asha"], about=about).deliveries.get(recipient=recipient)
    client = opened(copy)
    for answer in (client.get(page_of(copy)), client.post(page_of(copy), WHO, follow=True)):
        assert ("must still sign in and acknowledge it" in words(answer)) == sign_in
        assert ("your log number" in words(answer)) == log_number
        assert ("Sign in and open it" in words(answer)) == sign_in


def test_what_is_late_is_said_to_be_late(police, clock):
    clock(2026, 11, 28, 9, 0)
    assert "Somebody was to acknowledge this by" in words(opened(police).get(page_of(police)))


def test_the_link_to_sign_in_comes_back_to_the_concern(police):
    (way,) = [a for a in Page(opened(police).get(page_of(police))).all("a") if a.text == "Sign in and open it"]
    assert way["href"] == police.concern.get_absolute_url()
    assert Client().get(way["href"])["Location"].startswith("/accounts/login/")


# --- Opening it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_follows_the_link_acknowledges_nothing(police, method):
    before, scanner = state(police), Client()
    for _ in range(3):
        getattr(scanner, method)(link(police))
        getattr(scanner, method)(page_of(police))
        getattr(Client(), method)(link(police), follow=True)
    assert state(police) == before


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_the_link_itself_takes_nothing(police, method):
    before = state(police)
    assert getattr(Client(), method)(link(police), WHO).status_code == 405
    assert state(police) == before


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_link_is_swapped_for_a_clean_address(police, method):
    answer = getattr(Client(), method)(link(police))
    assert (answer.status_code, answer["Location"]) == (302, page_of(police))
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store, private"
    (cookie,) = answer.cookies.values()
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (page_of(police), True, "Lax")
    assert cookie["max-age"] == 14 * 24 * 60 * 60


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_needs_tls_wherever_a_session_does(police, settings, secure):
    settings.SESSION_COOKIE_SECURE = secure
    (cookie,) = Client().get(link(police)).cookies.values()
    assert bool(cookie["secure"]) == secure


def test_the_page_is_kept_nowhere_and_holds_no_key(police):
    client = opened(police)
    answer = client.get(page_of(police))
    assert answer["Cache-Control"] == "no-store, private"
    assert link(police).split("/")[2][-30:] not in answer.content.decode()
    assert "sessionid" not in {*client.cookies, *answer.cookies}


# --- Saying who has it --------------------------------------------------------------------------------------------


def test_somebody_says_that_they_have_it(police):
    answer = opened(police).post(page_of(police), WHO, follow=True)
    police.refresh_from_db()
    assert (answer.redirect_chain, police.received_by) == ([(page_of(police), 302)], "Jo Reed, collar 4417")
    assert "Thank you" in words(answer)
    assert not Page(answer).forms("")
    assert (police.acknowledged_at, police.told_at, police.is_open) == (None, None, True)


def test_the_first_name_stays(police):
    client = opened(police)
    for name in ("Jo Reed", "Sam Hale"):
        client.post(page_of(police), {"received_by": name})
    police.refresh_from_db()
    assert police.received_by == "Jo Reed"
    verbs = list(Event.objects.filter(concern_id=police.concern_id).values_list("verb", flat=True))
    assert verbs.count(Event.Verb.RECEIVED_BY) == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "\0"])
def test_without_a_name_nothing_is_taken_and_the_way_out_is_said(police, name):
    before = state(police)
    answer = opened(police).post(page_of(police), {"received_by": name})
    assert (answer.status_code, state(police)) == (422, before)
    ((_, target),) = Page(answer).errors()
    assert target["name"] == "received_by"


def test_a_name_too_long_is_given_back(police):
    answer = opened(police).post(page_of(police), {"received_by": "Jo Reed " * 20})
    assert "Jo Reed Jo Reed" in Page(answer).by_id("received_by")["value"]


def test_a_post_needs_the_page_that_it_came_from(police):
    client = opened(police, enforce_csrf_checks=True)
    assert client.post(page_of(police), WHO).status_code == 403
    token = Page(client.get(page_of(police))).posted("")["csrfmiddlewaretoken"]
    assert client.post(page_of(police), WHO | {"csrfmiddlewaretoken": token}).status_code == 302


# --- Two desks, and links that lead nowhere -----------------------------------------------------------------------


def test_two_desks_in_one_browser_do_not_mix(desks, cast):
    first, second = (send_card(cast["asha"]).deliveries.get(recipient=r) for r in ("manager", "police"))
    client = opened(first)
    assert client.get(page_of(second)).status_code == 404
    client.get(link(second))
    client.post(page_of(second), WHO)
    for copy in (first, second):
        copy.refresh_from_db()
        assert str(copy.concern) in words(client.get(page_of(copy)))
    assert (first.received_at, bool(second.received_at)) == (None, True)


def test_the_cookie_of_one_copy_opens_no_other(desks, cast):
    mine, other = (send_card(cast["asha"]).deliveries.get(recipient="police") for _ in range(2))
    client = Client()
    client.cookies[f"desk-{other.pk.hex}"] = links.token(mine, "email", MAILBOXES["police"])
    assert client.get(page_of(other)).status_code == 404


def nowhere(client, address, **headers):
    """The answer, but for the address: status, headers and body."""
    answer = client.get(address, **headers)
    return answer.status_code, dict(answer.headers), answer.cookies.output(), answer.content


def test_a_link_that_ended_is_answered_like_one_that_never_was(police, cast):
    was, client = link(police), opened(police)
    actions.acknowledge(delivery=police, by=cast["priya"])
    made_up = nowhere(Client(), reverse("desk_link", args=["x:y:z"]))
    assert made_up[0] == 404
    assert b"This link has ended" in made_up[3]
    assert nowhere(Client(), was) == nowhere(client, was) == made_up
    never = reverse("desk", args=["0f4b5a6c-77aa-4c1e-8a49-1c2d3e4f5a6b"])
    other = Client()
    other.cookies["any"] = "other"
    assert nowhere(client, page_of(police)) == nowhere(other, never)
    assert nowhere(Client(), page_of(police)) == nowhere(Client(), never)


def test_a_browser_that_refuses_cookies_is_told_so_and_nothing_else(police):
    clean, never = page_of(police), reverse("desk", args=["0f4b5a6c-77aa-4c1e-8a49-1c2d3e4f5a6b"])
    answer = Client().get(clean)
    assert answer.status_code == 404
    assert "Let your browser accept cookies. Then open the link in the message again." in words(answer)
    assert "ended" not in words(answer)
    assert nowhere(Client(), clean) == nowhere(Client(), never)


def test_nothing_is_taken_for_a_link_that_has_ended(police, cast):
    client = opened(police)
    actions.acknowledge(delivery=police, by=cast["priya"])
    before = state(police)
    assert client.post(page_of(police), WHO).status_code == 404
    assert state(police) == before


@pytest.mark.parametrize("who", ["asha", "moss", "priya", "ada", "stan"])
def test_an_account_opens_no_desk_without_its_link(police, sign_in, who):
    assert sign_in(who).get(page_of(police)).status_code == 404
