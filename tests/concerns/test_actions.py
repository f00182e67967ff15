"""The verbs: each writes all its rows and its event, or nothing; and each is safe to say twice."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation
from accounts.roles import Kind
from concerns import actions
from concerns.models import Concern, Delivery, Event, Note, PersonSeen, commitment
from concerns.routing import Recipient
from tests.cards import PERSON, VEHICLE, add_note, card, send_card


def at_once(*verbs):
    """What each of these gives, all started together in threads of their own."""
    together, given = threading.Barrier(len(verbs)), [None] * len(verbs)

    def run(n, verb):
        together.wait()
        try:
            given[n] = verb()
        except Exception as error:  # a thread's error must reach the test
            given[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def copy_for(concern, recipient):
    return concern.deliveries.get(recipient=recipient)


@pytest.mark.django_db(transaction=True)
def test_a_note_and_an_acknowledgement_at_once_both_stand(concern, cast, monkeypatch):
    def slowly(verb, *args, record=actions.record, **kwargs):
        time.sleep(0.5 if verb == Event.Verb.ACKNOWLEDGED else 0)
        return record(verb, *args, **kwargs)

    monkeypatch.setattr(actions, "record", slowly)
    copy = copy_for(concern, Recipient.HEAD_OFFICE)
    acknowledged, note = at_once(
        lambda: actions.acknowledge(delivery=copy, by=cast["hana"]),
        lambda: add_note(concern, cast["asha"], about=["office"]),
    )
    assert isinstance(note, Note)
    assert acknowledged in (True, False)  # whoever came second: a withheld copy is not open


# --- submit -------------------------------------------------------------------------------------------------------


def test_a_card_is_committed_to_as_it_will_be_read(cast):
    concern = send_card(cast["asha"], about=["police", "guard"], natures=["gifts", "online"], people=[PERSON])
    (event,) = Event.objects.filter(concern_id=concern.pk)
    concern.refresh_from_db()
    assert event.detail["whole"] == commitment(concern)
    assert event.detail["people"] == {str(row.pk): commitment(row) for row in PersonSeen.objects.all()}


# --- add_note -----------------------------------------------------------------------------------------------------


@pytest.fixture
def sold(cast, concern):
    """The concern's site, after another customer has bought it and another force polices it."""
    site = concern.site
    site.customer = Organisation.objects.create(name="Larkmoor Estates", kind=Kind.CUSTOMER)
    site.police_force = Organisation.objects.create(name="Eastmoor Police", kind=Kind.POLICE)
    site.save(update_fields=["customer", "police_force"])
    return site


def test_a_note_after_a_sale_tells_the_force_of_the_cards_own_day(concern, cast, sold):
    add_note(concern, cast["asha"], about=["police"])
    assert copy_for(concern, Recipient.STANDARDS).organisation == cast["priya"].organisation


def test_a_note_after_a_sale_keeps_the_concern_from_those_who_had_it(concern, cast, sold):
    add_note(concern, cast["asha"], about=["site", "police"])
    assert {kept.user for kept in concern.kept.all()} == {cast["cole"], cast["priya"]}
