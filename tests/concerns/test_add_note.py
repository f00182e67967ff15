"""A note adds to a concern, changes nothing that stands, and can only narrow who is told."""

import time
import uuid
from datetime import timedelta

import pytest

from accounts.models import Organisation
from accounts.roles import Kind
from concerns import actions
from concerns.actions import answers, cards
from concerns.models import Concern, Event, KeptFrom, Note, PersonSeen, Status, VehicleSeen, commitment
from concerns.routing import Recipient
from tests.cards import PERSON, VEHICLE, add_note, send_card
from tests.concerns.threads import at_once

KEY = uuid.uuid4()


def copy_for(concern, recipient):
    return concern.deliveries.get(recipient=recipient)


def told(concern):
    return {copy.recipient for copy in concern.deliveries.filter(withheld_at=None)}


def kept_from(concern):
    return {kept.user.name for kept in concern.kept.all()}


# --- Whole, or not at all -----------------------------------------------------------------------------------------


def test_a_note_is_dated_signed_and_has_rows_of_its_own(concern, cast):
    note = add_note(concern, cast["moss"], people=[PERSON], vehicles=[VEHICLE])
    assert (note.written_by, note.author_role, note.company) == (cast["moss"], "manager", cast["moss"].organisation)
    assert (note.people.get().name, note.vehicles.get().mark) == ("Kez", "ZZ12 ?BC")
    assert concern.people.count() == 2


def test_a_note_leaves_the_first_account_as_it_was(concern, cast):
    before = Concern.objects.values().get(pk=concern.pk)
    add_note(concern, cast["asha"], about=["guard"])
    after = Concern.objects.values().get(pk=concern.pk)
    assert {name: getattr(value, "token", value) for name, value in after.items()} == {
        name: getattr(value, "token", value) for name, value in before.items()
    }


def test_a_note_is_committed_to_as_it_will_be_read(concern, cast):
    note = add_note(concern, cast["asha"], about=["police", "guard"], people=[PERSON])
    detail = Event.objects.get(verb=Event.Verb.NOTED).detail
    note.refresh_from_db()
    assert (detail["of"], detail["whole"]) == (str(note.pk), commitment(note))
    assert detail["people"] == {str(row.pk): commitment(row) for row in note.people.all()}


@pytest.mark.parametrize("step", ["_add_rows", "_narrow", "_keep_from", "record"])
def test_a_note_that_fails_half_way_leaves_nothing(concern, cast, monkeypatch, step):
    monkeypatch.setattr(cards, step, lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add_note(concern, cast["asha"], about=["guard"], people=[PERSON])
    assert not Note.objects.exists()
    assert told(concern) == {"manager", "head_office", "customer", "police"}
    assert (PersonSeen.objects.count(), KeptFrom.objects.count(), Event.objects.count()) == (2, 0, 1)


# --- Once ---------------------------------------------------------------------------------------------------------


def test_the_same_note_again_is_the_same_note(concern, cast):
    first, second = (add_note(concern, cast["asha"], key=KEY, vehicles=[VEHICLE]) for _ in "12")
    assert first == second
    assert (Note.objects.count(), VehicleSeen.objects.count(), Event.objects.count()) == (1, 2, 2)


@pytest.mark.parametrize("changed", [{"text": "Other words."}, {"about": ["guard"]}, {"people": [PERSON]}])
def test_the_same_form_with_other_words_is_another_note(concern, cast, changed):
    add_note(concern, cast["asha"], key=KEY)
    add_note(concern, cast["asha"], key=KEY, **changed)
    assert Note.objects.count() == 2


def test_the_same_form_on_another_concern_is_another_note(concern, concern_about_moss, cast):
    assert add_note(concern, cast["asha"], key=KEY) != add_note(concern_about_moss, cast["asha"], key=KEY)


def test_the_same_form_from_somebody_else_is_another_note(concern, cast):
    assert add_note(concern, cast["asha"], key=KEY) != add_note(concern, cast["moss"], key=KEY)


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_are_one_note(concern, cast):
    taps = at_once(*[lambda: add_note(concern, cast["asha"], key=KEY)] * 4)
    assert {tap.pk for tap in taps} == {Note.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_two_notes_at_once_both_stand(concern, cast):
    notes = at_once(*[lambda name=name: add_note(concern, cast[name], about=["office"]) for name in ("asha", "moss")])
    assert {note.pk for note in notes} == {note.pk for note in Note.objects.all()}
    assert [event.number for event in Event.objects.all()] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_a_note_and_an_acknowledgement_at_once_both_stand(concern, cast, monkeypatch):
    def slowly(verb, *args, record=answers.record, **kwargs):
        time.sleep(0.5 if verb == Event.Verb.ACKNOWLEDGED else 0)
        return record(verb, *args, **kwargs)

    monkeypatch.setattr(answers, "record", slowly)
    copy = copy_for(concern, Recipient.HEAD_OFFICE)
    acknowledged, note = at_once(
        lambda: actions.acknowledge(delivery=copy, by=cast["hana"]),
        lambda: add_note(concern, cast["asha"], about=["office"]),
    )
    assert isinstance(note, Note)
    assert acknowledged in (True, False)  # whoever came second: a withheld copy is not open


# --- Narrows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "still_told", "kept"),
    [
        (["no"], {"manager", "head_office", "customer", "police"}, set()),
        (["site"], {"manager", "head_office", "police", "police_call"}, {"Cole"}),
        (["guard"], {"head_office", "police", "police_call"}, {"Moss", "Cole"}),
        (["office"], {"police", "police_call", "lead"}, {"Moss", "Hana", "Cole"}),
        (["police"], {"manager", "head_office", "customer", "police_call", "standards"}, {"Priya"}),
        (["unsure"], {"head_office", "police", "police_call"}, {"Moss", "Cole"}),
        (["office", "police"], {"police_call", "lead", "standards"}, {"Moss", "Hana", "Cole", "Priya"}),
    ],
    ids=str,
)
def test_a_later_yes_closes_the_concern_and_tells_besides(concern, cast, about, still_told, kept):
    add_note(concern, cast["asha"], about=about)
    assert told(concern) == still_told
    assert kept_from(concern) == kept


def test_a_later_no_opens_nothing(concern_about_moss, cast):
    before = told(concern_about_moss)
    add_note(concern_about_moss, cast["hana"], about=["no"])
    assert told(concern_about_moss) == before
    assert kept_from(concern_about_moss) == {"Moss", "Cole"}


def test_another_yes_opens_nothing(concern_about_moss, cast):
    add_note(concern_about_moss, cast["asha"], about=["police"])
    assert told(concern_about_moss) == {"head_office", "police_call", "standards"}
    assert kept_from(concern_about_moss) == {"Moss", "Cole", "Priya"}


def test_a_copy_that_was_answered_is_closed_all_the_same(concern, cast):
    copy = copy_for(concern, Recipient.CUSTOMER)
    actions.acknowledge(delivery=copy, by=cast["cole"])
    add_note(concern, cast["asha"], about=["site"])
    assert copy_for(concern, Recipient.CUSTOMER).status == Status.WITHHELD
    assert not Concern.objects.visible_to(cast["cole"]).exists()


def test_a_note_that_widens_nothing_tells_nobody_at_a_place_without_a_site(cast):
    concern = send_card(cast["asha"], site=None)
    add_note(concern, cast["asha"], about=["police"])
    assert told(concern) == {"head_office", "police_call", "standards"}


def test_a_later_yes_tightens_the_time_that_is_left(concern, cast):
    note = add_note(concern, cast["asha"], about=["site"])
    assert copy_for(concern, Recipient.HEAD_OFFICE).due_at == note.received_at + timedelta(hours=1)
    assert copy_for(concern, Recipient.POLICE).due_at == note.received_at + timedelta(hours=24)


def test_a_later_yes_never_gives_more_time(cast):
    concern = send_card(cast["asha"], urgency="emergency", about=["unsure"])
    before = {copy.recipient: copy.due_at for copy in concern.deliveries.filter(withheld_at=None)}
    add_note(concern, cast["asha"], about=["site"])
    assert {copy.recipient: copy.due_at for copy in concern.deliveries.filter(withheld_at=None)} == before


def test_a_copy_that_was_answered_keeps_its_time(concern, cast):
    copy = copy_for(concern, Recipient.HEAD_OFFICE)
    actions.acknowledge(delivery=copy, by=cast["hana"])
    add_note(concern, cast["asha"], about=["site"])
    assert copy_for(concern, Recipient.HEAD_OFFICE).due_at == copy.due_at


# --- After a sale -------------------------------------------------------------------------------------------------


@pytest.fixture
def sold(concern):
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
    assert kept_from(concern) == {"Cole", "Priya"}
