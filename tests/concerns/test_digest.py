"""The daily digest: one mail to each head office person, of references alone; nothing to say, no mail; never two."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Organisation, Site, User
from accounts.roles import Role
from concerns import actions, digest, worker
from concerns.actions import chasing
from concerns.channels import ChannelError, Email
from concerns.models import Delivery, Kind, Message
from concerns.times import LONDON
from tests.cards import add_note, send_canaries, send_card

NEW, OVERDUE, FOOTAGE, POLICE = "New since", "Overdue", "Footage about to be lost", "POLICE NOT TOLD"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
REFERENCE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b")

pytestmark = pytest.mark.usefixtures("cast")


@pytest.fixture
def at(clock):
    """A function that sets the clock, lets a worker do all that is due, and gives the digests that left by it."""

    def at(*moment, **more):
        clock(*moment, **more)
        before = len(digests())
        chasing.plan_digests(timezone.now())  # as every worker does every few seconds
        while worker.step():
            pass
        chasing.plan_digests(timezone.now())
        return digests()[before:]

    at(2026, 11, 21, 23, 0)
    return at


def digests():
    return [letter for letter in mail.outbox if letter.subject == digest.SUBJECT]


def to(letters):
    return sorted(address for letter in letters for address in letter.to)


def parts(letter):
    """{heading: {references}} of a digest, which says the same in plain text and in HTML."""
    (html, _), *_ = letter.alternatives
    assert REFERENCE.findall(letter.body) == re.findall(r">([0-9A-Z]{4}-[0-9A-Z]{4})</a>", html)
    blocks = [block for block in letter.body.split("\n\n") if REFERENCE.search(block)]
    named = {next(h for h in (NEW, OVERDUE, FOOTAGE, POLICE) if h in block): block for block in blocks}
    return {heading: set(REFERENCE.findall(block)) for heading, block in named.items()}


def copy_for(concern, recipient):
    return concern.deliveries.get(recipient=recipient)


def tell_everybody(concern, by):
    for copy in concern.deliveries.filter(withheld_at=None):
        actions.record_told(delivery=copy, by=by, whom="Dee", at=timezone.now())


# --- One each morning ---------------------------------------------------------------------------------------------


def test_head_office_is_sent_one_at_seven(cast, at):
    concern = send_card(cast["asha"])
    assert at(2026, 11, 22, 6, 59) == []
    (letter,) = at(2026, 11, 22, 7, 0)
    assert letter.to == ["hana@demo.example"]
    assert parts(letter) == {NEW: {str(concern)}}
    assert at(2026, 11, 22, 7, 1) == at(2026, 11, 22, 23, 59) == []


def test_where_there_is_nothing_to_say_there_is_no_mail(cast, at):
    assert at(2026, 11, 22, 7, 0) == []
    assert Message.objects.get(kind=Kind.DIGEST, act_at=None).dropped_at
    at(2026, 11, 22, 20, 0)
    concern = send_card(cast["asha"])
    (letter,) = at(2026, 11, 23, 7, 0)
    assert parts(letter) == {NEW: {str(concern)}}


def test_nobody_but_head_office_is_sent_one(cast, at):
    send_card(cast["asha"], about=["office"])
    send_card(cast["asha"])
    assert to(at(2026, 11, 22, 7, 0)) == ["hana@demo.example"]


def test_each_person_at_head_office_is_sent_their_own(cast, at):
    ours, others = cast["hana"].organisation, cast["stan"].organisation
    people = [("Hew", "hew@demo.example", ours), ("Hal", None, ours), ("Ora", "ora@demo.example", others)]
    for name, email, company in people:
        fields = {"email": email, "staff_number": name, "role": Role.HEAD_OFFICE, "organisation": company}
        User.objects.create_user(name=name, **fields)
    Organisation.objects.update(head_office_mailbox="office@demo.example")  # that is sent none
    at(2026, 11, 22, 0, 0)
    send_card(cast["asha"])
    letters = at(2026, 11, 22, 7, 0)
    assert to(letters) == ["hana@demo.example", "hew@demo.example"]
    assert len({letter.extra_headers["Message-ID"] for letter in letters}) == 2


LEAVING = {
    "leaves": {"is_active": False},
    "becomes a manager": {"role": Role.MANAGER},
    "has no address any more": {"email": None, "staff_number": "H1"},
}


@pytest.mark.parametrize("changes", LEAVING.values(), ids=LEAVING)
def test_who_leaves_head_office_is_sent_none(cast, at, changes):
    send_card(cast["asha"])
    for column, value in changes.items():
        setattr(cast["hana"], column, value)
    cast["hana"].save()
    assert at(2026, 11, 22, 7, 0) == at(2026, 11, 23, 7, 0) == []


def test_who_goes_to_another_company_is_told_of_nothing_of_the_old_one(cast, at):
    send_card(cast["asha"])
    cast["hana"].organisation = cast["stan"].organisation
    cast["hana"].save()
    theirs = send_card(cast["stan"])
    (letter,) = at(2026, 11, 22, 7, 0)
    assert parts(letter) == {NEW: {str(theirs)}}


def test_who_is_new_at_head_office_is_sent_one_the_next_morning(cast, at):
    at(2026, 11, 22, 7, 0)
    cast["lena"].role = Role.HEAD_OFFICE
    cast["lena"].save()
    assert at(2026, 11, 22, 20, 0) == []
    concern = send_card(cast["asha"])
    letters = {letter.to[0]: parts(letter) for letter in at(2026, 11, 23, 7, 0)}
    assert letters["lena@demo.example"] == letters["hana@demo.example"] == {NEW: {str(concern)}}


# --- Never two, never none ----------------------------------------------------------------------------------------


def walk(at, start, end, send):
    """Let the time pass, half an hour at a step, with a card now and then: [(when, digest)] and the cards."""
    found, cards, now = [], [], start.astimezone(UTC)
    while now <= end:
        here = now.astimezone(LONDON)
        found += [(here, letter) for letter in at(*here.timetuple()[:5], fold=here.fold)]
        if now.hour % 2 and here.minute == 30:
            cards.append(send())
        now += 30 * MINUTE
    return found, cards


NIGHTS = {"clocks go forward": (2027, 3, 28), "clocks go back": (2027, 10, 31), "a plain night": (2027, 1, 12)}


@pytest.mark.parametrize("day", NIGHTS.values(), ids=NIGHTS)
def test_each_morning_has_one_and_each_card_is_new_once(cast, at, day):
    noon = datetime(*day, 12, tzinfo=LONDON)
    letters, cards = walk(at, noon - 2 * DAY, noon + 20 * HOUR, lambda: send_card(cast["asha"], site=None, zone=""))
    assert [f"{when:%d %H:%M}" for when, _ in letters] == [f"{noon + n * DAY:%d} 07:00" for n in (-1, 0, 1)]
    new = [reference for _, letter in letters for reference in parts(letter)[NEW]]
    assert sorted(new) == sorted(str(card) for card in cards if card.received_at < letters[-1][0])


def test_workers_that_were_silent_for_days_send_one_and_leave_nothing_out(cast, at, clock):
    cards = []
    for day in (22, 23, 24):
        clock(2026, 11, day, 12, 0)
        cards.append(send_card(cast["asha"]))
    (letter,) = at(2026, 11, 24, 15, 0)
    assert parts(letter)[NEW] == {str(card) for card in cards}
    assert at(2026, 11, 24, 23, 59) == []
    assert len(at(2026, 11, 25, 7, 0)) == 1


def test_a_mail_server_that_is_down_for_a_day_delays_one_and_doubles_none(cast, at, monkeypatch):
    send_card(cast["asha"])
    with monkeypatch.context() as down:
        down.setattr(Email, "send", lambda *args, **kwargs: (_ for _ in ()).throw(ChannelError("451 later")))
        for hour in range(7, 24):
            at(2026, 11, 22, hour, 0)
        at(2026, 11, 23, 9, 0)
    assert len(at(2026, 11, 23, 9, 15)) == 1
    assert at(2026, 11, 23, 23, 0) == []
    assert len(at(2026, 11, 24, 7, 0)) == 1


def test_a_worker_that_dies_before_it_writes_down_that_it_sent_one_sends_the_same_again(cast, at, monkeypatch):
    send_card(cast["asha"])
    with monkeypatch.context() as dying:
        dying.setattr(chasing, "sent", lambda **what: 1 / 0 if what["message"].kind == Kind.DIGEST else None)
        with pytest.raises(ZeroDivisionError):
            at(2026, 11, 22, 7, 0)
    assert len(at(2026, 11, 22, 7, 3)) == 1
    one, other = digests()
    assert one.extra_headers["Message-ID"] == other.extra_headers["Message-ID"]
    assert at(2026, 11, 22, 7, 30) == []


@pytest.mark.parametrize("back_to", [(22, 6, 0), (22, 0, 30), (21, 7, 30)])
def test_a_clock_that_is_set_back_sends_no_second_one(cast, at, back_to):
    send_card(cast["asha"])
    assert len(at(2026, 11, 22, 7, 0)) == 1
    assert at(2026, 11, *back_to) == at(2026, 11, 22, 7, 0) == []
    assert len(at(2026, 11, 23, 7, 0)) == 1


def test_a_clock_that_was_years_ahead_takes_one_morning_at_most(cast, at):
    at(2031, 1, 1, 12, 0)
    at(2026, 11, 22, 20, 0)
    concern = send_card(cast["asha"])
    (letter,) = at(2026, 11, 23, 7, 0)
    assert parts(letter) == {NEW: {str(concern)}}


# --- What it says -------------------------------------------------------------------------------------------------


def test_the_police_not_told_come_first_with_the_number_to_ring(cast, at):
    at(2026, 11, 22, 5, 0)
    concern = send_card(cast["asha"], urgency="prompt")
    (letter,) = at(2026, 11, 22, 7, 0)
    assert list(parts(letter)) == [POLICE, OVERDUE, NEW]
    assert parts(letter)[POLICE] == {str(concern)}
    loud = letter.body.partition(POLICE)[2].partition(str(concern))[0]
    assert "Ring 101" in loud
    assert "ring 999" in loud
    assert "tel:101" in letter.alternatives[0][0]


def test_a_police_call_that_was_written_down_is_not_asked_for(cast, at):
    at(2026, 11, 22, 5, 0)
    concern = send_card(cast["asha"], urgency="prompt")
    call = copy_for(concern, "police_call")
    actions.record_told(delivery=call, by=cast["moss"], whom="Dee", at=timezone.now(), how="101", log="412")
    (letter,) = at(2026, 11, 22, 7, 0)
    assert POLICE not in parts(letter)


def test_what_shows_on_a_locked_phone_gives_nothing_away(cast, at):
    at(2026, 11, 22, 5, 0)
    send_card(cast["asha"], urgency="emergency")
    (letter,) = at(2026, 11, 22, 7, 0)
    for first in (letter.body[:140], re.sub(r"<[^>]*>", "", letter.alternatives[0][0].partition("<body>")[2])[:140]):
        assert not re.search(r"(?i)police|child|danger|concern|999|101", letter.subject + first)


def test_somebody_elses_copy_that_is_overdue_is_listed_too(cast, at):
    concern = send_card(cast["asha"], urgency="prompt", police_called=True)
    actions.acknowledge(delivery=copy_for(concern, "head_office"), by=cast["hana"])
    (letter,) = at(2026, 11, 22, 7, 0)
    assert parts(letter) == {OVERDUE: {str(concern)}, NEW: {str(concern)}}
    tell_everybody(concern, cast["hana"])
    assert at(2026, 11, 23, 7, 0) == []


def test_footage_that_nobody_has_saved_is_listed_until_it_is(cast, at):
    site = Site.objects.get(name="Quillgate Shopping Centre")
    concern = send_card(cast["asha"], site=site, seen_at=timezone.now() - 29 * DAY)
    tell_everybody(concern, cast["hana"])
    at(2026, 11, 21, 23, 30)
    (letter,) = at(2026, 11, 22, 7, 0)
    assert parts(letter) == {FOOTAGE: {str(concern)}, NEW: {str(concern)}}
    actions.save_footage(concern=concern, by=cast["moss"], whom="Dee", on=timezone.now(), where="Safe 2")
    at(2026, 11, 22, 20, 0)
    another = send_card(cast["asha"])
    (letter,) = at(2026, 11, 23, 7, 0)
    assert parts(letter) == {NEW: {str(another)}}


def test_it_says_references_and_no_word_of_a_card(cast, at):
    site = Site.objects.get(name="Quillgate Shopping Centre")
    send_canaries(cast["asha"], site=site, zone="Level 2 food court", urgency="emergency", about=["site"])
    (letter,) = at(2026, 11, 22, 7, 0)
    for word in ("canary", "Quillgate", "Level 2", "Asha", "danger: ", "Wexmoor", "site"):
        assert word not in letter.subject + letter.body + letter.alternatives[0][0].replace("opposite", "")


def test_a_list_that_is_too_long_says_that_there_are_more_and_not_how_many(cast, at, monkeypatch):
    monkeypatch.setattr(digest, "MOST", 2)
    cards = [send_card(cast["asha"], now=timezone.now() + n * MINUTE) for n in range(5)]
    (letter,) = at(2026, 11, 22, 7, 0)
    assert parts(letter)[NEW] == {str(card) for card in cards[:2]}
    assert "And more: see your queue." in letter.body


def test_a_copy_that_was_passed_on_to_somebody_who_has_one_is_listed_once(cast, at):
    concern = send_card(cast["asha"])
    copy = copy_for(concern, "manager")
    actions.pass_on(delivery=copy, person=cast["lena"], by=cast["hana"], reason="Moss is away.")
    cast["lena"].role = Role.HEAD_OFFICE
    cast["lena"].save()
    assert Delivery.objects.addressed_to(cast["lena"]).count() == 2
    at(2026, 11, 21, 23, 30)
    letters = at(2026, 11, 22, 7, 0)
    assert [REFERENCE.findall(letter.body) for letter in letters] == [[str(concern)]] * 2


@pytest.mark.parametrize("number", [1, 8])
def test_it_is_put_together_in_the_same_few_queries(cast, at, number):
    for _ in range(number):
        send_card(cast["asha"], urgency="emergency")
    at(2026, 11, 22, 6, 45)
    message = Message.objects.get(kind=Kind.DIGEST, act_at__isnull=False)
    with CaptureQueriesContext(connection) as asked:
        digest.letter(message, "hana@demo.example", timezone.now())
    assert len(asked) == 7


# --- Withheld leaves no trace -------------------------------------------------------------------------------------


def from_the_start(cast):
    send_card(cast["asha"], urgency="emergency", about=["office"], seen_at=timezone.now() - 6 * DAY)


def by_a_note(cast):
    concern = send_card(cast["asha"], urgency="emergency", seen_at=timezone.now() - 6 * DAY)
    add_note(concern, cast["asha"], about=["office"])


def by_name(cast):
    concern = send_card(cast["asha"], urgency="emergency", seen_at=timezone.now() - 6 * DAY)
    actions.keep_from(concern=concern, people=[cast["hana"]], by=cast["lena"])


def her_own_card_about_her_own_office(cast):
    send_card(cast["hana"], urgency="emergency", about=["office"], site=cast["asha"].sites.first())


WITHHELD = [from_the_start, by_a_note, by_name, her_own_card_about_her_own_office]


@pytest.mark.parametrize("happens", WITHHELD)
def test_a_withheld_concern_alone_is_no_mail(cast, at, happens):
    happens(cast)
    for day in range(22, 30):
        assert at(2026, 11, day, 7, 0) == []


@pytest.mark.parametrize("happens", WITHHELD)
def test_a_withheld_concern_changes_nothing(cast, at, clock, happens):
    others = [send_card(cast["asha"], urgency=urgency) for urgency in ("routine", "emergency")]
    letters = at(2026, 11, 22, 7, 0)
    clock(2026, 11, 22, 8, 0)
    happens(cast)
    happens(cast)
    after = [letter for day in (23, 24) for letter in at(2026, 11, day, 7, 0)]
    assert len(letters) == 1
    assert [list(parts(letter).items()) for letter in after] == [
        [(POLICE, {str(others[1])}), (OVERDUE, {str(other) for other in others})]
    ] * 2


def test_a_released_reader_does_not_learn_that_the_lead_has_not_answered(cast, at):
    concern = send_card(cast["asha"], about=["office"])
    actions.release(delivery=copy_for(concern, "head_office"), by=cast["lena"], reason="It was not her.")
    for copy in Delivery.objects.open().exclude(recipient="lead"):
        actions.record_told(delivery=copy, by=cast["lena"], whom="Dee", at=timezone.now())
    (letter,) = at(2026, 11, 22, 7, 0)
    assert parts(letter) == {NEW: {str(concern)}}


def meanwhile(monkeypatch, happens):
    """While a digest is on its way, this happens."""
    send = Email.send

    def slowly(channel, letter, *, still_wanted):
        if letter.subject == digest.SUBJECT:
            happens(letter)
        return send(channel, letter, still_wanted=still_wanted)

    monkeypatch.setattr(Email, "send", slowly)


def test_what_is_withheld_while_a_letter_is_on_its_way_is_taken_out_of_it(cast, at, monkeypatch):
    stays, goes = (send_card(cast["asha"]) for _ in range(2))
    meanwhile(monkeypatch, lambda letter: str(goes) in letter.text and add_note(goes, cast["asha"], about=["office"]))
    assert at(2026, 11, 22, 7, 0) == []
    (letter,) = at(2026, 11, 22, 7, 1)
    assert parts(letter) == {NEW: {str(stays)}}


def test_who_is_moved_while_their_letter_is_on_its_way_is_sent_nothing(cast, at, monkeypatch):
    send_card(cast["asha"])
    meanwhile(monkeypatch, lambda letter: User.objects.filter(pk=cast["hana"].pk).update(is_active=False))
    assert at(2026, 11, 22, 7, 0) == at(2026, 11, 22, 7, 30) == []
    assert Message.objects.get(kind=Kind.DIGEST).dropped_at
