import logging

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from accounts.roles import Permission
from concerns import worker
from concerns.views import queue, rescue
from guidance.models import Page

logger = logging.getLogger(__name__)


@require_safe
def home(request):
    """The queue for whoever works one, the admin's rooms for an admin, and a large button for a guard."""
    if request.user.may(Permission.WORK_QUEUE):
        return queue.queue(request)
    if request.user.may(Permission.ADMINISTER):
        return redirect("admin:index")
    return render(request, "home.html", queue.own_cards(request) | {"pages": Page.objects.tiles()})


@require_safe
@login_not_required
def privacy(request):
    return render(request, "privacy.html")


@require_safe
@login_not_required
def accessibility(request):
    return render(request, "accessibility.html")


@require_safe
@login_not_required
def healthz(request):
    """For monitors: whether the database answers, and whether a worker was heard of lately. Nothing else."""
    try:
        late = worker.is_late()
    except DatabaseError:
        answer = JsonResponse({"database": "no answer", "messages": "unknown"}, status=503)
        answer._has_been_logged = True  # else whoever is mailed errors would be, for each time that a monitor asks
        return answer
    return JsonResponse({"database": "ok", "messages": "late" if late else "ok"})


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def permission_denied(request, exception):
    return render(request, "403.html", status=403)


def page_not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    """What somebody typed on a card, given back; for anything else a page that needs no database and no person."""
    try:
        page = rescue.not_stored(request)
    except Exception:  # what broke may be that very page
        logger.exception("What was typed could not be shown again.")
        page = None
    return page or HttpResponse(render_to_string("500.html"), status=500)


def csrf_failure(request, reason=""):
    return rescue.send_again(request) or render(request, "403_csrf.html", status=403)
