"""Of which concerns somebody has not been told yet, as far as the reader of a copy may know."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from concerns.disclosure import REVEALING
from concerns.models.delivery import OPEN, Delivery, DeliveryQuerySet

RISK = timedelta(days=2)  # so long before, footage is about to be lost: each stands in a digest with a day left
HELD = Q(held_until__isnull=False, withheld_at=None)


def overdue(copies: DeliveryQuerySet, now: datetime) -> DeliveryQuerySet:
    """Those of whose concern somebody should have answered by now; `late_since` is since when."""
    late = _known(Delivery.objects.open().filter(due_at__lt=now)).order_by("due_at").values("due_at")
    return copies.annotate(late_since=Subquery(late[:1])).exclude(late_since=None).order_by("late_since", "id")


def unanswered(copies: DeliveryQuerySet) -> DeliveryQuerySet:
    """Those of whose concern somebody has not answered, or is not told because the police ask that. By `next_due`."""
    by = Coalesce("held_until", "due_at")
    others = _known(Delivery.objects.filter(OPEN | HELD)).annotate(by=by).order_by("by").values("by")
    return copies.annotate(next_due=Subquery(others[:1])).exclude(next_due=None).order_by("next_due", "id")


def _known(copies: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those of the same concern. A released reader knows of none that says who may be involved."""
    known = ~Q(recipient__in=REVEALING) | Q(IsNull(OuterRef("released_at"), True))
    return copies.filter(known, concern=OuterRef("concern"))
