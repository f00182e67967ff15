"""The history of a concern: append-only, chained, and without foreign keys, so that it outlives what it describes."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User

GENESIS = "0" * 64


class Event(models.Model):
    """One line of a concern's history: who did what, when. Codes and digests, no text."""

    class Verb(models.TextChoices):
        RECEIVED = "received", "Card received"
        OPENED = "opened", "Opened"
        PRINTED = "printed", "Printed"
        NOTED = "noted", "Note added"
        ACKNOWLEDGED = "acknowledged", "Acknowledged"
        TOLD = "told", "Told"
        UNREADABLE = "unreadable", "Could not be read"
        SENT = "sent", "Message sent"
        REFUSED = "refused", "Message refused"
        RECEIVED_BY = "received_by", "Received by a duty desk"
        ESCALATED = "escalated", "Not answered in time, next in line told"
        HELD = "held", "On hold: the police ask that they are not told yet"
        HOLD_ENDED = "hold_ended", "Hold ended"
        RELEASED = "released", "Released"
        PASSED_ON = "passed_on", "Passed on"
        KEPT_FROM = "kept_from", "Kept from somebody by name"
        ASKED = "asked", "Question asked"
        ANSWERED = "answered", "Question answered"
        FOOTAGE_SAVED = "saved", "Footage saved"
        FOOTAGE_LOST = "lost", "Footage overwritten, nobody had said that it is saved"
        PROPOSED = "proposed", "Proposed to close"
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Open again"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern_id = models.UUIDField()
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=12, choices=Verb)
    by_id = models.UUIDField(null=True)
    by_role = models.CharField(max_length=12, blank=True)
    by_organisation_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)

    by_name: str = ""  # not stored: a page that shows the event looks it up

    class Meta:
        ordering = ["concern_id", "number"]
        indexes = [models.Index(fields=["concern_id", "by_id", "at"], name="who_opened_it_when")]
        constraints = [
            models.UniqueConstraint(fields=["concern_id", "number"], name="one_event_for_a_number"),
            models.CheckConstraint(name="events_count_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_verb_display()}"

    def expected_mac(self) -> str:
        """What `mac` must be: it covers every other column."""
        return digest({f.attname: getattr(self, f.attname) for f in self._meta.concrete_fields if f.name != "mac"})


class Head(models.Model):
    """Where a concern's history ends. Locked for each new event: it puts them in a row and shows a cut tail.

    Its own mac says which event is the last, and is kept nowhere else: who cuts the tail off cannot set the head back.
    """

    concern_id = models.UUIDField(primary_key=True)
    count = models.PositiveIntegerField()
    mac = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.count} events of {self.concern_id}"

    def expected_mac(self, last):
        """What `mac` must be where the event with the mac `last` is the last one."""
        return digest({"head": self.concern_id, "count": self.count, "last": last})


def digest(content: Any) -> str:
    """HMAC-SHA256 under AUDIT_KEY of anything made of columns' values, in hexadecimal."""
    key = base64.b64decode(settings.AUDIT_KEY)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=_plain, separators=(",", ":"))
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    return str(value.pk if isinstance(value, models.Model) else value)


def commitment(row: models.Model) -> str:
    """A digest of a whole row as it can be read: new keys change the ciphertext and not this."""
    return digest([row._meta.db_table, {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}])


def commitments(people: Iterable[models.Model], vehicles: Iterable[models.Model]) -> dict[str, dict[str, str]]:
    return {
        kind: {str(row.pk): commitment(row) for row in rows}
        for kind, rows in (("people", people), ("vehicles", vehicles))
    }


def record(
    verb: str,
    concern: models.Model,
    *,
    by: User | None = None,
    detail: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Add one event to a concern's history, inside the caller's transaction."""
    first = verb == Event.Verb.RECEIVED  # a second one finds the head's place taken
    head = None if first else Head.objects.select_for_update().filter(concern_id=concern.pk).first()
    head, first = head or Head(concern_id=concern.pk, count=0), head is None
    last = None if first else Event.objects.filter(concern_id=concern.pk, number=head.count).first()
    event = Event(
        concern_id=concern.pk,
        number=head.count + 1,
        at=at or timezone.now(),
        verb=verb,
        by_id=by.pk if by else None,
        by_role=by.role if by else "",
        by_organisation_id=by.organisation_id if by else None,
        detail=detail or {},
        previous=last.mac if last else GENESIS,
    )
    event.mac = event.expected_mac()
    event.save(force_insert=True)
    head.count = event.number
    head.mac = head.expected_mac(event.mac)
    head.save(force_insert=first, update_fields=None if first else ["count", "mac"])
    return event


@transaction.atomic
def record_opened(concern: models.Model, *, by: User) -> Event | None:
    """One "opened" event for each person, concern and hour."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    already = Event.objects.filter(concern_id=concern.pk, by_id=by.pk, verb=Event.Verb.OPENED, at__gte=hour)
    if already.exists():
        return None
    Head.objects.select_for_update().get(concern_id=concern.pk)  # one at a time: two tabs opened at once are one event
    return None if already.exists() else record(Event.Verb.OPENED, concern, by=by)
