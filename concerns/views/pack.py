"""The statement pack of one concern: all that its reader may see of it, on paper, for the police months later."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import require_permission
from accounts.roles import Permission, Role
from concerns import actions, disclosure, facts, history, reading, statement
from concerns.checklist import had_it
from concerns.models import Concern, Event
from concerns.routing import Recipient


@require_safe
@require_permission(Permission.MAKE_PACK)
def pack(request, reference):
    """For whoever has a copy. To have written the card is not enough: an author sees it on its own page."""
    seen = Concern.objects.visible_to(request.user).with_reference(reference)
    found = get_object_or_404(seen.whole())
    if reading.own_copy(found, request.user) is None:
        raise Http404
    printed = actions.record_printed(concern=found, by=request.user)
    events = reading.events_of([found])[found.pk]
    card = actions.read(concern=found, by=request.user, events=events)
    if request.user.role != Role.POLICE:
        card = disclosure.for_the_police(card)
    context = _statement(card) | {
        "deeds": reading.deeds(found, events, card),
        "check": _check(found, events, printed),
        "sign": ["Signed", "Name and post", "Date and time"],
        "now": timezone.now(),
    }
    return render(request, "concerns/pack.html", context)


def _statement(card):
    return {
        "card": card,
        "times": statement.three_times(card),
        "answers": statement.as_sent(card),
        "rows": facts.rows_seen(card),
        "told": statement.told(card),
        "had_it": had_it(card),
        "footage": statement.footage(card["footage"]),
        "is_for_standards": Recipient.STANDARDS in {copy.recipient for copy in card["told"]},
    }


def _check(found, events, printed):
    """Whether its whole history holds, and two fingerprints: neither says how much of it this reader may not see.

    The seal of this page's own event covers all that came before it, and is new each time for everybody.
    """
    whole, problems = history.check(found.pk)
    sent = next((event.detail.get("whole", "") for event in events if event.verb == Event.Verb.RECEIVED), "")
    return {
        "holds": not problems,
        "wrong": history.wrong_with_the_card(whole),
        "card": statement.in_groups(sent),
        "page": statement.in_groups(printed.mac),
    }
