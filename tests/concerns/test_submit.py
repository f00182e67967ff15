"""A card is stored whole, with its copies and its history, or not at all; and once, however often it arrives."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from concerns import actions
from concerns.actions import SentBefore, cards
from concerns.models import (
    Concern,
    Delivery,
    Event,
    Head,
    KeptFrom,
    PersonSeen,
    Status,
    VehicleSeen,
    commitment,
)
from concerns.routing import Recipient
from tests.cards import PERSON, VEHICLE, card, send_card
from tests.concerns.threads import at_once

KEY = uuid.uuid4()
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
STORED = [Concern, PersonSeen, VehicleSeen, Delivery, KeptFrom, Event, Head]


def status_of(concern, recipient):
    return concern.deliveries.get(recipient=recipient).status


def due(concern):
    return {copy.recipient: copy.due_at - concern.received_at for copy in concern.deliveries.all()}


def submit(author, key=KEY, people=(), **answers):
    answers = card(site=author.sites.first(), **answers)
    return actions.submit(by=author, key=key, card=answers, people=people, vehicles=())


# --- Whole --------------------------------------------------------------------------------------------------------


def test_a_card_is_stored_with_its_rows_in_their_order(cast):
    concern = send_card(cast["asha"], people=[PERSON, PERSON | {"name": "Dee"}], vehicles=[VEHICLE])
    assert [(person.number, person.name) for person in concern.people.all()] == [(1, "Kez"), (2, "Dee")]
    assert [vehicle.mark for vehicle in concern.vehicles.all()] == ["ZZ12 ?BC"]


def test_a_card_keeps_who_wrote_it_in_which_role_for_whom(cast):
    concern = send_card(cast["moss"])
    assert (concern.reported_by, concern.author_role) == (cast["moss"], "manager")
    assert concern.company == cast["moss"].organisation


def test_seen_written_and_received_are_kept_apart(cast):
    concern = send_card(cast["asha"], now=NOW)
    assert (concern.seen_at, concern.written_at) == (card()["seen_at"], card()["written_at"])
    assert concern.received_at == NOW


def test_a_card_about_nobody_here_goes_to_all_four(cast):
    concern = send_card(cast["asha"], now=NOW)
    hours = {"manager": 12, "head_office": 24, "customer": 24, "police": 72}
    assert due(concern) == {recipient: timedelta(hours=n) for recipient, n in hours.items()}


def test_a_withheld_copy_is_stored_as_withheld(cast):
    concern = send_card(cast["asha"], about=["office"])
    withheld = {copy.recipient for copy in concern.deliveries.exclude(withheld_at=None)}
    assert withheld == {"manager", "head_office", "customer"}


def test_each_copy_is_addressed_to_its_organisation(concern, cast):
    company, customer, force = (cast[name].organisation for name in ("asha", "cole", "priya"))
    expected = {"manager": company, "head_office": company, "customer": customer, "police": force}
    assert {copy.recipient: copy.organisation for copy in concern.deliveries.all()} == expected


def test_a_card_from_somewhere_else_goes_to_head_office_and_the_companys_own_force(cast):
    concern = send_card(cast["asha"], site=None, zone="", place="the street outside")
    assert set(due(concern)) == {"head_office", "police"}
    assert concern.deliveries.get(recipient="police").organisation == cast["asha"].organisation.default_force


@pytest.mark.parametrize("log", ["412", "none given"])
def test_a_card_that_says_rung_ends_the_police_call_at_once(cast, log):
    concern = send_card(cast["asha"], urgency="prompt", police_called=True, police_log=log)
    call = concern.deliveries.get(recipient=Recipient.POLICE_CALL)
    assert (call.status, call.told_by, call.told_log) == (Status.TOLD, cast["asha"], log)


def test_a_card_that_does_not_say_rung_leaves_the_police_call_open(cast):
    assert status_of(send_card(cast["asha"], urgency="prompt"), Recipient.POLICE_CALL) == Status.WAITING


# --- Or not at all ------------------------------------------------------------------------------------------------

STEPS = [
    (PersonSeen.objects, "bulk_create"),
    (VehicleSeen.objects, "bulk_create"),
    (cards, "_address"),
    (Delivery.objects, "bulk_create"),
    (KeptFrom.objects, "bulk_create"),
    (cards, "record"),
    (Event, "save"),
    (Head, "save"),
]


@pytest.mark.parametrize(("where", "step"), STEPS, ids=lambda part: getattr(part, "__name__", str(part)))
@pytest.mark.parametrize("afterwards", [False, True], ids=["before", "after"])
def test_a_card_that_fails_half_way_leaves_nothing(cast, monkeypatch, where, step, afterwards):
    whole = getattr(where, step)

    def fail(*args, **kwargs):
        if afterwards:
            whole(*args, **kwargs)
        raise ZeroDivisionError

    monkeypatch.setattr(where, step, fail)
    with pytest.raises(ZeroDivisionError):
        send_card(cast["asha"], people=[PERSON], vehicles=[VEHICLE], about=["guard"])
    assert not any(model.objects.exists() for model in STORED)


@pytest.mark.django_db(transaction=True)
def test_a_card_is_committed_with_its_copies_and_its_history(cast):
    concern = send_card(cast["asha"])
    (found,) = at_once(lambda: (Delivery.objects.count(), Event.objects.get().concern_id, Head.objects.get().count))
    assert found == (4, concern.pk, 1)


def test_a_card_is_committed_to_as_it_will_be_read(cast):
    concern = send_card(cast["asha"], about=["police", "guard"], natures=["gifts", "online"], people=[PERSON])
    (event,) = Event.objects.filter(concern_id=concern.pk)
    concern.refresh_from_db()
    assert event.detail["whole"] == commitment(concern)
    assert event.detail["people"] == {str(row.pk): commitment(row) for row in PersonSeen.objects.all()}


# --- Once ---------------------------------------------------------------------------------------------------------


def test_the_same_form_again_is_the_same_concern(cast):
    assert submit(cast["asha"], people=[PERSON]) == submit(cast["asha"], people=[PERSON])
    assert Concern.objects.count() == Event.objects.count() == PersonSeen.objects.count() == 1


@pytest.mark.parametrize("changed", [{"account": "Other words."}, {"about": ["guard"]}, {"people": [PERSON]}])
def test_the_same_form_with_other_words_is_refused_and_says_what_stands(cast, changed):
    stored = submit(cast["asha"])
    with pytest.raises(SentBefore) as caught:
        submit(cast["asha"], **changed)
    assert caught.value.concern == stored
    assert Concern.objects.count() == 1


def test_the_same_key_from_somebody_else_is_another_concern(cast):
    assert submit(cast["asha"]) != submit(cast["moss"])


def test_the_same_words_on_another_form_are_another_concern(cast):
    assert submit(cast["asha"]) != submit(cast["asha"], key=uuid.uuid4())


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_concern(cast):
    taps = at_once(*[lambda: submit(cast["asha"], people=[PERSON])] * 4)
    assert len({concern.pk for concern in taps}) == 1
    assert (Concern.objects.count(), PersonSeen.objects.count(), Delivery.objects.count()) == (1, 1, 4)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_with_other_words_are_one_concern_and_one_refusal(cast):
    tabs = at_once(*[lambda words=words: submit(cast["asha"], account=words) for words in ("These.", "Those.")])
    assert sorted(type(tab).__name__ for tab in tabs) == ["Concern", "SentBefore"]
    assert Concern.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_people_at_once_lose_no_card(cast):
    sent = at_once(*[lambda: send_card(cast["asha"])] * 12)
    assert len({concern.pk for concern in sent}) == Concern.objects.count() == 12
