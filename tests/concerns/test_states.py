"""Every verb in every state that a copy can come to: the table of concerns/states.py, and nobody left untold.

The tries go through the real verbs and the real database, each in a savepoint that is undone. Two orders that lead to
the same rows are followed once.
"""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from accounts.models import Organisation
from concerns import actions, states
from concerns.actions import chasing
from concerns.actions.decisions import NotYet
from concerns.models import Delivery, Kind, Message
from concerns.models.timed import LEASE
from concerns.routing import Recipient
from concerns.states import MOVES, ONLY_THE_CUSTOMER, State, Verb
from tests.cards import add_note, send_card
from tests.concerns.timeline import Timeline
from tests.conftest import FULL_COUNTS

# The customer alone can be on hold; the others move alike, so that one of them is followed as far.
LENGTH = {"customer": 6, "manager": 6} if FULL_COUNTS else {}
SHORTER = 4 if FULL_COUNTS else 3
SUSPECTS = {"customer": "site", "manager": "guard", "head_office": "office", "police": "police"}
DOCS = Path(settings.BASE_DIR) / "docs" / "states.md"


class Trial:
    """One copy of one concern, and everything that can be done to it."""

    def __init__(self, time, cast, recipient):
        self.time, self.cast, self.recipient = time, cast, recipient
        # The others have theirs, so that this one copy decides whether the concern can be closed.
        self.concern = send_card(cast["asha"], urgency="prompt", police_called=True)
        for other in self.concern.deliveries.open().exclude(recipient=recipient):
            actions.acknowledge(delivery=other, by=cast["hana"])

    @property
    def copy(self):
        return Delivery.objects.select_related("concern").get(concern=self.concern, recipient=self.recipient)

    def notify(self):
        if states.of(self.copy) == State.DUE:
            self._proceed()

    def send(self):
        for message in self._waiting():
            if address := message.where():
                chasing.sent(message=message, address=address, now=self.time.now)
            else:
                chasing.dropped(message=message, now=self.time.now)

    def fail(self):
        for message in self._waiting():
            chasing.refused(message=message, address=message.where(), why="550", now=self.time.now)
        if self.copy.act_at and self.copy.act_at <= self.time.now and self.copy.notified_at:
            self._proceed()

    def crash(self):
        """A worker takes the row and is never heard of again."""
        Delivery.objects.filter(pk=self.copy.pk, act_at__isnull=False).update(leased_until=self.time.now + LEASE)

    def escalate(self):
        copy = self.copy
        if copy.act_at and copy.notified_at and not copy.held_until:
            self._proceed()

    def receive(self):
        actions.receive(delivery=self.copy, name="Dee, 4471")

    def acknowledge(self):
        actions.acknowledge(delivery=self.copy, by=self.cast["hana"])

    def tell(self):
        actions.record_told(delivery=self.copy, by=self.cast["hana"], whom="Dee", at=self.time.now)

    def hold(self):
        until = self.time.now + timedelta(days=7)
        actions.hold(delivery=self.copy, by=self.cast["hana"], officer="DC Low", reference="R1", until=until)

    def end_hold(self):
        actions.end_hold(delivery=self.copy, by=self.cast["hana"], reason="They agree.")

    def narrow(self):
        add_note(self.concern, self.cast["asha"], about=[SUSPECTS[self.recipient]])

    def release(self):
        actions.release(delivery=self.copy, by=self.cast["hana"], reason="It was not them.")

    def close(self):
        actions.close(concern=self.concern, by=self.cast["hana"], outcome="with_police")

    def note(self):
        add_note(self.concern, self.cast["asha"], about=["no"])

    def _waiting(self):
        found = Message.objects.waiting().filter(delivery=self.copy.pk, kind=Kind.FIRST)
        return list(found.select_related("delivery__concern"))

    def _proceed(self):
        """Let time pass until this copy is due and free, and do what a worker does then."""
        self.time.now = max(self.time.now + LEASE, self.copy.act_at)
        claimed = self.copy
        claimed.leased_until = self.time.now + LEASE
        claimed.save(update_fields=["leased_until"])
        chasing.proceed(delivery=claimed, now=self.time.now)

    def do(self, verb):
        self.time.now += timedelta(seconds=1)
        with suppress(NotYet):
            getattr(self, verb)()

    def rows(self):
        """What stands, without when: two orders that lead here go on alike."""
        copies = self.concern.deliveries.order_by("recipient")
        messages = Message.objects.filter(delivery__concern=self.concern)
        return (
            tuple(
                (c.recipient, states.of(c), bool(c.released_at), min(c.escalations, 2), self._when(c)) for c in copies
            ),
            tuple(sorted({(m.delivery_id == self.copy.pk, m.kind, bool(m.act_at), bool(m.sent_at)) for m in messages})),
            bool(self.copy.received_at),
        )

    def _when(self, copy):
        return copy.act_at and (copy.act_at <= self.time.now, bool(copy.leased_until))


@pytest.fixture
def time(cast, monkeypatch):
    return Timeline(monkeypatch)


@pytest.fixture
def trial(time, cast, request):
    Organisation.objects.filter(name="Brightkeep Security").update(head_office_mailbox="office@demo.example")
    return Trial(time, cast, request.param)


def follow(trial, length, seen, check):
    """Every order of verbs from here, up to this length; each set of rows is gone on from once."""
    rows = trial.rows()
    if seen.get(rows, 0) >= length:
        return
    seen[rows] = length
    now = trial.time.now
    for verb in [*(verb.value for verb in Verb), "crash"]:
        with transaction.atomic():
            before = states.of(trial.copy)
            trial.do(verb)
            check(trial, verb, before)
            follow(trial, length - 1, seen, check)
            transaction.set_rollback(True)
        trial.time.now = now


def as_the_table_says(trial, verb, before):
    waits = trial.concern.deliveries.exclude(recipient=trial.recipient).open().exists()
    if (verb == Verb.CLOSE and waits) or (verb == Verb.RELEASE and trial.copy.closed_at):
        expected = before  # somebody else has to answer first; the concern has to be opened first
    elif verb in ONLY_THE_CUSTOMER and trial.recipient != Recipient.CUSTOMER:
        expected = before
    else:
        expected = MOVES.get(verb, {}).get(before, before)
    if verb == Verb.NOTE and before == State.CLOSED and trial.recipient == Recipient.CUSTOMER:
        expected = trial_customer(trial)
    assert states.of(trial.copy) == expected, f"{verb} in {before}"


def trial_customer(trial):
    """The customer reads no notes: they go back to how they had it."""
    return State.ACKNOWLEDGED if trial.copy.acknowledged_at else State.TOLD


def nobody_is_left_untold(trial, verb, before):
    copies = list(trial.concern.deliveries.all())
    for copy in copies:
        ended = copy.acknowledged_at or copy.told_at or copy.withheld_at
        assert ended or copy.act_at, f"{verb} leaves {copy.recipient} neither told nor due"
        assert ended or copy.act_at <= trial.time.now + timedelta(days=7), f"{copy.recipient} waits too long"
    desks = {copy.recipient for copy in copies if not copy.withheld_at} & {"police", "standards"}
    assert desks, "no police desk is told"


@pytest.mark.parametrize("trial", ["customer", "manager", "head_office", "police"], indirect=True)
def test_no_order_of_verbs_leaves_anybody_untold(trial):
    seen = {}
    follow(
        trial,
        LENGTH.get(trial.recipient, SHORTER),
        seen,
        lambda *what: (as_the_table_says(*what), nobody_is_left_untold(*what)),
    )
    reached = {state for copies, *_ in seen for recipient, state, *_ in copies if recipient == trial.recipient}
    expected = set(State) - (set() if trial.recipient == "customer" else {State.HELD})
    assert reached == expected


@pytest.mark.parametrize("trial", ["customer"], indirect=True)
def test_a_copy_whose_worker_was_killed_is_taken_by_another(trial):
    trial.crash()
    assert Delivery.objects.claim(trial.time.now) is None
    assert Delivery.objects.claim(trial.time.now + LEASE) == trial.copy


def test_the_diagram_in_the_docs_is_the_one_that_the_command_prints(capsys):
    from django.core.management import call_command

    call_command("states")
    assert capsys.readouterr().out.strip() in DOCS.read_text()


def test_every_verb_and_state_of_the_table_is_used():
    assert set(MOVES) == set(Verb)
    named = {state for moves in MOVES.values() for pair in moves.items() for state in pair}
    assert named == set(State)
