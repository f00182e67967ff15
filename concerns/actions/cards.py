"""A card is sent, added to, read."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Least
from django.utils import timezone

from accounts.models import User
from concerns import reading, routing
from concerns.actions.pressing import lock, press, pressure
from concerns.encryption import Unreadable
from concerns.models import (
    Concern,
    Delivery,
    Event,
    KeptFrom,
    Note,
    PersonSeen,
    VehicleSeen,
    commitment,
    commitments,
    digest,
    record,
)
from concerns.models.delivery import ANEW
from concerns.routing import Recipient

Fields = Mapping[str, Any]
Rows = Collection[Fields]
Seen = tuple[list[PersonSeen], list[VehicleSeen]]
Addresses = Mapping[Recipient, Any]  # the organisation's id; None for the customer of no site


class SentBefore(Exception):
    """This author's form was sent before, with other words. Carries the concern that stands."""

    def __init__(self, concern: Concern):
        super().__init__("sent before with other words")
        self.concern = concern


def submit(
    *, by: User, key: uuid.UUID, card: Fields, people: Rows, vehicles: Rows, now: datetime | None = None
) -> Concern:
    """Store a card whole, with its deliveries and its first event; the same form again is the same concern.

    Raises SentBefore where this author's key stands on a card with other words.
    """
    typed = {
        name: value for name, value in card.items() if name != "written_at"
    }  # that is the form's, not the author's
    words = digest({"card": typed, "people": list(people), "vehicles": list(vehicles)})
    mine = Concern.objects.filter(reported_by=by, submission_key=key).only("reference", "submission_digest")
    stored = mine.first()
    if stored is None:
        try:
            return _store(
                by=by, key=key, words=words, card=card, people=people, vehicles=vehicles, now=now or timezone.now()
            )
        except IntegrityError:
            stored = mine.first()  # the other of two taps was quicker
            if stored is None:
                raise
    if stored.submission_digest != words:
        raise SentBefore(stored)
    return stored


@transaction.atomic
def _store(
    *, by: User, key: uuid.UUID, words: str, card: Fields, people: Rows, vehicles: Rows, now: datetime
) -> Concern:
    concern = Concern.objects.create(
        **{**card, "about": sorted(card["about"])},
        submission_key=key,
        submission_digest=words,
        reported_by=by,
        **signed(by),
        received_at=now,
    )
    seen = _add_rows({"concern": concern}, people, vehicles)
    _address(concern, now)
    told = {"police_call": True} if card["police_called"] else {}
    record(Event.Verb.RECEIVED, concern, by=by, at=now, detail=_committed(concern, *seen) | told)
    return concern


def signed(by: User) -> dict[str, Any]:
    """In what role, and for which company, they write this."""
    return {"author_role": by.role, "company_id": by.organisation_id}


def _add_rows(owner: Fields, people: Rows, vehicles: Rows) -> Seen:
    return (
        PersonSeen.objects.bulk_create([PersonSeen(**owner, number=n, **row) for n, row in enumerate(people, 1)]),
        VehicleSeen.objects.bulk_create([VehicleSeen(**owner, number=n, **row) for n, row in enumerate(vehicles, 1)]),
    )


def _committed(owner: Concern | Note, people: list[PersonSeen], vehicles: list[VehicleSeen]) -> dict[str, Any]:
    """Digests of a card or a note and of its rows, for the event that commits to them."""
    return {"of": str(owner.pk), "whole": commitment(owner)} | commitments(people, vehicles)


def _address(concern: Concern, now: datetime) -> None:
    """One delivery for each recipient, told or withheld, and the names that a withheld one is kept from."""
    has_site = concern.site_id is not None
    times = routing.route(urgency=concern.urgency, about=concern.about, has_site=has_site)
    withheld = routing.withheld(concern.about) - (set() if has_site else {Recipient.MANAGER, Recipient.CUSTOMER})
    to = organisations(concern)
    copies = [new_copy(concern, to, recipient, time, now) for recipient, time in times.items()]
    copies += [withheld_copy(concern, to, recipient, now) for recipient in withheld]
    for copy in copies:
        if copy.recipient == Recipient.POLICE_CALL and concern.police_called:
            copy.told_at, copy.told_by, copy.told_whom, copy.told_log = now, concern.reported_by, "", concern.police_log
            copy.act_at = None
    for copy, presses in pressure(concern, copies).items():
        copy.footage_until, copy.police_due_at = presses["footage_until"], presses["police_due_at"]
    Delivery.objects.bulk_create(copies)
    _keep_from(concern, to, routing.withheld(concern.about))


def new_copy(concern: Concern, to: Addresses, recipient: Recipient, allowed: timedelta, now: datetime) -> Delivery:
    """A recipient's copy with the time allowed from now, and the moment of its first message; not yet stored."""
    due_at = now + allowed
    if recipient == Recipient.POLICE_CALL:  # a person makes it: time only asks whether they did
        act_at = due_at
    else:
        waits = concern.urgency != routing.Urgency.ROUTINE and not concern.police_called
        act_at = routing.first_message_at(recipient, now, call_waits=waits, footage=concern.footage_kept)
    return Delivery(**_of(concern, to, recipient), allowed=allowed, due_at=due_at, act_at=act_at)


def withheld_copy(concern: Concern, to: Addresses, recipient: Recipient, now: datetime) -> Delivery:
    """The copy that a recipient has not; not yet stored."""
    return Delivery(**_of(concern, to, recipient), allowed=timedelta(0), due_at=now, withheld_at=now)


def _of(concern: Concern, to: Addresses, recipient: Recipient) -> dict[str, Any]:
    of: dict[str, Any] = {"concern": concern, "site_id": concern.site_id, "urgency": concern.urgency}
    return of | {"recipient": recipient, "organisation_id": to[recipient]}


def organisations(concern: Concern, copies: Mapping[str, Delivery] | None = None) -> Addresses:
    """Whom each copy is addressed to: the author's company, and customer and force as they were on the card's day."""
    site = concern.site
    if copies:  # the site may have changed hands since
        force, customer = (copies[r].organisation_id if r in copies else None for r in ("police", "customer"))
    else:
        force = site.police_force_id if site else concern.company.default_force_id
        customer = site.customer_id if site else None
    desks = dict.fromkeys((Recipient.POLICE_CALL, Recipient.POLICE, Recipient.STANDARDS), force)
    return dict.fromkeys(Recipient, concern.company_id) | desks | {Recipient.CUSTOMER: customer}


def _keep_from(concern: Concern, to: Addresses, withheld: Collection[Recipient]) -> None:
    """Keep the concern, by name, from everybody who stands in a withheld role for that site at this moment."""
    if not withheld:
        return
    standing = Q()
    for recipient in withheld:
        theirs = Q(role=recipient.value, organisation=to[recipient])
        if recipient == Recipient.MANAGER:
            places = [concern.site_id] if concern.site_id else concern.reported_by.sites.values("pk")
            theirs &= Q(sites__in=places)
        standing |= theirs
    people = User.objects.active().filter(standing).order_by().values_list("pk", "role").distinct()
    KeptFrom.objects.bulk_create(
        [KeptFrom(concern=concern, user_id=person, recipient=role) for person, role in people], ignore_conflicts=True
    )


def add_note(
    *,
    concern: Concern,
    by: User,
    key: uuid.UUID,
    text: str,
    about: Collection[str],
    people: Rows = (),
    vehicles: Rows = (),
) -> Note:
    """Store a note with its rows, and narrow who is told by what it says.

    The same form with the same words again is the same note; with other words it is another one, so that none are lost.
    """
    words = {"note": text, "about": sorted(about), "people": list(people), "vehicles": list(vehicles)}
    key = uuid.UUID(digest({"key": key, "concern": concern.pk} | words)[:32])
    mine = Note.objects.filter(written_by=by, submission_key=key)
    stored = mine.first()
    if stored:
        return stored
    try:
        return _store_note(concern=concern, by=by, key=key, text=text, about=about, people=people, vehicles=vehicles)
    except IntegrityError:
        stored = mine.first()
        if stored is None:
            raise
        return stored


@transaction.atomic
def _store_note(
    *, concern: Concern, by: User, key: uuid.UUID, text: str, about: Collection[str], people: Rows, vehicles: Rows
) -> Note:
    now = timezone.now()
    note = Note.objects.create(
        concern=concern,
        submission_key=key,
        written_by=by,
        **signed(by),
        received_at=now,
        text=text,
        about=sorted(about),
    )
    seen = _add_rows({"note": note}, people, vehicles)
    _narrow(concern, note.about, now)
    _open_again(concern, by, now)  # copies first, then the history: the order in which every verb locks them
    record(Event.Verb.NOTED, concern, by=by, at=now, detail=_committed(note, *seen))
    return note


def _narrow(concern: Concern, about: Collection[str], now: datetime) -> None:
    """Close the concern to whomever a note says it may be about, and tell besides whom that asks for. Never widens."""
    withheld = routing.withheld(about)
    if about == [routing.Party.NO]:
        return
    lock(concern.pk)  # another note may be adding copies: wait for it, and only then read them
    standing = Delivery.objects.filter(concern=concern)
    copies = {copy.recipient: copy for copy in standing}
    standing.filter(recipient__in=withheld, withheld_at=None).update(
        withheld_at=now, released_at=None, held_until=None, act_at=None, generation=F("generation") + 1
    )
    times = routing.route(urgency=concern.urgency, about=about, has_site=concern.site_id is not None)
    to = organisations(concern, copies)
    for recipient, time in times.items():
        if recipient not in copies:
            new_copy(concern, to, recipient, time, now).save(force_insert=True)
        elif copies[recipient].due_at > now + time:
            _hurry(copies[recipient], time, now)
    _keep_from(concern, to, withheld)
    press(concern)


def _hurry(copy: Delivery, allowed: timedelta, now: datetime) -> None:
    """Less time than before, from now. What time does next is no later than that."""
    due_at = now + allowed
    Delivery.objects.filter(pk=copy.pk).open().update(
        allowed=allowed, due_at=due_at, act_at=Least(F("act_at"), Value(due_at))
    )


# Who reads notes, and is asked again for an answer when one is added to a closed concern.
_READ_NOTES = set(Recipient) - {Recipient.CUSTOMER, Recipient.POLICE_CALL}


def _open_again(concern: Concern, by: User, now: datetime) -> None:
    """A note opens a closed concern, and whoever may read it must answer once more."""
    lock(concern.pk)
    copies = Delivery.objects.filter(concern=concern)
    if not copies.filter(closed_at__isnull=False).update(closed_at=None):
        return
    asked = copies.filter(recipient__in=_READ_NOTES, withheld_at=None)
    asked.update(**ANEW, due_at=F("allowed") + Value(now), act_at=now - routing.AT_ONCE)
    press(concern)
    record(Event.Verb.REOPENED, concern, by=by, at=now)


def read(*, concern: Concern, by: User, events: Collection[Event] = ()) -> dict[str, Any]:
    """The card as this person may see it. A part that will not open is an error and an event, never ciphertext."""
    try:
        return reading.whole_card(concern, by, events=events)
    except Unreadable as error:
        _record_unreadable(concern, by, error)
        raise


@transaction.atomic
def record_printed(*, concern: Concern, by: User) -> Event:
    """Keep in the history that somebody made a page to print; every time, not once an hour."""
    return record(Event.Verb.PRINTED, concern, by=by)


@transaction.atomic
def _record_unreadable(concern: Concern, by: User, error: Unreadable) -> None:
    where = {"column": f"{error.table}.{error.column}", "of": str(error.row)}
    record(Event.Verb.UNREADABLE, concern, by=by, detail=where)
