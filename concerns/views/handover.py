"""The shift handover: one page to print, to read through together, and to sign."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import require_permission
from accounts.roles import Permission, Role
from concerns.handover import MOST, sheet

FEW = 10  # sites that are named


@require_safe
@require_permission(Permission.HAND_OVER)
def handover(request):
    now = timezone.now()
    context = {
        "sheet": sheet(request.user, now),
        "sites": _sites(request.user),
        "few": FEW,
        "most": MOST,
        "sign": ["Handed over by", "Taken over by", "Date and time"],
        "now": now,
    }
    return render(request, "concerns/handover.html", context)


def _sites(user):
    """The names of a manager's sites; nothing for whoever reads of all the company's."""
    if user.role != Role.MANAGER:
        return []
    return list(user.sites.order_by("name").values_list("name", flat=True)[: FEW + 1])
