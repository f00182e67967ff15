"""What people do to people: invite, bring in a shift, accept, let go. Each is whole or not at all."""

import hashlib
import hmac
import secrets
from base64 import b64decode
from collections.abc import Collection, Iterable

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import sealing
from accounts.adapter import reseal
from accounts.models import Invitation, Site, User
from accounts.roles import Role
from accounts.shift import Entry


class Refused(Exception):
    """Why not, as sentences for the person who asked; nothing was stored."""

    def __init__(self, *sentences: str):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


@transaction.atomic
def take_on(*, entry: Entry, sites: Collection[Site], by: User) -> User:
    """The guard, now on these sites too. Of somebody who is there already, nothing else changes."""
    if not sites or not set(sites) <= set(Site.objects.reportable_by(by)):
        raise PermissionDenied("Choose sites that you care for.")
    person = _known(entry, by) or _new(entry, by)
    person.sites.add(*sites)
    return person


def _known(entry: Entry, by: User) -> User | None:
    """The company's own guard of that name, or nobody. Whoever else has it is neither named nor touched."""
    found = list(User.objects.known_as(email=entry.email, staff_number=entry.staff_number))
    ours = [p for p in found if p.is_active and p.role == Role.GUARD and p.organisation_id == by.organisation_id]
    if found != ours or len(ours) > 1:
        raise Refused(f"This {'e-mail address' if entry.email else 'staff number'} cannot be used. Ask your admin.")
    return ours[0] if ours else None


def _new(entry: Entry, by: User) -> User:
    names = {field: getattr(entry, field) for field in ("name", "email", "staff_number", "phone")}
    try:
        with transaction.atomic():
            return User.objects.create_user(role=Role.GUARD, organisation=by.organisation, **names)
    except IntegrityError:
        if person := _known(entry, by):  # somebody was faster
            return person
        raise


def refusals(*, entries: Iterable[Entry], by: User) -> list[str]:
    """A sentence for each line that names somebody who cannot be taken on. Stores nothing."""
    found = []
    for entry in entries:
        try:
            _known(entry, by)
        except Refused as refused:
            found.append(f"Line {entry.line}: {refused}")
    return found


@transaction.atomic
def bring_in(*, entries: Iterable[Entry], sites: Collection[Site], by: User) -> list[User]:
    """All of a shift, or nobody: one line that cannot be taken in takes back the others."""
    entries = list(entries)
    if refused := refusals(entries=entries, by=by):
        raise Refused(*refused)
    return [take_on(entry=entry, sites=sites, by=by) for entry in entries]


@transaction.atomic
def invite(*, person: User, by: User) -> str:
    """The secret of a fresh link, which is kept nowhere. Links made before stop working."""
    withdraw_invitations(person=person)
    token = secrets.token_urlsafe(32)
    Invitation.objects.create(person=person, invited_by=by, digest=digest(token))
    return token


def withdraw_invitations(*, person: User) -> None:
    person.invitations.open().update(expires_at=timezone.now())


def digest(token: str) -> str:
    """What is stored of a link: it finds the invitation and does not give the link back."""
    return hmac.new(b64decode(settings.LINK_KEY), token.encode(), hashlib.sha256).hexdigest()


def find_invitation(token: str) -> Invitation | None:
    """The invitation of this link while it can be used, else None."""
    return Invitation.objects.open().filter(digest=digest(token), person__is_active=True).first()


@transaction.atomic
def accept(*, invitation: Invitation, password: str) -> User | None:
    """The person, with their password; None if somebody was faster: of two at once one wins."""
    # No join here: PostgreSQL would look at the joined rows as they were before the other's update.
    if not Invitation.objects.open().filter(pk=invitation.pk).update(used_at=timezone.now()):
        return None
    person = invitation.person
    person.set_password(password)
    person.save(update_fields=["password"])
    return person


@transaction.atomic
def let_go(*, person: User, by: User) -> bool:
    """They work at none of this manager's sites any more. Where no other is left the account ends: True."""
    person.sites.remove(*Site.objects.reportable_by(by))
    if Site.objects.reportable_by(person).exists():
        return False
    end_account(person=person)
    return True


@transaction.atomic
def end_account(*, person: User) -> None:
    """Signed out everywhere at once, and no way back in: no password, no code, no link."""
    person.is_active = False
    person.save(update_fields=["is_active"])
    withdraw_invitations(person=person)
    for session in UserSession.objects.filter(user=person):
        session.end()


def reseal_second_factors() -> int:
    """Every secret of a second step under the newest key; how many were changed. Safe to stop and to run twice."""
    return sum(_reseal(authenticator) for authenticator in Authenticator.objects.iterator())


def _reseal(authenticator: Authenticator) -> int:
    sealed = {name: reseal(authenticator.data[name]) for name in ("secret", "seed") if name in authenticator.data}
    fresh = authenticator.data | sealed
    unchanged = Authenticator.objects.filter(pk=authenticator.pk, data=authenticator.data)
    return unchanged.update(data=fresh) if fresh != authenticator.data else 0


def reseal_webhook_secrets() -> int:
    """The same for every secret that messages to a control-room system are signed with."""
    return sum(_reseal_webhook(site) for site in Site.objects.exclude(webhook_secret="").iterator())


def _reseal_webhook(site: Site) -> int:
    fresh = sealing.reseal(site.webhook_secret, site.webhook_place())
    unchanged = Site.objects.filter(pk=site.pk, webhook_secret=site.webhook_secret)
    return unchanged.update(webhook_secret=fresh) if fresh != site.webhook_secret else 0
