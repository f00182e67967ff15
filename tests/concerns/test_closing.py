"""Whoever decides closes a concern once all have it or were told; what came of it is told as far as one may know."""

import csv
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from concerns import actions, outcomes
from concerns.models import Concern, Decision, Delivery, Event, Outcome
from tests.cards import add_note, answer_all, send_card
from tests.concerns.people import hire
from tests.concerns.threads import at_once
from tests.pages import Page

INNOCENT = {"outcome": "innocent", "checked_by": "Wexmoor Police", "checked_how": "They rang the child’s mother."}
TYPED = {
    "with_police": {"outcome": "with_police", "police_reference": "412 of 21 November"},
    "police_finished": {"outcome": "police_finished"},
    "innocent": INNOCENT,
    "staff": {"outcome": "staff", "handled_by": "Dee, at head office"},
    "mistake": {"outcome": "mistake"},
}
KEPT = {
    "with_police": ("", "412 of 21 November"),
    "police_finished": ("", ""),
    "innocent": ("Checked by Wexmoor Police: They rang the child’s mother.", ""),
    "staff": ("Handled by Dee, at head office", ""),
    "mistake": ("", ""),
}


@pytest.fixture
def told(concern, cast):
    """A concern of which everybody has a copy or was told."""
    answer_all(concern, cast["moss"])
    return concern


def address(concern):
    return f"/concerns/{concern}/close/"


def close(concern, by, outcome="with_police", **what):
    return actions.close(concern=Concern.objects.get(pk=concern.pk), by=by, outcome=outcome, **what)


def text_of(browser, path):
    return Page(browser.get(path)).by_id("main-content").text


# --- It works -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", TYPED)
def test_head_office_says_what_came_of_it(sign_in, cast, told, outcome):
    page = Page(sign_in("hana").post(address(told), TYPED[outcome], follow=True))
    decision = Decision.objects.get()
    assert (decision.kind, decision.outcome, decision.by) == ("close", outcome, cast["hana"])
    assert (decision.text, decision.reference) == KEPT[outcome]
    assert f"Closed: {Outcome(outcome).label.lower()}" in page.text
    assert set(KEPT[outcome]) - {""} <= {word for word in KEPT[outcome] if word in page.text}


def test_what_belongs_to_another_answer_is_not_kept(sign_in, told):
    sign_in("hana").post(address(told), INNOCENT | {"outcome": "mistake", "handled_by": "Dee"})
    assert (Decision.objects.get().text, Decision.objects.get().reference) == ("", "")


def test_none_of_the_outcomes_says_that_a_card_was_false():
    words = " ".join([*Outcome.labels, *outcomes.LINES.values()]).lower()
    assert not [word for word in ("false", "untrue", "malicious", "hoax", "lie", "wrong") if word in words]


def test_a_closed_concern_leaves_the_lists_of_what_somebody_has(cast, told):
    mine = Delivery.objects.addressed_to(cast["hana"])
    assert mine.answered().exists()
    close(told, cast["hana"])
    assert (mine.answered().exists(), mine.open().exists(), mine.closed().exists()) == (False, False, True)


def test_the_history_holds(sign_in, cast, told, capsys):
    actions.propose(concern=told, by=cast["moss"], outcome="innocent", text="Checked by Dee: on camera")
    close(told, cast["hana"], "innocent", text="Checked by Dee: on camera")
    text = text_of(sign_in("hana"), f"/concerns/{told}/")
    assert "Closed: Hana" in text
    assert "Proposed to close: Moss" in text
    call_command("verify_history")
    assert capsys.readouterr().out.endswith("Everything fits.\n")


# --- Not before everybody has it ----------------------------------------------------------------------------------


def test_who_is_still_waiting_is_said_and_nothing_is_asked(sign_in, concern):
    page = Page(sign_in("hana").get(address(concern)))
    (box,) = [box for box in page.all("section") if box["aria-labelledby"] == "not-yet"]
    waiting = [line.text.partition(",")[0] for line in box.all("li")]
    assert waiting == ["The manager", "Head office", "The customer", "The police"]
    assert not page.forms(address(concern))


def test_it_is_not_closed_while_somebody_waits_and_the_words_stay(sign_in, cast, concern):
    response = sign_in("hana").post(address(concern), INNOCENT)
    page = Page(response)
    assert (response.status_code, Decision.objects.count()) == (422, 0)
    assert "Somebody has not been told yet." in page.text
    assert page.posted(address(concern))["checked_how"] == [INNOCENT["checked_how"]]


def test_nor_while_the_customer_is_on_hold(sign_in, cast, concern):
    copy = concern.deliveries.get(recipient="customer")
    actions.hold(delivery=copy, by=cast["hana"], officer="PC Bell", reference="1", until=timezone.now())
    answer_all(concern, cast["hana"])
    assert "The customer, on hold for the police" in Page(sign_in("hana").get(address(concern))).text
    assert sign_in("hana").post(address(concern), TYPED["mistake"]).status_code == 422


def test_a_withheld_recipient_keeps_nobody_from_closing_it(sign_in, cast, concern_about_moss):
    answer_all(concern_about_moss, cast["hana"])
    sign_in("hana").post(address(concern_about_moss), TYPED["staff"])
    assert Decision.objects.get().outcome == "staff"


# --- Proposing ----------------------------------------------------------------------------------------------------


def test_a_manager_proposes_and_head_office_sees_it_and_decides(sign_in, cast, told):
    page = Page(sign_in("moss").post(address(told), INNOCENT, follow=True))
    assert "Proposed. Head office sees it." in page.text
    assert not told.deliveries.exclude(closed_at=None).exists()
    hana = sign_in("hana")
    assert "Moss proposes to close it There is an innocent explanation. Checked by Wexmoor Police" in text_of(
        hana, f"/concerns/{told}/"
    )
    assert Page(hana.get(address(told))).posted(address(told))["outcome"] == ["innocent"]


def test_the_author_and_the_police_see_no_proposal(sign_in, cast, told):
    actions.propose(concern=told, by=cast["moss"], outcome="staff", text="Handled by Dee")
    for who in ("asha", "priya", "cole"):
        text = text_of(sign_in(who), f"/concerns/{told}/")
        assert "ropose" not in text
        assert "Dee" not in text


def test_a_proposal_from_before_the_concern_was_opened_again_is_over(sign_in, cast, told):
    actions.propose(concern=told, by=cast["moss"], outcome="mistake")
    close(told, cast["hana"], "mistake")
    add_note(told, cast["asha"])
    answer_all(told, cast["hana"])
    assert "proposes" not in text_of(sign_in("hana"), f"/concerns/{told}/")


def test_a_released_manager_does_not_propose(sign_in, cast, concern_about_moss):
    copy = concern_about_moss.deliveries.get(recipient="manager")
    actions.release(delivery=copy, by=cast["hana"], reason="x")
    assert sign_in("moss").get(address(concern_about_moss)).status_code == 404


def test_the_lead_closes_where_head_office_is_withheld(sign_in, cast):
    concern = send_card(cast["asha"], about=["office"])
    answer_all(concern, cast["lena"])
    assert sign_in("hana").post(address(concern), TYPED["staff"]).status_code == 404
    sign_in("lena").post(address(concern), TYPED["staff"])
    assert Decision.objects.get().by == cast["lena"]


# --- The same as another card -------------------------------------------------------------------------------------


@pytest.fixture
def other(cast):
    """Another card, of which all readers of the first may know."""
    return send_card(cast["asha"])


@pytest.fixture
def unknown(cast):
    """Another card, withheld from the manager."""
    return send_card(cast["asha"], about=["guard"])


def duplicate(of):
    return {"outcome": "duplicate", "duplicate_of": str(of)}


def test_it_may_be_the_same_as_a_card_that_the_closer_sees(sign_in, told, other):
    page = Page(sign_in("hana").post(address(told), duplicate(str(other).lower().replace("-", " ")), follow=True))
    assert Decision.objects.get().reference == str(other)
    assert f"/concerns/{other}/" in [link["href"] for link in page.all("a")]


def test_a_card_that_they_may_not_see_is_answered_like_one_that_is_none(sign_in, told, unknown):
    moss = sign_in("moss")
    answers = [moss.post(address(told), duplicate(typed)).content.decode() for typed in (unknown, "AAAA-AAAA")]
    assert "You have no card with this reference." in answers[0]
    one, two = (Page(answer).text for answer in answers)
    assert one == two


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter the reference of the other card."),
        ("own", "That is the reference of this card."),
        ("closed", "That card was closed as the same as another one."),
        ("\0", "Something here cannot be stored."),
    ],
)
def test_what_cannot_be_the_other_card_is_pointed_out(sign_in, cast, told, other, typed, sentence):
    third = send_card(cast["asha"])
    answer_all(third, cast["hana"])
    close(third, cast["hana"], "duplicate", reference=str(told))
    response = sign_in("hana").post(address(told), duplicate({"own": told, "closed": third}.get(typed, typed)))
    assert response.status_code == 422
    assert Page(response).errors()[0][0].startswith(sentence)


UNKNOWN = "Somebody who reads this card may not know of that one. Choose another answer."


@pytest.mark.parametrize("about", ["guard", "police", "unsure"])
def test_it_is_not_the_same_as_a_card_that_one_of_its_readers_may_not_know_of(sign_in, cast, told, about):
    hidden = send_card(cast["asha"], about=[about])
    response = sign_in("hana").post(address(told), duplicate(hidden))
    assert (response.status_code, Decision.objects.count()) == (422, 0)
    assert [(said, box["id"]) for said, box in Page(response).errors()] == [(UNKNOWN, "duplicate_of")]
    for verb in (actions.close, actions.propose):
        with pytest.raises(actions.NotYet, match="may not know of that one"):
            verb(concern=told, by=cast["hana"], outcome="duplicate", reference=str(hidden))


def test_nor_as_a_card_that_is_kept_from_one_of_its_readers_by_name(sign_in, cast, told, other):
    holly = hire("Holly", "head_office", cast["hana"].organisation)
    plain = send_card(cast["asha"])
    actions.keep_from(concern=plain, people=[holly], by=cast["hana"])
    for who in ("hana", "moss"):
        assert UNKNOWN in Page(sign_in(who).post(address(told), duplicate(plain))).text
    assert not told.decisions.exists()


def test_the_customer_hears_of_no_outcome_and_may_be_withheld_from_the_other_card(sign_in, cast, told):
    plain = send_card(cast["asha"], about=["site"])
    sign_in("hana").post(address(told), duplicate(plain))
    assert Decision.objects.get().reference == str(plain)
    assert "another card" not in text_of(sign_in("cole"), f"/concerns/{told}/")


@pytest.mark.parametrize("about", [["guard"], ["guard", "police"]])
def test_trying_tells_a_released_manager_nothing_of_whom_the_other_card_is_about(sign_in, cast, told, about):
    part = send_card(cast["asha"], about=about)
    actions.release(delivery=part.deliveries.get(recipient="manager"), by=cast["hana"], reason="Not Moss.")
    assert UNKNOWN in Page(sign_in("moss").post(address(told), duplicate(part))).text


@pytest.mark.parametrize("who", ["moss", "priya"])
def test_its_name_is_said_to_all_alike_and_the_reference_to_whoever_may_open_that_card(sign_in, cast, told, who):
    plain = send_card(cast["asha"])
    close(told, cast["hana"], "duplicate", reference=str(plain))
    before = text_of(sign_in(who), f"/concerns/{told}/")
    assert f"Closed: the same as another card See {plain}." in before
    add_note(plain, cast["hana"], about=["guard", "police"])
    after = text_of(sign_in(who), f"/concerns/{told}/")
    assert "Closed: the same as another card" in after
    assert str(plain) not in after


@pytest.mark.parametrize("who", ["asha", "cole"])
def test_neither_author_nor_customer_reads_of_another_card(sign_in, cast, told, who):
    hidden = send_card(cast["moss"])
    close(told, cast["hana"], "duplicate", reference=str(hidden))
    page = Page(sign_in(who).get(f"/concerns/{told}/"))
    assert str(hidden) not in page.text
    assert "another card" not in page.text


# --- What the others are told -------------------------------------------------------------------------------------

with (Path(__file__).parent / "outcomes.csv").open() as file:
    LINES = {row["outcome"]: row["the author is told"] for row in csv.DictReader(file)}


def test_the_lines_are_those_of_the_table():
    assert outcomes.LINES == LINES
    assert set(LINES) == set(Outcome)


@pytest.mark.parametrize("path", ["/", "/concerns/{}/"])
@pytest.mark.parametrize("outcome", Outcome)
def test_the_author_is_told_in_one_line_and_no_more(sign_in, cast, told, outcome, path):
    close(told, cast["hana"], outcome, text="canary-text", reference="canary-reference")
    text = text_of(sign_in("asha"), path.format(told))
    assert LINES[outcome] in text
    for hidden in ("canary", "Hana", "staff matter", "innocent", "Sent by mistake", "another card"):
        assert hidden not in text


def test_the_author_is_not_told_apart_what_they_may_not_know():
    assert LINES["staff"] == LINES["innocent"] == LINES["duplicate"]


@pytest.mark.parametrize(
    ("who", "shown"), [("moss", {"Hana", "Handled by Dee"}), ("priya", {"Handled by Dee"}), ("cole", set())]
)
def test_each_reader_learns_what_is_theirs_to_know(sign_in, cast, told, who, shown):
    close(told, cast["hana"], "staff", text="Handled by Dee")
    text = text_of(sign_in(who), f"/concerns/{told}/").partition("Acknowledged")[0]
    section = text.partition("Closed")[2].partition("A note opens it again")[0]
    assert {word for word in ("Hana", "Handled by Dee") if word in section} == shown


def test_a_released_reader_learns_the_line_alone(sign_in, cast, concern_about_moss):
    actions.release(delivery=concern_about_moss.deliveries.get(recipient="manager"), by=cast["hana"], reason="x")
    answer_all(concern_about_moss, cast["hana"])
    close(concern_about_moss, cast["hana"], "staff", text="canary")
    text = text_of(sign_in("moss"), f"/concerns/{concern_about_moss}/")
    assert LINES["staff"] in text
    assert "canary" not in text


def test_the_customers_page_is_the_same_whether_or_not_it_is_closed(sign_in, cast, told):
    cole = sign_in("cole")
    before = text_of(cole, f"/concerns/{told}/")
    close(told, cast["hana"], "staff", text="canary")
    assert text_of(cole, f"/concerns/{told}/") == before


# --- A note opens it again ----------------------------------------------------------------------------------------


def test_a_note_opens_it_and_whoever_may_read_it_answers_again(cast, told, clock):
    close(told, cast["hana"])
    before = {c.recipient: c.due_at for c in told.deliveries.all()}
    now = clock(2026, 11, 23, 9, 0)
    add_note(told, cast["asha"])
    copies = {copy.recipient: copy for copy in told.deliveries.all()}
    assert {name for name, copy in copies.items() if copy.is_open} == {"manager", "head_office", "police"}
    assert copies["customer"].due_at == before["customer"]
    for name in ("manager", "head_office", "police"):
        assert (copies[name].due_at, copies[name].notified_at) == (now + copies[name].allowed, None)
        assert copies[name].act_at <= now
    assert not any(copy.closed_at for copy in copies.values())


def test_nothing_is_left_of_what_was_late_before(cast, told):
    told.deliveries.update(escalations=2, escalated_at=timezone.now())
    close(told, cast["hana"])
    add_note(told, cast["asha"])
    copy = told.deliveries.get(recipient="manager")
    assert (copy.escalations, copy.escalated_at, copy.told_whom, copy.acknowledged_by) == (0, None, None, None)


def test_the_police_call_is_not_made_twice(cast):
    concern = send_card(cast["asha"], urgency="emergency")
    answer_all(concern, cast["hana"])
    close(concern, cast["hana"])
    add_note(concern, cast["asha"])
    assert not concern.deliveries.get(recipient="police_call").is_open


def test_what_is_withheld_stays_withheld_when_it_is_opened_again(cast, concern_about_moss):
    answer_all(concern_about_moss, cast["hana"])
    close(concern_about_moss, cast["hana"])
    add_note(concern_about_moss, cast["asha"])
    copy = concern_about_moss.deliveries.get(recipient="manager")
    assert (copy.status, copy.act_at, copy.closed_at) == ("withheld", None, None)


def test_a_concern_that_is_open_again_shows_no_outcome_and_can_be_closed_again(sign_in, cast, told):
    close(told, cast["hana"], "mistake")
    add_note(told, cast["asha"])
    assert outcomes.LINES["mistake"] not in text_of(sign_in("asha"), "/")
    answer_all(told, cast["hana"])
    close(told, cast["hana"], "with_police")
    assert outcomes.LINES["with_police"] in text_of(sign_in("asha"), "/")
    assert [e.verb for e in Event.objects.filter(verb__in=["closed", "reopened"]).order_by("number")] == [
        "closed",
        "reopened",
        "closed",
    ]


def test_a_note_to_an_open_concern_asks_nobody_again(cast, told):
    add_note(told, cast["asha"])
    assert not told.deliveries.open().exists()
    assert not Event.objects.filter(verb="reopened").exists()


# --- It refuses ---------------------------------------------------------------------------------------------------

BAD = {
    "no answer": ({}, "Choose what came of it."),
    "an answer that is none": ({"outcome": "false"}, "Choose what came of it."),
    "nobody checked": (INNOCENT | {"checked_by": ""}, "Write who checked."),
    "no way of checking": (INNOCENT | {"checked_how": " "}, "Write how they checked."),
    "nobody handles it": ({"outcome": "staff"}, "Write who handles it."),
    "too long": (INNOCENT | {"checked_how": "w" * 5_001}, "Shorten this to 5,000 characters"),
    "a NUL": (TYPED["staff"] | {"handled_by": "\0"}, "Something here cannot be stored."),
}


@pytest.mark.parametrize(("answers", "sentence"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_pointed_out_and_everything_typed_stays(sign_in, told, answers, sentence):
    response = sign_in("hana").post(address(told), answers)
    page = Page(response)
    ((said, _),) = page.errors()
    assert (response.status_code, Decision.objects.count()) == (422, 0)
    assert said.startswith(sentence)
    posted = page.posted(address(told))
    assert all(posted.get(name) == [value] for name, value in answers.items() if value != "false")


@pytest.mark.parametrize("who", ["asha", "lena", "cole", "priya", "ada", "stan"])
def test_nobody_else_closes_or_proposes(sign_in, told, who):
    assert sign_in(who).get(address(told)).status_code == 404
    assert sign_in(who).post(address(told), TYPED["mistake"]).status_code == 404
    assert not Decision.objects.exists()


# --- Twice --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["hana", "moss"])
def test_whoever_comes_second_is_told_so_and_reads_their_words_again(sign_in, told, who):
    sign_in("hana").post(address(told), TYPED["mistake"])
    response = sign_in(who).post(address(told), TYPED["staff"])
    text = Page(response).text
    assert response.status_code == 409
    assert "Nothing was changed It is closed already." in text
    assert "Dee, at head office" in text
    assert "note" not in Page(response).by_id("main-content").text  # notes are read by more people than a decision
    assert Decision.objects.get().outcome == "mistake"


def test_the_same_end_twice_is_one_and_ends_like_the_first(sign_in, told):
    hana = sign_in("hana")
    pages = [hana.post(address(told), TYPED["staff"], follow=True) for _ in range(2)]
    assert ["Closed." in Page(page).text for page in pages] == [True, True]
    assert Decision.objects.count() == Event.objects.filter(verb="closed").count() == 1


def test_the_same_proposal_again_is_one_and_another_is_two(cast, told):
    first = actions.propose(concern=told, by=cast["moss"], outcome="staff", text="Handled by Dee")
    assert actions.propose(concern=told, by=cast["moss"], outcome="staff", text="Handled by Dee") == first
    actions.propose(concern=told, by=cast["moss"], outcome="staff", text="Handled by Ian")
    assert Decision.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_closes(cast, told):
    holly = hire("Holly", "head_office", cast["hana"].organisation)
    given = at_once(lambda: close(told, cast["hana"]), lambda: close(told, holly, "mistake"))
    assert sorted(type(outcome).__name__ for outcome in given) == ["Already", "Decision"]


@pytest.mark.django_db(transaction=True)
def test_a_note_and_an_end_at_once_leave_an_open_concern_or_a_closed_one(cast, told):
    at_once(lambda: close(told, cast["hana"]), lambda: add_note(told, cast["asha"]))
    assert len({copy.closed_at is None for copy in told.deliveries.all()}) == 1
