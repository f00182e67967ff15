import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.roles import Role
from concerns.encryption import EncryptedTextField
from concerns.models.delivery import Delivery, Status
from concerns.models.timed import A_LITTLE, Timed, TimedQuerySet

LONGEST_WAIT = timedelta(minutes=15)  # between two tries


class Kind(models.TextChoices):
    """Why somebody is sent a message."""

    FIRST = "first", "Please acknowledge"
    REMINDER = "reminder", "Please acknowledge, it is late"
    ESCALATION = "escalation", "Somebody else has not answered"
    PASSED_ON = "passed_on", "A copy was passed on to you"
    HOLD = "hold", "A hold must be looked at again"
    FOOTAGE = "footage", "Footage is about to be lost"
    DIGEST = "digest", "The day in references"


class Channel(models.TextChoices):
    EMAIL = "email", "e-mail"
    WEBHOOK = "webhook", "control-room system"


class MessageQuerySet(TimedQuerySet):
    def due(self, now: datetime) -> "MessageQuerySet":
        """Also what a clock that was set back since would have wait: a first try, or longer than any message waits."""
        beyond = Q(act_at__gt=now + LONGEST_WAIT + A_LITTLE) | Q(attempts=0)
        return self.free(now).waiting().filter(Q(act_at__lte=now) | beyond & ~Q(kind=Kind.DIGEST))

    def to_others_than(self, in_hand: Collection["Message"]) -> "MessageQuerySet":
        """Without those to a person, or to a duty desk, that one of these is on its way to."""
        people = {message.person_id for message in in_hand if message.person_id}
        others = self.filter(Q(person=None) | ~Q(person__in=people))
        for copy, channel in {(m.delivery, m.channel) for m in in_hand if m.person_id is None}:
            assert copy
            desk = {"recipient": copy.recipient, "site": copy.site_id, "organisation": copy.organisation_id}
            others = others.exclude(person=None, channel=channel, delivery__in=Delivery.objects.filter(**desk))
        return others

    def left(self) -> "MessageQuerySet":
        return self.filter(sent_at__isnull=False)

    def refused(self) -> "MessageQuerySet":
        return self.filter(failed_at__isnull=False)

    def waiting(self) -> "MessageQuerySet":
        return self.filter(act_at__isnull=False)


class Message(Timed):
    """One message to one address. Whom it goes to is settled when it is sent; its id is its Message-ID, each time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    channel = models.CharField(max_length=7, choices=Channel, default=Channel.EMAIL)
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="messages")  # the addressee's own
    about = models.ForeignKey(Delivery, models.PROTECT, null=True, related_name="+")  # the copy that is waited for
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")  # or a duty desk
    day = models.DateField(null=True)  # of a digest
    made_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)  # for good
    dropped_at = models.DateTimeField(null=True)  # nobody needed it any more
    address = EncryptedTextField(null=True)  # as last tried
    refusal = models.CharField(max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(name="messages_due", fields=["act_at"], condition=Q(act_at__isnull=False))]
        constraints = [
            models.UniqueConstraint(
                name="one_digest_for_a_person_and_day", fields=["person", "day"], condition=Q(day__isnull=False)
            ),
            models.CheckConstraint(
                name="a_message_waits_or_has_ended",
                condition=Q(act_at__isnull=False, sent_at=None, failed_at=None, dropped_at=None)
                | Q(act_at=None, sent_at__isnull=False)
                | Q(act_at=None, failed_at__isnull=False)
                | Q(act_at=None, dropped_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_digest_has_a_day_the_others_a_copy",
                condition=Q(kind=Kind.DIGEST, delivery=None, day__isnull=False, person__isnull=False)
                | Q(~Q(kind=Kind.DIGEST), delivery__isnull=False, day=None),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} ({self.pk})"

    def where(self) -> str:
        """The address that this goes to as things stand at this moment; empty where nobody should get it any more."""
        if self.delivery is None:
            return self._digest_address()
        if not self._is_needed():
            return ""
        if self.person is None:
            return self._fresh(Delivery, self.delivery_id).desk().get(self.channel, "")
        person = self._fresh(User, self.person_id)
        shown = Delivery.objects.addressed_to(person).filter(pk=self.delivery_id)
        return person.email or "" if shown.exists() else ""

    def _is_needed(self) -> bool:
        about = self._fresh(Delivery, self.about_id)
        if self.kind == Kind.FIRST:  # and not of a time before it was released, or asked for anew
            return bool(about.is_open and about.notified_at == self.made_at)
        if self.kind == Kind.PASSED_ON:
            return True
        if self._same().filter(made_at__gt=self.made_at).exists():
            return False  # they get the newer one: after hours without a mail server, one is enough
        if self.kind == Kind.HOLD:
            return about.status == Status.HELD
        if self.kind == Kind.FOOTAGE:
            return bool(about.footage_until)
        return bool(about.is_open and about.escalations)

    def _same(self) -> MessageQuerySet:
        """All messages that ask the same of the same."""
        same = {"kind": self.kind, "channel": self.channel, "person": self.person_id}
        return Message.objects.filter(delivery=self.delivery_id, about=self.about_id, **same)

    def _digest_address(self) -> str:
        person = self._fresh(User, self.person_id)
        return person.email or "" if person.is_active and person.role == Role.HEAD_OFFICE else ""

    def _fresh(self, model: Any, pk: Any) -> Any:
        return model.objects.get(pk=pk)


class Heartbeat(models.Model):
    """That a worker is alive. One row for each worker that runs."""

    worker = models.UUIDField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.worker} at {self.at}"
