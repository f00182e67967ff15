"""Of which concerns somebody has not been told yet, as far as the reader of a copy may know."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull

from concerns.disclosure import REVEALING
from concerns.models.delivery import Delivery, DeliveryQuerySet

RISK = timedelta(
    days=2
)  # before it is overwritten, footage counts as about to be lost: each is in a digest with a day left


def overdue(copies: DeliveryQuerySet, now: datetime) -> DeliveryQuerySet:
    """Those of whose concern somebody should have answered by now; `late_since` is since when."""
    late = _waiting().filter(due_at__lt=now).order_by("due_at").values("due_at")
    return copies.annotate(late_since=Subquery(late[:1])).exclude(late_since=None).order_by("late_since", "id")


def unanswered(copies: DeliveryQuerySet) -> DeliveryQuerySet:
    """Those of whose concern somebody has not answered yet; `next_due` is by when the first of them must."""
    next_due = _waiting().order_by("due_at").values("due_at")
    return copies.annotate(next_due=Subquery(next_due[:1])).exclude(next_due=None).order_by("next_due", "id")


def _waiting() -> DeliveryQuerySet:
    """The open copies of the same concern; a released reader knows of none that says who may be involved."""
    known = ~Q(recipient__in=REVEALING) | Q(IsNull(OuterRef("released_at"), True))
    return Delivery.objects.open().filter(known, concern=OuterRef("concern"))
