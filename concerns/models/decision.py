import uuid

from django.conf import settings
from django.db import models

from accounts.models import User
from accounts.roles import Role
from concerns.encryption import EncryptedTextField
from concerns.routing import Recipient


class Outcome(models.TextChoices):
    """What became of a concern. None of them says that it was false."""

    WITH_POLICE = "with_police", "With the police"
    POLICE_FINISHED = "police_finished", "The police have finished"
    INNOCENT = "innocent", "There is an innocent explanation"
    STAFF = "staff", "A staff matter, handled elsewhere"
    DUPLICATE = "duplicate", "The same as another card"
    MISTAKE = "mistake", "Sent by mistake"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def passed_on_to(self, user: User) -> "DecisionQuerySet":
        """By which they were named as a further reader of a copy that may be read today."""
        named = self.filter(kind=Decision.Kind.PASS_ON, person=user)
        return named.filter(delivery__withheld_at=None, delivery__held_until=None).exclude(concern__kept_from=user)


class Decision(models.Model):
    """Something that somebody decided about a concern. Evidence: a row of its own, never changed."""

    class Kind(models.TextChoices):
        HOLD = "hold", "The police ask that the customer is not told yet"
        END_HOLD = "end_hold", "The hold has ended"
        RELEASE = "release", "Released"
        PASS_ON = "pass_on", "Passed on"
        KEEP_FROM = "keep_from", "Kept from"
        PROPOSE = "propose", "Proposed to close"
        CLOSE = "close", "Closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey("Concern", models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind)
    delivery = models.ForeignKey("Delivery", models.PROTECT, null=True, related_name="decisions")
    recipient = models.CharField(max_length=11, choices=Recipient, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True)
    text = EncryptedTextField(default="")  # the reason; who checked and how; the officer
    reference = EncryptedTextField(default="")  # the police's; that of the other card
    until = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_role = models.CharField(max_length=12, choices=Role)
    at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(name="copies_passed_on_to", fields=["person", "delivery"], condition=models.Q(kind="pass_on"))
        ]

    def __str__(self):
        return f"Decision on {self.concern_id}"
