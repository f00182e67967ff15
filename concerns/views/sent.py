"""What the author is shown once a card is stored: whom to ring now, who can see it, who was not told."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import require_permission
from accounts.roles import Permission
from concerns import actions, routing, wording
from concerns.models import Concern
from concerns.ringing import to_ring
from concerns.routing import Party, Recipient
from concerns.telling_forms import ToldForm
from concerns.views.telling import Seen, about_telling, seen_from, wrote_it
from concerns.views.unsent import IN_A_NOTE, already, keeps_words

NOT_TOLD = {Recipient.POLICE: "Local police desk"}  # the force is told, by its standards desk
SIGNS_IN = {Recipient.MANAGER, Recipient.HEAD_OFFICE, Recipient.CUSTOMER, Recipient.POLICE, Recipient.LEAD}


def _own(request, reference):
    return get_object_or_404(Concern.objects.written_by(request.user).with_reference(reference).whole())


@require_safe
@require_permission(Permission.REPORT)
def sent(request, reference):
    return _show(request, _own(request, reference), ToldForm(initial={"writer": request.user.pk}))


@keeps_words(ToldForm)
@require_permission(Permission.RECORD_TOLD)
def told(request, reference):
    if request.method != "POST":  # the line to fill in is on that page
        return redirect("sent", reference)
    concern = _own(request, reference)
    ring = to_ring(concern)
    form = ToldForm(request.POST, recipient=ring and ring.delivery.recipient, since=seen_from(concern))
    if not form.is_valid():
        return _show(request, concern, form, status=422)
    if not (ring and _record(ring.delivery, request.user, form.told())):
        return already(request, concern, form, "Somebody has this already.", IN_A_NOTE)
    messages.success(request, "Written down. Thank you for ringing.")
    return redirect(concern)


def _record(copy, user, told):
    """Whether it stands as they wrote it, by this tap or the one before."""
    if actions.record_told(delivery=copy, by=user, **told):
        return True
    copy.refresh_from_db()
    return wrote_it(copy, user, told)


def _show(request, concern, form, status=200):
    card = actions.read(concern=concern, by=request.user)
    now = timezone.now()
    kept_from = routing.withheld(card["about"])
    context = {
        "concern": concern,
        "card": card,
        "can_see": wording.cells([copy for copy in card["told"] if copy.recipient in SIGNS_IN], now),
        "to_tell": wording.cells([copy for copy in card["told"] if copy.recipient not in SIGNS_IN], now),
        "form": form,
        "ring": to_ring(concern),
        **about_telling(Seen(concern, card, None, is_author=True)),
        "not_told": [NOT_TOLD.get(recipient, recipient.label) for recipient in Recipient if recipient in kept_from],
        "may_be": [Party(party) for party in card["about"] if party != Party.NO],
        "not_my_manager": Recipient.MANAGER not in {copy.recipient for copy in card["told"]} and concern.site_id,
    }
    return render(request, "concerns/sent.html", context, status=status)
