"""What somebody decides about a concern: a hold, a release, a further reader, a name to keep it from, its end."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from concerns.actions.chasing import tell
from concerns.actions.pressing import lock, press
from concerns.deciding import further_readers, people_to_keep_it_from
from concerns.models import Concern, Decision, Delivery, Event, KeptFrom, Kind, commitment, record
from concerns.models.delivery import ANEW, ENDED
from concerns.routing import AT_ONCE, Party, Recipient, times_allowed


class NotYet(Exception):
    """It cannot be done as things stand. Says why in a sentence for whoever tried."""


class Already(NotYet):
    """Somebody was quicker, or it is the same tap twice: nothing is left to do."""


def _decide(kind: Decision.Kind, verb: Event.Verb, concern: Concern, by: User, **fields: Any) -> Decision:
    """The decision's own row, and its event, which commits to it."""
    delivery: Delivery | None = fields.get("delivery")
    decision = Decision.objects.create(
        kind=kind,
        concern=concern,
        recipient=delivery.recipient if delivery else "",
        by=by,
        by_role=by.role,
        at=timezone.now(),
        **fields,
    )
    detail = {"of": str(decision.pk), "whole": commitment(decision), "recipient": decision.recipient}
    record(verb, concern, by=by, at=decision.at, detail=detail)
    return decision


# --- The police ask that the customer is not told yet ---------------------------------------------------------------


@transaction.atomic
def hold(*, delivery: Delivery, by: User, officer: str, reference: str, until: datetime) -> Decision:
    """Keep the customer's copy from them until the police say otherwise; somebody looks at it again by `until`.

    One that is on hold already stays so, until the new time: nobody is told in between.
    """
    lock(delivery.concern_id)
    mine = Delivery.objects.filter(pk=delivery.pk, recipient=Recipient.CUSTOMER, withheld_at=None)
    mine = mine.filter(acknowledged_at=None, told_at=None)
    fresh = {"generation": F("generation") + 1, "leased_until": None}
    if not mine.update(held_until=until, act_at=until, **fresh):
        raise NotYet("The customer has been told already, or is not told at all.")
    press(delivery.concern)
    return _decide(
        Decision.Kind.HOLD,
        Event.Verb.HELD,
        delivery.concern,
        by,
        delivery=delivery,
        text=officer,
        reference=reference,
        until=until,
    )


@transaction.atomic
def end_hold(*, delivery: Delivery, by: User, reason: str) -> Decision:
    """Give the customer their copy after all, with the whole time that they are allowed."""
    lock(delivery.concern_id)
    now = timezone.now()
    held = Delivery.objects.filter(pk=delivery.pk, held_until__isnull=False, withheld_at=None)
    if not held.update(held_until=None, **_begins(delivery, now)):
        raise NotYet("It is not on hold any more.")
    press(delivery.concern)
    return _decide(Decision.Kind.END_HOLD, Event.Verb.HOLD_ENDED, delivery.concern, by, delivery=delivery, text=reason)


def _begins(delivery: Delivery, now: datetime) -> dict[str, Any]:
    """What a copy is like that starts its time at this moment."""
    times = times_allowed(urgency=delivery.urgency, about=delivery.concern.involved or {Party.NO})
    allowed = delivery.allowed or times[Recipient(delivery.recipient)]
    return {**ANEW, "allowed": allowed, "due_at": now + allowed, "act_at": now - AT_ONCE}


# --- Who else may read, and who may not -----------------------------------------------------------------------------


@transaction.atomic
def release(*, delivery: Delivery, by: User, reason: str) -> Decision:
    """Give a withheld recipient their copy. Whoever was kept from it by name, by head office, still is."""
    lock(delivery.concern_id)
    now = timezone.now()
    withheld = Delivery.objects.filter(pk=delivery.pk, withheld_at__isnull=False, closed_at=None)
    if not withheld.update(withheld_at=None, released_at=now, **_begins(delivery, now)):
        if Delivery.objects.filter(pk=delivery.pk, withheld_at=None).exists():
            raise Already("They have their copy already.")
        raise NotYet("The concern is closed. A note opens it again.")
    KeptFrom.objects.filter(concern=delivery.concern, recipient=delivery.recipient).delete()
    press(delivery.concern)
    return _decide(Decision.Kind.RELEASE, Event.Verb.RELEASED, delivery.concern, by, delivery=delivery, text=reason)


@transaction.atomic
def pass_on(*, delivery: Delivery, person: User, by: User, reason: str) -> Decision:
    """Let one more person of the same organisation read this copy and answer for it. Only the first does."""
    lock(delivery.concern_id)
    if Decision.objects.filter(kind=Decision.Kind.PASS_ON, delivery=delivery, person=person).exists():
        raise Already("It was passed on to them before.")
    copy = Delivery.objects.filter(pk=delivery.pk, withheld_at=None, held_until=None).first()
    kept = KeptFrom.objects.filter(concern=delivery.concern, user=person).exists()
    if copy is None or kept or not further_readers(copy).filter(pk=person.pk).exists():
        raise NotYet("It cannot be passed on to them, or they can see it already. Choose somebody else.")
    decision = _decide(
        Decision.Kind.PASS_ON, Event.Verb.PASSED_ON, delivery.concern, by, delivery=delivery, person=person, text=reason
    )
    tell(delivery, Kind.PASSED_ON, about=delivery, people=[person], now=decision.at)
    return decision


@transaction.atomic
def keep_from(*, concern: Concern, people: Collection[User], by: User, reason: str = "") -> list[Decision]:
    """Keep the concern from these people by name, whatever role they hold later. No release lifts it.

    Nobody is kept from it twice, by themselves, or by somebody who was kept from it a moment ago.
    """
    lock(concern.pk)
    if KeptFrom.objects.filter(concern=concern, user=by).exists():
        raise NotYet("You cannot decide about this concern any more.")
    may_be = people_to_keep_it_from(concern, by).filter(pk__in=[person.pk for person in people])
    if may_be.count() != len({person.pk for person in people}):
        raise NotYet("It cannot be kept from one of them. Look at the names again.")
    decided = []
    for person in may_be:
        _, is_new = KeptFrom.objects.get_or_create(concern=concern, user=person, recipient="")
        if is_new:
            kind, verb = Decision.Kind.KEEP_FROM, Event.Verb.KEPT_FROM
            decided.append(_decide(kind, verb, concern, by, person=person, text=reason))
    if decided:  # a link may lie in their mailbox
        Delivery.objects.filter(concern=concern).update(generation=F("generation") + 1)
    return decided


# --- The end --------------------------------------------------------------------------------------------------------

_ENDS = (Decision.Kind.PROPOSE, Decision.Kind.CLOSE)


@transaction.atomic
def propose(*, concern: Concern, by: User, outcome: str, text: str = "", reference: str = "") -> Decision:
    """Ask whoever decides to close it. The same again is the same proposal."""
    _must_be_answered(concern)
    last = Decision.objects.filter(concern=concern, kind__in=_ENDS).last()
    said = (Decision.Kind.PROPOSE, by.pk, outcome, text, reference)
    if last and (last.kind, last.by_id, last.outcome, last.text, last.reference) == said:
        return last
    return _decide(
        Decision.Kind.PROPOSE, Event.Verb.PROPOSED, concern, by, outcome=outcome, text=text, reference=reference
    )


@transaction.atomic
def close(*, concern: Concern, by: User, outcome: str, text: str = "", reference: str = "") -> Decision:
    """Say what came of it. Only once everybody has their copy or was told; a note opens it again."""
    _must_be_answered(concern)
    decision = _decide(
        Decision.Kind.CLOSE, Event.Verb.CLOSED, concern, by, outcome=outcome, text=text, reference=reference
    )
    Delivery.objects.filter(concern=concern).update(closed_at=decision.at)
    return decision


def _must_be_answered(concern: Concern) -> None:
    copies = lock(concern.pk)
    if any(copy.closed_at for copy in copies):
        raise Already("It is closed already.")
    if Delivery.objects.filter(~ENDED, concern=concern).exists():
        raise NotYet("Somebody has not been told yet. It can be closed once all have it or were told.")
