"""What a duty desk sees, which has no account: a reference, a deadline, and a line to say who has it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from concerns import actions, links
from concerns.forms import ReceivedForm


@login_not_required
@require_safe
def desk_link(request, token):
    """Swap the link for a cookie and a clean address. Opening it acknowledges nothing: scanners open links too."""
    copy = links.copy_of(token)
    if copy is None:
        raise Http404
    response = redirect("desk", copy.pk)
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
        raise Http404
    form = ReceivedForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.receive(delivery=copy, name=form.cleaned_data["received_by"])
        return redirect("desk", pk)
    context = {"reference": str(copy.concern), "copy": copy, "form": form, "now": timezone.now()}
    return render(request, "concerns/desk.html", context, status=422 if form.is_bound else 200)


def _cookie(pk):
    return f"desk-{pk.hex}"
