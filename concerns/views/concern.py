"""One concern: reading it, acknowledging it, adding to it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.db import transaction
from django.shortcuts import get_list_or_404, get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import require_permission
from accounts.models import User
from accounts.roles import Permission
from concerns import actions, facts, reading, wording
from concerns.deciding import decides
from concerns.forms import NoteForm
from concerns.models import Concern, Delivery, Event, record_opened
from concerns.ringing import to_ring
from concerns.sheet import Sheet, changes_rows
from concerns.telling_forms import ToldForm
from concerns.views import decisions, sheets, telling
from concerns.views.sheets import Notice
from concerns.views.telling import Seen

SAID_BEFORE = "That you have it stood in the history before. Nothing was changed."


def _visible(request, reference):
    return get_object_or_404(Concern.objects.visible_to(request.user).with_reference(reference).whole())


@require_safe
@require_permission(Permission.SEE_CONCERNS)
def concern(request, reference):
    found = _visible(request, reference)
    record_opened(found, by=request.user)
    sheet = Sheet.blank(NoteForm, initial={"writer": request.user.pk})
    told_form = ToldForm(initial={"writer": request.user.pk})
    context = sheets.context(sheet) | _context(request, found) | {"told_form": told_form}
    return render(request, "concerns/concern.html", context)


@require_safe
@require_permission(Permission.SEE_CONCERNS)
def printed(request, reference):
    found = _visible(request, reference)
    actions.record_printed(concern=found, by=request.user)
    return render(request, "concerns/print.html", _context(request, found))


def _context(request, found):
    events = _history(found)
    card = actions.read(concern=found, by=request.user, events=events)
    mine = reading.own_copy(found, request.user)
    author = reading.is_author(found, request.user)
    return {
        "card": card,
        "mine": mine,
        "is_author": author,
        "cells": wording.cells(card["told"], timezone.now(), mine=mine.recipient if mine else ""),
        "ring": to_ring(found) if author else None,
        "history": reading.history(found, events, card),
        "facts": facts.what_was_seen(card) if "account" in card else [],
        "rest": facts.police_and_times(card) if "account" in card else [],
        "seen_rows": facts.rows_seen(card) if "account" in card else [],
        "seen": facts.seen(card) if "seen_at" in card else "",
        **telling.about_telling(Seen(found, card, mine, author)),
        **decisions.to_decide(card, request.user, is_author=author),
        "may_join": mine and _may_join(mine, events, request.user),
        "may_add_note": request.user.may(Permission.ADD_NOTE),
        "may_make_pack": mine and request.user.may(Permission.MAKE_PACK),
        "now": timezone.now(),
    }


def _may_join(mine, events, user):
    """Whether their copy was ended by somebody else, and they have not said yet that they have it too."""
    said = {(e.by_id, e.detail["recipient"]) for e in events if e.verb == Event.Verb.ACKNOWLEDGED}
    return bool(mine.acknowledged_at or mine.told_at) and (user.pk, mine.recipient) not in said


def _history(found):
    """The events, each with the name of who did it."""
    events = list(Event.objects.filter(concern_id=found.pk).order_by("number"))
    names = dict(User.objects.filter(pk__in={event.by_id for event in events}).values_list("pk", "name"))
    for event in events:
        event.by_name = names.get(event.by_id, "")
    return events


@require_permission(Permission.WORK_QUEUE)
def acknowledge(request, reference):
    if request.method != "POST":  # back from signing in again: the button is on that page
        return redirect("concern", reference)
    mine = Delivery.objects.addressed_to(request.user).filter(concern__in=Concern.objects.with_reference(reference))
    copies = get_list_or_404(mine.select_related("concern"))  # two where one was passed on to them
    concern = copies[0].concern
    if not (request.POST.get("writer") and sheets.written_by(request.user, request.POST)):
        return _opened_by_somebody_else(request, concern)
    first = [actions.acknowledge(delivery=copy, by=request.user) for copy in copies]
    joined = [actions.join(delivery=copy, by=request.user) for copy in copies]
    if not any(first):
        messages.info(request, _already(copies) if any(joined) else SAID_BEFORE)
        return redirect(concern)
    messages.success(request, "Acknowledged. Whoever sent the card can see that you have it.")
    asks = any(decides(request.user, copy, concern.deliveries.all()) for copy in copies) and concern.involved
    return redirect("keep_from", reference) if asks else redirect(concern)


def _opened_by_somebody_else(request, concern):
    """To acknowledge is to have opened it: a button that was left on somebody else's page counts for nobody."""
    sentence = f"You are signed in as {request.user}, and somebody else opened the page with that button."
    context = {"reference": str(concern), "sentence": sentence, "unopened": True}
    return render(request, "concerns/already.html", context, status=409)


def _already(copies):
    if all(copy.told_at for copy in copies):
        return "It was written down before that you were told. That you have it stands in the history."
    return "Somebody has this already. That you have it too stands in the history."


@login_not_required  # as for the card: a session that ran out must not lose the words
def note(request, reference):
    if request.method == "POST" and not request.user.is_authenticated:
        return _note_page(request, reference, _kept(request), Notice.SIGNED_OUT, status=403)
    if request.method == "POST" and not sheets.written_by(request.user, request.POST, "note-writer"):
        return _note_page(request, reference, _kept(request), Notice.SOMEBODY_ELSE, status=403)
    return _note(request, reference=reference)


@login_required
@require_permission(Permission.ADD_NOTE)
def _note(request, reference):
    if request.method != "POST":
        blank = Sheet.blank(NoteForm, initial={"writer": request.user.pk})
        return _note_page(request, _visible(request, reference), blank)
    found = Concern.objects.visible_to(request.user).with_reference(reference).whole().first()
    if found is None:  # missing, or closed to them while they typed: the same words, and theirs
        return _note_page(request, reference, _kept(request), Notice.NOT_HERE, status=404)
    sheet = Sheet.typed(NoteForm, request.POST)
    if changes_rows(request.POST):
        return _note_page(request, found, sheet.unchecked())
    if not sheet.is_valid():
        return _note_page(request, found, sheet, status=422)
    return _add(request, found, sheet)


def _kept(request):
    return Sheet.typed(NoteForm, request.POST).unchecked()


def _note_page(request, reference, sheet, notice=None, status=200):
    context = sheets.context(sheet, notice) | {"reference": str(reference)}
    return render(request, "concerns/note.html", context, status=status)


def _add(request, found, sheet):
    answers = sheet.form.cleaned_data
    key = answers["submission_key"] or sheets.new_key()
    with transaction.atomic():  # nothing is asked after it is stored: what fails then would be shown as not stored
        actions.add_note(
            concern=found, by=request.user, key=key, text=answers["text"], about=answers["about"], **sheet.seen()
        )
        still_theirs = Concern.objects.visible_to(request.user).filter(pk=found.pk).exists()
    if not still_theirs:
        messages.success(request, "Your note is stored. By what it says, the card is no longer shown to you.")
        return redirect("home")
    messages.success(request, "Your note is stored.")
    return redirect(found)
