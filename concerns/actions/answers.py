"""Somebody has their copy, or was told by somebody else."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from concerns.actions.pressing import lock, press
from concerns.models import Delivery, Event, record
from concerns.routing import AT_ONCE, Recipient

ANSWER = Q(acknowledged_at__isnull=False) | Q(told_at__isnull=False)


@transaction.atomic
def acknowledge(*, delivery: Delivery, by: User) -> bool:
    """Say that a recipient has their copy. Only the first does."""
    lock(delivery.concern_id)
    now = timezone.now()
    if not Delivery.objects.filter(pk=delivery.pk).open().update(acknowledged_at=now, acknowledged_by=by, act_at=None):
        return False
    press(delivery.concern)
    _record_that_they_have_it(delivery, by, now)
    return True


@transaction.atomic
def join(*, delivery: Delivery, by: User) -> bool:
    """Say that they have it too: once, in the history alone. What ended the copy stands as it is."""
    lock(delivery.concern_id)
    ended = Delivery.objects.filter(pk=delivery.pk, withheld_at=None, held_until=None).filter(ANSWER)
    said = Event.objects.filter(
        concern_id=delivery.concern_id, by_id=by.pk, verb=Event.Verb.ACKNOWLEDGED, detail__recipient=delivery.recipient
    )
    if not ended.exists() or said.exists():
        return False
    _record_that_they_have_it(delivery, by, timezone.now())
    return True


def _record_that_they_have_it(delivery: Delivery, by: User, at: datetime) -> None:
    record(Event.Verb.ACKNOWLEDGED, delivery.concern, by=by, at=at, detail={"recipient": delivery.recipient})


@transaction.atomic
def record_told(*, delivery: Delivery, by: User, whom: str, at: datetime, how: str = "", log: str = "") -> bool:
    """Say that a recipient was told: how, whom they reached and when, and the log number if one was given.

    Only the first does. Once the police were rung, the customer's message need not wait any longer.
    """
    lock(delivery.concern_id)
    locked = Delivery.objects.filter(pk=delivery.pk).open().first()
    if locked is None:
        return False
    locked.told_at, locked.told_by, locked.told_whom, locked.told_how, locked.told_log = at, by, whom, how, log
    locked.act_at = None
    locked.save(update_fields=["told_at", "told_by", "told_whom", "told_how", "told_log", "act_at"])
    if delivery.recipient == Recipient.POLICE_CALL:
        customers = Delivery.objects.open().filter(concern=delivery.concern_id, recipient=Recipient.CUSTOMER)
        customers.filter(notified_at=None).update(act_at=timezone.now() - AT_ONCE)
    press(delivery.concern)
    record(Event.Verb.TOLD, delivery.concern, by=by, detail={"recipient": delivery.recipient})
    return True


@transaction.atomic
def receive(*, delivery: Delivery, name: str) -> bool:
    """Keep who at a duty desk says that they have it. It ends nothing: reminders come less often."""
    lock(delivery.concern_id)
    now = timezone.now()
    locked = Delivery.objects.filter(pk=delivery.pk, received_at=None).open().first()
    if locked is None:
        return False
    locked.received_at, locked.received_by = now, name
    locked.save(update_fields=["received_at", "received_by"])
    record(Event.Verb.RECEIVED_BY, delivery.concern, at=now, detail={"recipient": delivery.recipient})
    return True
