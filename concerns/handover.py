"""What one shift hands over to the next: each concern once, with all that is open about it and all that was done."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q

from accounts.models import User
from concerns import reading
from concerns.checklist import do_not_tell
from concerns.disclosure import Asked, Copy
from concerns.models import Concern, Delivery, Event, Question, Status
from concerns.models.delivery import DeliveryQuerySet
from concerns.pending import RISK, unanswered
from concerns.police import Telling, how_to_tell
from concerns.routing import Urgency
from concerns.wording import SHIFT

MOST = 100  # concerns that are open, and as many that were only worked on

# The parts of the sheet, the loudest first. A concern stands in the first that it belongs to.
HEADINGS = {
    "police": "Police not told",
    "yours": "Waiting for you",
    "others": "You have these, somebody else does not",
    "footage": "CCTV about to be lost",
    "asked": "A question that the author has not answered",
    "done": "Done this shift, and nobody is left to tell",
}

_V = Event.Verb
_DONE = [_V.RECEIVED, _V.NOTED, _V.ACKNOWLEDGED, _V.TOLD, _V.RECEIVED_BY, _V.ESCALATED, _V.ASKED, _V.ANSWERED]
_DONE += [_V.HELD, _V.HOLD_ENDED, _V.FOOTAGE_SAVED, _V.FOOTAGE_LOST, _V.PROPOSED, _V.CLOSED, _V.REOPENED]


class Waiting(NamedTuple):
    """Somebody who has to be told."""

    recipient: str
    due_at: datetime
    is_late: bool


class Entry(NamedTuple):
    """One concern, as far as its reader may know it."""

    card: dict[str, Any]
    own: str  # whose copy they read
    waiting: list[Waiting]
    held: list[Copy]
    telling: Telling | None  # how the police are told, where they should know by now
    footage_until: datetime | None  # where it is about to be lost
    asked: list[Asked]
    do_not_tell: str
    deeds: list[reading.Deed]

    @property
    def part(self) -> str:
        if self.telling:
            return "police"
        if self.own in {copy.recipient for copy in self.waiting}:
            return "yours"
        if self.waiting or self.held:
            return "others"
        if self.footage_until:
            return "footage"
        return "asked" if self.asked else "done" if self.deeds else ""


class Sheet(NamedTuple):
    parts: list[tuple[str, str, list[Entry]]]  # (name, heading, entries)
    more: bool  # are open than the sheet holds
    more_done: bool


def sheet(user: User, now: datetime) -> Sheet:
    """All from the copies that are addressed to this person."""
    mine = Delivery.objects.addressed_to(user)
    is_open, more = _open(mine, user)
    done, more_done = _done(mine, now - SHIFT, without=is_open)
    entries = _entries(mine, [*is_open, *done], user, now)
    shown = [entry for pk, entry in entries.items() if pk in is_open or entry.part == "done"]
    shown.sort(key=lambda entry: Urgency.values.index(entry.card["urgency"]) if entry.part == "police" else 0)
    parts = [(name, heading, [e for e in shown if e.part == name]) for name, heading in HEADINGS.items()]
    return Sheet([part for part in parts if part[2]], more, more_done)


def _open(mine: DeliveryQuerySet, user: User) -> tuple[list[UUID], bool]:
    """The most urgent concerns, and whether there are more."""
    lists = [
        mine.police_not_told(),
        mine.open().order_by("due_at", "id"),
        unanswered(mine.answered()),
        mine.footage_at_risk(RISK),
        mine.filter(concern__in=_asked(user).values("concern")).order_by("due_at", "id"),
    ]
    found = [list(copies.values_list("concern_id", flat=True)[: MOST + 1]) for copies in lists]
    once = list(dict.fromkeys(pk for pks in found for pk in pks))
    return once[:MOST], len(once) > MOST or any(len(pks) > MOST for pks in found)


def _asked(user: User) -> Any:
    """Open questions that somebody of their own organisation asked, or that are theirs to answer."""
    theirs = Q(company=user.organisation_id) | Q(pk__in=Question.objects.addressed_to(user).values("pk"))
    return Question.objects.unanswered().filter(theirs)


def _done(mine: DeliveryQuerySet, since: datetime, *, without: Collection[UUID]) -> tuple[list[UUID], bool]:
    """The concerns that were worked on since then, the latest first, and whether there are more."""
    is_mine = Exists(mine.filter(concern=OuterRef("concern_id")))  # asked of the few events that are new
    events = Event.objects.filter(is_mine, at__gt=since, verb__in=_DONE)
    latest = events.order_by().values("concern_id").annotate(last=Max("at")).order_by("-last", "concern_id")
    found = [row["concern_id"] for row in latest[: 2 * MOST + 1] if row["concern_id"] not in without]
    return found[:MOST], len(found) > MOST


def _entries(mine: DeliveryQuerySet, pks: list[UUID], user: User, now: datetime) -> dict[UUID, Entry]:
    concerns = Concern.objects.whole().in_bulk(pks)
    best_last = mine.filter(concern__in=pks).order_by(F("released_at").asc(nulls_last=True), "-pk")
    copies = {copy.concern_id: copy for copy in best_last}  # of several, the one that says most
    events = reading.events_of(concerns.values(), at__gt=now - SHIFT, verb__in=_DONE)
    traces = reading.traces(concerns.values())
    cards = {pk: reading.outline(concerns[pk], user, copies[pk], traces[pk]) for pk in pks if pk in copies}
    return {pk: _entry(concerns[pk], card, copies[pk], events[pk], now) for pk, card in cards.items()}


def _entry(concern: Concern, card: dict[str, Any], copy: Delivery, events: list[Event], now: datetime) -> Entry:
    is_untold = copy.police_due_at and copy.police_due_at < now
    is_at_risk = copy.footage_until and now < copy.footage_until <= now + RISK
    return Entry(
        card=card,
        own=copy.recipient,
        waiting=[_waiting(other, now) for other in card["told"] if other.status == Status.WAITING],
        held=[other for other in card["told"] if other.status == Status.HELD],
        telling=how_to_tell(card, concern.force) if is_untold else None,
        footage_until=copy.footage_until if is_at_risk else None,
        asked=[asked for asked in card["questions"] if not asked.answered_at],
        do_not_tell=do_not_tell(card),
        deeds=reading.deeds(concern, events, card),
    )


def _waiting(copy: Copy, now: datetime) -> Waiting:
    return Waiting(copy.recipient, copy.due_at, copy.due_at < now)
