"""What a worker does with rows that break, that wait for one address, or that a wrong clock has chased."""

from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Site
from concerns import actions, worker
from concerns.channels import Webhook
from concerns.models import Delivery, Footage, Heartbeat, Kind, Message
from tests.cards import add_note, send_card
from tests.concerns.timeline import Timeline

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOSS, COLE = "moss@demo.example", "cole@demo.example"


@pytest.fixture
def time(cast, monkeypatch):
    return Timeline(monkeypatch)


def copy_for(concern, recipient):
    return concern.deliveries.get(recipient=recipient)


# --- A row that breaks ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_row_that_breaks_holds_no_other_up_and_is_said(time, cast, monkeypatch):
    send_card(cast["asha"])
    send, addressees = time.send, []

    def break_for_moss(letter, **options):
        addressees.append(letter.to)
        return 1 / 0 if letter.to == MOSS else send(letter, **options)

    monkeypatch.setattr(time, "send", break_for_moss)
    with pytest.raises(CommandError, match=r"^1 could not be done\. The log says why"):
        call_command("deliver", "--once", verbosity=0)
    assert addressees.count(MOSS) == 1
    others = {"hana@demo.example", "priya@demo.example", "intelligence@demo.example", COLE}
    assert {letter.to for letter in time.to()} == others


@pytest.mark.django_db(transaction=True)
def test_where_everything_breaks_one_turn_ends(time, monkeypatch):
    monkeypatch.setattr(worker, "step", lambda: 1 / 0)
    with pytest.raises(CommandError, match=r"^100 could not be done"):
        call_command("deliver", "--once", verbosity=0)


def test_a_secret_that_does_not_open_is_put_off_and_said(time, cast, monkeypatch):
    monkeypatch.setattr(worker, "Webhook", Webhook)
    site = cast["asha"].sites.first()
    site.control_room_webhook = "https://room.example/x"
    site.save()
    Site.objects.filter(pk=site.pk).update(webhook_secret="1.first.AAAA")
    send_card(cast["asha"], site=site)
    time.work()
    message = Message.objects.get(channel="webhook")
    assert (message.attempts, message.failed_at) == (1, None)
    assert message.refusal == "This control-room system has no secret to sign with."


# --- One at a time to an address --------------------------------------------------------------------------------------


@pytest.fixture
def post(time, cast):
    """A worker's hands, beside two cards whose messages wait."""
    Site.objects.update(control_room_mailbox="room@demo.example")
    for _ in range(2):
        send_card(cast["asha"])
    while delivery := Delivery.objects.claim(time.now):
        actions.chasing.proceed(delivery=delivery, now=time.now)
    return worker.Post()


@pytest.fixture
def claim_all(time, post):
    """A function that takes one message after the other in hand, until none may be; in their order."""
    with ExitStack() as hands:
        yield lambda: list(iter(lambda: hands.enter_context(post.claim(time.now)), None))


def test_nobody_is_sent_two_messages_at_once(claim_all):
    addresses = [message.where() for message in claim_all()]
    assert len(addresses) == len(set(addresses)) == 6
    assert Message.objects.waiting().count() == 12


def test_what_was_put_off_has_half_of_the_hands(claim_all, cast):
    Message.objects.exclude(person=cast["moss"]).update(attempts=1)
    claimed = claim_all()
    assert sum(message.attempts for message in claimed) == 2
    assert [message.person for message in claimed if not message.attempts] == [cast["moss"]]


def test_a_message_that_is_done_makes_room_for_the_next(time, post):
    with post.claim(time.now) as first:
        pass
    Message.objects.exclude(person=first.person_id).delete()
    with post.claim(time.now) as second:
        assert second.person_id == first.person_id


# --- Hours without a mail server --------------------------------------------------------------------------------------


def test_after_hours_without_a_mail_server_everybody_is_sent_each_thing_once(time, cast):
    addresses = {"moss@demo.example", "hana@demo.example", "lena@demo.example"}
    time.puts_off = set(addresses)
    send_card(cast["asha"], urgency="emergency")
    time.spend(3 * HOUR)
    time.puts_off = set()
    time.spend(16 * MINUTE)
    for address in addresses:
        about = [(letter.subject, letter.text) for letter in time.to(address)]
        assert 1 <= len(about) <= 9, address  # a first, a reminder, and one for each of the others that wait


# --- What was put off before a copy started anew ----------------------------------------------------------------------


@pytest.fixture
def put_off(time, cast):
    """A card whose manager's and customer's first messages were put off."""
    time.puts_off = {MOSS, COLE}
    concern = send_card(cast["asha"], urgency="prompt", police_called=True)
    time.spend(10 * MINUTE)
    return concern


def held_for_a_while(concern, cast, now):
    copy = copy_for(concern, "customer")
    actions.hold(delivery=copy, by=cast["hana"], officer="PC Pell", reference="7", until=now + DAY)
    actions.end_hold(delivery=copy, by=cast["hana"], reason="They rang.")
    return copy


def withheld_for_a_while(concern, cast, now):
    add_note(concern, cast["asha"], about=["guard"])
    copy = copy_for(concern, "manager")
    actions.release(delivery=copy, by=cast["hana"], reason="It is not about him.")
    return copy


@pytest.mark.parametrize("for_a_while", [held_for_a_while, withheld_for_a_while])
def test_a_copy_that_starts_anew_is_not_passed_upward_for_what_was_put_off_before(time, cast, put_off, for_a_while):
    copy = for_a_while(put_off, cast, time.now)
    time.puts_off = set()
    time.spend(20 * MINUTE)
    copy.refresh_from_db()
    assert (copy.escalations, copy.act_at) == (0, copy.due_at)
    assert Message.objects.filter(kind=Kind.FIRST, delivery=copy).exclude(dropped_at=None).exists()


# --- A clock that was set back ----------------------------------------------------------------------------------------


def escalations(concern):
    return copy_for(concern, "police_call").escalations


def test_a_clock_that_was_set_back_does_not_put_the_next_in_line_off(time, cast):
    concern = send_card(cast["asha"], urgency="emergency")
    time.spend(10 * MINUTE)
    time.now += HOUR
    time.work()
    time.now -= HOUR
    worker.beat(worker.BY_THE_CLOCK)
    before = escalations(concern)
    assert before
    time.spend(16 * MINUTE)
    assert escalations(concern) == before + 1


def test_nor_the_first_time_that_somebody_is_reminded(time, cast):
    concern = send_card(cast["asha"], urgency="emergency")
    time.now += HOUR
    time.work()
    time.now -= HOUR
    worker.beat(worker.BY_THE_CLOCK)
    manager = copy_for(concern, "manager")
    assert manager.escalations == 0
    assert manager.act_at == manager.due_at == time.now + 15 * MINUTE
    worker.beat(worker.BY_THE_CLOCK)
    assert not Delivery.objects.chased_ahead_of(time.now).exists()


def test_a_clock_that_is_right_changes_nothing(time, cast):
    for urgency in ("emergency", "prompt", "routine"):
        send_card(cast["asha"], urgency=urgency)
    for _ in range(4):
        time.spend(HOUR)
        assert not Delivery.objects.chased_ahead_of(time.now).exists()


# --- By night ---------------------------------------------------------------------------------------------------------


def test_a_hold_of_a_routine_card_is_looked_at_again_in_the_morning(time, cast):
    concern = send_card(cast["asha"])
    time.work()
    until = time.now + 27 * HOUR  # half past two at night
    actions.hold(delivery=copy_for(concern, "customer"), by=cast["hana"], officer="PC Pell", reference="7", until=until)
    for recipient in ("manager", "head_office", "police"):
        actions.acknowledge(delivery=copy_for(concern, recipient), by=cast["hana"])
    time.spend(40 * HOUR)
    (at,) = {at for at, letter in time.left if letter.subject.endswith("again")}
    assert f"{at:%H:%M}" == "07:00"


# --- What is long over ------------------------------------------------------------------------------------------------


def test_footage_that_was_lost_long_ago_is_not_looked_for(time, cast):
    concern = send_card(cast["asha"])
    time.spend(8 * DAY)
    Site.objects.update(cctv_days=60)
    assert Footage.objects.out_of_step().filter(concern=concern).exists()
    time.now += 31 * DAY
    assert not Footage.objects.out_of_step().exists()


def test_a_beat_says_that_the_worker_is_alive(time):
    worker.beat(worker.BY_THE_CLOCK)
    assert Heartbeat.objects.get().at == time.now
