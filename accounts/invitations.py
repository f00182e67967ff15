"""Handing out invitations: by e-mail where there is an address, else as a link to pass on."""

from dataclasses import dataclass

from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string

from accounts import actions
from accounts.adapter import post
from accounts.models import User


@dataclass(frozen=True)
class Handed:
    """What became of one person's invitation. `link` is for whoever hands it on, and is shown once."""

    person: User
    outcome: str
    link: str = ""


def hand_out(people, *, by, link_to, again=False):
    """One Handed for each. Who signs in already, or whose invitation still stands, gets a new one only if `again`."""
    mail = Mail(by)
    return [_hand_out(person, by=by, link_to=link_to, again=again, mail=mail) for person in people]


def _hand_out(person, *, by, link_to, again, mail):
    if not again and person.has_signed_in:
        return Handed(person, "signs in")
    if not again and person.invitations.open().exists():
        return Handed(person, "invited before")
    link = link_to(actions.invite(person=person, by=by))
    if not person.email:
        return Handed(person, "link", link)
    if mail.send(person, link):
        return Handed(person, "sent")
    actions.withdraw_invitations(person=person)
    return Handed(person, "unsent")


class Mail:
    """One connection for all; once it fails the rest is not tried, so that nobody waits for each in turn."""

    def __init__(self, by):
        self.by = by
        self.connection = get_connection()
        self.works = True

    def send(self, person, link):
        text = render_to_string("accounts/email/invitation.txt", {"person": person, "link": link, "by": self.by})
        message = EmailMessage("CSE Reports: your invitation", text, to=[person.email], connection=self.connection)
        self.works = self.works and post(message)
        return self.works
