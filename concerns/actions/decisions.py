"""What somebody decides about a concern: a hold, a release, a further reader, a name to keep it from, its end."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import User
from concerns import references
from concerns.actions.chasing import tell
from concerns.actions.pressing import lock, press
from concerns.deciding import MAY_NOT_KNOW, further_readers, may_be_named, people_to_keep_it_from
from concerns.models import Concern, Decision, Delivery, Event, KeptFrom, Kind, Outcome, commitment, record
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


def _same(decided: "QuerySet[Decision]", by: User, **said: Any) -> Decision | None:
    """The last of these decisions, where it is this person's and says the very same: one tap twice."""
    last = decided.last()
    said = {"by_id": by.pk, **said}
    return last if last and all(getattr(last, name) == what for name, what in said.items()) else None


# --- The police ask that the customer is not told yet ---------------------------------------------------------------


@transaction.atomic
def hold(*, delivery: Delivery, by: User, officer: str, reference: str, until: datetime) -> Decision:
    """Keep the customer's copy from them until the police say otherwise; somebody looks at it again by `until`.

    One that is on hold already stays so, until the new time: nobody is told in between. The same again is the same.
    """
    lock(delivery.concern_id)
    mine = Delivery.objects.filter(pk=delivery.pk, recipient=Recipient.CUSTOMER, withheld_at=None)
    mine = mine.filter(acknowledged_at=None, told_at=None)
    holds = Decision.objects.filter(delivery=delivery, kind=Decision.Kind.HOLD)
    same = _same(holds, by, text=officer, reference=reference, until=until)
    if same and mine.filter(held_until=until).exists():
        return same
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
    """Give the customer their copy after all, with the whole time that they are allowed. The same again is the same."""
    lock(delivery.concern_id)
    now = timezone.now()
    held = Delivery.objects.filter(pk=delivery.pk, held_until__isnull=False, withheld_at=None)
    if not held.update(held_until=None, **_begins(delivery, now)):
        if same := _same(Decision.objects.filter(delivery=delivery, kind=Decision.Kind.END_HOLD), by, text=reason):
            return same
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
    """Give a withheld recipient their copy. Whoever was kept from it by name, by head office, still is.

    The same again is the same release.
    """
    lock(delivery.concern_id)
    now = timezone.now()
    withheld = Delivery.objects.filter(pk=delivery.pk, withheld_at__isnull=False, closed_at=None)
    if not withheld.update(withheld_at=None, released_at=now, **_begins(delivery, now)):
        if Delivery.objects.filter(pk=delivery.pk, withheld_at__isnull=False).exists():
            raise Already("The concern is closed. A note opens it again.")
        if same := _same(Decision.objects.filter(delivery=delivery, kind=Decision.Kind.RELEASE), by, text=reason):
            return same
        raise Already("They have their copy already.")
    KeptFrom.objects.filter(concern=delivery.concern, recipient=delivery.recipient).delete()
    press(delivery.concern)
    return _decide(Decision.Kind.RELEASE, Event.Verb.RELEASED, delivery.concern, by, delivery=delivery, text=reason)


@transaction.atomic
def pass_on(*, delivery: Delivery, person: User, by: User, reason: str) -> Decision:
    """Let one more person of the same organisation read this copy and answer for it. The same again is the same."""
    lock(delivery.concern_id)
    before = Decision.objects.filter(kind=Decision.Kind.PASS_ON, delivery=delivery, person=person)
    if same := _same(before, by, text=reason):
        return same
    if before.exists():
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

    Nobody is kept from it twice, by themselves, or by somebody who was kept from it a moment ago. The same again is
    the same.
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
    if not decided:
        return _kept_before(concern, may_be, by, reason)
    Delivery.objects.filter(concern=concern).update(generation=F("generation") + 1)  # a link may lie in their mailbox
    return decided


def _kept_before(concern: Concern, people: "QuerySet[User]", by: User, reason: str) -> list[Decision]:
    """What was decided about these people, where it was decided in these words."""
    named = Decision.objects.filter(concern=concern, kind=Decision.Kind.KEEP_FROM)
    decided = [_same(named.filter(person=person), by, text=reason) for person in people]
    if None in decided:
        raise Already("It is kept from them already.")
    return [decision for decision in decided if decision]


# --- The end --------------------------------------------------------------------------------------------------------


@transaction.atomic
def propose(*, concern: Concern, by: User, outcome: str, text: str = "", reference: str = "") -> Decision:
    """Ask whoever decides to close it. The same again is the same proposal."""
    said = {"outcome": outcome, "text": text, "reference": reference}
    if _is_closed(concern):
        raise Already("It is closed already.")
    if same := _same(_ends(concern), by, kind=Decision.Kind.PROPOSE, **said):
        return same
    _must_be_answered(concern)
    _must_be_known(concern, by, outcome, reference)
    return _decide(Decision.Kind.PROPOSE, Event.Verb.PROPOSED, concern, by, **said)


@transaction.atomic
def close(*, concern: Concern, by: User, outcome: str, text: str = "", reference: str = "") -> Decision:
    """Say what came of it. Only once everybody has their copy or was told; a note opens it again.

    The same again is the same end.
    """
    said = {"outcome": outcome, "text": text, "reference": reference}
    if _is_closed(concern):
        if same := _same(_ends(concern), by, kind=Decision.Kind.CLOSE, **said):
            return same
        raise Already("It is closed already.")
    _must_be_answered(concern)
    _must_be_known(concern, by, outcome, reference)
    decision = _decide(Decision.Kind.CLOSE, Event.Verb.CLOSED, concern, by, **said)
    Delivery.objects.filter(concern=concern).update(closed_at=decision.at)
    return decision


def _is_closed(concern: Concern) -> bool:
    return any(copy.closed_at for copy in lock(concern.pk))


def _ends(concern: Concern) -> "QuerySet[Decision]":
    return Decision.objects.filter(concern=concern, kind__in=(Decision.Kind.PROPOSE, Decision.Kind.CLOSE))


def _must_be_answered(concern: Concern) -> None:
    if Delivery.objects.filter(~ENDED, concern=concern).exists():
        raise NotYet("Somebody has not been told yet. It can be closed once all have it or were told.")


def _must_be_known(concern: Concern, by: User, outcome: str, reference: str) -> None:
    """Another card is named only where nobody learns by it that there is one."""
    if outcome == Outcome.DUPLICATE:
        other = Concern.objects.filter(reference=references.read(reference)).first()
        if other and not may_be_named(other, concern, by):
            raise NotYet(MAY_NOT_KNOW)
