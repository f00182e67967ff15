"""Telling people, and what is told to nobody for now: who rang whom, what to say, a hold, footage that is saved."""

from datetime import time, timedelta
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import require_permission
from accounts.roles import Permission
from concerns import actions, reading, times, wording
from concerns.checklist import checklist, do_not_tell, involved
from concerns.models import Concern, Delivery, Status, record_opened
from concerns.police import how_to_tell
from concerns.ringing import anybody_above, to_ring
from concerns.routing import Recipient
from concerns.script import script as what_to_say
from concerns.telling import OF_THE_POLICE, RING, may_tell, police_due, rings_the_police
from concerns.telling_forms import EndHoldForm, HoldForm, SavedForm, TellForm
from concerns.views.unsent import IN_A_NOTE, already, keeps_words

WHOM = {
    Recipient.MANAGER: "the manager",
    Recipient.HEAD_OFFICE: "head office",
    Recipient.CUSTOMER: "the customer",
    Recipient.POLICE_CALL: "the police",
    Recipient.POLICE: "the police",
    Recipient.LEAD: "the safeguarding lead",
    Recipient.STANDARDS: "professional standards",
}
A_GUESS = timedelta(hours=1)  # that a time may be out which the author called a guess
# Who secures footage themselves where the site must not be asked.
SECURES = {Recipient.HEAD_OFFICE, Recipient.LEAD, Recipient.POLICE}


class Seen(NamedTuple):
    """A concern as somebody may see it, and the copy that they read."""

    concern: Concern
    card: dict[str, Any]
    mine: Delivery | None
    is_author: bool

    @property
    def own(self):
        return self.mine.recipient if self.mine else ""

    @property
    def since(self):
        """From when it may have been seen, as exactly as this reader may know it: no error tells them more."""
        first = seen_from(self.concern)
        if "seen_at" in self.card:
            return first
        return self.card["camera_from"] or times.moment(first.astimezone(times.LONDON).date(), time(), which=0)

    def may_tell(self):
        return may_tell(self.card, own=self.own, is_author=self.is_author)

    def copy_of(self, recipient):
        return next(copy for copy in self.concern.deliveries.all() if copy.recipient == recipient)


def _see(request, reference):
    found = get_object_or_404(Concern.objects.visible_to(request.user).with_reference(reference).whole())
    card = actions.read(concern=found, by=request.user)
    mine = reading.own_copy(found, request.user)
    return Seen(found, card, mine, reading.is_author(found, request.user))


def _filled(request, form_class, *, initial=None, **given):
    """The form as it was posted, or a new one that names its writer."""
    typed = request.POST if request.method == "POST" else None
    return form_class(typed, initial={"writer": request.user.pk} | (initial or {}), **given)


def _page(request, name, seen, form, **more):
    context = {"reference": seen.card["reference"], "form": form, **more}
    return render(request, f"concerns/{name}.html", context, status=422 if form.errors else 200)


def seen_from(concern):
    """From when it may have been seen, to the minute. The author's clock may be fast."""
    seen = min(concern.seen_at, concern.received_at).replace(second=0, microsecond=0)
    return seen - A_GUESS if concern.time_is_approximate else seen


def wrote_it(copy, user, told):
    """Whether this person wrote down the very same of a copy: one tap twice."""
    said = {"whom": copy.told_whom, "at": copy.told_at, "how": copy.told_how, "log": copy.told_log}
    return copy.told_by_id == user.pk and all(said[name] == what for name, what in told.items())


# --- I told them --------------------------------------------------------------------------------------------------


@keeps_words(TellForm)
@require_permission(Permission.RECORD_TOLD)
def told_them(request, reference, recipient):
    """Record that somebody was told by telephone or otherwise: it ends the wait for their answer."""
    seen = _see(request, reference)
    form = _filled(request, TellForm, recipient=recipient, since=seen.since)
    if _told(seen, recipient).status == Status.WAITING and not form.is_valid():
        return _page(request, "tell", seen, form, recipient=recipient, whom=WHOM[recipient])
    if form.is_valid():
        told = form.told()
        if actions.record_told(delivery=seen.copy_of(recipient), by=request.user, **told):
            return _written_down(request, seen, recipient)
        seen = _see(request, reference)  # somebody was quicker, or it is the same tap twice
        if wrote_it(seen.copy_of(recipient), request.user, told):
            return _written_down(request, seen, recipient)
    return already(request, seen.concern, form, _in_words(_told(seen, recipient)), IN_A_NOTE)


def _written_down(request, seen, recipient):
    messages.success(request, f"Written down: you told {WHOM[recipient]}.")
    return redirect(seen.concern)


def _told(seen, recipient):
    """That recipient's copy, if this reader may say that they told them."""
    for copy in seen.may_tell():
        if copy.recipient == recipient:
            return copy
    raise Http404


def _in_words(copy):
    """Head office: has it, Hana, 23:14."""
    (cell,) = wording.cells([copy], timezone.now())
    return f"{cell.title}: {cell.parts[0].word.lower()}, {cell.parts[0].when}."


@require_safe
@require_permission(Permission.RECORD_TOLD)
def script(request, reference):
    """What to say to the police on the telephone. Opening it is reading the card."""
    seen = _see(request, reference)
    if not rings_the_police(seen.card, seen.own, seen.is_author):
        raise Http404
    record_opened(seen.concern, by=request.user)
    said = what_to_say(seen.card, code_word=seen.concern.force.code_word, is_author=seen.is_author)
    context = about_telling(seen) | {"card": seen.card, "script": said, "is_author": seen.is_author}
    return render(request, "concerns/script.html", context)


# --- The police ask that the customer is not told yet -------------------------------------------------------------


@keeps_words(HoldForm)
@require_permission(Permission.HOLD)
def hold(request, reference):
    """Keep the customer's copy from them, or go on doing so: an officer asks for it."""
    seen = _see(request, reference)
    held = _hold_of(seen)
    initial = {"officer": held.officer, "reference": held.reference} if held else {}
    form = _filled(request, HoldForm, initial=initial)
    if held is None:
        return already(request, seen.concern, form, "The customer has been told already, or is not told at all.")
    if not form.is_valid():
        return _page(request, "hold", seen, form, held=held.until)
    done = "On hold. The customer finds nothing of it here. Do not tell them."
    return _decided(request, seen, form, actions.hold, done, **form.hold())


@keeps_words(EndHoldForm)
@require_permission(Permission.HOLD)
def end_hold(request, reference):
    seen = _see(request, reference)
    held = _hold_of(seen)
    form = _filled(request, EndHoldForm)
    if form.is_valid() and any(copy.recipient == Recipient.CUSTOMER for copy in seen.concern.deliveries.all()):
        done = "The hold has ended. The customer is sent their copy."
        return _decided(request, seen, form, actions.end_hold, done, reason=form.cleaned_data["reason"])
    if held is None or held.until is None:
        return already(request, seen.concern, form, "It is not on hold any more.")
    return _page(request, "end_hold", seen, form)


def _hold_of(seen):
    if "hold" not in seen.card:
        raise Http404
    return seen.card["hold"]


def _decided(request, seen, form, verb, done, **what):
    try:
        verb(delivery=seen.copy_of(Recipient.CUSTOMER), by=request.user, **what)
    except actions.NotYet as why:
        return already(request, seen.concern, form, str(why))
    messages.success(request, done)
    return redirect(seen.concern)


# --- Footage ------------------------------------------------------------------------------------------------------


@keeps_words(SavedForm)
@require_permission(Permission.SAVE_FOOTAGE)
def saved(request, reference):
    """Who saved the footage, when, and where it is. The footage itself never comes here."""
    seen = _see(request, reference)
    footage = seen.card.get("footage")
    if seen.mine is None or footage is None:
        raise Http404
    form = _filled(request, SavedForm, since=seen.since)
    if form.is_valid() and actions.save_footage(concern=seen.concern, by=request.user, **form.saved()):
        messages.success(request, "Written down: the footage is saved. Thank you.")
        return redirect(seen.concern)
    if footage.saved_on is None and not form.is_valid():
        return _page(request, "saved", seen, form, footage=footage)
    advice = IN_A_NOTE if request.user.may(Permission.ADD_NOTE) else ""
    return already(request, seen.concern, form, "It is written down that the footage is saved.", advice)


# --- What the page of a concern says of all this ------------------------------------------------------------------


def about_telling(seen):
    """Who is still to be told, the police first; the hold, the footage, and what to mind."""
    card, own = seen.card, seen.own
    rings = rings_the_police(card, own, seen.is_author)
    due = police_due(card) if rings else None
    late = bool(due and due < timezone.now())
    waiting = [copy for copy in seen.may_tell() if copy.status == Status.WAITING]
    call = any(copy.recipient == Recipient.POLICE_CALL for copy in waiting)
    nobody_above = seen.is_author and (to_ring(seen.concern) is None or not anybody_above(seen.concern))
    return {
        "police": how_to_tell(card, seen.concern.force) if rings else None,
        "police_due": due,
        "police_late": late,
        "police_first": (call or nobody_above) and not late,
        "police_waiting": [copy for copy in waiting if copy.recipient in OF_THE_POLICE],
        "others_waiting": [(c.recipient, WHOM[c.recipient]) for c in waiting if c.recipient not in OF_THE_POLICE],
        "nobody_above": nobody_above,
        "secures": own in SECURES,
        "may_save": seen.mine is not None,
        "checklist": _checklist(card) if "withheld" in card else [],  # head office, or whoever decides in its place
        "do_not_tell": do_not_tell(card) if own in RING or seen.is_author else "",
    }


def _checklist(card):
    return checklist(about=involved(card), nation=card["site"].nation if card["site"] else "")
