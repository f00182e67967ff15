"""Told means told: who is sent what, and when, until somebody answers. Time and post are the test’s own."""

import uuid
from datetime import datetime, timedelta
from itertools import combinations

import pytest

from accounts.models import Organisation, Site, User
from accounts.roles import Role
from concerns import actions, routing, worker
from concerns.models import Delivery, Event, Footage, KeptFrom, Kind, Message
from concerns.routing import Party, Recipient, withheld
from concerns.times import LONDON
from tests.cards import add_note, send_card
from tests.concerns.timeline import NIGHT, Timeline
from tests.conftest import FULL_COUNTS

HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
PARTIES = [party.value for party in Party if party != Party.NO]
SETS = [["no"], *(list(some) for n in range(1, 6 if FULL_COUNTS else 2) for some in combinations(PARTIES, n))]


@pytest.fixture
def time(cast, monkeypatch):
    return Timeline(monkeypatch)


@pytest.fixture
def mail(cast):
    """{recipient: everybody's addresses}: a person and, where there may be one, a duty mailbox of its own."""
    Organisation.objects.filter(name="Brightkeep Security").update(head_office_mailbox="office@demo.example")
    rooms = {"control_room_mailbox": "room@demo.example", "customer_mailbox": "customer@demo.example"}
    Site.objects.update(**rooms)
    return {
        "manager": {"moss@demo.example", "room@demo.example"},
        "head_office": {"hana@demo.example", "office@demo.example"},
        "customer": {"cole@demo.example", "customer@demo.example"},
        "police": {"priya@demo.example", "intelligence@demo.example"},
        "standards": {"standards@demo.example"},
        "lead": {"lena@demo.example"},
    }


def copy_for(concern, recipient):
    return concern.deliveries.get(recipient=recipient)


def kinds(concern, recipient):
    """What was made for the readers of this copy, in order, each round once."""
    made = Message.objects.filter(delivery__concern=concern, delivery__recipient=recipient).order_by("made_at", "kind")
    return [kind for kind, _ in dict.fromkeys(made.values_list("kind", "made_at"))]


# --- First messages -------------------------------------------------------------------------------------------------


def test_everybody_is_sent_a_message_of_their_own_at_once(time, cast, mail):
    send_card(cast["asha"])
    time.work()
    told = mail["manager"] | mail["head_office"] | mail["customer"] | mail["police"]
    assert sorted(letter.to for letter in time.to()) == sorted(told)


def test_a_message_says_reference_time_link_and_number_and_no_more(time, cast):
    concern = send_card(cast["asha"], urgency="prompt", zone="Bus stands", account="A man and a girl.")
    time.work()
    (letter,) = time.to("moss@demo.example")
    assert letter.subject == f"Please acknowledge {concern} by 00:26"
    assert f"/concerns/{concern}/" in letter.text
    assert "020 7946 0100" in letter.text
    for word in ("Bus", "Quillgate", "shift", "man", "girl", "danger", "Child", "child", "sexual"):
        assert word not in letter.subject + letter.text + letter.html


def test_the_customers_message_waits_for_the_police_call(time, cast, mail):
    concern = send_card(cast["asha"], urgency="prompt")
    time.spend(10 * MINUTE)
    assert time.to(*mail["customer"]) == []
    call = copy_for(concern, Recipient.POLICE_CALL)
    actions.record_told(delivery=call, by=cast["asha"], whom="", at=time.now, how="101", log="412")
    time.work()
    assert {letter.to for letter in time.to(*mail["customer"])} == mail["customer"]


def test_the_customers_message_waits_an_hour_at_most(time, cast):
    send_card(cast["asha"], urgency="emergency")
    time.spend(HOUR - MINUTE)
    assert time.to("cole@demo.example") == []
    time.spend(2 * MINUTE)
    assert len(time.to("cole@demo.example")) == 1


def test_the_customers_message_never_waits_longer_than_half_of_what_is_left_of_the_footage(time, cast):
    send_card(cast["asha"], urgency="prompt", seen_at=time.now - timedelta(days=3, hours=11, minutes=30))
    site = cast["asha"].sites.first()
    assert site.cctv_days is None or site.cctv_days >= 7
    Site.objects.filter(pk=site.pk).update(cctv_days=7)
    concern = send_card(
        cast["asha"], site=Site.objects.get(pk=site.pk), urgency="prompt", seen_at=time.now - timedelta(days=3.49)
    )
    assert copy_for(concern, "customer").act_at < time.now + 20 * MINUTE


def test_nobody_is_sent_a_message_about_the_call_that_a_person_makes(time, cast):
    concern = send_card(cast["asha"], urgency="prompt")
    time.work()
    assert kinds(concern, "police_call") == []


# --- Nobody answers -------------------------------------------------------------------------------------------------


def test_the_next_in_line_is_told_one_after_the_other_up_to_the_lead(time, cast):
    concern = send_card(cast["asha"], urgency="emergency", police_called=True)
    answered = set(concern.deliveries.values_list("recipient", flat=True)) - {"manager", "police_call"}
    for recipient in answered:
        actions.acknowledge(delivery=copy_for(concern, recipient), by=cast["hana"])
    time.spend(16 * MINUTE)
    assert kinds(concern, "manager") == [Kind.FIRST, Kind.REMINDER]
    assert Message.objects.filter(kind=Kind.ESCALATION, delivery__recipient="head_office").count() == 1
    time.spend(15 * MINUTE)
    assert kinds(concern, "lead")[0] in (Kind.FIRST, Kind.ESCALATION)
    assert copy_for(concern, "manager").escalations == 2


def test_an_answer_stops_it(time, cast):
    concern = send_card(cast["asha"], urgency="emergency", police_called=True)
    time.spend(20 * MINUTE)
    for copy in concern.deliveries.all():
        actions.acknowledge(delivery=copy, by=cast["moss"])
    before = len(time.to())
    time.spend(2 * DAY)
    assert [letter.subject for letter in time.to()[before:] if str(concern) in letter.subject] == []


def test_the_police_are_sent_one_message_and_one_reminder(time, cast):
    concern = send_card(cast["asha"], urgency="emergency")
    for other in concern.deliveries.exclude(recipient="police"):
        actions.acknowledge(delivery=other, by=cast["hana"])
    time.spend(3 * DAY)
    assert len(time.to("priya@demo.example")) == 2
    assert len(time.to("moss@demo.example")) > 2


def test_reminders_of_routine_cards_rest_at_night(time, cast):
    time.now = datetime(2026, 11, 21, 12, 0, tzinfo=LONDON)
    send_card(cast["asha"])
    time.spend(12 * HOUR)  # due at midnight
    late = len(time.left)
    time.spend(6 * HOUR + 59 * MINUTE)
    assert len(time.left) == late
    time.spend(2 * MINUTE)
    assert len(time.left) > late


def test_first_messages_never_rest(time, cast):
    send_card(cast["asha"])
    time.work()
    assert len(time.to("moss@demo.example")) == 1


def test_a_desk_that_has_it_is_reminded_half_as_often(time, cast, mail):
    concern = send_card(cast["asha"], urgency="emergency", police_called=True)
    time.spend(5 * MINUTE)
    assert actions.receive(delivery=copy_for(concern, "manager"), name="Dee, 4471")
    time.spend(11 * MINUTE)
    once = copy_for(concern, "manager").escalations
    time.spend(28 * MINUTE)
    assert (once, copy_for(concern, "manager").escalations) == (1, 1)
    time.spend(2 * MINUTE)
    assert copy_for(concern, "manager").escalations == 2


def test_a_recipient_whom_nobody_can_message_is_passed_over_at_once(time, cast):
    User.objects.filter(role=Role.MANAGER).update(is_active=False)
    concern = send_card(cast["asha"])
    time.work()
    assert copy_for(concern, "manager").escalations == 1
    assert {"first", "escalation"} == set(kinds(concern, "head_office"))


def test_an_address_that_refuses_counts_as_nobody(time, cast):
    time.refuses = {"moss@demo.example"}
    concern = send_card(cast["asha"])
    time.work()
    refused = Message.objects.get(delivery__recipient="manager", kind=Kind.FIRST)
    assert (refused.address, refused.refusal) == ("moss@demo.example", "550 no such mailbox")
    assert copy_for(concern, "manager").escalations == 1


def test_an_address_that_is_out_of_order_is_tried_again_within_a_quarter_of_an_hour(time, cast):
    time.puts_off = {"moss@demo.example"}
    concern = send_card(cast["asha"])
    time.spend(6 * HOUR)
    message = Message.objects.get(delivery=copy_for(concern, "manager"), kind=Kind.FIRST)
    assert (message.attempts > 20, message.act_at - time.now < 15 * MINUTE) == (True, True)
    time.puts_off = set()
    time.spend(15 * MINUTE)
    assert len(time.to("moss@demo.example")) == 1


def test_where_nobody_at_all_can_be_messaged_it_is_written_down_and_tried_again(time, cast):
    User.objects.update(email=None)
    Organisation.objects.update(intelligence_mailbox="", standards_mailbox="")
    concern = send_card(cast["asha"])
    time.spend(2 * DAY)
    escalated = Event.objects.filter(concern_id=concern.pk, verb=Event.Verb.ESCALATED)
    assert {event.detail["to"] for event in escalated} == {""}
    assert all(copy.escalations >= 2 for copy in concern.deliveries.filter(withheld_at=None, recipient="manager"))


def test_no_dead_address_is_all_that_is_left(time, cast):
    """The lead's address is dead: from the end of the line on, everybody in it is told."""
    time.refuses = {"lena@demo.example"}
    concern = send_card(cast["asha"], urgency="emergency")
    for copy in concern.deliveries.exclude(recipient="police_call"):
        actions.acknowledge(delivery=copy, by=cast["hana"])
    time.spend(2 * HOUR)
    before = len(time.left)
    time.spend(16 * MINUTE)
    assert {letter.to for _, letter in time.left[before:]} >= {"moss@demo.example", "hana@demo.example"}


def test_a_link_of_the_line_that_refuses_is_passed_over_at_once(time, cast):
    time.refuses = {"moss@demo.example"}
    concern = send_card(cast["asha"], urgency="emergency")
    for copy in concern.deliveries.exclude(recipient="police_call"):
        actions.acknowledge(delivery=copy, by=cast["hana"])
    time.spend(16 * MINUTE)
    assert len(time.to("hana@demo.example")) == 1


def test_a_desk_is_sent_no_link_that_is_dead_when_it_comes(time, cast, mail):
    concern = send_card(cast["asha"], urgency="emergency")
    for copy in concern.deliveries.exclude(recipient="police_call"):
        actions.acknowledge(delivery=copy, by=cast["hana"])
    time.spend(16 * MINUTE)
    (letter,) = time.to("room@demo.example")
    assert f"/concerns/{concern}/" in letter.text
    assert "/desk/" not in letter.text


# --- Nothing for whom it may be about -------------------------------------------------------------------------------


ONE_OUT_OF_REACH = [recipient.value for recipient in Recipient if recipient != Recipient.POLICE_CALL]
FAILURES = [(about, how) for about in SETS for how in ("nothing", "refused")]
FAILURES += [(about, how) for about in SETS if len(about) == 1 for how in ("put off", *ONE_OUT_OF_REACH)]


def fail(time, mail, how):
    """Nothing goes wrong, or every address refuses, or is out of order, or one recipient's addresses refuse."""
    every = set().union(*mail.values())
    time.refuses = every if how == "refused" else mail.get(how, set())
    time.puts_off = every if how == "put off" else set()


@pytest.mark.parametrize(
    ("about", "how"), FAILURES, ids=lambda part: part if isinstance(part, str) else " + ".join(part)
)
def test_nothing_leaves_for_whom_it_may_be_about_and_somebody_is_always_chased(
    time, cast, mail, monkeypatch, about, how
):
    monkeypatch.setattr(routing, "TIME_ALLOWED", {"prompt": dict.fromkeys(routing.TIME_ALLOWED["prompt"], HOUR)})
    concern = send_card(cast["asha"], urgency="prompt", about=about, camera_from=time.now - HOUR, camera="4")
    fail(time, mail, how)
    waits = {"customer": 1}  # an hour for the police call
    for hour in range(1, 2 if how == "put off" else 5):  # every deadline is missed, again and again
        time.spend(HOUR + MINUTE)
        waiting = concern.deliveries.open().exclude(recipient="lead")
        assert {copy.recipient for copy in waiting if copy.escalations < hour - waits.get(copy.recipient, 0)} == set()
        assert not waiting.filter(act_at__gt=time.now + HOUR).exists()
    forbidden = set().union(*(mail[recipient] for recipient in withheld(about)))
    told = {letter.to for letter in time.to()}
    assert told & forbidden == set()
    assert "lena@demo.example" in told or how in ("refused", "put off", "lead")


@pytest.mark.parametrize("about", [["guard"], ["office"], ["site"], ["police"], ["unsure"]])
def test_a_note_takes_messages_back_that_have_not_left(time, cast, mail, about):
    concern = send_card(cast["asha"], urgency="prompt", police_called=True)
    time.puts_off = set().union(*mail.values())
    time.work()
    add_note(concern, cast["asha"], about=about)
    time.puts_off = set()
    time.spend(5 * HOUR)
    forbidden = set().union(*(mail[recipient] for recipient in withheld(about)))
    assert {letter.to for letter in time.to()} & forbidden == set()


def test_no_mailbox_is_used_that_somebody_reads_who_is_kept_from_it(time, cast, mail):
    other = User.objects.create_user(
        name="Odd", email="odd@demo.example", role=Role.HEAD_OFFICE, organisation=cast["hana"].organisation
    )
    concern = send_card(cast["asha"])
    actions.keep_from(concern=concern, people=[other], by=cast["hana"])
    time.work()
    assert {letter.to for letter in time.to(*mail["head_office"], "odd@demo.example")} == {"hana@demo.example"}


def test_a_released_copy_goes_to_the_people_and_not_to_the_control_room(time, cast, mail):
    concern = send_card(cast["asha"], about=["unsure"])
    actions.release(delivery=copy_for(concern, "manager"), by=cast["hana"], reason="It was not him.")
    time.work()
    assert {letter.to for letter in time.to(*mail["manager"])} == {"moss@demo.example"}


def test_a_mailbox_of_a_site_that_changed_hands_is_not_used(time, cast, mail):
    concern = send_card(cast["asha"])
    Site.objects.filter(pk=concern.site_id).update(contractor=cast["stan"].organisation)
    time.work()
    assert "room@demo.example" not in {letter.to for letter in time.to()}


@pytest.mark.parametrize("name", ["asha", "moss", "hana", "lena", "cole", "priya", "ada", "stan"])
@pytest.mark.parametrize("about", SETS[:6], ids=" + ".join)
def test_messages_go_to_those_whom_the_queue_shows_it_to(cast, name, about):
    concern = send_card(cast["asha"], about=about)
    KeptFrom.objects.create(concern=concern, user=cast["lena"], recipient="")
    for copy in concern.deliveries.all():
        shown = Delivery.objects.addressed_to(cast[name]).filter(pk=copy.pk).exists()
        assert (cast[name] in copy.readers()) == shown


def test_a_copy_that_was_passed_on_is_read_by_them_too(time, cast):
    other = User.objects.create_user(
        name="Ben", email="ben@demo.example", role=Role.MANAGER, organisation=cast["moss"].organisation
    )
    concern = send_card(cast["asha"])
    copy = copy_for(concern, "manager")
    actions.pass_on(delivery=copy, person=other, by=cast["moss"], reason="I am off shift.")
    assert other in copy.readers()
    assert Delivery.objects.addressed_to(other).get() == copy
    time.work()
    assert len(time.to("ben@demo.example")) == 1 + 1  # that it was passed on, and the first message to all


# --- Footage --------------------------------------------------------------------------------------------------------


def answered(concern, by):
    """The same concern, with everybody's answer: so that only the footage is waited for."""
    for copy in concern.deliveries.open():
        actions.acknowledge(delivery=copy, by=by)
    return concern


def footage_letters(time, address):
    return [letter for letter in time.to(address) if "saved" in letter.subject]


def test_footage_is_asked_for_at_half_the_time_and_with_a_day_left(time, cast):
    Site.objects.update(cctv_days=8)
    concern = answered(send_card(cast["asha"], camera_from=time.now, camera="4"), cast["hana"])
    time.spend(4 * DAY - HOUR)
    counts = [len(footage_letters(time, "cole@demo.example"))]
    time.spend(2 * HOUR)
    counts.append(len(footage_letters(time, "cole@demo.example")))
    time.spend(3 * DAY)
    counts.append(len(footage_letters(time, "cole@demo.example")))
    time.spend(2 * DAY)
    assert counts == [0, 1, 2]
    assert Event.objects.filter(concern_id=concern.pk, verb=Event.Verb.FOOTAGE_LOST).count() == 1


def test_footage_that_was_saved_is_asked_for_no_more(time, cast):
    concern = answered(send_card(cast["asha"], camera_from=time.now, camera="4"), cast["hana"])
    actions.save_footage(concern=concern, by=cast["cole"], whom="Cole", on=time.now, where="safe")
    time.spend(31 * DAY)
    assert footage_letters(time, "cole@demo.example") == []
    assert not Event.objects.filter(verb=Event.Verb.FOOTAGE_LOST).exists()
    assert set(concern.deliveries.values_list("footage_until", flat=True)) == {None}


def test_where_the_customer_is_not_told_head_office_and_the_police_are_asked(time, cast):
    answered(send_card(cast["asha"], about=["site"], camera_from=time.now, camera="4"), cast["hana"])
    time.spend(29 * DAY)
    assert footage_letters(time, "cole@demo.example") == []
    assert footage_letters(time, "hana@demo.example")
    assert footage_letters(time, "priya@demo.example")


@pytest.mark.parametrize(("before", "after"), [(30, 3), (30, 1), (None, 30), (7, 30)])
def test_the_clock_goes_by_the_days_of_the_site_as_somebody_corrects_them(time, cast, before, after):
    Site.objects.update(cctv_days=before)
    concern = answered(send_card(cast["asha"], camera_from=time.now, camera="4"), cast["hana"])
    time.spend(2 * DAY)
    Site.objects.update(cctv_days=after)
    worker.beat(uuid.uuid4())
    clock = Footage.objects.get(concern=concern)
    until = NIGHT + after * DAY
    assert clock.kept_until == until
    assert copy_for(concern, "manager").footage_until == until
    time.work()
    assert Event.objects.filter(verb=Event.Verb.FOOTAGE_LOST).exists() == (until < time.now)
    assert bool(footage_letters(time, "cole@demo.example")) == (after == 3)


def test_footage_that_passed_for_lost_is_watched_again_where_the_site_keeps_it_longer(time, cast):
    concern = answered(send_card(cast["asha"], camera_from=time.now, camera="4"), cast["hana"])
    Site.objects.update(cctv_days=1)
    worker.beat(uuid.uuid4())
    time.spend(2 * DAY)
    Site.objects.update(cctv_days=30)
    worker.beat(uuid.uuid4())
    clock = Footage.objects.get(concern=concern)
    assert (clock.lost_at, clock.act_at > time.now) == (None, True)
    assert copy_for(concern, "manager").footage_until == NIGHT + 30 * DAY


def test_somebody_in_the_company_always_knows_that_footage_is_about_to_be_lost(time, cast):
    User.objects.filter(name__in=["Cole", "Moss"]).update(email=None)
    answered(send_card(cast["asha"], camera_from=time.now, camera="4"), cast["hana"])
    time.spend(29 * DAY)
    assert footage_letters(time, "hana@demo.example")


def test_the_standards_desk_is_asked_where_the_ordinary_one_may_not_know(time, cast):
    answered(send_card(cast["asha"], about=["site", "police"], camera_from=time.now, camera="4"), cast["hana"])
    time.spend(29 * DAY)
    assert footage_letters(time, "standards@demo.example")
    assert footage_letters(time, "priya@demo.example") == []
