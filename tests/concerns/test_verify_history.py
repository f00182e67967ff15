"""`manage.py verify_history` names whatever somebody changed who had the database in their hands, but no key."""

import uuid
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concerns import actions
from concerns import history as verification
from concerns.encryption import encrypted_fields, seal
from concerns.models import (
    Answer,
    Concern,
    Decision,
    Event,
    Head,
    Note,
    PersonSeen,
    Question,
    VehicleSeen,
    record_opened,
)
from tests.cards import PERSON, VEHICLE, add_note, send_card
from tests.concerns.tampering import rewrite, stored, take_out


@pytest.fixture
def history(concern, cast, disarmed):
    """A concern with two people, a vehicle, a note with a person and a vehicle, and five events; no trigger stands."""
    record_opened(concern, by=cast["moss"])
    add_note(concern, cast["asha"], about=["site"], people=[PERSON], vehicles=[VEHICLE])
    copy = concern.deliveries.get(recipient="manager")
    actions.acknowledge(delivery=copy, by=cast["moss"])
    call = concern.deliveries.get(recipient="police_call")
    actions.record_told(delivery=call, by=cast["asha"], whom="log 412", at=timezone.now())
    disarmed()
    return concern


@pytest.fixture
def decided(concern, cast, disarmed):
    """A concern of which somebody decided something, asked something and answered it; no trigger stands."""
    copy = concern.deliveries.get(recipient="customer")
    actions.hold(delivery=copy, by=cast["moss"], officer="PC Bell", reference="412", until=timezone.now())
    question = actions.ask(concern=concern, by=cast["moss"], text="Which door?")
    actions.answer(question=question, by=cast["asha"], text="East.")
    disarmed()
    return concern


ADDED = "is not in the history: it was added, or the event that names it is gone"


def event(number):
    return Event.objects.get(number=number)


def verify(capsys):
    """(exit code, [lines about this or that], the last line)"""
    try:
        call_command("verify_history")
        code = 0
    except SystemExit as stopped:
        code = stopped.code
    *lines, last = capsys.readouterr().out.splitlines()
    return code, lines, last


@pytest.fixture
def names(concern, capsys):
    """A function that says whether the command names exactly these problems of the concern."""

    def names(*problems):
        code, lines, last = verify(capsys)
        assert sorted(lines) == sorted(f"{concern}: {problem}" for problem in problems)
        return code == 1 and last.endswith(f" Does not fit: {len(problems)}.")

    return names


# --- Untouched ----------------------------------------------------------------------------------------------------


def test_an_untouched_database_passes(history, concern_about_moss, capsys):
    code, lines, last = verify(capsys)
    assert (code, lines) == (0, [])
    counted = "2 cards, 6 events, 1 notes, 3 people, 2 vehicles, 0 decisions, 0 questions, 0 answers"
    assert last == f"Checked {counted}. Everything fits."


def test_an_empty_database_passes(db, capsys):
    assert verify(capsys)[0] == 0


def test_every_kind_of_card_passes(cast, capsys):
    full = {name: f"ä{name}\r\n\u200f🚗" for name in ("place", "went", "exact_words", "source", "camera", "phone")}
    at = datetime(2026, 10, 25, 1, 30, 59, 999999, tzinfo=UTC)
    send_card(cast["asha"], **full, camera_from=at, camera_until=at, until_at=timezone.now(), natures=["gifts"])
    send_card(cast["moss"], site=None, about=["unsure", "police", "office"], police_may_ring=None, doubts=True)
    assert verify(capsys)[:2] == (0, [])


def test_what_is_live_is_not_evidence(history, cast, capsys):
    history.deliveries.update(due_at=timezone.now())
    history.kept.all().delete()
    cast["asha"].name = "Asha Renamed"
    cast["asha"].save()
    assert verify(capsys)[0] == 0


def test_more_concerns_take_no_more_queries(cast, capsys):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            verify(capsys)
        return len(captured)

    send_card(cast["asha"])
    few = queries()
    for _ in range(20):
        add_note(send_card(cast["asha"], people=[PERSON]), cast["asha"])
    assert queries() == few


# --- Changed ------------------------------------------------------------------------------------------------------

OTHER = {
    "IntegerField": lambda value: value + 7,
    "CharField": lambda value: "x" if value != "x" else "y",
    "UUIDField": lambda value: uuid.uuid4(),
    "DateTimeField": lambda value: datetime(2031, 1, 1, tzinfo=UTC),
    "BooleanField": lambda value: not value,
    "JSONField": lambda value: ["other"],
}


def changed(row, field):
    """Another value of the column's type; another person's or place's id where it points to one."""
    if field.is_relation:
        there = set(field.related_model.objects.values_list("pk", flat=True)) - {getattr(row, field.attname)}
        return next(iter(there), uuid.uuid4())
    kind = next(kind for kind in OTHER if kind.removesuffix("Field") in field.get_internal_type())
    return OTHER[kind](getattr(row, field.attname))


def plain(model):
    return [f.attname for f in model._meta.concrete_fields if not hasattr(f, "place") and not f.primary_key]


def change(row, column):
    rewrite(row, **{column: changed(row, type(row)._meta.get_field(column))})


def reseal(row, column):
    """Other words under the same key: what somebody can do who runs the service itself."""
    place = {"table": row._meta.db_table, "column": column, "row": row.pk}
    rewrite(row, **{column: seal("other words", **place)})


@pytest.mark.parametrize("column", plain(Concern))
def test_a_changed_column_of_a_card_is_named(history, names, column):
    change(history, column)
    history.refresh_from_db()
    assert names("the card was changed")


@pytest.mark.parametrize("model", [PersonSeen, VehicleSeen])
@pytest.mark.parametrize("column", ["number"])
def test_a_changed_number_of_a_row_is_named(history, names, model, column):
    row = model.objects.filter(concern=history).last()
    change(row, column)
    assert names(f"{model._meta.model_name.removesuffix('seen')} {row.number + 7} ({row.pk}) was changed")


@pytest.mark.parametrize("column", ["looks", "sex"])
def test_a_changed_person_is_named(history, names, column):
    person = history.people.last()
    change(person, column)
    assert names(f"person 2 ({person.pk}) was changed")


@pytest.mark.parametrize("column", [column for column in plain(Note) if column != "concern_id"])
def test_a_changed_note_is_named(history, names, column):
    note = history.notes.get()
    change(note, column)
    assert names(f"note ({note.pk}) was changed")


SINCE = [Decision, Question, Answer]
OF_A_CONCERN = ("concern_id", "question_id")


@pytest.mark.parametrize(
    ("model", "column"), [(m, column) for m in SINCE for column in plain(m) if column not in OF_A_CONCERN]
)
def test_a_changed_decision_question_or_answer_is_named(decided, names, model, column):
    row = model.objects.get()
    change(row, column)
    assert names(f"{model._meta.model_name} ({row.pk}) was changed")


@pytest.mark.parametrize("column", [c for c in plain(Event) if c not in ("concern_id", "number")])
def test_a_changed_event_is_named(history, names, column):
    change(event(2), column)
    assert names("event 2 was changed, added or moved")


def test_a_changed_id_of_an_event_is_named(history, names):
    rewrite(event(2), id=uuid.uuid4())
    assert names("event 2 was changed, added or moved")


@pytest.mark.parametrize("column", ["count", "mac"])
def test_a_changed_head_is_named(history, names, column):
    head = Head.objects.get()
    rewrite(head, **{column: 4 if column == "count" else event(5).mac})
    assert names("the end of its history was changed: events after 5 were cut off, or some were added")


SEALED = [
    (model, field.name) for model in (Concern, PersonSeen, VehicleSeen, Note) for field in encrypted_fields(model)
]


@pytest.mark.parametrize(("model", "column"), SEALED)
def test_other_words_under_the_same_key_are_named(history, capsys, model, column):
    row = model.objects.last()
    reseal(row, column)
    _, (line,), _ = verify(capsys)
    assert line.startswith(f"{history}: ")
    assert line.endswith("the card was changed" if model is Concern else f"({row.pk}) was changed")


@pytest.mark.parametrize(("model", "column"), SEALED)
def test_a_broken_seal_is_named(history, capsys, model, column):
    row = model.objects.last()
    rewrite(row, **{column: stored(row, column)[:-8] + "AAAAAAAA"})
    code, (line,), _ = verify(capsys)
    assert (code, line.startswith(f"{history}: ")) == (1, True)
    assert line.endswith(f"cannot be opened: {column}")


SEALED_SINCE = [(model, field.name) for model in SINCE for field in encrypted_fields(model)]


@pytest.mark.parametrize(("model", "column"), SEALED_SINCE)
def test_other_words_in_a_decision_question_or_answer_are_named(decided, names, model, column):
    row = model.objects.get()
    reseal(row, column)
    assert names(f"{model._meta.model_name} ({row.pk}) was changed")


@pytest.mark.parametrize(("model", "column"), SEALED_SINCE)
def test_a_broken_seal_of_a_decision_question_or_answer_is_named(decided, names, model, column):
    row = model.objects.get()
    rewrite(row, **{column: stored(row, column)[:-8] + "AAAAAAAA"})
    assert names(f"{model._meta.model_name} ({row.pk}) cannot be opened: {column}")


def test_a_sealed_value_from_another_card_is_named(history, names, cast):
    other = send_card(cast["asha"], account="Nothing at all.")
    rewrite(history, account=stored(other, "account"))
    assert names("the card cannot be opened: account")


def test_a_first_event_that_was_changed_leaves_nothing_to_compare_with(history, capsys):
    change(event(1), "detail")
    _, lines, _ = verify(capsys)
    assert f"{history}: event 1 was changed, added or moved" in lines
    assert f"{history}: the card is not in the history: it was added, or the event that names it is gone" in lines


def test_a_value_that_no_column_can_hold_stops_nothing(history, concern_about_moss, names, monkeypatch):
    def load(ids, load=verification._load):
        if history.pk in ids:
            raise ValueError("month must be in 1..12")
        return load(ids)

    monkeypatch.setattr(verification, "_load", load)
    assert names("something of it cannot be read at all (ValueError)")


# --- Removed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["person", "vehicle"])
def test_a_removed_row_is_named(history, names, kind):
    row = {"person": history.people, "vehicle": history.vehicles}[kind].first()
    take_out(row)
    assert names(f"a {kind} was removed ({row.pk})")


def test_a_removed_note_is_named_with_its_rows(history, names):
    note = history.notes.get()
    rows = [*note.people.all(), *note.vehicles.all()]
    take_out(*rows, note)
    person, vehicle = rows
    assert names(
        f"a note was removed ({note.pk})",
        f"a person was removed ({person.pk})",
        f"a vehicle was removed ({vehicle.pk})",
    )


@pytest.mark.parametrize("model", [Decision, Answer])
def test_a_removed_decision_or_answer_is_named(decided, names, model):
    row = model.objects.get()
    take_out(row)
    article = "an" if model is Answer else "a"
    assert names(f"{article} {model._meta.model_name} was removed ({row.pk})")


def test_a_removed_question_is_named_with_its_answer(decided, names):
    question, answer = Question.objects.get(), Answer.objects.get()
    take_out(question)
    assert names(f"a question was removed ({question.pk})", f"an answer was removed ({answer.pk})")


@pytest.mark.parametrize(("number", "model"), [(2, Decision), (3, Question), (4, Answer)])
def test_a_removed_event_of_a_decision_question_or_answer_is_named_and_its_row_too(decided, names, number, model):
    take_out(event(number))
    row = model.objects.get()
    assert names(f"event {number} was removed", f"{model._meta.model_name} ({row.pk}) {ADDED}")


@pytest.mark.parametrize("number", [2, 4])
def test_a_removed_event_is_named(history, names, number):
    take_out(event(number))
    assert names(f"event {number} was removed")


def test_several_removed_events_are_named(history, names):
    take_out(event(4), event(2), event(5))
    assert names("event 2 was removed", "events 4 to 5 were removed")


def test_a_removed_event_of_a_note_is_named_and_its_note_too(history, capsys):
    take_out(event(3))
    note = history.notes.get()
    _, lines, _ = verify(capsys)
    assert f"{history}: event 3 was removed" in lines
    assert any(line.startswith(f"{history}: note ({note.pk}) is not in the history") for line in lines)


def test_a_removed_history_is_named(history, capsys):
    take_out(*Event.objects.all(), *Head.objects.all())
    code, lines, _ = verify(capsys)
    assert code == 1
    assert f"{history}: it has no history" in lines


def test_a_removed_card_is_named(history, capsys):
    take_out(*history.people.all(), *history.vehicles.all(), history)
    _, lines, last = verify(capsys)
    assert f"a concern without its card ({history.pk}): a card was removed ({history.pk})" in lines
    assert last.startswith("Checked 0 cards, 5 events")


@pytest.mark.parametrize("left", [Head, Event, Note, PersonSeen, VehicleSeen, Decision, Question])
def test_a_concern_of_which_one_thing_is_left_is_named(decided, cast, capsys, left):
    add_note(decided, cast["asha"], people=[PERSON], vehicles=[VEHICLE])
    for model in {Head, Event, Answer, Decision, Question, Note, PersonSeen, VehicleSeen, Concern} - {left}:
        take_out(*model.objects.all())
    code, lines, _ = verify(capsys)
    assert (code, bool(lines)) == (1, True)
    assert all(line.startswith(f"a concern without its card ({decided.pk}): ") for line in lines)


# --- A cut tail ---------------------------------------------------------------------------------------------------


def test_a_tail_that_was_cut_is_named(history, names):
    take_out(event(5), event(4))
    assert names("events 4 to 5 were removed")


def test_a_tail_that_was_cut_with_the_head_set_back_is_named(history, names):
    take_out(event(5))
    rewrite(Head.objects.get(), count=4, mac=event(4).mac)
    assert names("the end of its history was changed: events after 4 were cut off, or some were added")


def test_a_tail_that_was_cut_with_the_head_removed_is_named(history, names):
    take_out(event(5), Head.objects.get())
    assert names("the end of its history was removed")


def test_a_tail_that_was_cut_stays_named_when_the_history_goes_on(history, names, cast):
    take_out(event(5))
    record_opened(history, by=cast["hana"])
    assert names("event 5 was removed")


# --- Added --------------------------------------------------------------------------------------------------------


def test_an_added_person_is_named(history, names):
    person = PersonSeen.objects.create(concern=history, number=3)
    assert names(f"person 3 ({person.pk}) {ADDED}")


def test_an_added_vehicle_of_a_note_is_named(history, names):
    vehicle = VehicleSeen.objects.create(note=history.notes.get(), number=2)
    assert names(f"vehicle 2 ({vehicle.pk}) {ADDED}")


def test_an_added_note_is_named(history, names):
    note = history.notes.get()
    note.pk, note.submission_key, note.text, note.about = uuid.uuid4(), uuid.uuid4(), "Never written.", ["no"]
    note.save(force_insert=True)
    assert names(f"note ({note.pk}) {ADDED}")


def test_an_added_decision_question_and_answer_are_named(decided, names, cast):
    signed = {"author_role": "manager", "company": cast["moss"].organisation, "at": timezone.now()}
    decision = Decision.objects.create(
        concern=decided, kind="close", by=cast["moss"], by_role="manager", at=timezone.now()
    )
    question = Question.objects.create(concern=decided, asked_by=cast["moss"], text="Never asked.", **signed)
    answer = Answer.objects.create(question=question, answered_by=cast["asha"], text="Never said.", **signed)
    assert names(*(f"{row._meta.model_name} ({row.pk}) {ADDED}" for row in (decision, question, answer)))


def test_an_added_card_is_named(history, capsys):
    copy = Concern.objects.get(pk=history.pk)
    for field in encrypted_fields(Concern):
        getattr(copy, field.name)
    copy.pk, copy.reference, copy.submission_key = uuid.uuid4(), "00000000", uuid.uuid4()
    copy.save(force_insert=True)
    _, lines, _ = verify(capsys)
    assert sorted(lines) == ["0000-0000: it has no history", f"0000-0000: the card {ADDED}"]


def test_an_added_event_is_named(history, capsys):
    last = event(5)
    last.pk, last.number, last.previous = uuid.uuid4(), 6, last.mac
    last.save(force_insert=True)
    _, lines, _ = verify(capsys)
    assert f"{history}: event 6 was changed, added or moved" in lines


def test_an_event_of_another_concern_is_named(history, concern_about_moss, capsys):
    rewrite(event(5), concern_id=concern_about_moss.pk, number=2)
    _, lines, _ = verify(capsys)
    assert f"{history}: event 5 was removed" in lines
    assert f"{concern_about_moss}: event 2 was changed, added or moved" in lines


# --- Moved --------------------------------------------------------------------------------------------------------


def swap(first, second, **columns):
    """Give each of two events what the other has in these columns, by way of a value that neither has."""
    mine, theirs = ({name: getattr(row, name) for name in columns} for row in (first, second))
    rewrite(first, **columns)
    rewrite(second, **mine)
    rewrite(first, **theirs)


def test_two_events_that_changed_places_are_named(history, names):
    swap(event(2), event(4), number=99)
    assert names("event 2 was changed, added or moved", "event 4 was changed, added or moved")


def test_two_events_that_changed_places_and_digests_are_named(history, names):
    swap(event(2), event(4), number=99, mac="", previous="")
    assert names("event 2 was changed, added or moved", "event 4 was changed, added or moved")


def test_two_swapped_digests_are_named(history, names):
    swap(event(2), event(4), mac="")
    assert names("event 2 was changed, added or moved", "event 4 was changed, added or moved")


def test_a_person_moved_to_another_card_is_named_on_both(history, concern_about_moss, capsys):
    person = history.people.last()
    rewrite(person, concern=concern_about_moss)
    _, lines, _ = verify(capsys)
    assert f"{history}: a person was removed ({person.pk})" in lines
    assert f"{concern_about_moss}: person 2 ({person.pk}) {ADDED}" in lines


@pytest.mark.parametrize("model", [Decision, Question])
def test_a_decision_or_question_moved_to_another_card_is_named_on_both(decided, concern_about_moss, capsys, model):
    row, kind = model.objects.get(), model._meta.model_name
    rewrite(row, concern=concern_about_moss)
    _, lines, _ = verify(capsys)
    assert f"{decided}: a {kind} was removed ({row.pk})" in lines
    assert f"{concern_about_moss}: {kind} ({row.pk}) {ADDED}" in lines


def test_an_answer_moved_to_another_question_is_named(decided, names, cast):
    other = actions.ask(concern=decided, by=cast["hana"], text="And when?")
    answer = Answer.objects.get()
    rewrite(answer, question=other)
    assert names(f"answer ({answer.pk}) was changed")


def test_a_person_moved_from_the_card_to_its_note_is_named(history, names):
    person = history.people.last()
    rewrite(person, concern=None, note=history.notes.get())
    assert names(f"person 2 ({person.pk}) was changed")


def test_an_event_that_follows_another_one_is_named(history, names):
    third = event(3)
    third.previous = event(1).mac
    rewrite(third, previous=third.previous, mac=third.expected_mac())
    assert names("event 3 does not follow the one before it", "event 4 does not follow the one before it")


# --- While people work --------------------------------------------------------------------------------------------


def test_a_concern_that_is_written_to_meanwhile_is_looked_at_again(concern, cast, capsys, monkeypatch):
    def interrupted(ids, load=verification._load):
        loaded = load(ids)
        monkeypatch.setattr(verification, "_load", load)
        add_note(concern, cast["asha"])
        return [one._replace(notes=list(concern.notes.all())) for one in loaded]

    monkeypatch.setattr(verification, "_load", interrupted)
    assert verify(capsys)[:2] == (0, [])


def test_another_key_fits_nothing(history, capsys, settings):
    settings.AUDIT_KEY = settings.LINK_KEY
    assert verify(capsys)[0] == 1
