import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from concerns.encryption import EncryptedTextField
from concerns.models.concern import DAYS_WHERE_UNKNOWN
from concerns.models.timed import Timed, TimedQuerySet

LONG_LOST = timedelta(days=31)


class FootageQuerySet(TimedQuerySet):
    def watch(self, concern: Any) -> "Footage | None":
        """The clock on its footage, started if need be; None where no camera can have seen anything."""
        if concern.footage_kept is None:
            return None
        seen_at, kept_until = concern.footage_kept
        first = Footage(seen_at=seen_at, kept_until=kept_until).warned_at()[0]
        days = (kept_until - seen_at).days
        fields = {"seen_at": seen_at, "kept_until": kept_until, "days": days, "act_at": first}
        clock: Footage = self.get_or_create(concern=concern, defaults=fields)[0]
        return clock

    def out_of_step(self) -> "FootageQuerySet":
        """Those that nobody has saved, and whose site keeps its CCTV for another number of days by now.

        Not those that were lost so long ago that nobody would find them.
        """
        days = Coalesce("concern__site__cctv_days", DAYS_WHERE_UNKNOWN)
        lately = timezone.now() - LONG_LOST
        return self.filter(saved_at=None, kept_until__gt=lately).exclude(days=days)


class Footage(Timed):
    """The clock on a concern's CCTV: when it is overwritten, and who has saved it. No footage is ever stored here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.OneToOneField("Concern", models.PROTECT, related_name="footage")
    seen_at = models.DateTimeField()
    kept_until = models.DateTimeField()
    days = models.PositiveSmallIntegerField(default=DAYS_WHERE_UNKNOWN)  # that the site keeps it, as known so far
    warnings = models.PositiveSmallIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)  # when this was written down
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    saved_on = models.DateTimeField(null=True)  # when it was saved
    saved_whom = EncryptedTextField(null=True)  # who saved it
    saved_where = EncryptedTextField(null=True)  # where it is kept
    lost_at = models.DateTimeField(null=True)

    objects = FootageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(name="footage_due", fields=["act_at"], condition=Q(act_at__isnull=False)),
            models.Index(name="footage_unsaved", fields=["kept_until"], condition=Q(saved_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="footage_is_watched_until_saved_or_lost",
                condition=Q(act_at__isnull=False, saved_at=None, lost_at=None)
                | Q(act_at=None, saved_at__isnull=False)
                | Q(act_at=None, lost_at__isnull=False),
            ),
            models.CheckConstraint(
                name="saved_at_by_whom_and_where_together",
                condition=Q(
                    saved_at=None, saved_by=None, saved_on=None, saved_whom__isnull=True, saved_where__isnull=True
                )
                | Q(
                    saved_at__isnull=False,
                    saved_by__isnull=False,
                    saved_on__isnull=False,
                    saved_whom__isnull=False,
                    saved_where__isnull=False,
                ),
            ),
        ]

    def __str__(self):
        return f"Footage of {self.concern_id}"

    def warned_at(self) -> list[datetime]:
        """When to warn: at half the time, and with one day left."""
        half = self.seen_at + (self.kept_until - self.seen_at) / 2
        return sorted({half, max(half, self.kept_until - timedelta(days=1))})
