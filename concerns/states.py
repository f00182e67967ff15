"""The states of a recipient's copy, and what leads from one to another. Pure.

`manage.py states` prints it as the diagram in docs/states.md. tests/concerns/test_states.py tries every verb in every
state that can be reached and finds this table and nothing else.
"""

from typing import Protocol

from django.db.models import TextChoices

from concerns.routing import WITHHELD, Recipient


class State(TextChoices):
    """Where a copy stands. Derived from its timestamps, never stored."""

    DUE = "due", "Due"  # its first messages are not made yet
    NOTIFIED = "notified", "On its way"  # made, and none has left
    SENT = "sent", "Sent"
    LATE = "late", "Passed upward"  # the next in line was told, once or more often
    HELD = "held", "On hold"
    WITHHELD = "withheld", "Withheld"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    TOLD = "told", "Told"
    CLOSED = "closed", "Closed"


class Verb(TextChoices):
    """What people and time do to a copy."""

    NOTIFY = "notify", "first messages made"
    SEND = "send", "a message leaves"
    FAIL = "fail", "every address refuses"
    UNREACHABLE = "unreachable", "nobody can be messaged"
    NOT_RUNG = "not_rung", "nobody rang in time"
    ESCALATE = "escalate", "nobody answered in time"
    RECEIVE = "receive", "a duty desk has it"
    ACKNOWLEDGE = "acknowledge", "acknowledged"
    TELL = "tell", "somebody told them"
    HOLD = "hold", "the police ask to wait"
    END_HOLD = "end_hold", "the hold ends"
    NARROW = "narrow", "a note says it may be about them"
    RELEASE = "release", "released"
    CLOSE = "close", "closed"
    NOTE = "note", "a note is added"


_S, _V = State, Verb
OPEN = (_S.DUE, _S.NOTIFIED, _S.SENT, _S.LATE)


def _all(states: tuple[State, ...], to: State) -> dict[State, State]:
    return dict.fromkeys(states, to)


# {verb: {from: to}}; a verb changes nothing in a state that is not named.
MOVES: dict[Verb, dict[State, State]] = {
    _V.NOTIFY: {_S.DUE: _S.NOTIFIED},
    _V.SEND: {_S.NOTIFIED: _S.SENT},
    _V.FAIL: {_S.NOTIFIED: _S.LATE},
    _V.UNREACHABLE: {_S.DUE: _S.LATE},
    _V.NOT_RUNG: {_S.DUE: _S.LATE},
    _V.ESCALATE: _all((_S.NOTIFIED, _S.SENT), _S.LATE) | {_S.LATE: _S.LATE},
    _V.RECEIVE: {},
    _V.ACKNOWLEDGE: _all(OPEN, _S.ACKNOWLEDGED),
    _V.TELL: _all(OPEN, _S.TOLD),
    _V.HOLD: _all((*OPEN, _S.HELD), _S.HELD),
    _V.END_HOLD: {_S.HELD: _S.DUE},
    _V.NARROW: _all(tuple(state for state in State if state != _S.WITHHELD), _S.WITHHELD),
    _V.RELEASE: {_S.WITHHELD: _S.DUE},
    _V.CLOSE: _all((_S.ACKNOWLEDGED, _S.TOLD), _S.CLOSED),
    _V.NOTE: {_S.CLOSED: _S.DUE},
}
_MESSAGED = frozenset(Recipient) - {Recipient.POLICE_CALL}  # the call is made by a person, whom nobody messages for it
_MAY_BE_INVOLVED = frozenset[Recipient]().union(*WITHHELD.values())

# Whose copies a verb moves; one that is not named moves anybody's.
ONLY: dict[Verb, frozenset[Recipient]] = {
    _V.NOTIFY: _MESSAGED,
    _V.UNREACHABLE: _MESSAGED,
    _V.NOT_RUNG: frozenset({Recipient.POLICE_CALL}),
    _V.HOLD: frozenset({Recipient.CUSTOMER}),
    _V.END_HOLD: frozenset({Recipient.CUSTOMER}),
    _V.NARROW: _MAY_BE_INVOLVED,
    _V.RELEASE: _MAY_BE_INVOLVED,
    _V.NOTE: _MESSAGED - {Recipient.CUSTOMER},  # who reads none
}


class Copy(Protocol):
    """What `of` looks at: a delivery, or anything with the same timestamps."""

    withheld_at: object
    held_until: object
    closed_at: object
    acknowledged_at: object
    told_at: object
    escalations: int
    sent_at: object
    notified_at: object


def of(copy: Copy) -> State:
    """The state of a copy, from its timestamps alone."""
    found = (
        (copy.withheld_at, _S.WITHHELD),
        (copy.held_until, _S.HELD),
        (copy.closed_at, _S.CLOSED),
        (copy.acknowledged_at, _S.ACKNOWLEDGED),
        (copy.told_at, _S.TOLD),
        (copy.escalations, _S.LATE),
        (copy.sent_at, _S.SENT),
        (copy.notified_at, _S.NOTIFIED),
    )
    return next((state for stands, state in found if stands), _S.DUE)


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", *(f"    {state.value} : {state.label}" for state in State), "    [*] --> due"]
    lines += ["    [*] --> withheld"]
    arrows: dict[tuple[State, State], list[str]] = {}
    for verb, moves in MOVES.items():
        for start, end in moves.items():
            arrows.setdefault((start, end), []).append(verb.label)
    lines += [f"    {start.value} --> {end.value} : {', '.join(verbs)}" for (start, end), verbs in arrows.items()]
    return "\n".join(lines)
