"""What a duty desk sees, which has no account: a reference, a deadline, and a line to say who has it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from concerns import actions, links
from concerns.forms import ReceivedForm
from concerns.routing import DESKS_OF_THE_POLICE, Recipient


@login_not_required
@require_safe
def desk_link(request, token):
    """Swap the link for a cookie and a clean address. Opening it acknowledges nothing: scanners open links too."""
    copy = links.copy_of(token)
    response = redirect("desk", copy.pk) if copy else _ended(request)
    response.headers["Referrer-Policy"] = "no-referrer"  # the link is told to nobody
    if copy:
        response.set_cookie(
            _cookie(copy.pk),
            token,
            max_age=links.LIVES,
            path=response["Location"],
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request, pk):
    copy = links.copy_of(request.COOKIES.get(_cookie(pk), ""))
    if copy is None or copy.pk != pk:
        return _ended(request, takes_cookies=bool(request.COOKIES))
    form = ReceivedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.receive(delivery=copy, name=form.cleaned_data["received_by"])
        return redirect("desk", pk)
    context = {
        "reference": str(copy.concern),
        "copy": copy,
        "form": form,
        "takes_a_log_number": copy.recipient in DESKS_OF_THE_POLICE,
        "has_accounts": copy.recipient != Recipient.STANDARDS,
    }
    return render(request, "concerns/desk.html", context, status=422 if form.is_bound else 200)


def _ended(request, takes_cookies=True):
    """The same for a link that ended, one that was never made, and a browser without its cookie.

    One that sends no cookie at all may be refusing ours, and is told so; whatever there is or was at this address.
    """
    return render(request, "concerns/desk_ended.html", {"takes_cookies": takes_cookies}, status=404)


def _cookie(pk):
    return f"desk-{pk.hex}"
