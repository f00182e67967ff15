"""Of which concerns somebody has not been told yet, as far as the reader of a copy may know."""

from datetime import datetime, timedelta

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import IsNull

from concerns.disclosure import REVEALING
from concerns.models.delivery import Delivery, DeliveryQuerySet

RISK = timedelta(days=2)  # so long before, footage is about to be lost: each stands in a digest with a day left
HELD = Q(held_until__isnull=False, withheld_at=None)


def overdue(copies: DeliveryQuerySet, now: datetime) -> DeliveryQuerySet:
    """Those of whose concern somebody should have answered by now; `late_since` is since when."""
    late = Delivery.objects.open().filter(due_at__lt=now)
    first = Subquery(_known(late).order_by("due_at").values("due_at")[:1])
    return _among(copies, late).annotate(late_since=first).exclude(late_since=None).order_by("late_since", "id")


def unanswered(copies: DeliveryQuerySet) -> DeliveryQuerySet:
    """Those of whose concern somebody has not answered, or is not told because the police ask that. By `next_due`."""
    others, held = Delivery.objects.open(), Delivery.objects.filter(HELD)
    by = Coalesce("held_until", "due_at")
    first = Subquery(_known(others | held).order_by(by).values_list(by)[:1])
    found = _among(copies, others, held).annotate(next_due=first)
    return found.exclude(next_due=None).order_by("next_due", "id")


def _among(copies: DeliveryQuerySet, *others: QuerySet[Delivery]) -> DeliveryQuerySet:
    """Those of a concern of which one of the others is: a few, where a reader may have thousands that are done with."""
    return copies.filter(Q(*(Q(concern__in=one.values("concern")) for one in others), _connector=Q.OR))


def _known(copies: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those of the same concern. A released reader knows of none that says who may be involved."""
    known = ~Q(recipient__in=REVEALING) | Q(IsNull(OuterRef("released_at"), True))
    return copies.filter(known, concern=OuterRef("concern"))
