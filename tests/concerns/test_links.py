"""The link of a duty desk: good for one copy and one address, and dead for good once either has changed."""

import base64
import time

import pytest
from django.core import signing
from django.utils import timezone

from accounts.models import Organisation, Site
from concerns import actions, links
from concerns.models import Delivery, KeptFrom
from tests.cards import add_note, send_card

DESK = "intelligence@demo.example"
ROOM = "room@demo.example"


@pytest.fixture
def copy(concern):
    return concern.deliveries.get(recipient="police")


@pytest.fixture
def token(copy):
    return links.token(copy, "email", DESK)


@pytest.fixture
def customers(cast):
    """The customer's copy, and the token of their control room's link to it."""
    Site.objects.update(customer_mailbox=ROOM)
    copy = send_card(cast["asha"]).deliveries.get(recipient="customer")
    return copy, links.token(copy, "email", ROOM)


def test_it_opens_the_copy_that_it_was_made_for(copy, token):
    assert links.copy_of(token) == copy
    copy.refresh_from_db()
    assert (copy.received_at, copy.acknowledged_at) == (None, None)


def test_every_letter_of_it_counts(token):
    for at in range(len(token)):
        assert links.copy_of(token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]) is None
        assert links.copy_of(token[:at]) is None


@pytest.mark.parametrize("made_up", ["", "x", ":::", "\0", "Ж", "a:b:c", "." * 500, "x" * 10_000])
def test_a_made_up_one_opens_nothing(db, made_up):
    assert links.copy_of(made_up) is None


def test_it_says_nothing_of_the_concern_or_the_address(concern, token):
    body = token.partition(":")[0]
    said = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
    for secret in (concern.reference, str(concern), DESK, "intelligence"):
        assert secret not in said


def test_another_key_signs_for_nothing(copy, settings):
    parts = [str(copy.pk), "email", links._short(DESK), 0]
    for key in (settings.SECRET_KEY, "another"):
        settings.SECRET_KEY_FALLBACKS = ["another"]
        assert links.copy_of(signing.dumps(parts, key=key, salt=links.SALT)) is None
    assert links.copy_of(signing.dumps(parts, key=settings.LINK_KEY, salt="of something else")) is None


# --- What ends it -------------------------------------------------------------------------------------------------


def mailbox_changes(copy, cast):
    Organisation.objects.filter(pk=copy.organisation_id).update(intelligence_mailbox="new@demo.example")


def mailbox_is_taken_away(copy, cast):
    Organisation.objects.filter(pk=copy.organisation_id).update(intelligence_mailbox="")


def generation_changes(copy, cast):
    Delivery.objects.filter(pk=copy.pk).update(generation=1)


def somebody_acknowledges(copy, cast):
    actions.acknowledge(delivery=copy, by=cast["priya"])


def somebody_told_them(copy, cast):
    actions.record_told(delivery=copy, by=cast["moss"], whom="the desk", at=timezone.now(), log="412")


def it_is_withheld(copy, cast):
    add_note(copy.concern, cast["asha"], about=["police"])


def somebody_there_is_kept_from_it(copy, cast):
    KeptFrom.objects.create(concern=copy.concern, user=cast["priya"])


ENDS = [
    mailbox_changes,
    mailbox_is_taken_away,
    generation_changes,
    somebody_acknowledges,
    somebody_told_them,
    it_is_withheld,
    somebody_there_is_kept_from_it,
]


@pytest.mark.parametrize("happens", ENDS, ids=lambda happens: happens.__name__)
def test_it_ends_when(copy, token, cast, happens):
    assert links.copy_of(token) == copy
    happens(copy, cast)
    assert links.copy_of(token) is None


def test_a_mailbox_that_comes_back_does_not_wake_the_link_of_an_older_generation(copy, token, cast):
    mailbox_is_taken_away(copy, cast)
    generation_changes(copy, cast)
    Organisation.objects.filter(pk=copy.organisation_id).update(intelligence_mailbox=DESK)
    assert links.copy_of(token) is None


def test_a_hold_ends_it_for_good(customers, cast):
    copy, token = customers
    assert links.copy_of(token) == copy
    actions.hold(delivery=copy, by=cast["moss"], officer="PC 1", reference="412", until=timezone.now())
    assert links.copy_of(token) is None
    actions.end_hold(delivery=copy, by=cast["hana"], reason="The police say so.")
    assert links.copy_of(token) is None
    copy.refresh_from_db()
    assert links.copy_of(links.token(copy, "email", ROOM)) == copy


def test_a_copy_that_was_released_has_no_link(cast):
    Site.objects.update(customer_mailbox=ROOM)
    copy = send_card(cast["asha"], about=["site"]).deliveries.get(recipient="customer")
    token = links.token(copy, "email", ROOM)
    assert links.copy_of(token) is None
    actions.release(delivery=copy, by=cast["hana"], reason="It was nobody of theirs.")
    copy.refresh_from_db()
    assert links.copy_of(token) is None
    assert links.copy_of(links.token(copy, "email", ROOM)) is None


@pytest.mark.parametrize(("days", "lives"), [(0, True), (13.9, True), (14.1, False), (400, False)])
def test_it_runs_out_after_fourteen_days(copy, token, monkeypatch, days, lives):
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + days * 24 * 60 * 60)
    assert (links.copy_of(token) == copy) is lives


def test_a_link_that_a_control_room_system_was_given_ends_with_its_address(cast):
    Site.objects.update(control_room_webhook="https://room.example/in")
    copy = send_card(cast["asha"]).deliveries.get(recipient="manager")
    token = links.token(copy, "webhook", "https://room.example/in")
    assert links.copy_of(token) == copy
    Site.objects.update(control_room_webhook="https://room.example/other")
    assert links.copy_of(token) is None
