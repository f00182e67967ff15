"""The queue of what is addressed to somebody, and the cards that they wrote."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import require_permission
from accounts.models import Site
from accounts.roles import Permission, Role
from concerns import reading, wording
from concerns.models import Concern, Delivery
from concerns.routing import Recipient, Urgency

PAGE = 25
FEW = 5  # of their own cards, below a queue
MOST_COUNTED = 99


def own_cards(request, most=PAGE):
    """The cards that they wrote, the newest first, and where older ones begin."""
    theirs = _from(Concern.objects.written_by(request.user), request.GET.get("older"), "received_at", newest_first=True)
    found, older = _cut(list(theirs.for_lists()[: most + 1]), most, "received_at")
    lines = [reading.line(concern, request.user) for concern in found]
    return {
        "cards": [{"line": line, "cells": wording.cells(line["told"], timezone.now())} for line in lines],
        "older": older and f"?{urlencode({'older': older})}",
    }


@require_safe
@require_permission(Permission.WORK_QUEUE)
def queue(request):
    asked = _asked(request)
    addressed = Delivery.objects.addressed_to(request.user).filter(**asked)
    among = _cared_for(request.user)
    waiting, more_waiting = _page(addressed.open(), among, request.GET.get("after"))
    had, more_had = _page(addressed.answered(), among, request.GET.get("before"), newest_first=True)
    context = {
        "waiting": [_row(copy, request.user) for copy in waiting],
        "had": [_row(copy, request.user) for copy in had],
        "more_waiting": more_waiting and _address(request, after=more_waiting),
        "more_had": more_had and _address(request, before=more_had),
        "waiting_count": _count(addressed.open(), among),
        "sites": _sites(request.user),
        "urgencies": Urgency.choices,
        "asked": request.GET,
        "filtered": bool(asked),
    }
    if request.user.may(Permission.REPORT):
        context |= own_cards(request, FEW)
    return render(request, "concerns/queue.html", context)


class Line(NamedTuple):
    """One row of the queue."""

    card: dict
    state: str
    copy: Delivery
    open: list[str]  # who else is still waiting


def _row(copy, user):
    card = reading.line(copy.concern, user, copy)
    others = [c for c in card["told"] if c.status == "waiting" and c.recipient != copy.recipient]
    soon = copy.is_open and (copy.due_at - timezone.now()).total_seconds() < 60 * 60
    state = "late" if copy.is_overdue else "soon" if soon else ""
    return Line(card, state, copy, [Recipient(c.recipient).label.lower() for c in others])


def _asked(request):
    """The filters that stand in the address. What is not a filter is left aside."""
    asked = {}
    if request.GET.get("urgency") in Urgency.values:
        asked["urgency"] = request.GET["urgency"]
    with suppress(ValueError):
        asked["site"] = UUID(request.GET.get("site", ""))
    return asked


def _page(copies, sites, after, newest_first=False):
    """One page by keyset, and where the next begins or None: never a total, never an offset."""
    found = _from(copies, after, "due_at", newest_first).page(PAGE + 1, sites)
    return _cut(list(found), PAGE, "due_at")


def _from(rows, after, at, newest_first=False):
    """The rows by a time of theirs, beginning where an earlier page's address says."""
    way, beyond, than = ("-", "lte", "lt") if newest_first else ("", "gte", "gt")
    rows = rows.order_by(f"{way}{at}", f"{way}id")
    if not (start := _start(after)):
        return rows
    edge, pk = start
    further = Q(**{f"{at}__{than}": edge}) | Q(**{at: edge, f"id__{than}": pk})
    return rows.filter(**{f"{at}__{beyond}": edge}).filter(further)


def _cut(found, most, at):
    """As many as make a page, and where the next begins, if there are more."""
    last = found[most - 1] if len(found) > most else None
    return found[:most], last and f"{getattr(last, at).isoformat()}_{last.pk}"


def _start(after):
    """Where a page begins, as an earlier page's address said; the first page for anything else."""
    try:
        due, _, pk = (after or "").partition("_")
        at = datetime.fromisoformat(due)
        return (at.astimezone(UTC), UUID(pk)) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _address(request, **changed):
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    for name, value in changed.items():
        query[name] = value
    return f"?{query.urlencode()}"


def _count(copies, sites):
    counted = copies.order_by("due_at", "id").page(MOST_COUNTED + 1, sites).values("pk").count()
    return f"{MOST_COUNTED}+" if counted > MOST_COUNTED else str(counted)


def _cared_for(user):
    """The sites of a manager, whose queue is only a part of their company's; nothing for the others."""
    return list(user.sites.values_list("pk", flat=True)) if user.role == Role.MANAGER else []


def _sites(user):
    """The sites that this reader's copies can be about: what they guard, own or police."""
    return Site.objects.of_reader(user).only("id", "name")


@require_safe
@require_permission(Permission.SEE_CONCERNS)
def find(request):
    """Look a reference up. Missing, misspelt and withheld are the same 404."""
    return redirect(get_object_or_404(Concern.objects.visible_to(request.user).with_reference(_typed(request))))


def _typed(request):
    typed = request.GET.get("reference", "")
    if len(typed) > 40:
        raise Http404
    return typed
