from datetime import datetime, timedelta
from typing import Any, Self

from django.db import connection, models, transaction
from django.db.models import Q

# Longer than anything that a worker does with one row. A worker that is killed holds its row no longer than this.
LEASE = timedelta(minutes=2)
A_LITTLE = timedelta(minutes=1)  # by which the clocks of two workers may differ


class TimedQuerySet(models.QuerySet[Any]):
    def due(self, now: datetime) -> Self:
        """What time must act on and no worker has in hand."""
        return self.free(now).filter(act_at__lte=now)

    def free(self, now: datetime) -> Self:
        """A lease that ends much later than any can was given by a clock that was set back since: it binds nobody.

        Much: the clocks of two workers differ a little, and `now` is older than a lease that somebody else took since.
        """
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=now) | Q(leased_until__gt=now + 2 * LEASE))

    def claim(self, now: datetime) -> Any:
        """The row that has been due longest, leased to the caller; None where nothing is due."""
        if not self.due(now).exists():
            return None  # looking locks nothing
        with transaction.atomic():
            skip = connection.features.has_select_for_update_skip_locked
            row = self.due(now).order_by("act_at").select_for_update(skip_locked=skip, no_key=True).first()
            if row is not None:
                row.leased_until = now + LEASE
                row.save(update_fields=["leased_until"])
            return row

    def in_hand(self, row: Any) -> Self:
        """The same row, unless its lease ran out and another worker took it."""
        return self.filter(pk=row.pk, leased_until=row.leased_until)


class Timed(models.Model):
    """Something that time acts on: at a moment, by one worker at once. No moment: nothing is left to do."""

    act_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        abstract = True
