"""What the author is shown once a card is stored: whom to ring now, who can see it, who was not told."""

from typing import NamedTuple

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import require_permission
from accounts.roles import Permission
from concerns import actions, wording
from concerns.forms import ToldForm
from concerns.models import Concern, Delivery
from concerns.routing import Recipient

NOT_TOLD = {Recipient.POLICE.value: "Local police desk"}  # the force is told, by its standards desk


class Ring(NamedTuple):
    """Whom the author rings: the first of manager, head office and lead from whom the card is not withheld."""

    delivery: Delivery
    whom: str  # as in "Now ring …"
    number: object
    label: str


def to_ring(concern):
    copies = {copy.recipient: copy for copy in concern.deliveries.all() if not copy.withheld_at}
    company, site = concern.company, concern.site
    if Recipient.MANAGER in copies and site.control_room_phone:
        return Ring(copies[Recipient.MANAGER], "your control room", site.control_room_phone, f"{site} control room")
    if Recipient.MANAGER in copies:
        return Ring(copies[Recipient.MANAGER], "your control room", company.phone, f"{company}, any hour")
    if Recipient.HEAD_OFFICE in copies:
        return Ring(copies[Recipient.HEAD_OFFICE], "head office", company.phone, f"{company} head office, any hour")
    # Never head office's own number: the card may be about somebody there.
    return Ring(copies[Recipient.LEAD], "your safeguarding lead", company.lead_phone, f"{company} safeguarding lead")


def _own(request, reference):
    return get_object_or_404(Concern.objects.written_by(request.user).with_reference(reference).whole())


@require_safe
@require_permission(Permission.REPORT)
def sent(request, reference):
    return _show(request, _own(request, reference), ToldForm())


@require_permission(Permission.RECORD_TOLD)
def told(request, reference):
    if request.method != "POST":  # back from signing in again: the line to fill in is on that page
        return redirect("sent", reference)
    concern = _own(request, reference)
    form = ToldForm(request.POST, recipient=to_ring(concern).delivery.recipient)
    if not form.is_valid():
        return _show(request, concern, form, status=422)
    if actions.record_told(delivery=to_ring(concern).delivery, by=request.user, **form.told()):
        messages.success(request, "Written down. Thank you for ringing.")
    else:
        messages.info(request, "Somebody has this already. Nothing was changed.")
    return redirect(concern)


def _show(request, concern, form, status=200):
    card = actions.read(concern=concern, by=request.user)
    copies = {copy.recipient: copy for copy in concern.deliveries.all()}
    call = copies.get(Recipient.POLICE_CALL)
    context = {
        "concern": concern,
        "card": card,
        "cells": wording.cells(card["told"], timezone.now()),
        "form": form,
        "ring": to_ring(concern),
        "call": call if call and call.is_open else None,
        "code_word": concern.force.code_word,
        "not_told": [NOT_TOLD.get(r, copy.get_recipient_display()) for r, copy in copies.items() if copy.withheld_at],
        "may_be": sorted(concern.involved),
    }
    return render(request, "concerns/sent.html", context, status=status)
