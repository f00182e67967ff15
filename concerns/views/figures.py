"""How soon each recipient answers, for head office."""

from collections.abc import Iterator
from datetime import date, time
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import CharField, Exists, OuterRef, Q
from django.db.models.functions import Cast, Coalesce
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import require_permission
from accounts.models import Site
from accounts.roles import Permission
from concerns.disclosure import REVEALING
from concerns.figures import (
    TICKS,
    TOGETHER,
    WAITING,
    Cell,
    Column,
    Figure,
    chart,
    level,
    month_of,
    table,
    whole_months,
    within,
)
from concerns.models import Concern, Decision, Delivery, Outcome
from concerns.routing import TIME_ALLOWED, Recipient
from concerns.times import moment

MONTHS = 12
LONGEST_ALLOWED = max(time for times in TIME_ALLOWED.values() for time in times.values())
PERIODS = (3, 6, MONTHS)
RECIPIENTS = [recipient for recipient in Recipient if recipient not in REVEALING]
PAGE = 10  # sites


@require_safe
@require_permission(Permission.SEE_FIGURES)
def figures(request):
    """One table for every choice of site and period, which only pick from it: no two of them can be subtracted.

    A month is shown when nobody has time left to answer: nor can two days.
    """
    months = whole_months(timezone.now() - LONGEST_ALLOWED, MONTHS)
    shown = table(_answers(request.user, months))
    places = _places(request.user, shown)
    period, asked = _period(request), request.GET.get("site", "")
    parts = [_part(place, shown, months[-period:]) for place in places if asked in ("", place.key)]
    context = {
        "parts": Paginator(list(filter(None, parts)), PAGE).get_page(request.GET.get("page")),
        "places": places,
        "asked": asked,
        "periods": PERIODS,
        "period": period,
        "ticks": [(level(minutes), within(minutes)) for minutes in TICKS],
    }
    return render(request, "concerns/figures.html", context)


class Place(NamedTuple):
    """Something that has figures, and how an address calls it."""

    key: str
    site: UUID | str | None
    name: str


class Part(NamedTuple):
    """One place: for each recipient a chart of the months, and for each month what the charts say."""

    name: str
    charts: list[tuple[str, list[Column]]]
    rows: list[tuple[date, list[Figure | None]]]


def _period(request):
    asked = request.GET.get("months", "")
    return int(asked) if asked in map(str, PERIODS) else PERIODS[1]


def _places(user, shown):
    """The sites of their company, and others that they see figures of: they may have changed hands since."""
    theirs = Q(pk__in=Site.objects.of_reader(user).values("pk"))
    others = Q(pk__in=[site for site in {cell.site for cell in shown} if isinstance(site, UUID)])
    sites = Site.objects.filter(theirs | others).values_list("pk", "name")
    together = Place(TOGETHER, TOGETHER, "Small sites together")
    return [*(Place(str(pk), pk, name) for pk, name in sites), Place("elsewhere", None, "Somewhere else"), together]


def _part(place, shown, months):
    """What is shown of a place, or nothing."""
    rows = [(month, [shown.get(Cell(place.site, recipient, month)) for recipient in RECIPIENTS]) for month in months]
    if not any(figure for _, row in rows for figure in row):
        return None
    charts = []
    for number, recipient in enumerate(RECIPIENTS):
        by_month = {month: row[number] for month, row in rows if row[number]}
        charts.append((recipient.label, chart(by_month, months)))
    return Part(place.name, charts, rows)


def _answers(user, months: list[date]) -> Iterator[tuple[Cell, float]]:
    """The copies of these months that count, each with the minutes until somebody had it or was told."""
    over = set(months)
    copies = Delivery.objects.filter(
        concern__in=Concern.objects.visible_to(user),
        recipient__in=RECIPIENTS,
        withheld_at=None,
        held_until=None,
        due_at__gte=moment(months[0], time(0)),
    ).exclude(closed_at__isnull=False, concern__in=_mistakes())
    copies = copies.annotate(place=Cast("site", CharField()), answered=Coalesce("acknowledged_at", "told_at"))
    times = copies.values_list("place", "recipient", "due_at", "allowed", "answered")
    site_of = cache(UUID)  # a hundred thousand copies are of a few sites
    for place, recipient, due_at, allowed, answered in times.iterator(chunk_size=5000):
        began = due_at - allowed
        if (month := month_of(began)) in over:
            minutes = (answered - began).total_seconds() / 60 if answered else WAITING
            yield Cell(place and site_of(place), recipient, month), max(minutes, 0)


def _mistakes():
    """The concerns that were last closed as sent by mistake."""
    closed = Decision.objects.filter(kind=Decision.Kind.CLOSE)
    later = closed.filter(concern=OuterRef("concern"), at__gt=OuterRef("at"))
    return closed.filter(~Exists(later), outcome=Outcome.MISTAKE).values("concern")
