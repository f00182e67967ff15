"""The police ask that the customer is not told yet: who records it, what the customer finds, how it ends."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Site
from concerns import actions
from concerns.models import Decision, Event
from concerns.times import LONDON
from tests.cards import add_note, send_card
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("clock")

WHO_MAY = ["moss", "hana", "priya"]
HOLD = {
    "officer": "DS Rowan Pell, 4417",
    "reference": "OP 22",
    "until_on-day": "25",
    "until_on-month": "11",
    "until_on-year": "2026",
    "until_time": "1200",
}


@pytest.fixture
def card(cast):
    site = Site.objects.get(name="Quillgate Shopping Centre")
    return lambda **answers: send_card(cast["asha"], **{"site": site} | answers)


@pytest.fixture
def hold(sign_in):
    """A function that records as somebody that the police ask for a hold."""
    return lambda who, concern, **typed: sign_in(who).post(f"/concerns/{concern}/hold/", HOLD | typed)


@pytest.fixture
def end(sign_in):
    return lambda who, concern, **typed: sign_in(who).post(
        f"/concerns/{concern}/hold/end/", {"reason": "DS Pell rang: they need it no longer."} | typed
    )


@pytest.fixture
def page(sign_in):
    return lambda who, concern, path="": Page(sign_in(who).get(f"/concerns/{concern}/{path}"))


def customers(concern):
    return concern.deliveries.get(recipient="customer")


def links(page):
    return [link["href"] for link in page.by_id("main-content").all("a")]


# --- On hold ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WHO_MAY)
def test_a_hold_keeps_it_from_the_customer_until_somebody_looks_again(card, cast, hold, who):
    concern = card()
    response = hold(who, concern)
    copy, until = customers(concern), datetime(2026, 11, 25, 12, 0, tzinfo=LONDON)
    assert response.url == f"/concerns/{concern}/"
    assert (copy.status, copy.held_until, copy.act_at) == ("held", until, until)
    decision = Decision.objects.get(concern=concern)
    assert (decision.kind, decision.by, decision.text, decision.reference, decision.until) == (
        "hold",
        cast[who],
        "DS Rowan Pell, 4417",
        "OP 22",
        until,
    )


def test_the_lead_records_it_where_head_office_is_not_told(card, cast, hold):
    concern = card(about=["police"])
    add_note(concern, cast["asha"], about=["office"])  # which closes it to the customer too
    actions.release(delivery=customers(concern), by=cast["lena"], reason="Not about them.")
    assert hold("lena", concern).status_code == 302


def test_the_customer_finds_nothing_of_it(card, hold, sign_in):
    concern = card()
    hold("moss", concern)
    browser = sign_in("cole")
    missing = browser.get("/concerns/AAAA-AAAA/")
    seen = browser.get(f"/concerns/{concern}/")
    assert (seen.status_code, seen.content) == (404, missing.content)
    assert str(concern) not in browser.get("/concerns/").content.decode()
    for verb in ("acknowledge", "saved", "hold", "hold/end"):
        assert browser.post(f"/concerns/{concern}/{verb}/", HOLD).status_code == 404


@pytest.mark.parametrize("who", WHO_MAY)
def test_the_page_says_who_asks_for_it_and_until_when(card, hold, page, who):
    concern = card()
    hold("hana", concern)
    text = page(who, concern).text
    assert "The customer does not know. Do not tell them." in text
    assert "Asked for by DS Rowan Pell, 4417, reference OP 22, Saturday 21 November, 23:26." in text
    assert "Somebody must look at it again by Wednesday 25 November, 12:00." in text
    assert {f"/concerns/{concern}/hold/", f"/concerns/{concern}/hold/end/"} <= set(links(page(who, concern)))


def test_the_author_sees_that_it_is_on_hold_and_no_officer(card, hold, page):
    concern = card()
    hold("moss", concern)
    text = page("asha", concern).text
    assert "Customer On hold" in text
    assert "Pell" not in text


def test_a_hold_that_nobody_has_looked_at_again_says_so(card, hold, page, clock):
    concern = card()
    hold("moss", concern)
    clock(2026, 11, 25, 12, 1)
    assert "Look at it again now: that was due by Wednesday 25 November, 12:00." in page("priya", concern).text


def test_who_asked_before_is_not_said_of_a_hold_that_has_ended(card, hold, end, page):
    concern = card()
    hold("moss", concern)
    end("moss", concern)
    assert "Pell" not in page("priya", concern).text
    assert page("priya", concern, "hold/").posted(f"/concerns/{concern}/hold/")["officer"] == [""]


# --- Keeping it on hold -------------------------------------------------------------------------------------------


def test_a_hold_can_be_kept_up_and_the_customer_is_told_nothing_in_between(card, cast, hold, page):
    concern = card()
    hold("moss", concern)
    posted = page("priya", concern, "hold/").posted(f"/concerns/{concern}/hold/")
    assert (posted["officer"], posted["reference"]) == (["DS Rowan Pell, 4417"], ["OP 22"])
    hold("priya", concern, **{"until_on-day": "28"})
    assert f"{customers(concern).held_until:%d}" == "28"
    assert [event.verb for event in Event.objects.filter(concern_id=concern.pk)].count("held") == 2
    assert Decision.objects.filter(concern=concern, kind="hold").count() == 2


# --- The end ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WHO_MAY)
def test_ending_it_gives_the_customer_their_copy_and_their_whole_time(card, hold, end, sign_in, clock, who):
    concern = card()
    hold("moss", concern)
    now = clock(2026, 11, 24, 9, 0)
    assert end(who, concern).url == f"/concerns/{concern}/"
    copy = customers(concern)
    assert (copy.status, copy.due_at) == ("waiting", now + timedelta(hours=24))
    assert copy.act_at <= now
    assert sign_in("cole").get(f"/concerns/{concern}/").status_code == 200


def test_it_does_not_end_without_a_reason(card, hold, end):
    concern = card()
    hold("moss", concern)
    response = end("moss", concern, reason="")
    assert response.status_code == 422
    assert [target["id"] for _, target in Page(response).errors()] == ["reason"]
    assert customers(concern).status == "held"


def test_what_is_not_on_hold_cannot_end_and_the_words_are_shown(card, end):
    concern = card()
    response = end("moss", concern, reason="They rang.")
    text = Page(response).text
    assert response.status_code == 409
    assert "It is not on hold any more." in text
    assert "They rang." in text


# --- Twice --------------------------------------------------------------------------------------------------------


def test_the_same_hold_twice_is_one(card, hold):
    concern = card()
    answers = [hold("moss", concern) for _ in range(2)]
    assert [answer.url for answer in answers] == [f"/concerns/{concern}/"] * 2
    assert Decision.objects.count() == Event.objects.filter(verb="held").count() == 1


@pytest.mark.parametrize(
    ("who", "typed"), [("hana", {}), ("moss", {"officer": "PC Bell"}), ("moss", {"until_time": "1300"})]
)
def test_another_person_another_officer_or_another_time_is_another_hold(card, hold, who, typed):
    concern = card()
    hold("moss", concern)
    hold(who, concern, **typed)
    assert Decision.objects.count() == 2


def test_a_hold_that_was_ended_can_be_put_on_again_in_the_same_words(card, hold, end):
    concern = card()
    hold("moss", concern)
    end("moss", concern)
    hold("moss", concern)
    assert customers(concern).status == "held"
    assert Decision.objects.count() == 3


def test_to_end_it_twice_is_one_and_ends_like_the_first(card, hold, end):
    concern = card()
    hold("moss", concern)
    answers = [end("moss", concern) for _ in range(2)]
    assert [answer.url for answer in answers] == [f"/concerns/{concern}/"] * 2
    assert Event.objects.filter(verb="hold_ended").count() == 1
    other = end("moss", concern, reason="They rang.")
    assert other.status_code == 409
    assert "note" not in Page(other).by_id("main-content").text  # the author reads notes, and of no officer


# --- Who may not, and when it cannot be ---------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asha", "cole", "lena", "ada", "stan"])
def test_nobody_else_puts_it_on_hold_or_ends_that(card, hold, end, sign_in, who):
    concern = card()
    assert (hold(who, concern).status_code, end(who, concern).status_code) == (404, 404)
    assert sign_in(who).get(f"/concerns/{concern}/hold/").status_code == 404
    assert customers(concern).status == "waiting"


@pytest.mark.parametrize("who", WHO_MAY)
def test_a_customer_who_has_it_cannot_be_kept_from_it_any_more(card, cast, hold, page, who):
    concern = card()
    actions.acknowledge(delivery=customers(concern), by=cast["cole"])
    response = hold(who, concern)
    text = Page(response).text
    assert response.status_code == 409
    assert "The customer has been told already, or is not told at all." in text
    assert "DS Rowan Pell, 4417" in text
    assert "/hold/" not in str(links(page(who, concern)))


@pytest.mark.parametrize("answers", [{"about": ["site"]}, {"site": None, "zone": "", "place": "the street"}])
def test_where_the_customer_is_not_told_at_all_there_is_nothing_to_hold(card, hold, page, answers):
    concern = card(**answers)
    assert hold("priya", concern).status_code == 409
    assert "/hold/" not in str(links(page("priya", concern)))


def test_of_two_at_the_same_moment_the_customer_who_acknowledges_wins(card, cast, hold, monkeypatch):
    concern, put = card(), actions.hold

    def after_the_customer(**what):
        actions.acknowledge(delivery=customers(concern), by=cast["cole"])
        return put(**what)

    monkeypatch.setattr(actions, "hold", after_the_customer)
    response = hold("moss", concern)
    assert (response.status_code, customers(concern).status) == (409, "has_it")
    assert "DS Rowan Pell, 4417" in Page(response).text


# --- What may be typed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"officer": ""}, {"officer"}),
        ({"reference": ""}, {"reference"}),
        ({"until_on-day": "20"}, {"until_on-day"}),
        ({"until_on-day": "21", "until_time": "2326"}, {"until_on-day"}),
        ({"until_on-day": "28", "until_time": "2327"}, {"until_on-day"}),
        ({"until_on-day": "31"}, {"until_on-day"}),
        ({"until_on-day": ""}, {"until_on-day"}),
        ({"until_time": "noon"}, {"until_time"}),
        ({"until_on-year": "99999"}, {"until_on-day"}),
    ],
)
def test_what_is_wrong_is_pointed_out_and_kept(card, hold, typed, errors):
    concern = card()
    response = hold("moss", concern, **typed)
    shown = Page(response)
    assert response.status_code == 422
    assert {target["id"] for _, target in shown.errors()} == errors
    posted = shown.posted(f"/concerns/{concern}/hold/")
    assert {name: posted[name] for name in HOLD} == {name: [value] for name, value in (HOLD | typed).items()}
    assert customers(concern).status == "waiting"


def test_seven_days_to_the_minute_are_allowed_and_are_what_the_form_proposes(card, page, sign_in):
    concern = card()
    posted = page("moss", concern, "hold/").posted(f"/concerns/{concern}/hold/")
    sign_in("moss").post(f"/concerns/{concern}/hold/", posted | {"officer": "PC Pell", "reference": "none given"})
    assert customers(concern).held_until == timezone.now() + timedelta(days=7)


def test_a_time_that_the_clocks_go_forward_over_is_pointed_out(card, hold, clock):
    concern = card()
    clock(2027, 3, 26, 12, 0)
    typed = {"until_on-day": "28", "until_on-month": "3", "until_on-year": "2027", "until_time": "0130"}
    response = hold("moss", concern, **typed)
    assert [target["id"] for _, target in Page(response).errors()] == ["until_time"]


def test_a_time_that_comes_twice_is_the_first_of_the_two(card, hold, clock):
    concern = card()
    clock(2027, 10, 29, 12, 0)
    hold(
        "moss", concern, **{"until_on-day": "31", "until_on-month": "10", "until_on-year": "2027", "until_time": "0130"}
    )
    assert f"{customers(concern).held_until:%H:%M}" == "00:30"


# --- The words are kept -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["hold/", "hold/end/"])
def test_signed_out_while_typing_keeps_every_answer(client, card, cast, path):
    typed = HOLD if path == "hold/" else {"reason": "DS Pell rang."}
    at = f"/concerns/{card()}/{path}"
    response = client.post(at, typed | {"writer": str(cast["moss"].pk)})
    posted = Page(response).posted(at)
    assert response.status_code == 403
    assert {name: posted[name] for name in typed} == {name: [value] for name, value in typed.items()}


@pytest.mark.parametrize("path", ["hold/", "hold/end/"])
def test_what_breaks_on_our_side_keeps_every_answer(sign_in, card, monkeypatch, path):
    typed = HOLD if path == "hold/" else {"reason": "DS Pell rang."}
    browser, at = sign_in("moss"), f"/concerns/{card()}/{path}"
    browser.raise_request_exception = False
    monkeypatch.setattr("concerns.actions.read", lambda **kwargs: 1 / 0)
    response = browser.post(at, typed)
    posted = Page(response).posted(at)
    assert response.status_code == 503
    assert {name: posted[name] for name in typed} == {name: [value] for name, value in typed.items()}
