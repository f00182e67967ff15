"""Every verb in every state that a copy can come to: the table of concerns/states.py, and nobody left untold.

Every order of verbs is tried for each recipient, up to six at full counts. The tries go through the real verbs and the
real database. Where two orders lead to the same rows, the shorter one alone is gone on from: what can come of them is
the same. PostgreSQL takes longer to undo a try, and follows them up to four; a quick run, up to three.
"""

from contextlib import contextmanager, suppress
from copy import copy
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import Organisation, User
from concerns import actions, states
from concerns.actions import chasing
from concerns.actions.decisions import NotYet
from concerns.models import Delivery, Kind, Message
from concerns.models.timed import LEASE
from concerns.routing import DESKS_OF_THE_POLICE, LONGEST_PAUSE, SHORTEST_PAUSE, Recipient
from concerns.states import MOVES, ONLY, State, Verb
from tests.cards import add_note, send_card
from tests.concerns.timeline import Timeline
from tests.conftest import FULL_COUNTS

LENGTH = (6 if connection.vendor == "sqlite" else 4) if FULL_COUNTS else 3
DOCS = Path(settings.BASE_DIR) / "docs" / "states.md"
BESIDES = ["crash", "send_old", "fail_old"]  # what happens to a copy and is no move of it


class Case(NamedTuple):
    """Whose copy is followed, and what the card and a later note say."""

    recipient: str
    about: str = "no"
    note: str = "office"  # withholds their copy from them, where anything can
    reached: bool = True  # whether anybody at all can be sent a message


CASES = {
    "customer": Case("customer", note="site"),
    "manager": Case("manager", note="guard"),
    "head_office": Case("head_office"),
    "police": Case("police", note="police"),
    "police_call": Case("police_call"),
    "lead": Case("lead", about="office", note="police"),
    "standards": Case("standards", about="police"),
    "nobody": Case("manager", note="guard", reached=False),
}


class Trial:
    """One copy of one concern, and everything that can be done to it."""

    def __init__(self, time, cast, case):
        self.time, self.cast, self.case, self.recipient = time, cast, case, case.recipient
        rung = case.recipient != Recipient.POLICE_CALL
        self.concern = send_card(cast["asha"], urgency="prompt", police_called=rung, about=[case.about])
        # The others have theirs, so that this one copy decides whether the concern can be closed.
        for other in self.concern.deliveries.open().exclude(recipient=self.recipient):
            actions.acknowledge(delivery=other, by=cast["hana"])
        self.look()

    def look(self):
        self.copies = list(self.concern.deliveries.order_by("recipient"))
        self.copy = next(copy for copy in self.copies if copy.recipient == self.recipient)
        self.messages = list(Message.objects.filter(about=self.copy).order_by("made_at"))
        self.state = states.of(self.copy)

    @property
    def never(self):
        """The verb that cannot happen to it: there is somebody to message, or there is nobody."""
        return Verb.UNREACHABLE if self.case.reached else Verb.NOTIFY

    @property
    def can_reach(self):
        """The states that its copy can come to at all."""
        cannot = set()
        if self.recipient not in ONLY[Verb.HOLD]:
            cannot |= {State.HELD}
        if self.recipient not in ONLY[Verb.NARROW]:
            cannot |= {State.WITHHELD}
        if self.recipient not in ONLY[Verb.NOTIFY] or not self.case.reached:
            cannot |= {State.NOTIFIED, State.SENT}
        return set(State) - cannot

    # --- What time and the post do ---

    def notify(self):
        return self.state == State.DUE and self.case.reached and self._is_messaged() and self._proceed()

    def unreachable(self):
        return self.state == State.DUE and not self.case.reached and self._is_messaged() and self._proceed()

    def not_rung(self):
        return self.state == State.DUE and not self._is_messaged() and self._proceed()

    def escalate(self):
        return self.state in (State.NOTIFIED, State.SENT, State.LATE, State.HELD) and self._proceed()

    def send(self):
        return self._leave(self._waiting(old=False))

    def fail(self):
        """Every address refuses; and a worker does what follows, if that is at once."""
        refused = self._refuse(self._waiting(old=False))
        if self.state in (State.NOTIFIED, State.SENT, State.LATE):
            self.look()
            if self.copy.act_at <= self.time.now:
                return self._proceed()
        return refused

    def send_old(self):
        """What was put off leaves, where others were made since, or the copy has begun anew."""
        return self._leave(self._waiting(old=True))

    def fail_old(self):
        return self._refuse(self._waiting(old=True))

    def crash(self):
        """A worker takes the rows and is never heard of again."""
        until = self.time.now + LEASE
        Message.objects.waiting().filter(about=self.copy).update(leased_until=until)
        return Delivery.objects.filter(pk=self.copy.pk, act_at__isnull=False).update(leased_until=until)

    # --- What people do ---

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
        add_note(self.concern, self.cast["asha"], about=[self.case.note])

    def release(self):
        actions.release(delivery=self.copy, by=self.cast["hana"], reason="It was not them.")

    def close(self):
        actions.close(concern=self.concern, by=self.cast["hana"], outcome="with_police")

    def note(self):
        add_note(self.concern, self.cast["asha"], about=["no"])

    # --- How ---

    def _waiting(self, *, old):
        return [copy(message) for message in self.messages if message.act_at and self._is_old(message) == old]

    def _is_old(self, message):
        """Not of those that were made last, since the copy began anew."""
        return message.made_at != (self.copy.escalated_at or self.copy.notified_at)

    def _is_messaged(self):
        return self.recipient in ONLY[Verb.NOTIFY]

    def _leave(self, messages):
        for message in messages:
            if address := message.where():
                chasing.sent(message=message, address=address, now=self.time.now)
            else:
                chasing.dropped(message=message, now=self.time.now)
        return messages

    def _refuse(self, messages):
        for message in messages:
            chasing.refused(message=message, address="them@demo.example", why="550", now=self.time.now)
        return messages

    def _proceed(self):
        """Let time pass until this copy is due and free, and do what a worker does then."""
        self.time.now = max(self.time.now + LEASE, self.copy.act_at)
        claimed = copy(self.copy)
        claimed.leased_until = self.time.now + LEASE
        claimed.save(update_fields=["leased_until"])
        chasing.proceed(delivery=claimed, now=self.time.now)
        return True

    def do(self, verb):
        """Whether there was anything to do."""
        self.time.now += timedelta(seconds=1)
        with suppress(NotYet):
            if getattr(self, verb)() in (False, []):
                return False
        self.look()
        return True

    # --- What stands ---

    @contextmanager
    def undone(self):
        """What is done here is undone."""
        before = {name: getattr(self, name) for name in ("copies", "copy", "messages", "state")}
        now = self.time.now
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        self.time.now = now
        vars(self).update(before)

    def rows(self):
        """What stands and can still make a difference, without when: two orders that lead here go on alike."""
        others = frozenset((other.recipient, states.of(other)) for other in self.copies if other is not self.copy)
        return others, self.state, self._row(self.copy), frozenset(self._rounds())

    def _row(self, mine):
        """One that was ended, held or withheld begins anew, if at all: what it was before does not matter."""
        always = bool(mine.closed_at), bool(mine.released_at), bool(mine.told_at)
        if self.state not in states.OPEN:
            return always
        moment = mine.act_at <= self.time.now, mine.act_at < mine.due_at, bool(mine.leased_until)
        return *always, bool(mine.received_at), min(mine.escalations, 3), *moment

    def _rounds(self):
        """The messages that may still count, by those that were made in one go."""
        for made_at in {message.made_at for message in self.messages if message.kind != Kind.REMINDER}:
            of_it = [m for m in self.messages if m.made_at == made_at and m.kind != Kind.REMINDER]
            if any(message.act_at for message in of_it):
                left = any(message.sent_at for message in of_it)
                is_current = made_at in (self.copy.notified_at, self.copy.escalated_at)
                yield of_it[0].kind, is_current, self._is_old(of_it[0]), left


@pytest.fixture
def time(cast, monkeypatch):
    return Timeline(monkeypatch)


@pytest.fixture
def trial(time, cast, request):
    case = CASES[request.param]
    Organisation.objects.filter(name="Brightkeep Security").update(head_office_mailbox="office@demo.example")
    if not case.reached:
        User.objects.exclude(pk=cast["asha"].pk).update(is_active=False)
        Organisation.objects.update(head_office_mailbox="", intelligence_mailbox="", standards_mailbox="")
    return Trial(time, cast, case)


# --- Every order --------------------------------------------------------------------------------------------------


def follow(trial, length, check):
    """Every order of verbs up to this length, the shorter ones first; the states that were come to."""
    seen, ends, reached = {trial.rows()}, [()], {trial.state}
    for _ in range(length):
        found = []
        for order in ends:
            for verb, rows, state in after(trial, order, check):
                if rows not in seen:
                    seen.add(rows)
                    reached.add(state)
                    found.append((*order, verb))
        ends = found
    return reached


def after(trial, order, check):
    """(verb, the rows and the state that it leads to) for each that can come after these; all is undone."""
    with trial.undone():
        for verb in order:
            trial.do(verb)
        before = trial.state
        for verb in [*(verb.value for verb in Verb), *BESIDES]:
            with trial.undone():
                if trial.do(verb):
                    check(trial, verb, before)
                    yield verb, trial.rows(), trial.state


def every_rule(trial, verb, before):
    as_the_table_says(trial, verb, before)
    nobody_is_left_untold(trial, verb)
    nobody_is_passed_over_early(trial, verb)


def as_the_table_says(trial, verb, before):
    others_wait = any(states.of(copy) in states.OPEN for copy in trial.copies if copy is not trial.copy)
    if verb == Verb.NARROW and trial.recipient not in ONLY[verb]:
        verb = Verb.NOTE  # it is about others, and a note like any
    if verb == Verb.NOTE and before == State.CLOSED and trial.recipient not in ONLY[verb]:
        expected = State.ACKNOWLEDGED if trial.copy.acknowledged_at else State.TOLD  # as they had it before
    elif trial.recipient not in ONLY.get(verb, Recipient) or (verb == Verb.CLOSE and others_wait):
        expected = before
    elif verb == Verb.RELEASE and trial.copy.closed_at:
        expected = before  # the concern has to be opened first
    elif verb == trial.never:
        expected = before
    else:
        expected = MOVES.get(verb, {}).get(before, before)
    assert trial.state == expected, f"{verb} in {before}"


def nobody_is_left_untold(trial, verb):
    for one in trial.copies:
        ended = one.acknowledged_at or one.told_at or one.withheld_at
        assert ended or one.act_at, f"{verb} leaves {one.recipient} neither told nor due"
        latest = max(filter(None, [one.due_at, one.held_until, trial.time.now + LONGEST_PAUSE]))
        assert ended or one.act_at <= latest, f"{verb} leaves {one.recipient} waiting too long"
    desks = {one.recipient for one in trial.copies if not one.withheld_at} & DESKS_OF_THE_POLICE
    assert desks, "no police desk is told"


def nobody_is_passed_over_early(trial, verb):
    """Before their time is over the next in line is told only where none of those who were told last can be reached."""
    mine, is_call = trial.copy, not trial._is_messaged()
    if trial.state not in states.OPEN or (trial.state == State.DUE and not is_call):
        return
    last = (Kind.ESCALATION, mine.escalated_at) if mine.escalations else (Kind.FIRST, mine.notified_at)
    soonest = mine.escalated_at + SHORTEST_PAUSE if mine.escalations else mine.due_at
    told = [message for message in trial.messages if (message.kind, message.made_at) == last]
    reachable = not told or any(not (message.failed_at or message.dropped_at) for message in told)
    assert mine.act_at >= soonest or not reachable, f"{verb} has the next in line told early"


@pytest.mark.parametrize("trial", CASES, indirect=True)
def test_no_order_of_verbs_leaves_anybody_untold(trial):
    assert follow(trial, LENGTH, every_rule) == trial.can_reach


PUT_OFF = ["notify hold end_hold notify", "notify narrow release notify", "notify escalate"]


@pytest.mark.parametrize("old", ["send_old", "fail_old"])
@pytest.mark.parametrize("order", PUT_OFF)
@pytest.mark.parametrize("trial", ["customer"], indirect=True)
def test_what_becomes_of_an_older_message_hurries_nobody(trial, order, old):
    for verb in order.split():
        trial.do(verb)
    assert trial.do(old)
    nobody_is_passed_over_early(trial, old)


HOLES = {
    "once a copy begins anew": ("concerns.actions.decisions.AT_ONCE", -timedelta(days=30)),
    "once a desk has it": ("concerns.routing.pause", lambda _, received: timedelta(days=30 if received else 1)),
}


@pytest.mark.parametrize("hole", HOLES)
@pytest.mark.parametrize("trial", ["customer"], indirect=True)
def test_a_hole_would_be_found(trial, monkeypatch, hole):
    monkeypatch.setattr(*HOLES[hole])
    with pytest.raises(AssertionError, match="leaves customer waiting too long"):
        follow(trial, 3, every_rule)


@pytest.mark.parametrize("trial", ["customer"], indirect=True)
def test_a_copy_whose_worker_was_killed_is_taken_by_another(trial):
    trial.crash()
    assert Delivery.objects.claim(trial.time.now) is None
    assert Delivery.objects.claim(trial.time.now + LEASE) == trial.copy


# --- The table ----------------------------------------------------------------------------------------------------


def test_the_diagram_in_the_docs_is_the_one_that_the_command_prints(capsys):
    call_command("states")
    assert capsys.readouterr().out.strip() in DOCS.read_text()


def test_every_verb_and_state_of_the_table_is_used():
    assert set(MOVES) == set(Verb)
    named = {state for moves in MOVES.values() for pair in moves.items() for state in pair}
    assert named == set(State)
