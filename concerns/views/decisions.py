"""Deciding about a concern: who else may read it, who may not, and what came of it."""

from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from accounts.decorators import require_permission
from accounts.fresh import is_fresh, way_to_show_it
from accounts.roles import Permission
from concerns import actions, outcomes, reading
from concerns.checklist import had_it
from concerns.deciding import ADDRESSED, further_readers, people_to_keep_it_from
from concerns.decision_forms import MOST, CloseForm, KeepFromForm, PassOnForm, ReleaseForm
from concerns.models import Concern, Decision, Status
from concerns.views.unsent import already, keeps_words


def _found(request, reference, needs):
    """The concern and what this person may see of it; 404 for whoever may not see what the decision is about."""
    found = get_object_or_404(Concern.objects.visible_to(request.user).with_reference(reference).whole())
    card = actions.read(concern=found, by=request.user)
    if needs not in card:
        raise Http404
    return found, card


def _filled(request, form_class, **given):
    """The form as it was posted, or a new one that names its writer."""
    initial = {"writer": request.user.pk} | given.pop("initial", {})
    return form_class(request.POST if request.method == "POST" else None, initial=initial, **given)


def _page(request, name, found, form, **more):
    context = {"reference": str(found), "form": form, **more}
    return render(request, f"concerns/{name}.html", context, status=422 if form.errors else 200)


def _do(request, found, form, verb, done, **what):
    """Back to the concern once it is done; the words again where somebody was quicker; None where the form says why."""
    try:
        verb(by=request.user, **what)
    except actions.Already as quicker:
        return already(request, found, form, str(quicker))
    except actions.NotYet as why:
        form.add_error(None, str(why))
        return None
    messages.success(request, done)
    return redirect(found)


# --- Who else may read it -------------------------------------------------------------------------------------------


@keeps_words(ReleaseForm)
@require_permission(Permission.DECIDE)
def release(request, reference):
    """Give a withheld recipient their copy, by somebody who has just shown that it is really them."""
    found, card = _found(request, reference, needs="withheld")
    withheld, is_them = card["withheld"], is_fresh(request)
    told = {copy.recipient for copy in card["told"]}
    has_it = told & {request.POST.get("recipient")}
    form = _filled(request, ReleaseForm, withheld=[*withheld, *has_it])
    if form.is_valid() and is_them and (answered := _release(request, found, form)):
        return answered
    if card["outcome"]:
        return already(request, found, form, "The concern is closed. A note opens it again.")
    if has_it or not withheld:
        return already(request, found, form, "They have their copy already.")
    way = None if is_them else way_to_show_it(request)
    return _page(request, "release", found, form, way=way, withheld=withheld, had_it=had_it(card))


def _release(request, found, form):
    recipient = form.cleaned_data["recipient"]
    copy = found.deliveries.get(recipient=recipient)
    done = f"{outcomes.recipient(recipient).capitalize()} can see it from now on."
    return _do(request, found, form, actions.release, done, delivery=copy, reason=form.cleaned_data["reason"])


@keeps_words(PassOnForm)
@require_permission(Permission.PASS_ON)
def pass_on(request, reference):
    """Let one more person of the same organisation read one's own copy."""
    found, _ = _found(request, reference, needs="told")
    copy = reading.own_copy(found, request.user)
    if copy is None:
        raise Http404
    passed_on = copy.decisions.filter(kind=Decision.Kind.PASS_ON).select_related("person")
    before = [one.person for one in passed_on if str(one.person_id) == request.POST.get("person")]
    form = _filled(request, PassOnForm, people=[*further_readers(copy), *before])
    if form.is_valid():
        what = {"delivery": copy, "person": form.cleaned_data["person"], "reason": form.cleaned_data["reason"]}
        if answered := _do(request, found, form, actions.pass_on, "They can see it from now on.", **what):
            return answered
    if before:
        return already(request, found, form, "It was passed on to them before.")
    return _page(request, "pass_on", found, form)


# --- Who may not ----------------------------------------------------------------------------------------------------


@keeps_words(KeepFromForm)
@require_permission(Permission.DECIDE)
def keep_from(request, reference):
    """Name people who may never see it. Nobody to add is a good answer."""
    found, card = _found(request, reference, needs="withheld")
    everybody = people_to_keep_it_from(found, request.user)
    offered, is_more = _offered(request, everybody, found)
    form = _filled(request, KeepFromForm, people=offered)
    named = [decision.person for decision in card["decisions"] if decision.kind == Decision.Kind.KEEP_FROM]
    if "find" in request.POST:
        form.unchecked()
    elif form.is_valid() and (answered := _keep_from(request, found, form)):
        return answered
    return _page(request, "keep_from", found, form, named=named, is_more=is_more)


def _keep_from(request, found, form):
    people = form.cleaned_data["people"]
    if not people:
        messages.info(request, "Nobody was added.")
        return redirect(found)
    done = f"It is kept from {len(people)} {'person' if len(people) == 1 else 'people'}, whatever they do here later."
    reason = form.cleaned_data["text"]
    return _do(request, found, form, actions.keep_from, done, concern=found, people=people, reason=reason)


def _offered(request, everybody, found):
    """The names to tick: those ticked so far, then whoever was looked for, or could see it. Whether there are more."""
    ticked = list(everybody.filter(pk__in=_keys(request.POST.getlist("people"))))
    name = request.POST.get("name", "").replace("\0", "").strip()
    others = everybody.filter(name__icontains=name) if name else everybody.active().filter(role__in=ADDRESSED)
    named = found.kept.filter(recipient="").values("user")
    others = list(others.exclude(pk__in=named).exclude(pk__in=[person.pk for person in ticked])[: MOST + 1])
    return [*ticked, *others[:MOST]], len(others) > MOST


def _keys(typed):
    for text in typed:
        with suppress(ValueError):
            yield UUID(text)


# --- What came of it ------------------------------------------------------------------------------------------------


@keeps_words(CloseForm)
@require_permission(Permission.CLOSE)
def close(request, reference):
    """Head office closes it; the others propose it. Not before everybody has it or was told."""
    found, card = _found(request, reference, needs="decisions")
    proposal = last_proposal(card)
    initial = {"outcome": proposal.outcome} if proposal else {}
    form = _filled(request, CloseForm, initial=initial, concern=found, user=request.user)
    decides = "withheld" in card
    verb, done = (actions.close, "Closed.") if decides else (actions.propose, "Proposed. Head office sees it.")
    if form.is_valid() and (answered := _do(request, found, form, verb, done, concern=found, **form.decision())):
        return answered
    if card["outcome"]:
        return already(request, found, form, "It is closed already.")
    waiting = [copy for copy in card["told"] if copy.status in (Status.WAITING, Status.HELD)]
    return _page(request, "close", found, form, decides=decides, proposal=proposal, waiting=waiting)


def to_decide(card, user, *, is_author):
    """What the page of a concern says of all this: what may be decided by this reader, and what came of it."""
    has_copy = card["due_at"] is not None
    closed = card.get("outcome")
    decides = "withheld" in card
    waiting = any(copy.status in (Status.WAITING, Status.HELD) for copy in card["told"])
    may = {
        "release": decides and card["withheld"] and not closed,
        "keep_from": decides,
        "pass_on": has_copy and user.may(Permission.PASS_ON),
        "close": "decisions" in card and not closed,
    }
    close = "Close it" if decides else "Propose to close it"
    words = VERBS | {"close": close}
    return {
        "verbs": [(name, words[name]) for name in words if may[name]],
        "proposal": last_proposal(card) if decides else None,
        "may_close": decides and not waiting,
        "may_ask": has_copy and user.may(Permission.ASK) and not is_author,
        "asked_of_me": [
            q for q in card.get("questions", ()) if not q.answered_at and (decides if q.left else is_author)
        ],
    }


VERBS = {
    "release": "Release a copy to somebody it is closed to",
    "keep_from": "Keep it from somebody by name",
    "pass_on": "Pass it on to a colleague",
    "close": "",
}


def last_proposal(card):
    """What somebody proposed since it was last closed, if anything."""
    proposal = None
    for decision in card["decisions"]:
        if decision.kind == Decision.Kind.PROPOSE:
            proposal = decision
        elif decision.kind == Decision.Kind.CLOSE:
            proposal = None
    return proposal
