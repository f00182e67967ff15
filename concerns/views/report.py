"""The card: filling it in, sending it, and what to do next."""

from django.contrib.auth.decorators import login_not_required, login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.decorators import require_permission
from accounts.models import Site
from accounts.roles import Permission
from concerns import actions, facts
from concerns.forms import CardForm
from concerns.models import Concern
from concerns.routing import Urgency
from concerns.sheet import Sheet, changes_rows
from concerns.views import sheets
from concerns.views.sheets import Notice


@login_not_required  # a session that ran out while somebody typed must not lose their words
def report(request):
    return _receive(request) if request.method == "POST" else _fill_in(request)


@login_required
@require_permission(Permission.REPORT)
def _fill_in(request):
    return show(request, Sheet.blank(CardForm, initial=_now(request.user), sites=_sites(request.user)))


def _sites(user):
    """With what the form shows of each, to whom a card from there is addressed, how long CCTV is kept; no more."""
    sites = Site.objects.reportable_by(user).select_related("police_force")
    return list(sites.only("name", "zones", "customer", "cctv_days", "police_force__code_word"))


def _now(user):
    """What is filled in already: the place they last wrote from, this minute, their number."""
    now = timezone.localtime()
    last = Concern.objects.written_by(user).order_by("-received_at").values_list("site_id", flat=True).first()
    return {
        "site": last,
        "seen_on": now.date(),
        "seen_time": f"{now:%H:%M}",
        "phone": user.phone,
        "writer": user.pk,
        "written_at": now.isoformat(),
    }


def _receive(request):
    if not request.user.is_authenticated:
        return show(request, kept(request), notice=Notice.SIGNED_OUT, status=403)
    if not sheets.written_by(request.user, request.POST):
        return show(request, kept(request), notice=Notice.SOMEBODY_ELSE, status=403)
    if not request.user.may(Permission.REPORT):
        raise PermissionDenied
    sheet = Sheet.typed(CardForm, request.POST, sites=_sites(request.user))
    if changes_rows(request.POST):
        return show(request, sheet.unchecked())
    if not sheet.is_valid():
        return show(request, sheet, status=422)
    return _send(request, sheet)


def _send(request, sheet):
    key = sheet.form.cleaned_data["submission_key"] or sheets.new_key()
    try:
        concern = actions.submit(by=request.user, key=key, card=sheet.form.card(), **sheet.seen())
    except actions.SentBefore as before:
        return _other_words(request, sheet, before.concern)
    return redirect("sent", reference=concern)


def _other_words(request, sheet, concern):
    """The same form, sent again with other words: a note to the card that stands, or a card of its own."""
    if request.POST.get("conflict") == "note":
        return redirect(_as_note(request, sheet, concern))
    card = sheet.form.card()
    context = {
        "concern": concern,
        "first": facts.in_words(actions.read(concern=concern, by=request.user)),
        "now": facts.in_words(card),
        "is_worse": list(Urgency).index(card["urgency"]) < list(Urgency).index(concern.urgency),
        "urgency": card["urgency"],
        "posted": sheets.hidden(request.POST),
        "new_key": sheets.new_key(),
    }
    return render(request, "concerns/other_words.html", context, status=409)


def _as_note(request, sheet, concern):
    actions.add_note(
        concern=concern,
        by=request.user,
        key=sheets.key_from(request.POST.get("note_key")),
        text=facts.in_words(sheet.form.card()),
        about=sheet.form.cleaned_data["about"],
        **sheet.seen(),
    )
    return concern


def kept(request):
    """What was typed, shown again without asking the database for anything."""
    return Sheet.typed(CardForm, request.POST).unchecked()


def show(request, sheet, *, notice=None, status=200):
    return render(request, "concerns/report.html", sheets.card_context(sheet, notice), status=status)
