"""Does each history still hold? Finds what was changed, removed, added, moved or cut off since it was written."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError, models, transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from concerns.encryption import Unreadable
from concerns.models import (
    Answer,
    Concern,
    Decision,
    Event,
    Head,
    Note,
    PersonSeen,
    Question,
    VehicleSeen,
    commitment,
)
from concerns.models.event import GENESIS

AT_A_TIME = 100


class History(NamedTuple):
    """All that the database holds of one concern, and must agree."""

    concern_id: UUID
    head: Head | None = None
    events: list[Event] = []
    cards: list[Concern] = []
    notes: list[Note] = []
    people: list[PersonSeen] = []
    vehicles: list[VehicleSeen] = []
    decisions: list[Decision] = []
    questions: list[Question] = []
    answers: list[Answer] = []

    def __str__(self) -> str:
        return str(self.cards[0]) if self.cards else f"a concern without its card ({self.concern_id})"

    def evidence(self) -> dict[tuple[str, str], models.Model]:
        kinds: dict[str, Sequence[models.Model]] = {
            "card": self.cards,
            "note": self.notes,
            "person": self.people,
            "vehicle": self.vehicles,
            "decision": self.decisions,
            "question": self.questions,
            "answer": self.answers,
        }
        return {(kind, str(row.pk)): row for kind, rows in kinds.items() for row in rows}


def verify() -> Iterator[tuple[History, list[str]]]:
    """Every history there is with what is wrong with it, a hundred in memory at a time."""
    ids = _ids()
    while batch := list(islice(ids, AT_A_TIME)):
        try:
            loaded = _load(batch)
        except DatabaseError:
            raise
        except Exception:  # a value that no column of its kind can hold: look at them one by one
            loaded = [History(concern_id) for concern_id in batch]
        for history in loaded:
            yield check(history.concern_id) if problems(history) else (history, [])


def problems(history: History) -> list[str]:
    """What is wrong with it, one sentence for each event and each row of evidence; empty when it holds."""
    return [*_chain(history), *_end(history), *(sentence for _, sentence in _evidence(history))]


def wrong_with_the_card(history: History) -> list[str]:
    """The same of the card as it was sent and of its own rows alone, for who may not know what was added since."""
    sent = set(_promised(event for event in history.events if event.verb == Event.Verb.RECEIVED))
    sent |= {("card", str(card.pk)) for card in history.cards}
    sent |= {("person", str(person.pk)) for person in history.people if person.concern_id}
    sent |= {("vehicle", str(vehicle.pk)) for vehicle in history.vehicles if vehicle.concern_id}
    return [sentence for what, sentence in _evidence(history) if what in sent]


@transaction.atomic
def check(concern_id: UUID) -> tuple[History, list[str]]:
    """One history and what is wrong with it. Its head is locked: nothing is half read while somebody writes."""
    Head.objects.select_for_update().filter(concern_id=concern_id).first()
    try:
        (history,) = _load([concern_id])
    except DatabaseError:
        raise
    except Exception as error:
        history = History(concern_id, cards=list(Concern.objects.only("reference").filter(pk=concern_id)))
        return history, [f"something of it cannot be read at all ({type(error).__name__})"]
    return history, problems(history)


# --- What the events say of each other ----------------------------------------------------------------------------


def _is_sound(event: Event) -> bool:
    return event.mac == event.expected_mac()


def _chain(history: History) -> Iterator[str]:
    number, mac = 0, GENESIS
    for event in history.events:
        if event.number > number + 1:
            yield f"{_events(number + 1, event.number - 1)} removed"
        if not _is_sound(event):
            yield f"event {event.number} was changed, added or moved"
        elif event.number == number + 1 and mac not in ("", event.previous):
            yield f"event {event.number} does not follow the one before it"
        number, mac = event.number, event.mac if _is_sound(event) else ""


def _end(history: History) -> Iterator[str]:
    head, last = history.head, history.events[-1] if history.events else None
    if last is None:
        yield "it has no history"
    elif head is None:
        yield "the end of its history was removed"
    elif head.count > last.number:
        yield f"{_events(last.number + 1, head.count)} removed"
    elif head.mac != head.expected_mac(last.mac):
        yield f"the end of its history was changed: events after {last.number} were cut off, or some were added"


def _events(first: int, last: int) -> str:
    return f"event {first} was" if first == last else f"events {first} to {last} were"


# --- What the events say of the card, its rows and its notes -------------------------------------------------------


def _evidence(history: History) -> Iterator[tuple[tuple[str, str], str]]:
    """((kind, id), what is wrong with it)"""
    promised, found = _promised(history.events), history.evidence()
    for what, row in found.items():
        if problem := _compared(row, promised.get(what)):
            yield what, f"{_named(row)} {problem}"
    for kind, row_id in promised.keys() - found.keys():
        yield (kind, row_id), f"{'an' if kind == 'answer' else 'a'} {kind} was removed ({row_id})"


# What an event commits to; all others that commit to something commit to a decision.
_COMMITS_TO: dict[str, str] = {
    Event.Verb.RECEIVED: "card",
    Event.Verb.NOTED: "note",
    Event.Verb.ASKED: "question",
    Event.Verb.ANSWERED: "answer",
}


def _promised(events: Iterable[Event]) -> dict[tuple[str, str], str]:
    """{(kind, id): digest} of everything that sound events commit to."""
    promised = {}
    for event in events:
        if _is_sound(event) and "whole" in event.detail:
            promised[_COMMITS_TO.get(event.verb, "decision"), event.detail["of"]] = event.detail["whole"]
            promised |= {("person", row_id): digest for row_id, digest in event.detail.get("people", {}).items()}
            promised |= {("vehicle", row_id): digest for row_id, digest in event.detail.get("vehicles", {}).items()}
    return promised


def _compared(row: models.Model, promised: str | None) -> str:
    if promised is None:
        return "is not in the history: it was added, or the event that names it is gone"
    try:
        return "" if commitment(row) == promised else "was changed"
    except Unreadable as error:
        return f"cannot be opened: {error.column}"


def _named(row: models.Model) -> str:
    """Such as "person 2 (id)"; a card is named by its reference already."""
    return "the card" if isinstance(row, Concern) else f"{str(row).partition(' on ')[0].lower()} ({row.pk})"


# --- Reading ------------------------------------------------------------------------------------------------------


def _ids() -> Iterator[UUID]:
    """Every concern, then every one whose card is gone and of which something is left."""
    yield from Concern.objects.order_by("pk").values_list("pk", flat=True).iterator()
    left = set()
    for model in (Head, Event, Note, PersonSeen, VehicleSeen, Decision, Question):
        cardless = ~Exists(Concern.objects.filter(pk=OuterRef("concern_id")))
        left |= set(model.objects.filter(cardless, concern_id__isnull=False).values_list("concern_id", flat=True))
    yield from sorted(left)


def _load(ids: list[UUID]) -> list[History]:
    """The histories of these concerns, in nine queries."""
    rows = [
        model.objects.annotate(of=Coalesce("concern_id", "note__concern_id")) for model in (PersonSeen, VehicleSeen)
    ]
    tables = [
        _by_concern(Event.objects.order_by("number").annotate(of=F("concern_id")), ids),
        _by_concern(Concern.objects.annotate(of=F("pk")), ids),
        *(_by_concern(queryset, ids) for queryset in (Note.objects.annotate(of=F("concern_id")), *rows)),
        *(_by_concern(model.objects.annotate(of=F("concern_id")), ids) for model in (Decision, Question)),
        _by_concern(Answer.objects.annotate(of=F("question__concern_id")), ids),
    ]
    heads = Head.objects.in_bulk(ids)
    return [History(i, heads.get(i), *(table.get(i, []) for table in tables)) for i in ids]


def _by_concern(queryset: models.QuerySet[Any], ids: list[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in queryset.filter(of__in=ids):
        found.setdefault(row.of, []).append(row)
    return found
