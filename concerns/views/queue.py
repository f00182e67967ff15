"""The queue of what is addressed to somebody, and the cards that they wrote."""

import hashlib
import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import TextChoices
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import require_permission
from accounts.models import Site
from accounts.roles import KIND_OF, Kind, Permission, Role
from concerns import reading, wording
from concerns.models import Concern, Delivery, Status
from concerns.pending import RISK
from concerns.routing import Recipient, Urgency
from concerns.views import alarms, keyset

PAGE = 25
FEW = 5  # of what they have and what they wrote, below what waits
MOST_COUNTED = 99
SOON = timedelta(hours=1)
PARTS = ("above", "chips", "lists", "own")  # of the page, that are brought up to date without a reload


class Show(TextChoices):
    """The lists of a queue: its chips, in their order."""

    WAITING = "waiting", "Waiting for you"
    OVERDUE = "overdue", "Overdue"
    POLICE = "police", "Police not told"
    FOOTAGE = "footage", "CCTV at risk"
    HAD = "had", "You have these"
    CLOSED = "closed", "Closed"


PRESSING = {Show.OVERDUE, Show.POLICE, Show.FOOTAGE}


class Chip(NamedTuple):
    """The way to one list, and how many are on it, as far as they are counted."""

    name: str
    label: str
    address: str
    number: str
    presses: bool


class List(NamedTuple):
    name: str
    label: str
    rows: list
    more: str  # the address of the next page


class Row(NamedTuple):
    """One copy, as a line of a list."""

    card: dict
    copy: Delivery
    state: str  # late, soon or nothing
    waiting: list[str]  # who else has not answered
    held: list[str]
    nobody: bool  # has it: said only to those who know of everybody
    everybody: bool
    police_late: bool
    footage_left: str
    footage_presses: bool
    closed_at: datetime | None


def own_cards(request, most=PAGE):
    """The cards that they wrote, the newest first, and where older ones begin."""
    theirs = Concern.objects.written_by(request.user).order_by("-received_at", "-id")
    some = list(keyset.begin(theirs, request.GET.get("older")).for_lists()[: most + 1])
    found, older = keyset.cut(theirs, some, most)
    lines = [reading.line(concern, request.user) for concern in found]
    return {
        "to_answer": reading.to_answer(request.user),
        "cards": [{"line": line, "cells": wording.cells(line["told"], timezone.now())} for line in lines],
        "older": older and f"?{urlencode({'older': older})}",
    }


@require_safe
@require_permission(Permission.WORK_QUEUE)
def queue(request):
    """The page; and to its script, which asks again and again with the tag of what it has, only what has changed."""
    reader, context = str(request.user.pk), _context(request)
    title, parts = _title(context), {part: render_to_string(f"concerns/_queue_{part}.html", context) for part in PARTS}
    tag = hashlib.sha256(json.dumps([reader, title, parts]).encode()).hexdigest()[:16]
    if (theirs := request.headers.get("X-Queue")) is None:
        return render(request, "concerns/queue.html", context | {"title": title, "parts": parts, "tag": tag})
    checked = {"at": wording.clock(context["now"]), "reader": reader}
    return JsonResponse(checked if theirs == tag else checked | {"tag": tag, "title": title, "parts": parts})


def _context(request):
    user, asked, now = request.user, _asked(request), timezone.now()
    mine, among = Delivery.objects.addressed_to(user), _cared_for(user)
    lists = _lists(mine.filter(**asked), user, now)
    show = request.GET.get("show") if request.GET.get("show") in lists else Show.WAITING
    shown = [Show.WAITING, Show.HAD] if show == Show.WAITING else [Show(show)]
    chips = [_chip(request, name, copies, among, user) for name, copies in lists.items()]
    overdue = next(chip.number for chip in chips if chip.name == Show.OVERDUE)
    context = {
        "now": now,
        "show": show,
        "chips": chips,
        "lists": [_list(request, name, lists[name], among, user, asked_for=name == show) for name in shown],
        "overdue": overdue,
        "next": _next(lists[Show.WAITING], among, user, now) if overdue and Show.WAITING in shown else None,
        "sites": _sites(user),
        "urgencies": Urgency.choices,
        "asked": request.GET,
        "filtered": bool(asked),
        "may_hand_over": user.may(Permission.HAND_OVER),
    }
    context |= alarms.above(mine, user, among)
    return context | (own_cards(request, FEW) if user.may(Permission.REPORT) else {})


def _title(context):
    """References and a number alone: it is read on lock screens and over shoulders."""
    untold, overdue = [one.reference for one in context["untold"]], context["overdue"]
    said = [untold and f"Police not told: {', '.join(untold)}", overdue and f"{overdue} overdue", "Queue"]
    return " – ".join(filter(None, said))


# --- What is asked for ------------------------------------------------------------------------------------------------


def _asked(request):
    """The filters that stand in the address. What is not a filter is left aside."""
    asked = {}
    if request.GET.get("urgency") in Urgency.values:
        asked["urgency"] = request.GET["urgency"]
    with suppress(ValueError):
        asked["site"] = UUID(request.GET.get("site", ""))
    return asked


def _lists(copies, user, now):
    """{list: its copies, in its order}. What nobody has answered comes by the time that is left."""
    due, latest = ("due_at", "id"), ("-due_at", "-id")
    lists = {
        Show.WAITING: copies.open().order_by(*due),
        Show.OVERDUE: copies.open().filter(due_at__lt=now).order_by(*due),
        Show.POLICE: alarms.police_not_told(copies, user),
        Show.FOOTAGE: copies.footage_at_risk(RISK),
        Show.HAD: copies.answered().order_by(*latest),
        Show.CLOSED: copies.closed().order_by("-closed_at", "-id"),
    }
    if user.role == Role.CUSTOMER:
        del lists[Show.POLICE]
    return lists


def _cared_for(user):
    """The sites of a manager, whose queue is only a part of their company's; nothing for the others."""
    return list(user.sites.values_list("pk", flat=True)) if user.role == Role.MANAGER else []


def _sites(user):
    """The sites that this reader's copies can be about: what they guard, own or police."""
    return Site.objects.of_reader(user).only("id", "name")


def _address(request, **changed):
    """This page's address with these changes, from the first page on."""
    query = request.GET.copy()
    for name in ("after", "older", *changed):
        query.pop(name, None)
    for name, value in changed.items():
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


# --- What is shown ----------------------------------------------------------------------------------------------------


def _chip(request, name, copies, sites, user):
    count = "" if name == Show.CLOSED else _count(copies, sites)
    address = _address(request, show="" if name == Show.WAITING else name.value)
    return Chip(name, _label(name, user), address, count, name in PRESSING)


def _label(name, user):
    """A customer may not know that a concern is closed, only that it asks nothing more of them."""
    return "Earlier" if name == Show.CLOSED and user.role == Role.CUSTOMER else name.label


def _count(copies, sites):
    """Up to 99, then 99+; nothing where there are none."""
    counted = copies.page(MOST_COUNTED + 1, sites).values("pk").count()
    return f"{MOST_COUNTED}+" if counted > MOST_COUNTED else str(counted or "")


def _list(request, name, copies, sites, user, *, asked_for):
    """A page of it; of one that nobody asked for, the first few."""
    start, most = (request.GET.get("after"), PAGE) if asked_for else (None, FEW)
    some = list(keyset.begin(copies, start).page(most + 1, sites))
    found, further = keyset.cut(copies, some, most)
    more = _address(request, **({"after": further} if asked_for else {"show": name.value})) if further else ""
    return List(name, _label(name, user), [_row(copy, user) for copy in found], more)


def _next(waiting, sites, user, now):
    """What is due next, below what is overdue already."""
    first = next(iter(waiting.filter(due_at__gte=now).page(1, sites)), None)
    return first and reading.line(first.concern, user, first)


def _row(copy, user):
    now, card = timezone.now(), reading.line(copy.concern, user, copy)
    statuses = {other.recipient: other.status for other in card["told"]}
    knows_all = KIND_OF[user.role] == Kind.COMPANY and not copy.released_at
    soon = copy.is_open and copy.due_at - now < SOON
    footage = copy.footage_until if copy.footage_until and copy.footage_until > now else None
    return Row(
        card=card,
        copy=copy,
        state="late" if copy.is_overdue else "soon" if soon else "",
        waiting=_labels(r for r, status in statuses.items() if status == Status.WAITING and r != copy.recipient),
        held=_labels(r for r, status in statuses.items() if status == Status.HELD),
        nobody=knows_all and set(statuses.values()) <= {Status.WAITING, Status.HELD},
        everybody=knows_all and set(statuses.values()) <= {Status.HAS_IT, Status.TOLD},
        police_late=bool(copy.police_due_at and copy.police_due_at < now),
        footage_left=wording.countdown(footage, now) if footage else "",
        footage_presses=bool(footage) and footage - now <= RISK,
        closed_at=copy.closed_at if user.role != Role.CUSTOMER else None,
    )


def _labels(recipients):
    return [Recipient(recipient).label.lower() for recipient in recipients]


# --- By its reference -------------------------------------------------------------------------------------------------


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
