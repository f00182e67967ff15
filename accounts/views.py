"""The pages about people and places. Signing in itself is allauth's, in our templates."""

import io

import segno
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, demo, shift
from accounts.decorators import require_permission
from accounts.forms import GuardForm, SetPasswordForm, ShiftForm
from accounts.invitations import hand_out
from accounts.models import Site, User
from accounts.roles import Permission


@require_safe
def me(request):
    may_see_sites = request.user.may(Permission.SEE_SITES)
    return render(request, "accounts/me.html", {"sites": request.user.sites.open(), "may_see_sites": may_see_sites})


@require_safe
def totp_qr(request):
    """The secret of the app being set up, as a picture of ours: a page of ours holds no data: image."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    picture = io.BytesIO()
    segno.make(get_mfa_adapter().build_totp_url(request.user, secret), error="m").save(picture, kind="png", scale=6)
    return HttpResponse(picture.getvalue(), content_type="image/png")


# --- Guards


@require_safe
@require_permission(Permission.INVITE)
def people(request):
    guards = User.objects.guards_of(request.user).prefetch_related("invitations", "sites")
    return render(request, "accounts/people.html", {"guards": guards, "sites": own_sites(request)})


@require_safe
@require_permission(Permission.INVITE)
def person(request, pk):
    guard = get_object_or_404(User.objects.guards_of(request.user), pk=pk)
    mine = own_sites(request).filter(staff=guard)
    elsewhere = Site.objects.reportable_by(guard).exclude(pk__in=mine).exists()
    return render(request, "accounts/person.html", {"guard": guard, "sites": mine, "elsewhere": elsewhere})


@require_permission(Permission.INVITE)
def invite(request):
    form = GuardForm(request.POST if request.method == "POST" else None, sites=own_sites(request))
    if form.is_valid():
        try:
            guard = actions.take_on(entry=form.entry(), sites=form.cleaned_data["sites"], by=request.user)
            return handed_out(request, [guard])
        except actions.Refused as refused:
            form.add_error("login", str(refused))
    return render(request, "accounts/invite.html", {"form": form})


@require_permission(Permission.INVITE)
def bring_in(request):
    form = ShiftForm(*((request.POST, request.FILES) if request.method == "POST" else ()), sites=own_sites(request))
    if not form.is_valid():
        form.name_lines(actions.refusals(entries=form.entries, by=request.user))
    else:
        try:
            facts = form.cleaned_data
            guards = actions.bring_in(entries=facts["file"], sites=facts["sites"], by=request.user)
            return handed_out(request, guards)
        except actions.Refused as refused:
            form.name_lines(refused.sentences)
    return render(request, "accounts/bring_in.html", {"form": form, "example": shift.EXAMPLE})


@require_POST
@require_permission(Permission.INVITE)
def invite_again(request, pk):
    """Only for an account that nobody has used yet: whoever holds the link becomes that person."""
    guard = get_object_or_404(User.objects.guards_of(request.user), pk=pk)
    if guard.has_signed_in:
        raise Http404
    return handed_out(request, [guard], again=True)


@require_POST
@require_permission(Permission.INVITE)
def let_go(request, pk):
    guard = get_object_or_404(User.objects.guards_of(request.user), pk=pk)
    gone = actions.let_go(person=guard, by=request.user)
    still = "can no longer sign in" if gone else "still signs in for other sites"
    messages.success(request, f"{guard} no longer works at your sites and {still}.")
    return redirect("people")


def own_sites(request):
    return Site.objects.reportable_by(request.user)


def handed_out(request, people, again=False):
    """What became of each invitation, in answer to the POST itself: a link is kept nowhere to be shown later."""

    def link_to(token):
        return request.build_absolute_uri(reverse("accept_invitation", args=[token]))

    handed = hand_out(people, by=request.user, link_to=link_to, again=again)
    return render(request, "accounts/handed_out.html", {"handed": handed})


# --- Sites


@require_safe
@require_permission(Permission.SEE_SITES)
def sites(request):
    return render(request, "accounts/sites.html", {"sites": Site.objects.visible_to(request.user).with_reach()})


@require_safe
def site(request, pk):
    place = get_object_or_404(Site.objects.visible_to(request.user).with_reach(), pk=pk)
    return render(request, "accounts/site.html", {"site": place})


# --- Coming in


@login_not_required
@sensitive_post_parameters()
def accept_invitation(request, token):
    """Unknown, used and run out look alike."""
    invitation = actions.find_invitation(token)
    form = SetPasswordForm(invitation and invitation.person, request.POST if request.method == "POST" else None)
    if invitation and form.is_valid():
        person = actions.accept(invitation=invitation, password=form.cleaned_data["password1"])
        if person:
            return perform_login(request, person)
        invitation = None
    response = render(
        request,
        "accounts/accept_invitation.html",
        {"form": form, "invitation": invitation, "private": invitation is not None},
        status=200 if invitation else 404,
    )
    # The link is told to nobody. "no-referrer" would make browsers send the form without an origin, and it be refused.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@login_not_required
@require_POST
def demo_sign_in(request):
    """A trial's one tap."""
    if not settings.DEMO or request.POST.get("person") not in demo.PEOPLE:
        raise Http404
    person = get_object_or_404(User, email=demo.email(request.POST["person"]))
    response = perform_login(request, person)
    record_authentication(request, person, method="demo")
    return response


@login_not_required
def not_here(request):
    raise Http404
