"""What each reader may see: disclosure.csv, which a head of safeguarding can read and correct, and what it does."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.disclosure import (
    TABLE,
    Addition,
    Asked,
    Closing,
    Copy,
    Decided,
    Footage,
    KeptOut,
    Read,
    Reader,
    disclose,
    for_the_police,
)
from concerns.models import Answer, Concern, Decision, Note, PersonSeen, Question, VehicleSeen

with (Path(__file__).parent / "disclosure.csv").open() as file:
    ROWS = {row.pop("field"): row for row in csv.DictReader(file)}

# The row of the table that covers a column, where it is not the one of its own name.
COVERED_BY = {
    (Concern, "reported_by"): "author_name",
    (PersonSeen, "looks"): "people",
    (PersonSeen, "sex"): "people",
    (PersonSeen, "name"): "people",
    (PersonSeen, "description"): "people",
    (VehicleSeen, "mark"): "vehicles",
    (VehicleSeen, "make"): "vehicles",
    (VehicleSeen, "company"): "vehicles",
    (VehicleSeen, "inside"): "vehicles",
    (VehicleSeen, "went"): "vehicles",
    (Note, "text"): "notes",
    (Note, "received_at"): "notes",
    (Note, "author_role"): "notes",
    (Note, "company"): "notes",
    (Note, "written_by"): "signatures",
    **{(Question, name): "questions" for name in ("text", "at", "asked_by", "author_role", "company")},
    **{(Answer, name): "questions" for name in ("text", "at", "answered_by", "author_role", "company")},
    **{
        (Decision, name): "decisions"
        for name in ("kind", "recipient", "person", "outcome", "text", "reference", "until", "by", "at")
    },
}
# Columns that no page shows to anybody.
INTERNAL = {
    Concern: {"id", "submission_key", "submission_digest"},
    PersonSeen: {"id", "concern", "note", "number"},
    VehicleSeen: {"id", "concern", "note", "number"},
    Note: {"id", "concern", "submission_key"},
    Question: {"id", "concern"},
    Answer: {"id", "question"},
    Decision: {"id", "concern", "delivery", "by_role"},
}

NINE = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
BRIGHTKEEP, TALLOW, WEXMOOR = "Brightkeep", "Tallow & Finch", "Wexmoor Police"
ORGANISATION = {Reader.POLICE: WEXMOOR, Reader.CUSTOMER: TALLOW}


CLOSED = Closing("staff", NINE, line="It has been dealt with.", text="Dee, at head office", reference="412", by="Hana")


def copy(recipient, organisation, **known):
    return Copy(recipient=recipient, organisation=organisation, status="has_it", due_at=NINE, **known)


def note(text, at=NINE, signature="Asha", company=BRIGHTKEEP, about=("no",)):
    return Addition(text, at, signature, "guard", company, signature == "Asha", about, people=[text], vehicles=[text])


def facts(**changed):
    """A value for every row of the table, plain ones saying which."""
    plain = {name: f"the {name}" for name in TABLE}
    own = {
        "camera_from": at("22:50"),
        "camera_until": at("23:10"),
        "about": ["guard"],
        "footage": Footage(kept_until=at("22:50"), days=7, days_are_known=True),
        "notes": [],
        "questions": [],
        "outcome": CLOSED,
        "decisions": [],
        "kept_out": [],
        "told": [],
        "reads": [],
    }
    return plain | own | {"police_may_know_name": True, "police_may_ring": True} | changed


def at(clock):
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, 21, hour, minute, tzinfo=UTC)


def seen(*readers, released_at=None, **changed):
    organisation = ORGANISATION.get(readers[0], BRIGHTKEEP) if readers else None
    return disclose(facts(**changed), readers, organisation=organisation, released_at=released_at)


@pytest.mark.parametrize("reader", Reader)
@pytest.mark.parametrize("field", ROWS)
def test_the_table_says_what_each_reader_sees(field, reader):
    assert getattr(TABLE[field], reader) == ROWS[field][reader]


@pytest.mark.parametrize("reader", Reader)
@pytest.mark.parametrize("field", ROWS)
def test_what_a_reader_may_not_see_is_absent(field, reader):
    assert (field in seen(reader)) == (ROWS[field][reader] != "no")


@pytest.mark.parametrize("reader", Reader)
def test_what_a_reader_may_see_in_full_is_unchanged(reader):
    whole = [field for field in ROWS if ROWS[field][reader] == "yes" and field not in ("notes", "told")]
    assert whole
    assert {field: seen(reader)[field] for field in whole} == {field: facts()[field] for field in whole}


def test_the_table_has_the_same_rows_as_the_code():
    assert set(ROWS) == set(TABLE)


@pytest.mark.parametrize("model", INTERNAL)
def test_every_column_of_a_card_has_a_row_or_is_internal(model):
    fields = {field.name for field in model._meta.concrete_fields} - INTERNAL[model]
    assert {COVERED_BY.get((model, name), name) for name in fields} <= set(ROWS)


@pytest.mark.parametrize("model", INTERNAL)
def test_no_internal_column_has_left_the_model(model):
    assert INTERNAL[model] <= {field.name for field in model._meta.concrete_fields}


def test_nobody_sees_nothing():
    assert seen() == {}


def test_a_fact_without_a_row_is_shown_to_nobody():
    assert "submission_key" not in disclose({"submission_key": "a canary"}, Reader)


# --- The camera ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "wide_start", "wide_end"),
    [
        ("22:50", "23:10", "22:45", "23:15"),
        ("22:45", "23:15", "22:45", "23:15"),
        ("22:59", "23:01", "22:45", "23:15"),
        ("23:00", "23:00", "23:00", "23:00"),
        ("22:44", "22:46", "22:30", "23:00"),
    ],
)
def test_the_customer_sees_the_camera_widened_to_the_quarter_hour(start, end, wide_start, wide_end):
    card = seen(Reader.CUSTOMER, camera_from=at(start), camera_until=at(end))
    assert (card["camera_from"], card["camera_until"]) == (at(wide_start), at(wide_end))


def test_a_second_past_the_quarter_counts():
    card = seen(Reader.CUSTOMER, camera_from=at("23:00"), camera_until=at("23:15") + timedelta(seconds=1))
    assert card["camera_until"] == at("23:30")


def test_a_camera_without_times_stays_without():
    card = seen(Reader.CUSTOMER, camera_from=None, camera_until=None)
    assert (card["camera_from"], card["camera_until"]) == (None, None)


OVERWRITTEN = Footage(at("22:50"), 7, True, lost=True, saved_on=NINE, saved_whom="Dee", saved_where="A safe")


def test_the_customers_clock_on_the_footage_says_no_more_than_the_widened_times():
    assert seen(Reader.CUSTOMER, footage=OVERWRITTEN)["footage"].kept_until == at("22:45")


def test_without_camera_times_the_customer_sees_no_clock():
    footage = seen(Reader.CUSTOMER, footage=OVERWRITTEN, camera_from=None, camera_until=None)["footage"]
    assert (footage.kept_until, footage.lost, footage.saved_on) == (None, False, NINE)


@pytest.mark.parametrize(("by", "shown"), [(TALLOW, ("Dee", "A safe")), (BRIGHTKEEP, ("", ""))])
def test_the_customer_reads_who_saved_the_footage_where_it_was_their_own_people(by, shown):
    footage = seen(Reader.CUSTOMER, footage=OVERWRITTEN._replace(saved_by_organisation=by))["footage"]
    assert (footage.saved_whom, footage.saved_where) == shown


def test_where_there_is_no_footage_the_customer_is_told_so():
    assert seen(Reader.CUSTOMER, footage=None)["footage"] is None


# --- The author's name --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [False, None])
def test_the_police_see_no_name_without_the_authors_word(answer):
    card = seen(Reader.POLICE, police_may_know_name=answer, notes=[note("a note")])
    assert "author_name" not in card
    assert card["notes"][0].signature == ""


@pytest.mark.parametrize("answer", [False, None])
def test_the_police_see_no_telephone_without_the_authors_word(answer):
    assert "phone" not in seen(Reader.POLICE, police_may_ring=answer)


def test_the_name_and_the_telephone_are_agreed_apart():
    card = seen(Reader.POLICE, police_may_know_name=False, police_may_ring=True)
    assert "phone" in card
    assert "author_name" not in card


def test_the_police_see_name_telephone_and_signature_where_the_author_agreed():
    card = seen(Reader.POLICE, notes=[note("a note")])
    assert (card["author_name"], card["phone"]) == ("the author_name", "the phone")
    assert card["notes"][0].signature == "Asha"


def test_the_police_see_who_of_them_wrote_a_note():
    card = seen(Reader.POLICE, police_may_know_name=False, notes=[note("ours", signature="Priya", company=WEXMOOR)])
    assert card["notes"][0].signature == "Priya"


@pytest.mark.parametrize("reader", [Reader.AUTHOR, Reader.COMPANY, Reader.RELEASED])
def test_the_company_sees_the_name_whatever_the_police_may(reader):
    assert seen(reader, police_may_know_name=False)["author_name"] == "the author_name"


# --- A released copy ----------------------------------------------------------------------------------------------

BEFORE, AFTER = note("before", at("21:00")), note("after", at("21:01"), about=("guard",))


def test_a_released_copy_holds_later_notes_alone():
    card = seen(Reader.RELEASED, released_at=at("21:00"), notes=[BEFORE, AFTER])
    assert [note.text for note in card["notes"]] == ["after"]


def test_a_released_copy_says_nowhere_who_may_be_involved():
    card = seen(Reader.RELEASED, released_at=at("21:00"), notes=[AFTER])
    assert "about" not in card
    assert not card["notes"][0].about


def test_a_copy_without_a_time_of_release_holds_no_notes():
    assert seen(Reader.RELEASED, notes=[BEFORE, AFTER])["notes"] == []


def test_a_released_copy_does_not_show_who_was_told_because_of_the_answer():
    told = [copy("head_office", BRIGHTKEEP), copy("lead", BRIGHTKEEP), copy("standards", WEXMOOR)]
    assert [c.recipient for c in seen(Reader.RELEASED, told=told)["told"]] == ["head_office"]


# --- Who has been told, and who has read it -----------------------------------------------------------------------

TOLD = [
    copy("manager", BRIGHTKEEP, by="Moss", by_organisation=BRIGHTKEEP),
    copy("police_call", WEXMOOR, by="Asha", by_author=True, by_organisation=BRIGHTKEEP, whom="log 412"),
    copy("police", WEXMOOR, by="Priya", by_organisation=WEXMOOR),
    copy("customer", TALLOW, by="Cole", by_organisation=TALLOW, whom="the duty desk"),
    copy("lead", BRIGHTKEEP, by="Lena", by_organisation=BRIGHTKEEP),
]


def test_the_author_sees_roles_and_not_names():
    told = seen(Reader.AUTHOR, told=TOLD)["told"]
    assert [c.recipient for c in told] == ["manager", "police_call", "police", "customer", "lead"]
    assert not any(c.by for c in told)


def test_the_author_sees_whom_they_reached_themselves():
    assert [c.whom for c in seen(Reader.AUTHOR, told=TOLD)["told"] if c.whom] == ["log 412"]


def test_the_company_sees_names():
    assert [c.by for c in seen(Reader.COMPANY, told=TOLD)["told"]] == ["Moss", "Asha", "Priya", "Cole", "Lena"]


@pytest.mark.parametrize("reader", Reader)
def test_nobody_is_shown_that_a_copy_was_withheld(reader):
    assert not seen(reader, told=[copy("manager", BRIGHTKEEP)._replace(status="withheld")]).get("told")


@pytest.mark.parametrize(
    ("reader", "own"), [(Reader.POLICE, ["police_call", "police"]), (Reader.CUSTOMER, ["customer"])]
)
def test_police_and_customer_see_their_own_copies(reader, own):
    assert [c.recipient for c in seen(reader, told=TOLD)["told"]] == own


def test_the_police_see_no_name_of_a_guard_who_rang_them():
    assert {c.by for c in seen(Reader.POLICE, told=TOLD, police_may_know_name=False)["told"]} == {"", "Priya"}


def test_only_the_police_are_told_that_others_know():
    assert [reader for reader in Reader if "others" in seen(reader)] == [Reader.POLICE, Reader.RELEASED_POLICE]


@pytest.mark.parametrize(
    ("reader", "names"),
    [(Reader.COMPANY, ["Moss"]), (Reader.RELEASED, ["Moss"]), (Reader.POLICE, ["Priya"])],
)
def test_a_reader_sees_the_reads_of_their_own_organisation(reader, names):
    reads = [Read(NINE, "Moss", BRIGHTKEEP), Read(NINE, "Priya", WEXMOOR), Read(NINE, "Cole", TALLOW)]
    assert [read.name for read in seen(reader, reads=reads)["reads"]] == names


# --- Questions, decisions, the end --------------------------------------------------------------------------------


def asked(text, company=BRIGHTKEEP, name="Moss", when="21:00", **answered):
    return Asked(id=text, text=text, at=at(when), role="manager", company=company, name=name, **answered)


OURS, THEIRS = asked("ours"), asked("theirs", WEXMOOR, "Priya")


@pytest.mark.parametrize(
    ("readers", "texts"),
    [
        ([Reader.AUTHOR], ["ours", "theirs"]),
        ([Reader.COMPANY], ["ours"]),
        ([Reader.COMPANY, Reader.DECIDES], ["ours"]),
        ([Reader.POLICE], ["theirs"]),
    ],
)
def test_a_question_of_the_police_is_for_police_and_author_alone(readers, texts):
    assert [question.text for question in seen(*readers, questions=[OURS, THEIRS])["questions"]] == texts


def test_what_waits_for_a_leaver_is_for_whoever_decides():
    questions = [OURS, THEIRS._replace(left=True)]
    assert len(seen(Reader.COMPANY, Reader.DECIDES, questions=questions)["questions"]) == 2
    assert seen(Reader.COMPANY, questions=questions)["questions"] == [OURS]


@pytest.mark.parametrize("reader", [Reader.RELEASED, Reader.RELEASED_POLICE])
def test_a_released_copy_holds_later_questions_of_their_own_alone(reader):
    questions = [asked("a"), asked("b", when="21:01"), asked("c", WEXMOOR), asked("d", WEXMOOR, when="21:01")]
    card = disclose(facts(questions=questions), [reader], organisation=WEXMOOR, released_at=at("21:00"))
    assert [question.text for question in card["questions"]] == ["d"]


def test_the_author_does_not_read_which_officer_asks():
    assert [question.name for question in seen(Reader.AUTHOR, questions=[OURS, THEIRS])["questions"]] == ["Moss", ""]


@pytest.mark.parametrize(("agreed", "name"), [(True, "Asha"), (False, ""), (None, "")])
def test_an_answer_is_signed_for_the_police_only_where_the_author_agreed(agreed, name):
    answered = {"answer": "Yes.", "answered_by": "Asha", "answered_company": BRIGHTKEEP}
    question = THEIRS._replace(**answered)
    (shown,) = seen(Reader.POLICE, questions=[question], police_may_know_name=agreed)["questions"]
    assert (shown.answer, shown.answered_by, shown.name) == ("Yes.", name, "Priya")


@pytest.mark.parametrize("reader", [Reader.AUTHOR, Reader.RELEASED, Reader.RELEASED_POLICE])
def test_the_author_and_a_released_reader_learn_what_came_of_it_in_one_line(reader):
    assert seen(reader)["outcome"] == Closing("", NINE, line="It has been dealt with.")


def test_the_police_read_who_closed_it_only_where_names_are_known():
    assert seen(Reader.POLICE, police_may_know_name=False)["outcome"] == CLOSED._replace(by="")


def test_only_whoever_decides_reads_whom_it_is_kept_from():
    decisions = [Decided("keep_from", NINE, "Hana", person="Dee"), Decided("propose", NINE, "Moss")]
    assert [d.kind for d in seen(Reader.COMPANY, decisions=decisions)["decisions"]] == ["propose"]
    assert seen(Reader.COMPANY, Reader.DECIDES, decisions=decisions)["decisions"] == decisions


def test_only_whoever_decides_learns_that_a_copy_is_withheld():
    assert [reader for reader in Reader if "withheld" in seen(reader)] == [Reader.DECIDES]


KEPT_OUT = [KeptOut("manager", False, True), KeptOut("customer", False, True)]


@pytest.mark.parametrize("reader", [Reader.AUTHOR, Reader.COMPANY])
def test_author_and_company_learn_who_had_it_before(reader):
    assert seen(reader, kept_out=KEPT_OUT)["kept_out"] == KEPT_OUT


def test_a_released_reader_learns_of_the_customer_alone_and_not_what_they_had():
    assert seen(Reader.RELEASED, kept_out=KEPT_OUT)["kept_out"] == [KeptOut("customer", False, None)]
    never = [kept._replace(had_it=False) for kept in KEPT_OUT]
    assert seen(Reader.RELEASED, kept_out=never) == seen(Reader.RELEASED, kept_out=KEPT_OUT)


def test_a_released_reader_learns_what_a_customer_on_hold_had():
    held = KeptOut("customer", True, True)
    assert seen(Reader.RELEASED, kept_out=[held])["kept_out"] == [held]


def test_only_whoever_decides_reads_what_was_done_with_copies_that_are_withheld_by_now():
    assert [reader for reader in Reader if "earlier" in seen(reader)] == [Reader.DECIDES]


# --- Two capacities -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", [Reader.COMPANY, Reader.RELEASED])
def test_who_reads_in_two_capacities_sees_what_either_may(second):
    both = seen(Reader.AUTHOR, second)
    assert both.keys() == seen(Reader.AUTHOR).keys() | seen(second).keys()


def test_an_author_whose_copy_was_released_keeps_what_they_wrote():
    card = seen(Reader.AUTHOR, Reader.RELEASED, released_at=at("21:00"), notes=[BEFORE, AFTER])
    assert card["about"] == ["guard"]
    assert [note.text for note in card["notes"]] == ["before", "after"]


def test_an_author_with_a_copy_sees_exact_times_and_names():
    card = seen(Reader.AUTHOR, Reader.COMPANY, told=TOLD)
    assert card["camera_from"] == at("22:50")
    assert card["told"][0].by == "Moss"


# --- Anything at all ----------------------------------------------------------------------------------------------

HIDDEN = sorted(field for field, row in ROWS.items() if row["customer"] == "no")
NAMES = st.sampled_from(["canary-Asha", "canary-Moss", "canary-Priya"])
OTHERS = st.sampled_from([BRIGHTKEEP, WEXMOOR])
ANY_TIME = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
ANY_NOTE = st.builds(
    Addition,
    text=st.just("canary-note"),
    at=ANY_TIME,
    signature=NAMES,
    role=st.just("canary-role"),
    company=st.sampled_from([BRIGHTKEEP, TALLOW, WEXMOOR]),
    by_author=st.booleans(),
    about=st.just(["canary-about"]),
    people=st.just(["canary-person"]),
    vehicles=st.just(["canary-vehicle"]),
)
ANY_COPY = st.builds(
    Copy,
    recipient=st.sampled_from(["manager", "head_office", "police", "police_call", "lead", "standards"]),
    organisation=OTHERS,
    status=st.just("canary-status"),
    due_at=ANY_TIME,
    by=NAMES,
    by_author=st.booleans(),
    by_organisation=OTHERS,
    whom=st.just("canary-log"),
)
ANY_FACTS = st.fixed_dictionaries(
    {field: st.just(f"canary-{field}") for field in HIDDEN}
    | {"notes": st.lists(ANY_NOTE, max_size=3), "told": st.lists(ANY_COPY, max_size=3)}
    | {"camera_from": ANY_TIME, "camera_until": ANY_TIME, "camera": st.text()},
    optional={field: st.just(f"the {field}") for field in ("reference", "urgency", "site", "zone", "author_role")},
)


@given(facts=ANY_FACTS, released_at=st.none() | ANY_TIME)
def test_a_customer_never_sees_a_word_that_is_not_theirs(facts, released_at):
    card = disclose(facts, {Reader.CUSTOMER}, organisation=TALLOW, released_at=released_at)
    assert "canary" not in str({name: value for name, value in card.items() if name != "camera"})
    assert card["camera"] == facts["camera"]


@pytest.mark.parametrize("agreed", [True, False, None])
def test_what_a_company_hands_to_the_police_names_the_author_only_where_the_author_agreed(agreed):
    answers = {"police_may_know_name": agreed, "police_may_ring": agreed}
    told = [copy("police_call", WEXMOOR, by="Asha", by_author=True), copy("manager", BRIGHTKEEP, by="Moss")]
    handed = for_the_police(seen(Reader.COMPANY, notes=[BEFORE], told=told, **answers))
    assert ("author_name" in handed, "phone" in handed) == (bool(agreed), bool(agreed))
    assert [note.signature for note in handed["notes"]] == (["Asha"] if agreed else [""])
    assert [told.by for told in handed["told"]] == (["Asha", "Moss"] if agreed else ["", "Moss"])
    assert not {"questions", "decisions", "withheld", "reads"} & handed.keys()
