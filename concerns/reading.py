"""What one person sees of a concern: its facts, through the disclosure table. Pages show nothing else."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import User
from accounts.roles import Role
from concerns import disclosure
from concerns.disclosure import Addition, Copy, Read, Reader
from concerns.models import Concern, Delivery, Event
from concerns.routing import Recipient

_CARD = [name for name in disclosure.TABLE if name in {field.name for field in Concern._meta.concrete_fields}]
_READS = (Event.Verb.OPENED, Event.Verb.PRINTED)
_LINE = ["urgency", "site", "zone", "seen_at", "until_at", "time_is_approximate", "still_there"]


def whole_card(concern: Concern, user: User, *, events: Collection[Event] = ()) -> dict[str, Any]:
    """Everything that this person may see of the concern, by name; what they may not is not there."""
    copy = Delivery.objects.addressed_to(user).filter(concern=concern).first()
    facts = _facts(concern, _CARD, whom=True) | {
        "company_phone": _number_to_ask(concern),
        "author_name": concern.reported_by.get_full_name(),
        "signatures": True,
        "due_at": copy and copy.due_at,
        "people": list(concern.people.all()),
        "vehicles": list(concern.vehicles.all()),
        "notes": [_addition(note, concern) for note in concern.notes.all()],
        "reads": [Read(e.at, e.by_name, e.by_organisation_id, e.by_id) for e in events if e.verb in _READS],
    }
    return _disclose(facts, concern, user, copy)


def _number_to_ask(concern):
    """The company's 24-hour number; the safeguarding lead's where head office may not know of the card."""
    closed = any(copy.withheld_at for copy in concern.deliveries.all() if copy.recipient == Recipient.HEAD_OFFICE)
    return concern.company.lead_phone if closed else concern.company.phone


def is_author(concern: Concern, user: User) -> bool:
    """Whether they wrote it, for the company that they still work for."""
    return (concern.reported_by_id, concern.company_id) == (user.pk, user.organisation_id)


def line(concern: Concern, user: User, copy: Delivery | None = None) -> dict[str, Any]:
    """What a list may show of the concern: to its author, or to the reader of a copy."""
    facts = _facts(concern, _LINE) | {"due_at": copy and copy.due_at}
    return _disclose(facts, concern, user, copy)


def history(concern: Concern, events: Sequence[Event], card: Mapping[str, Any]) -> list[tuple[datetime, str, str]]:
    """[(when, who, what)] of the events that this reader may know of, the newest first."""
    named = _named(concern, card)
    return [(e.at, _who(e, named), e.get_verb_display()) for e in reversed(events) if _may_know(e, card)]


def _may_know(event, card):
    if event.verb == Event.Verb.RECEIVED:
        return "received_at" in card
    if event.verb == Event.Verb.NOTED:
        return event.at in {note.at for note in card.get("notes", ())}
    if event.verb in (Event.Verb.ACKNOWLEDGED, Event.Verb.TOLD):
        return event.detail["recipient"] in {copy.recipient for copy in card["told"]}
    return (event.at, event.by_id) in {(read.at, read.by_id) for read in card.get("reads", ())}


def _named(concern, card):
    """Whose names this reader sees elsewhere on the page."""
    author = {concern.reported_by_id} if "author_name" in card else set()
    told = {copy.by_id for copy in card["told"] if copy.by}
    signed = {note.by_id for note in card.get("notes", ()) if note.signature}
    return author | told | signed | {read.by_id for read in card.get("reads", ())}


def _who(event, named):
    """The name of who did it where this reader may know it, else their role."""
    return event.by_name if event.by_id in named else Role(event.by_role).label if event.by_role else ""


def _facts(concern, names, *, whom=False):
    copies = [_copy(delivery, concern, whom) for delivery in concern.deliveries.all()]
    return {name: getattr(concern, name) for name in names} | {
        "reference": str(concern),
        "told": sorted(copies, key=lambda copy: list(Recipient).index(Recipient(copy.recipient))),
        "others": len({copy.organisation for copy in copies}) > 1,
    }


def _disclose(facts, concern, user, copy):
    return disclosure.disclose(
        facts,
        _readers(concern, user, copy),
        organisation=user.organisation_id,
        released_at=copy and copy.released_at,
    )


def _readers(concern, user, copy):
    readers = set()
    if is_author(concern, user):
        readers.add(Reader.AUTHOR)
    if copy and user.role in (Role.POLICE, Role.CUSTOMER):
        readers.add(Reader(user.role))
    elif copy:
        readers.add(Reader.RELEASED if copy.released_at else Reader.COMPANY)
    return readers


def _copy(delivery, concern, whom):
    by = delivery.acknowledged_by or delivery.told_by
    return Copy(
        recipient=delivery.recipient,
        organisation=delivery.organisation_id,
        status=delivery.status,
        due_at=delivery.due_at,
        at=delivery.acknowledged_at or delivery.told_at,
        by=by.get_full_name() if by else "",
        by_id=by and by.pk,
        by_organisation=by and by.organisation_id,
        by_author=delivery.told_by_id == concern.reported_by_id,
        whom=(delivery.told_whom or "") if whom else "",  # a list opens no sealed word
    )


def _addition(note, concern):
    return Addition(
        text=note.text,
        at=note.received_at,
        signature=note.written_by.get_full_name(),
        by_id=note.written_by_id,
        role=note.get_author_role_display(),
        company=note.company_id,
        by_author=note.written_by_id == concern.reported_by_id,
        about=note.about,
        people=list(note.people.all()),
        vehicles=list(note.vehicles.all()),
    )
