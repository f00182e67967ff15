"""Times and states in the words of a page: times, not adjectives, and a day once it is not this shift. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from accounts.roles import Role
from concerns.disclosure import Copy
from concerns.models.delivery import Status
from concerns.routing import Recipient
from concerns.times import LONDON, came_twice

SHIFT = timedelta(hours=12)


def clock(at: datetime) -> str:
    """23:26, as a clock in London showed it; 01:30 BST or 01:30 GMT in the hour that comes twice."""
    local = at.astimezone(LONDON)
    return f"{local:%H:%M} {local.tzname()}" if came_twice(local.date(), local.time()) else f"{local:%H:%M}"


def moment(at: datetime) -> str:
    """Saturday 21 November, 23:26; with the year where it is not this one."""
    local = at.astimezone(LONDON)
    year = "" if local.year == datetime.now(LONDON).year else f" {local.year}"
    return f"{local:%A} {local.day} {local:%B}{year}, {clock(at)}"


def stamp(at: datetime) -> str:
    """Saturday 21 November 2026, 23:26 GMT: for paper that is read years later, and in another hour that came twice."""
    local = at.astimezone(LONDON)
    return f"{local:%A} {local.day} {local:%B} {local.year}, {local:%H:%M} {local.tzname()}"


def by(at: datetime, now: datetime) -> str:
    """00:31 within a shift of now, Sunday 23:31 within the week, else 28 November, 22:50."""
    local = at.astimezone(LONDON)
    if abs(at - now) < SHIFT:
        return clock(at)
    soon = timedelta(0) < at - now < timedelta(days=6)
    return f"{local:%A} {clock(at)}" if soon else f"{local.day} {local:%B}, {clock(at)}"


def span(start: datetime, end: datetime | None, approximate: bool = False) -> str:
    """Saturday 21 November, 22:50 to 23:10; the end with its own day where that differs."""
    about = "about " if approximate else ""
    day, time = moment(start).rsplit(", ", 1)
    if end is None:
        return f"{day}, {about}{time}"
    same = start.astimezone(LONDON).date() == end.astimezone(LONDON).date()
    return f"{day}, {about}{time} to {about}{clock(end) if same else moment(end)}"


def length(time: timedelta) -> str:
    """39 min, 10 h, 3 days: one unit, rounded down."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"


def left(due: datetime, now: datetime) -> str:
    """39 min left, or 19 min overdue."""
    return f"{length(due - now)} left" if due >= now else f"{length(now - due)} overdue"


def role(code: str) -> str:
    """guard, manager, head office: a role in the middle of a sentence."""
    return str(Role(code).label)


def countdown(until: datetime, now: datetime) -> str:
    """6 days and 22 hours, 21 hours, 95 minutes: how long is left, rounded down."""
    minutes = max(int((until - now).total_seconds() // 60), 0)
    if minutes < 120:
        return _count(minutes, "minute")
    days, hours = divmod(minutes // 60, 24)
    if minutes < 48 * 60:
        return _count(minutes // 60, "hour")
    return f"{_count(days, 'day')} and {_count(hours, 'hour')}" if hours else _count(days, "day")


def _count(number: int, of: str) -> str:
    return f"{number} {of}{'' if number == 1 else 's'}"


class Part(NamedTuple):
    label: str
    word: str
    when: str
    more: tuple[str, ...] = ()  # what whoever chases it must know besides
    trouble: tuple[str, ...] = ()  # and must put right by telephone


class Cell(NamedTuple):
    """One of those who must be told, as every page shows them."""

    title: str
    state: str  # has, part, late or nothing
    parts: list[Part]


_CELLS = (
    ("Manager", (Recipient.MANAGER,)),
    ("Head office", (Recipient.HEAD_OFFICE,)),
    ("Customer", (Recipient.CUSTOMER,)),
    ("Police", (Recipient.POLICE_CALL, Recipient.POLICE)),
    ("Safeguarding lead", (Recipient.LEAD,)),
    ("Police standards", (Recipient.STANDARDS,)),
)


_LABELS: dict[str, str] = {Recipient.POLICE_CALL: "Call", Recipient.POLICE: "Copy"}


def cells(copies: Iterable[Copy], now: datetime, mine: str = "") -> list[Cell]:
    """The same cells in the same order everywhere; who is not told has none. `mine` is the reader's own recipient."""
    by_recipient = {copy.recipient: copy for copy in copies}
    found = []
    for title, recipients in _CELLS:
        here = [by_recipient[recipient] for recipient in recipients if recipient in by_recipient]
        if here:
            parts = [_part(copy, now, labelled=len(recipients) > 1, yours=copy.recipient == mine) for copy in here]
            found.append(Cell(title, _state(here, now), parts))
    return found


def _state(copies: list[Copy], now: datetime) -> str:
    unanswered = [copy for copy in copies if copy.status in (Status.WAITING, Status.HELD)]
    if any(copy.status == Status.WAITING and copy.due_at < now for copy in unanswered):
        return "late"
    return "has" if not unanswered else "part" if len(unanswered) < len(copies) else ""


def _part(copy: Copy, now: datetime, *, labelled: bool, yours: bool) -> Part:
    label = _LABELS.get(copy.recipient, "") if labelled else ""
    if copy.status == Status.WAITING:
        late = f", {left(copy.due_at, now)}" if copy.due_at < now else ""
        when = f"{'for you, ' if yours else ''}by {by(copy.due_at, now)}{late}"
        return Part(label, "Waiting", when, _so_far(copy, now), tuple(map(_refuses, copy.failed)))
    if copy.status == Status.HELD:
        return Part(label, "On hold", _look_again(copy.held_until, now) if copy.held_until else "")
    said = ", ".join(filter(None, [copy.by, by(copy.at or copy.due_at, now), copy.whom]))
    return Part(label, Status(copy.status).label, said)


def _look_again(until: datetime, now: datetime) -> str:
    if until < now:
        return f"somebody was to look at it again by {by(until, now)}"
    return f"until {by(until, now)}, then somebody looks at it again"


def _so_far(copy: Copy, now: datetime) -> tuple[str, ...]:
    """What has become of the messages about a copy that nobody has answered."""
    received = f"Received{f' by {copy.received_by}' if copy.received_by else ''}"
    lines = [
        "No message has left yet" if copy.unsent else "",
        f"{received}, {by(copy.received_at, now)}" if copy.received_at else "",
        f"Next in line told {by(copy.escalated_at, now)}" if copy.escalated_at else "",
    ]
    return tuple(filter(None, lines))


def _refuses(address: str) -> str:
    return f"{address} takes no messages. Ring them instead"
