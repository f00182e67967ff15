"""`manage.py status`: whether messages leave, for whoever runs the service, and not a word of any card."""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Organisation, User
from concerns import actions, backlog, worker
from concerns.channels import ChannelError
from concerns.models import Delivery, Footage, Heartbeat, Message
from tests.cards import send_canaries, send_card
from tests.concerns.timeline import Timeline

pytestmark = pytest.mark.usefixtures("clock")
DESK = "intelligence@demo.example"


@pytest.fixture
def status(capsys):
    """A function: (exit code, what is printed, on one line)."""

    def ask():
        code = 0
        try:
            call_command("status")
        except SystemExit as stopped:
            code = stopped.code
        return code, " ".join(capsys.readouterr().out.split())

    return ask


@pytest.fixture
def beating(db):
    return heard(seconds=3)


def heard(**ago):
    """A worker was heard of that long ago."""
    return Heartbeat.objects.create(worker=uuid.uuid4(), at=timezone.now() - timedelta(**ago))


def sent_ago(cast, **ago):
    """A card that came in that long ago."""
    return send_card(cast["asha"], now=timezone.now() - timedelta(**ago))


def work():
    while worker.step():
        pass


@pytest.fixture
def answers(monkeypatch):
    """{address: what its host answers}; whoever is not in it takes everything."""
    found = {}

    def send(channel, letter, *, still_wanted):
        if letter.to in found:
            raise found[letter.to]
        return True

    monkeypatch.setattr("concerns.channels.Email.send", send)
    return found


# --- Workers ------------------------------------------------------------------------------------------------------


def test_all_is_well(beating, status):
    code, said = status()
    assert code == 0
    assert said == (
        "Workers 1 running, heard of 3 s ago Waiting 0 messages, 0 of them put off "
        "Due first message: nothing reminder or next in line: nothing footage warning: nothing daily digest: nothing "
        "Failing no address Unheard no concern Well."
    )


def test_every_worker_is_counted(beating, status):
    heard(seconds=20)
    heard(minutes=14)
    heard(hours=3)
    heard(hours=-1)
    code, said = status()
    assert code == 0
    assert "2 running, heard of 3 s, 20 s ago 2 silent, heard of 14 min, 3 h ago 1 whose clock is ahead" in said


def test_many_workers_are_cut_short(db, status):
    for seconds in range(10):
        heard(seconds=seconds)
    assert "10 running, heard of 0 s, 1 s, 2 s, 3 s, 4 s, 5 s and 4 more ago" in status()[1]


@pytest.mark.parametrize("ago", [None, {"minutes": 2}, {"hours": -1}])
def test_without_a_worker_it_is_not_well(db, status, ago):
    if ago:
        heard(**ago)
    code, said = status()
    assert code == 1
    assert said.endswith("Not well: no worker is heard of: start `manage.py deliver`.")


# --- What is due --------------------------------------------------------------------------------------------------


def test_a_first_message_is_due_from_the_moment_that_the_card_came_in(beating, cast, status):
    sent_ago(cast, seconds=40)
    assert status()[0] == 0
    assert "first message: for 40 s" in status()[1]


@pytest.mark.parametrize(("minutes", "code"), [(4, 0), (6, 1)])
def test_what_is_overdue_for_more_than_five_minutes_is_not_well(beating, cast, status, minutes, code):
    sent_ago(cast, minutes=minutes)
    found, said = status()
    assert found == code
    assert ("Not well: first message overdue for 6 min." in said) == bool(code)


def test_a_customers_message_is_due_once_it_need_not_wait_any_longer(beating, cast, clock):
    concern = send_card(cast["asha"], urgency="prompt")
    customers = concern.deliveries.filter(recipient="customer")
    concern.deliveries.exclude(recipient="customer").update(notified_at=timezone.now())
    now = clock(2026, 11, 21, 23, 46)
    assert backlog.due_since(now)[backlog.FIRST] is None
    actions.record_told(
        delivery=concern.deliveries.get(recipient="police_call"), by=cast["moss"], whom="101", at=now, log="412"
    )
    assert customers.get().act_at < now - timedelta(hours=1)
    assert backlog.due_since(now)[backlog.FIRST] == now


def test_a_row_that_a_worker_has_in_hand_still_counts(beating, cast, status):
    sent_ago(cast, minutes=7)
    Delivery.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    assert status()[0] == 1


def test_each_kind_of_what_is_due_is_told_apart(beating, cast, answers, clock, status):
    concern = send_card(cast["asha"], urgency="prompt")
    work()
    now = clock(2026, 11, 22, 1, 0)
    heard(seconds=0)
    Footage.objects.filter(concern=concern).update(act_at=now - timedelta(minutes=2))
    Message.objects.filter(kind="digest").update(act_at=now - timedelta(minutes=3))
    due = backlog.due_since(now)
    assert due[backlog.LATER] == concern.deliveries.get(recipient="manager").due_at
    assert due[backlog.FOOTAGE] == now - timedelta(minutes=2)
    assert due[backlog.FIRST] > now - timedelta(hours=1)  # the customer's, which waited for the call


@pytest.mark.parametrize(
    ("kind", "what"),
    [("first", "FIRST"), ("reminder", "LATER"), ("hold", "LATER"), ("escalation", "LATER"), ("footage", "FOOTAGE")],
)
def test_a_message_that_was_made_and_has_not_left_is_due_too(cast, concern, kind, what):
    now, before = timezone.now(), timezone.now() - timedelta(minutes=9)
    concern.deliveries.update(act_at=now + timedelta(hours=1))
    Footage.objects.update(act_at=now + timedelta(days=1))
    copy = concern.deliveries.first()
    Message.objects.create(kind=kind, delivery=copy, about=copy, person=cast["moss"], made_at=before, act_at=before)
    due = backlog.due_since(now)
    assert {name for name, at in due.items() if at} == {getattr(backlog, what)}


def test_what_waits_is_counted(beating, cast, concern, answers, status):
    answers[cast["moss"].email] = ChannelError("The mail server hung up, or took too long.")
    work()
    assert "Waiting 1 message, 1 of them put off" in status()[1]


def everybody_is_busy(cast, monkeypatch):
    """A post of which no mail leaves."""
    time = Timeline(monkeypatch)
    time.puts_off = {*User.objects.exclude(email=None).values_list("email", flat=True), DESK}
    return time


def test_it_is_not_well_where_no_mail_has_left_for_hours(cast, monkeypatch, status):
    time = everybody_is_busy(cast, monkeypatch)
    send_card(cast["asha"], urgency="emergency")
    for _ in range(5):
        time.work()
        time.now += timedelta(hours=1)
    time.work()
    worker.beat(uuid.uuid4())
    code, said = status()
    assert (code, time.left) == (1, [])
    assert re.search(r"Not well: \d+ messages put off, the oldest for 5 h\.$", said)


@pytest.mark.parametrize(("minutes", "code"), [(4, 0), (6, 1)])
def test_a_message_may_be_put_off_for_five_minutes(cast, monkeypatch, status, minutes, code):
    time = everybody_is_busy(cast, monkeypatch)
    time.puts_off = {cast["moss"].email}
    send_card(cast["asha"])
    time.spend(timedelta(minutes=minutes))
    worker.beat(uuid.uuid4())
    found, said = status()
    assert found == code
    assert ("Not well: 1 message put off, the oldest for 6 min." in said) == bool(code)


def test_a_digest_that_is_put_off_is_no_matter(cast, concern, monkeypatch, status):
    time = everybody_is_busy(cast, monkeypatch)
    concern.deliveries.all().update(act_at=time.now + timedelta(days=9))
    time.now += timedelta(hours=9)
    heard(seconds=0)
    long_ago = time.now - timedelta(hours=8)
    Message.objects.create(
        kind="digest",
        person=cast["hana"],
        day=time.now.date(),
        made_at=long_ago,
        act_at=time.now + timedelta(minutes=9),
        attempts=8,
    )
    assert status()[0] == 0


# --- Addresses ----------------------------------------------------------------------------------------------------


def tried(cast, answers, address, error, times, clock):
    """A card was sent, and the worker tried this address so often, until 23:50."""
    answers[address] = error
    send_card(cast["asha"])
    work()
    for _ in range(times - 1):
        Message.objects.waiting().filter(attempts__gt=0).update(act_at=timezone.now())
        work()
    clock(2026, 11, 21, 23, 50)
    heard(seconds=2)


def test_an_address_that_keeps_being_put_off_is_named_with_what_its_host_says(cast, answers, clock, status):
    busy = ChannelError("The mail server refused the address (450).")
    tried(cast, answers, cast["moss"].email, busy, 3, clock)
    assert f"Failing {cast['moss'].email}: The mail server refused the address (450)." in status()[1]
    assert "put off, since 23:26, 3 tries" in status()[1]


def test_one_bad_moment_is_no_trouble(cast, answers, clock, status):
    tried(cast, answers, cast["moss"].email, ChannelError("The mail server hung up."), 1, clock)
    assert "Failing no address" in status()[1]


@pytest.mark.parametrize("address", ["moss@demo.example", DESK])
def test_an_address_that_refuses_for_good_is_named(cast, answers, clock, status, address):
    gone = ChannelError("The mail server refused the address (550).", permanent=True)
    tried(cast, answers, address, gone, 1, clock)
    assert f"{address}: The mail server refused the address (550). refused for good, since 23:26, " in status()[1]


def mend_by_another_address(cast):
    User.objects.filter(pk=cast["moss"].pk).update(email="new@demo.example")
    Organisation.objects.filter(intelligence_mailbox=DESK).update(intelligence_mailbox="new@demo.example")


def mend_by_taking_it(cast):
    send_card(cast["asha"])
    work()


@pytest.mark.parametrize("address", ["moss@demo.example", DESK])
@pytest.mark.parametrize("mend", [mend_by_another_address, mend_by_taking_it])
def test_what_was_mended_is_named_no_more(cast, answers, clock, status, address, mend):
    tried(cast, answers, address, ChannelError("No such box (550).", permanent=True), 1, clock)
    assert address in status()[1]
    answers.clear()
    mend(cast)
    assert address not in status()[1]


def test_a_leaver_is_named_no_more(cast, answers, clock, status):
    tried(cast, answers, cast["moss"].email, ChannelError("No such box (550).", permanent=True), 1, clock)
    User.objects.filter(pk=cast["moss"].pk).update(is_active=False)
    assert cast["moss"].email not in status()[1]


def test_a_refusal_of_last_week_is_named_no_more(cast, answers, clock, status):
    tried(cast, answers, DESK, ChannelError("No such box (550).", permanent=True), 1, clock)
    clock(2026, 11, 28, 23, 30)
    assert DESK not in status()[1]


def test_an_address_is_named_once(cast, answers, clock, status):
    for _ in range(3):
        tried(cast, answers, DESK, ChannelError("No such box (550).", permanent=True), 1, clock)
    assert status()[1].count(DESK) == 1
    assert "refused for good, since 23:26, 3 tries" in status()[1]


def test_the_list_ends_on_the_first_screen(cast, answers, clock, capsys):
    people = [
        User.objects.create_user(
            name=f"M{n}", email=f"m{n}@x.example", role="head_office", organisation=cast["moss"].organisation
        )
        for n in range(20)
    ]
    answers |= {person.email: ChannelError("No such box (550).", permanent=True) for person in people}
    tried(cast, answers, DESK, ChannelError("No such box (550).", permanent=True), 1, clock)
    call_command("status")
    said = capsys.readouterr().out
    assert "and 15 more" in said
    assert len(said.splitlines()) <= 24


# --- Nobody at all ------------------------------------------------------------------------------------------------


def everybody_refuses(cast, answers):
    addresses = [*User.objects.exclude(email=None).values_list("email", flat=True), DESK]
    answers |= dict.fromkeys(addresses, ChannelError("No such box (550).", permanent=True))


def test_a_concern_that_nobody_could_be_messaged_about_is_named(beating, cast, answers, status):
    Organisation.objects.update(intelligence_mailbox="")
    User.objects.exclude(pk=cast["asha"].pk).update(is_active=False)
    concern = send_card(cast["asha"])
    assert "Unheard no concern" in status()[1]  # nobody has tried yet
    work()
    assert f"nobody at all could be messaged about {concern}" in status()[1]


def test_a_concern_that_every_address_refused_is_named(beating, cast, concern, answers, status):
    everybody_refuses(cast, answers)
    work()
    assert f"nobody at all could be messaged about {concern}" in status()[1]


def test_one_message_that_left_is_enough(beating, cast, concern, answers, status):
    everybody_refuses(cast, answers)
    del answers[cast["cole"].email]
    work()
    assert "Unheard no concern" in status()[1]


def test_a_concern_that_all_were_told_of_is_not_named(beating, cast, concern, answers, status):
    everybody_refuses(cast, answers)
    work()
    for copy in concern.deliveries.all():
        actions.record_told(delivery=copy, by=cast["asha"], whom="them", at=timezone.now())
    assert "Unheard no concern" in status()[1]


def test_many_are_cut_short(beating, cast, answers, status):
    everybody_refuses(cast, answers)
    for _ in range(10):
        send_card(cast["asha"])
    work()
    assert "and more" in status()[1]


# --- What it never says -------------------------------------------------------------------------------------------


def test_it_shows_no_card_no_site_and_no_urgency(beating, cast, answers, capsys):
    concern = send_canaries(cast["asha"], urgency="emergency", about=["office"])
    everybody_refuses(cast, answers)
    work()
    call_command("status")
    said = capsys.readouterr().out
    assert str(concern) in said
    for secret in ("canary", concern.site.name, concern.company.name, "emergency", "anger", "Asha", "involved"):
        assert secret not in said


def test_it_writes_nothing(beating, concern, status):
    def refuse(execute, sql, *rest):
        assert sql.lstrip().startswith("SELECT"), sql
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        status()
