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
from concerns.views.unsent import keeps_words


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
    """Back to the concern once it is done, or was before; None where the form says why it cannot be."""
    try:
        verb(by=request.user, **what)
        messages.success(request, done)
    except actions.Already as already:
        messages.info(request, f"{already} Nothing was changed.")
    except actions.NotYet as why:
        form.add_error(None, str(why))
        return None
    return redirect(found)


def _nothing_left(request, found, sentence):
    messages.info(request, f"{sentence} Nothing was changed.")
    return redirect(found)


# --- Who else may read it -------------------------------------------------------------------------------------------


@keeps_words(ReleaseForm)
@require_permission(Permission.DECIDE)
def release(request, reference):
    """Give a withheld recipient their copy, by somebody who has just shown that it is really them."""
    found, card = _found(request, reference, needs="withheld")
    if card["outcome"]:
        return _nothing_left(request, found, "The concern is closed. A note opens it again.")
    if not card["withheld"] or request.POST.get("recipient") in {copy.recipient for copy in card["told"]}:
        return _nothing_left(request, found, "They have their copy already.")
    form = _filled(request, ReleaseForm, withheld=card["withheld"])
    is_them = is_fresh(request)
    answered = form.is_valid() and is_them and _release(request, found, form)
    way = None if is_them else way_to_show_it(request)
    return answered or _page(request, "release", found, form, way=way, withheld=card["withheld"], had_it=had_it(card))


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
    passed_on = copy.decisions.filter(kind=Decision.Kind.PASS_ON).values_list("person", flat=True)
    if request.POST.get("person") in map(str, passed_on):
        return _nothing_left(request, found, "It was passed on to them before.")
    form = _filled(request, PassOnForm, people=further_readers(copy))
    if form.is_valid():
        person, reason = form.cleaned_data["person"], form.cleaned_data["reason"]
        done = "They can see it from now on."
        answered = _do(request, found, form, actions.pass_on, done, delivery=copy, person=person, reason=reason)
        if answered:
            return answered
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
    if card["outcome"]:
        return _nothing_left(request, found, "It is closed already.")
    proposal = last_proposal(card)
    initial = {"outcome": proposal.outcome} if proposal else {}
    form = _filled(request, CloseForm, initial=initial, concern=found, user=request.user)
    decides = "withheld" in card
    verb, done = (actions.close, "Closed.") if decides else (actions.propose, "Proposed. Head office sees it.")
    if form.is_valid() and (answered := _do(request, found, form, verb, done, concern=found, **form.decision())):
        return answered
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
    "release": "Release a copy to somebody who was not told",
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
