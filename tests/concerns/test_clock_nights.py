"""The two nights of a year when the clocks change: nobody is chased an hour early or late, and every time is plain."""

from datetime import UTC, datetime, timedelta

import pytest

from concerns import routing, wording
from concerns.models import Delivery, Event
from concerns.routing import Recipient, Urgency
from concerns.times import LONDON
from tests.cards import send_card
from tests.concerns.timeline import Timeline

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
# The moment at which the clocks change, and 07:00 on that morning.
SPRING = datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 25, 1, tzinfo=UTC), datetime(2026, 10, 25, 7, tzinfo=UTC)
each_night = pytest.mark.parametrize(("change", "morning"), [SPRING, AUTUMN], ids=["spring", "autumn"])
QUARTERS = [n * 15 * MINUTE for n in range(-12, 12)]


@pytest.fixture
def time(cast, monkeypatch):
    return Timeline(monkeypatch)


@each_night
@pytest.mark.parametrize("since", QUARTERS)
def test_a_routine_reminder_of_that_night_rests_until_seven_by_the_clock(change, morning, since):
    rested = routing.rested(change + since, recipient=Recipient.MANAGER, urgency=Urgency.ROUTINE)
    assert rested == morning
    assert f"{rested.astimezone(LONDON):%H:%M}" == "07:00"


@each_night
@pytest.mark.parametrize(("recipient", "urgency"), [(Recipient.POLICE_CALL, "routine"), (Recipient.MANAGER, "prompt")])
def test_what_does_not_rest_does_not_move_that_night(change, morning, recipient, urgency):
    moments = [change + since for since in QUARTERS]
    assert [routing.rested(at, recipient=recipient, urgency=urgency) for at in moments] == moments


@each_night
@pytest.mark.parametrize("before", [50 * MINUTE, 5 * MINUTE])
def test_time_allowed_is_time_that_passes(time, cast, change, morning, before):
    time.now = change - before
    concern = send_card(cast["asha"], urgency="emergency", now=time.now)
    copies = Delivery.objects.filter(concern=concern)
    assert {copy.due_at - concern.received_at == copy.allowed for copy in copies} == {True}
    escalated = Event.objects.filter(concern_id=concern.pk, verb=Event.Verb.ESCALATED, detail__recipient="manager")
    time.spend(14 * MINUTE)
    assert not escalated.exists()
    time.spend(2 * MINUTE)
    assert escalated.count() == 1
    time.spend(2 * HOUR)
    assert escalated.count() == 9  # every quarter of an hour, through the change


@each_night
def test_a_routine_card_of_that_evening_reminds_nobody_before_seven(time, cast, change, morning):
    time.now = change - 16 * HOUR
    send_card(cast["asha"], now=time.now)  # the manager's twelve hours end in the night
    time.spend(12 * HOUR)
    asked = len(time.left)
    time.spend(morning - time.now - MINUTE)
    assert len(time.left) == asked
    time.spend(2 * MINUTE)
    assert {letter.to for _, letter in time.left[asked:]} >= {"moss@demo.example", "hana@demo.example"}


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 10, 25, 0, 0, tzinfo=UTC), "01:00 BST"),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), "01:59 BST"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "01:00 GMT"),
        (datetime(2026, 10, 25, 1, 59, tzinfo=UTC), "01:59 GMT"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "02:00"),
        (datetime(2026, 10, 24, 23, 59, tzinfo=UTC), "00:59"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "00:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "02:00"),
    ],
)
def test_a_time_of_the_hour_that_comes_twice_says_which(at, words):
    assert wording.clock(at) == wording.by(at, at - MINUTE) == words
    assert wording.by(at, at - 24 * HOUR).endswith(words)
    assert wording.by(at, at + 24 * HOUR).endswith(f", {words}")
    assert wording.moment(at).endswith(f", {words}")
    assert wording.span(at, at + MINUTE).split(", ")[1].startswith(words)


def test_a_message_of_that_night_says_which_of_two_hours_is_meant(time, cast):
    time.now = AUTUMN[0] - 5 * MINUTE  # 01:55, and in five minutes it is 01:00 again
    concern = send_card(cast["asha"], urgency="emergency", now=time.now)
    time.work()
    (letter,) = time.to("moss@demo.example")
    assert letter.subject == f"Please acknowledge {concern} by 01:10 GMT"
