"""Who says that they told whom, what it ends, what is said to the police, and what the page of a concern says of it."""

from datetime import datetime, timedelta
from itertools import combinations

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, Site, User
from concerns import actions, reading
from concerns.models import Concern, Delivery, Event, Kind, Message, ToldHow
from concerns.routing import Party, Recipient
from concerns.telling import may_tell, police_due
from concerns.telling_forms import NOT_SEEN_YET, TellForm
from concerns.times import LONDON
from tests.cards import add_note, send_card
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("clock")

PARTIES = [party.value for party in Party if party != Party.NO]
SETS = [["no"], *(list(some) for n in range(1, 6) for some in combinations(PARTIES, n))]
COMPANY = ["moss", "hana", "lena"]
LINE = {"how": "101", "whom": "Dee, call-taker", "at": "2320", "log": "412"}
PLAIN = {"how": "phone", "whom": "Jo, front desk", "at": "2320"}


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def card(cast, site):
    """A function that sends a card of Asha's that cannot wait, with these answers."""
    return lambda **answers: send_card(cast["asha"], **{"site": site, "urgency": "prompt"} | answers)


@pytest.fixture
def tell(sign_in):
    """A function that records as somebody that they told a recipient."""

    def told(who, concern, recipient, **line):
        typed = LINE if recipient in ("police_call", "police", "standards") else PLAIN
        return sign_in(who).post(address(concern, recipient), typed | line)

    return told


@pytest.fixture
def page(sign_in):
    return lambda who, concern, path="": Page(sign_in(who).get(f"/concerns/{concern}/{path}"))


def address(concern, recipient):
    return f"/concerns/{concern}/told/{recipient}/"


def copy(concern, recipient):
    return concern.deliveries.get(recipient=recipient)


def section(page, name):
    (found,) = [part for part in page.all("section") if part["aria-labelledby"] == name]
    return found


def ids(page):
    return {element["id"] for element in page.all()}


def links(element):
    return [link["href"] for link in element.all("a")]


# --- Who may say it, and of whom ----------------------------------------------------------------------------------


@pytest.mark.parametrize("recipient", ["head_office", "customer", "police_call", "police"])
def test_a_manager_ends_the_wait_for_anybody_else(card, cast, tell, recipient):
    concern = card()
    response = tell("moss", concern, recipient)
    told = copy(concern, recipient)
    assert response.url == f"/concerns/{concern}/"
    assert (told.status, told.told_by, told.act_at) == ("told", cast["moss"], None)
    assert f"{told.told_at:%d %H:%M}" == "21 23:20"
    assert concern.deliveries.exclude(told_at=None).count() == 1


def test_it_is_an_event_without_words(card, tell):
    concern = card()
    tell("moss", concern, "customer")
    event = Event.objects.get(concern_id=concern.pk, verb="told")
    assert (event.detail, event.by_role) == ({"recipient": "customer"}, "manager")


def test_what_was_said_to_the_police_is_kept_and_shown(card, tell, page):
    concern = card()
    tell("moss", concern, "police_call")
    told = copy(concern, "police_call")
    assert (told.told_how, told.told_whom, told.told_log) == ("101", "Dee, call-taker", "412")
    assert "Call: Told Moss, 23:20, 101, Dee, call-taker, log 412" in page("hana", concern).text


def test_a_log_number_that_was_not_given_is_shown_as_that(card, tell, page):
    concern = card()
    tell("moss", concern, "police_call", log="", no_log="on")
    assert copy(concern, "police_call").told_log == ""
    assert "Dee, call-taker, no log number given" in page("hana", concern).text


@pytest.mark.parametrize("who", ["hana", "lena"])
@pytest.mark.parametrize("recipient", ["police_call", "police", "head_office", "lead"])
def test_head_office_and_lead_may_too_but_not_of_their_own_copy(card, tell, who, recipient):
    concern = card(about=["office", "site"]) if who == "lena" else card(about=["site"])
    own, there = {"hana": "head_office", "lena": "lead"}[who], {c.recipient for c in concern.deliveries.all()}
    withheld = {c.recipient for c in concern.deliveries.all() if c.withheld_at}
    expected = 302 if recipient != own and recipient in there - withheld else 404
    assert tell(who, concern, recipient).status_code == expected


def test_the_author_says_it_of_the_police_call_and_of_nobody_else(card, tell):
    concern = card(about=["office", "police"])
    answers = {recipient: tell("asha", concern, recipient).status_code for recipient in Recipient}
    assert {recipient for recipient, status in answers.items() if status == 302} == {"police_call"}
    assert set(answers.values()) == {302, 404}


def test_the_author_sees_whom_they_reached(card, tell, page):
    concern = card()
    tell("asha", concern, "police_call")
    assert "Call: Told 23:20, 101, Dee, call-taker, log 412" in page("asha", concern).text
    assert "Dee" in page("hana", concern).text


@pytest.mark.parametrize("who", ["cole", "priya", "ada", "stan"])
@pytest.mark.parametrize("recipient", Recipient)
def test_nobody_else_says_it_of_anybody(card, tell, sign_in, who, recipient):
    concern = card()
    assert tell(who, concern, recipient).status_code == 404
    assert sign_in(who).get(address(concern, recipient)).status_code == 404
    assert not concern.deliveries.exclude(told_at=None).exists()


@pytest.mark.parametrize("about", SETS, ids="-".join)
def test_nobody_from_whom_it_is_withheld_is_told_by_anybody(cast, card, about):
    concern = Concern.objects.whole().get(pk=card(about=about).pk)
    withheld = {copy.recipient for copy in concern.deliveries.all() if copy.withheld_at}
    for who in ("asha", *COMPANY):
        mine = reading.own_copy(concern, cast[who])
        seen, author = reading.whole_card(concern, cast[who]), who == "asha"
        told = {copy.recipient for copy in may_tell(seen, own=mine.recipient if mine else "", is_author=author)}
        assert not told & (withheld | {mine and mine.recipient})
        assert not told or mine or told == {"police_call"}


@pytest.mark.parametrize(("about", "recipient"), [("site", "customer"), ("police", "police"), ("no", "standards")])
def test_whoever_is_withheld_or_absent_is_not_there_to_be_told(card, tell, sign_in, about, recipient):
    concern = card(about=[about])
    missing = sign_in("moss").get(address("AAAA-AAAA", recipient))
    seen = sign_in("moss").get(address(concern, recipient))
    assert (seen.status_code, seen.content) == (404, missing.content)
    assert tell("moss", concern, recipient).status_code == 404


def test_a_customer_whose_copy_is_on_hold_is_not_told(card, cast, tell, page):
    concern = card()
    until = timezone.now() + timedelta(days=1)
    actions.hold(delivery=copy(concern, "customer"), by=cast["moss"], officer="PC Pell", reference="1", until=until)
    assert tell("moss", concern, "customer").status_code == 404
    assert address(concern, "customer") not in links(page("moss", concern))


def test_a_released_manager_rings_no_desk_that_they_may_not_know_of(card, cast, tell, page):
    concern = card(about=["guard", "police"])
    actions.release(delivery=copy(concern, "manager"), by=cast["hana"], reason="Not about Moss.")
    for recipient in ("police_call", "police", "standards"):
        assert tell("moss", concern, recipient).status_code == 404
    shown = page("moss", concern)
    assert not {"police", "checklist"} & ids(shown)
    assert "script/" not in str(links(shown))


def test_what_is_no_recipient_is_no_address(sign_in, client, concern):
    assert sign_in("moss").get(address(concern, "everybody")).status_code == 404
    assert client.post(address(concern, "everybody"), LINE).status_code == 404


# --- What may be typed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "errors"),
    [
        ({"how": ""}, {"how_0"}),
        ({"how": "pigeon"}, {"how_0"}),
        ({"whom": ""}, {"whom"}),
        ({"whom": "D" * 201}, {"whom"}),
        ({"at": "2570"}, {"at"}),
        ({"at": ""}, {"at"}),
        ({"log": ""}, {"log"}),
        ({"log": "4\0"}, {"log"}),
        ({"no_log": "on"}, {"no_log"}),
        ({"how": "", "whom": "", "at": "", "log": ""}, {"how_0", "whom", "at", "log"}),
    ],
)
def test_what_is_wrong_is_pointed_out_and_kept(card, tell, line, errors):
    concern = card()
    response = tell("moss", concern, "police_call", **line)
    shown = Page(response)
    assert response.status_code == 422
    assert {target["id"] for _, target in shown.errors()} == errors
    posted = shown.posted(address(concern, "police_call"))
    assert [posted[name] for name in ("whom", "log")] == [[(LINE | line)[name]] for name in ("whom", "log")]
    assert copy(concern, "police_call").status == "waiting"


@pytest.mark.parametrize("recipient", ["manager", "customer", "head_office", "lead"])
def test_only_the_police_give_a_log_number(recipient):
    form = TellForm(PLAIN | {"how": "control_room"}, recipient=recipient)
    assert form.is_valid()
    assert form.told()["log"] == ""
    assert {way for way, _ in form.fields["how"].choices} == set(ToldHow.values) - {"999", "101", "61016"}


def test_a_time_that_has_not_come_yet_was_yesterday(card, tell):
    concern = card()
    tell("moss", concern, "customer", at="2345")
    assert f"{copy(concern, 'customer').told_at:%d %H:%M}" == "20 23:45"


SEEN = datetime(2026, 11, 21, 22, 43, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("now", "line", "sentence", "box"),
    [
        ((22, 1, 19), {"at": "0500"}, "That is still to come.", "at"),
        ((21, 23, 26), {"at": "2242"}, NOT_SEEN_YET, "at"),
        ((22, 1, 19), {"on-day": "1", "on-month": "1", "on-year": "2026"}, NOT_SEEN_YET, "on-day"),
    ],
)
def test_nobody_was_told_before_it_was_seen(card, tell, clock, now, line, sentence, box):
    clock(2026, 11, *now)
    concern = card(seen_at=SEEN)
    response = tell("moss", concern, "police_call", **line)
    assert response.status_code == 422
    assert [(said, target["id"]) for said, target in Page(response).errors()] == [(sentence, box)]
    assert copy(concern, "police_call").status == "waiting"


@pytest.mark.parametrize(("at", "kept"), [("2243", "21 22:43"), ("0119", "22 01:19"), ("0122", "22 01:19")])
def test_they_may_be_told_from_that_minute_on(card, tell, clock, at, kept):
    clock(2026, 11, 22, 1, 19, 30)
    concern = card(seen_at=SEEN)
    tell("moss", concern, "police_call", at=at)
    assert f"{copy(concern, 'police_call').told_at.astimezone(LONDON):%d %H:%M}" == kept


@pytest.mark.parametrize(("guess", "status"), [(True, 302), (False, 422)])
def test_where_the_time_is_a_guess_it_may_have_been_an_hour_before(card, tell, guess, status):
    concern = card(seen_at=SEEN, time_is_approximate=guess)
    assert tell("moss", concern, "customer", at="2150").status_code == status


def test_a_clock_of_the_authors_that_is_fast_keeps_nobody_from_writing_it_down(card, tell):
    concern = card(seen_at=timezone.now() + timedelta(minutes=4))
    assert tell("moss", concern, "customer", at="2326").status_code == 302


@pytest.mark.parametrize(
    ("on", "kept"), [({}, "01:20"), ({"on-day": "25", "on-month": "10", "on-year": "26"}, "01:20")]
)
def test_of_an_hour_that_came_twice_it_is_the_one_after_it_was_seen(card, tell, clock, on, kept):
    seen = clock(2026, 10, 25, 1, 10, fold=1)
    concern = card(seen_at=seen)
    clock(2026, 10, 25, 1, 30, fold=1)
    tell("moss", concern, "customer", at="0120", **on)
    assert f"{copy(concern, 'customer').told_at:%H:%M}" == kept


def test_a_call_that_was_longer_ago_is_kept_with_its_day(card, tell):
    concern = card(seen_at=SEEN - timedelta(days=4))
    tell("moss", concern, "customer", **{"on-day": "18", "on-month": "nov", "on-year": "26"})
    assert f"{copy(concern, 'customer').told_at:%d %H:%M}" == "18 23:20"


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (("22", "11", "2026"), "That is still to come. Check the day and the time."),
        (("18", "11", "2016"), "That is more than a year ago. Check the year."),
        (("18", "", ""), "Enter the day, the month and the year."),
        (("31", "11", "2026"), "There is no such day. Check the day, the month and the year."),
    ],
)
def test_a_day_that_cannot_be_is_pointed_out_and_kept(card, tell, day, sentence):
    concern = card()
    typed = dict(zip(("on-day", "on-month", "on-year"), day, strict=True))
    response = tell("moss", concern, "customer", **typed)
    shown = Page(response)
    assert response.status_code == 422
    assert [(said, target["id"]) for said, target in shown.errors()] == [(sentence, "on-day")]
    assert {name: shown.posted(address(concern, "customer"))[name] for name in typed} == {
        n: [v] for n, v in typed.items()
    }


@pytest.mark.parametrize("recipient", ["police_call", "police", "customer"])
def test_the_form_opens_with_this_minute_and_a_label_on_every_box(card, page, recipient):
    concern = card()
    shown = page("moss", concern, f"told/{recipient}/")
    assert shown.posted(address(concern, recipient))["at"] == ["23:26"]
    boxes = [box["id"] for box in shown.all("input") if box["type"] != "hidden"]
    assert set(boxes) <= {label["for"] for label in shown.all("label")}


# --- Somebody was quicker -----------------------------------------------------------------------------------------


def test_what_was_told_before_stays_and_the_words_are_shown(card, tell):
    concern = card()
    tell("hana", concern, "police_call")
    response = tell("moss", concern, "police_call", whom="Somebody else", log="999")
    text = Page(response).text
    assert response.status_code == 409
    assert "Police: told, Hana, 23:20, 101, Dee, call-taker, log 412." in text
    assert "Somebody else" in text
    assert copy(concern, "police_call").told_whom == "Dee, call-taker"


@pytest.mark.parametrize("recipient", ["police_call", "customer"])
def test_the_same_line_twice_is_one_and_ends_like_the_first(card, tell, recipient):
    concern = card()
    answers = [tell("moss", concern, recipient) for _ in range(2)]
    assert [answer.url for answer in answers] == [f"/concerns/{concern}/"] * 2
    assert Event.objects.filter(concern_id=concern.pk, verb="told").count() == 1


@pytest.mark.parametrize(("who", "line"), [("hana", {}), ("moss", {"at": "2310"}), ("moss", {"log": "413"})])
def test_another_person_another_time_or_another_word_is_not_the_same_line(card, tell, who, line):
    concern = card()
    tell("moss", concern, "police_call")
    response = tell(who, concern, "police_call", **line)
    assert response.status_code == 409
    assert "copy it into a note" in Page(response).text


def test_whoever_has_acknowledged_needs_not_be_told(card, cast, tell, sign_in):
    concern = card()
    actions.acknowledge(delivery=copy(concern, "head_office"), by=cast["hana"])
    shown = sign_in("moss").get(address(concern, "head_office"))
    assert "Head office: has it, Hana, 23:26." in Page(shown).text
    assert not Page(shown).all("form")
    assert tell("moss", concern, "head_office").status_code == 409


def test_of_two_at_the_same_moment_the_second_is_told_so(card, cast, tell, monkeypatch):
    concern, record = card(), actions.record_told

    def after_somebody_else(**line):
        record(**line | {"by": cast["hana"], "whom": "Kim"})
        return record(**line)

    monkeypatch.setattr(actions, "record_told", after_somebody_else)
    response = tell("moss", concern, "customer")
    assert response.status_code == 409
    assert "Jo, front desk" in Page(response).text
    assert copy(concern, "customer").told_whom == "Kim"


# --- The words are kept -------------------------------------------------------------------------------------------


@pytest.fixture
def line(card, cast):
    return address(card(), "police_call"), LINE | {"writer": str(cast["asha"].pk)}


def kept(response, line):
    """The page that came back, if every answer is still on it."""
    posted = Page(response).posted(line[0])
    assert {name: posted[name] for name in line[1]} == {name: [value] for name, value in line[1].items()}
    return Page(response)


def test_signed_out_while_typing_keeps_the_words_and_signed_in_again_they_are_sent(client, cast, line):
    response = client.post(*line)
    page = kept(response, line)
    assert response.status_code == 403
    assert "You have been signed out. Nothing is lost: your words are below." in page.text
    client.force_login(cast["asha"])
    assert client.post(line[0], page.posted(line[0])).status_code == 302
    assert Delivery.objects.filter(told_by=cast["asha"]).count() == 1


def test_a_stale_token_keeps_the_words_and_asks_nothing_of_the_database(sign_in, line, django_assert_num_queries):
    browser = sign_in("asha", enforce_csrf_checks=True)
    with django_assert_num_queries(0):
        response = browser.post(*line)
    page = kept(response, line)
    assert response.status_code == 403
    assert browser.post(line[0], page.posted(line[0])).status_code == 302


def test_somebody_else_who_signs_in_does_not_say_it_for_them(sign_in, line):
    response = sign_in("moss").post(*line)
    assert response.status_code == 403
    assert "was started by somebody else" in kept(response, line).text
    assert not Delivery.objects.exclude(told_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_whenever_the_database_goes_the_words_are_there(sign_in, line):
    browser = sign_in("asha")
    browser.raise_request_exception = False
    for queries in range(60):
        left = [queries]

        def gone(execute, sql, *rest, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise OperationalError("database is locked")
            return execute(sql, *rest)

        with connection.execute_wrapper(gone):
            response = browser.post(*line)
        if left[0] >= 0:
            break
        assert response.status_code == 503
        assert "is not stored. Nobody can see it." in kept(response, line).text
        assert not Delivery.objects.exclude(told_at=None).exists()
    assert (response.status_code, queries > 8) == (302, True)


@pytest.mark.parametrize("reference", ["REAL", "AAAA-AAAA", "nonsense"])
def test_for_nobody_it_is_the_same_whether_there_is_such_a_concern(client, card, reference):
    at = address(reference.replace("REAL", str(card())), "customer")
    response = client.post(at, PLAIN)
    assert (response.status_code, kept(response, (at, PLAIN)) is not None) == (403, True)


def test_a_note_that_closes_it_to_them_meanwhile_keeps_their_words(card, cast, tell):
    concern = card()
    add_note(concern, cast["asha"], about=["guard"])
    response = tell("moss", concern, "customer")
    assert response.status_code == 404
    kept(response, (address(concern, "customer"), PLAIN))


def test_whoever_opens_the_page_without_signing_in_is_asked_to(line):
    assert Client().get(line[0]).url == f"/accounts/login/?next={line[0]}"


# --- The police, first of all -------------------------------------------------------------------------------------


@pytest.mark.parametrize("urgency", ["emergency", "prompt", "routine"])
@pytest.mark.parametrize("about", [*SETS[:6], ["office", "police"], ["guard", "police"]], ids="-".join)
def test_when_the_police_are_late_is_read_from_the_page_as_it_is_stored(cast, card, about, urgency):
    concern = Concern.objects.whole().get(pk=card(about=about, urgency=urgency).pk)
    stored = {
        copy.police_due_at for copy in concern.deliveries.all() if copy.recipient == "police_call" or "no" in about
    }
    for who in ("asha", "hana", "lena", "moss"):
        if who == "asha" or reading.own_copy(concern, cast[who]):
            assert police_due(reading.whole_card(concern, cast[who])) in stored - {None}


def first_of_main(page):
    return next(page.by_id("main-content").all("section"))


@pytest.mark.parametrize("who", ["asha", "moss", "hana"])
def test_police_who_are_not_told_in_time_are_the_first_thing_on_the_page(card, page, clock, who):
    concern = card(urgency="emergency")
    assert "cse-box--alarm" not in first_of_main(page(who, concern))["class"]
    clock(2026, 11, 22, 0, 0)
    alarm = first_of_main(page(who, concern))
    assert "cse-box--alarm" in alarm["class"]
    assert alarm.text.startswith(f"Police not told: {concern} Tell them now: it is 19 min overdue.")
    told = [f"/concerns/{concern}/script/", address(concern, "police_call")]
    assert links(alarm) == ["tel:999", "tel:101", *told]


@pytest.mark.parametrize("who", ["cole", "priya"])
def test_neither_customer_nor_police_are_told_to_ring_the_police(card, page, clock, who):
    concern = card(urgency="emergency")
    clock(2026, 11, 22, 0, 0)
    assert "cse-box--alarm" not in page(who, concern).top.raw + str([e.attrs for e in page(who, concern).all()])


@pytest.mark.parametrize("ends", ["asha", "moss"])
def test_once_the_police_know_the_alarm_is_over(card, cast, page, tell, clock, ends):
    concern = card(urgency="emergency")
    clock(2026, 11, 22, 0, 0)
    tell(ends, concern, "police_call", at="2355")
    assert "cse-box--alarm" not in str([element.attrs for element in page("hana", concern).all()])
    assert "Police: rung, copy not answered yet" in page("hana", concern).text


def test_a_copy_that_no_call_was_asked_for_is_an_alarm_too_when_it_is_late(card, page, clock):
    concern = card(urgency="routine")
    clock(2026, 11, 24, 23, 27)
    alarm = first_of_main(page("moss", concern))
    assert alarm.text.startswith(f"Police not told: {concern}")
    assert address(concern, "police") in links(alarm)
    assert "Then add a note" in first_of_main(page("asha", concern)).text


def test_once_everything_is_told_no_box_asks_to_ring(card, tell, page):
    concern = card()
    for recipient in ("police_call", "police"):
        tell("moss", concern, recipient)
    shown = page("moss", concern)
    assert "police" not in ids(shown)
    assert f"/concerns/{concern}/script/" in links(shown)


def test_the_others_who_wait_are_offered_and_whoever_is_not_told_is_not(card, page):
    concern = card(about=["site"])
    assert links(section(page("moss", concern), "telling")) == [address(concern, "head_office")]
    assert "telling" not in ids(page("asha", concern))


# --- What to say --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [("asha", 200), ("moss", 200), ("hana", 200), ("lena", 404), ("cole", 404), ("priya", 404), ("stan", 404)],
)
def test_what_to_say_is_for_whoever_rings(card, sign_in, who, status):
    assert sign_in(who).get(f"/concerns/{card()}/script/").status_code == status


def test_what_to_say_counts_as_reading(card, page, cast):
    concern = card()
    shown = page("moss", concern, "script/")
    assert "A man bought food for a girl who looked frightened." in shown.text
    assert "Operation Makesafe." in shown.text
    assert [event.by_id for event in Event.objects.filter(concern_id=concern.pk, verb="opened")] == [cast["moss"].pk]
    assert [element for element in shown.all("button") if "data-print" in element.attrs]


@pytest.mark.parametrize("path", ["", "sent/", "script/"])
def test_where_nobody_above_can_open_it_the_author_is_told_to_ring_the_police(card, cast, page, path):
    said = "Nobody else at your company can open this card."
    concern = card(urgency="routine", about=["office"])
    assert said not in page("asha", concern, path).text
    User.objects.filter(pk=cast["lena"].pk).update(is_active=False)
    shown = page("asha", concern, path)
    assert said in shown.text
    assert "tel:101" in links(shown.by_id("main-content"))


def test_a_lead_who_writes_about_head_office_has_nobody_above(cast, site, page):
    concern = send_card(cast["lena"], site=site, about=["office"], urgency="routine")
    assert "Nobody else at your company can open this card." in page("lena", concern).text


# --- What became of the messages ----------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asha", "moss", "hana", "priya", "cole"])
def test_only_the_company_sees_what_became_of_the_messages(card, cast, page, who):
    concern = card()
    waiting, now = copy(concern, "customer"), timezone.now()
    refused = {"kind": Kind.FIRST, "person": cast["cole"], "failed_at": now, "address": "desk@tallow.example"}
    Message.objects.create(delivery=waiting, about=waiting, made_at=now, **refused)
    waiting.received_at, waiting.received_by, waiting.escalated_at = now, "Dee, 4417", now
    waiting.save()
    text = page(who, concern).text
    for words in ("desk@tallow.example takes no messages", "Dee, 4417", "Next in line told", "No message has left yet"):
        assert (words in text) == (who in ("moss", "hana")), words


# --- What to mind -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "who", "shown"),
    [
        (["guard"], "hana", True),
        (["site"], "hana", True),
        (["site"], "moss", False),
        (["no"], "hana", False),
        (["office"], "lena", True),
        (["guard"], "asha", False),
        (["guard"], "priya", False),
    ],
)
def test_the_checklist_is_for_whoever_decides(card, page, about, who, shown):
    assert ("checklist" in ids(page(who, card(about=about)))) == shown


@pytest.mark.parametrize(("who", "told"), [("moss", True), ("asha", True), ("priya", False)])
def test_the_manager_is_told_not_to_tell_a_customer_who_does_not_know(card, page, who, told):
    concern = card(about=["site"])
    assert ("The customer does not know. Do not tell them." in page(who, concern).text) == told


def test_a_company_without_a_number_for_its_lead_still_has_all_pages(card, page, cast):
    Organisation.objects.filter(pk=cast["asha"].organisation_id).update(phone="", lead_phone="")
    concern = card(about=["office"])
    for path in ("", "sent/", "script/"):
        assert page("asha", concern, path).by_id("main-content")
