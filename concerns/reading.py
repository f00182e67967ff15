"""What one person sees of a concern: its facts, through the disclosure table. Pages show nothing else."""

from accounts.roles import Role
from concerns import disclosure
from concerns.disclosure import Addition, Copy, Read, Reader
from concerns.models import Concern, Delivery, Event
from concerns.routing import Recipient

_CARD = (
    "reference urgency site zone camera camera_from camera_until author_role company seen_at until_at "
    "time_is_approximate written_at received_at still_there went place natures account exact_words basis source doubts "
    "seen_before witnesses action_taken police_called police_log police_may_ring police_may_know_name about phone"
).split()
_LINE = "reference urgency site zone seen_at until_at time_is_approximate still_there".split()


def whole_card(concern: Concern, user, *, events=()):
    """Everything that this person may see of the concern, by name; what they may not is not there."""
    copy = Delivery.objects.addressed_to(user).filter(concern=concern).first()
    facts = _facts(concern, _CARD) | {
        "company_phone": concern.company.phone,
        "author_name": concern.reported_by.get_full_name(),
        "signatures": True,
        "due_at": copy and copy.due_at,
        "people": list(concern.people.all()),
        "vehicles": list(concern.vehicles.all()),
        "notes": [_addition(note, concern) for note in concern.notes.all()],
        "reads": [Read(e.at, e.by_name, e.by_organisation_id) for e in events if e.verb == Event.Verb.OPENED],
    }
    return _disclose(facts, concern, user, copy)


def line(concern: Concern, user, copy: Delivery | None = None):
    """What a list may show of the concern: to its author, or to the reader of a copy."""
    facts = _facts(concern, _LINE) | {"due_at": copy and copy.due_at}
    return _disclose(facts, concern, user, copy)


def _facts(concern, names):
    copies = [_copy(delivery, concern) for delivery in concern.deliveries.all()]
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
    if concern.reported_by_id == user.pk and concern.company_id == user.organisation_id:
        readers.add(Reader.AUTHOR)
    if copy and user.role in (Role.POLICE, Role.CUSTOMER):
        readers.add(Reader(user.role))
    elif copy:
        readers.add(Reader.RELEASED if copy.released_at else Reader.COMPANY)
    return readers


def _copy(delivery, concern):
    by = delivery.acknowledged_by or delivery.told_by
    return Copy(
        recipient=delivery.recipient,
        organisation=delivery.organisation_id,
        status=delivery.status,
        due_at=delivery.due_at,
        at=delivery.acknowledged_at or delivery.told_at,
        by=by.get_full_name() if by else "",
        by_author=delivery.told_by_id == concern.reported_by_id,
        whom=delivery.told_whom or "",
    )


def _addition(note, concern):
    return Addition(
        text=note.text,
        at=note.received_at,
        signature=note.written_by.get_full_name(),
        role=note.get_author_role_display(),
        company=note.company_id,
        by_author=note.written_by_id == concern.reported_by_id,
        about=note.about,
        people=list(note.people.all()),
        vehicles=list(note.vehicles.all()),
    )
