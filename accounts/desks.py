"""Where messages go that are for a desk and not for a person: what an admin may enter, and how to put it right."""

import secrets
from typing import NamedTuple
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.db import models

from accounts.models import Organisation, Site, User

OWN = "Read by this desk and nobody else: never a mailbox of the whole organisation."
TAKEN = "{} has this mailbox too. Give each desk its own: a card that may be about one desk is kept from it."
PERSONAL = "This is {}’s own e-mail address. Enter a mailbox of the desk: a card may have to be kept from a person."
DESKS_MAILBOX = "This is the mailbox of a duty desk. Enter the person’s own e-mail address, or their staff number."


class Desk(NamedTuple):
    """Where the mailbox of one kind of desk stands, and whose desk it is: they may have one for all of their places."""

    model: type[models.Model]
    owner: str
    called: str


DESKS = {
    "control_room_mailbox": Desk(Site, "contractor", "The control room of {}"),
    "customer_mailbox": Desk(Site, "customer", "The customer at {}"),
    "head_office_mailbox": Desk(Organisation, "pk", "Head office of {}"),
    "intelligence_mailbox": Desk(Organisation, "pk", "The ordinary desk of {}"),
    "standards_mailbox": Desk(Organisation, "pk", "Professional standards of {}"),
}


def holder(address, *, apart_from=None, field="", owner=None):
    """Which desk has this mailbox, however it is written; empty where none has.

    The row `apart_from` does not count, nor does the same `field` of the same owner.
    """
    for name, desk in DESKS.items():
        rows = desk.model.objects.filter(**{f"{name}__iexact": address})
        if isinstance(apart_from, desk.model):
            rows = rows.exclude(pk=apart_from.pk)
        if name == field and owner:
            rows = rows.exclude(**{desk.owner: owner})
        if address and (row := rows.first()):
            return desk.called.format(row)
    return ""


def check_own(address):
    """That this is a person's own address. Raises where a duty desk has it."""
    if holder(address or ""):
        raise forms.ValidationError(DESKS_MAILBOX)
    return address


def _check_mailboxes(form, facts, owners):
    """Each mailbox is one desk's and nobody's own: else a sentence beside it. `owners` is {its field: whose it is}."""
    name, here = facts.get("name") or str(form.instance), {}
    for field, owner in owners.items():
        if not (address := facts.get(field, "")):
            continue
        others = holder(address, apart_from=form.instance, field=field, owner=owner)
        if taken := here.get(address.lower()) or others:
            form.add_error(field, TAKEN.format(taken))
        elif person := User.objects.known_as(email=address).first():
            form.add_error(field, PERSONAL.format(person))
        here[address.lower()] = DESKS[field].called.format(name)


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields = ("head_office_mailbox", "intelligence_mailbox", "standards_mailbox")  # and what the admin adds
        help_texts = {
            "head_office_mailbox": f"Security company. {OWN}",
            "intelligence_mailbox": f"Police force: where copies go. {OWN}",
            "standards_mailbox": f"Police force: where a card goes that may be about an officer. {OWN}",
        }

    def clean(self):
        facts = super().clean()
        _check_mailboxes(self, facts, dict.fromkeys(name for name, desk in DESKS.items() if desk.model is Organisation))
        return facts


class SiteForm(forms.ModelForm):
    """A site. The secret of its control-room system goes in and is never shown again."""

    control_room_webhook = forms.URLField(
        label="Control-room system",
        required=False,
        assume_scheme="https",
        max_length=200,
        widget=forms.URLInput(attrs={"class": "vURLField"}),
        help_text="An https address that takes signed messages for the manager. See the operations guide.",
    )
    secret = forms.CharField(
        label="Secret of the control-room system",
        required=False,
        min_length=32,
        max_length=128,
        widget=forms.PasswordInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        help_text="At least 32 characters. Leave it empty to keep the one that is stored.",
        error_messages={"min_length": "Enter at least 32 characters, or have a secret made."},
    )
    make_secret = forms.BooleanField(
        label="Make a new secret", required=False, help_text="It is shown once, when you save."
    )

    class Meta:
        model = Site
        fields = ("control_room_mailbox", "control_room_webhook", "customer_mailbox")  # and what the admin adds
        help_texts = {
            "control_room_mailbox": f"The guards’ own control room: it is sent the manager’s messages. {OWN}",
            "customer_mailbox": f"The customer’s own control room. {OWN}",
        }

    def clean_control_room_webhook(self):
        address = self.cleaned_data["control_room_webhook"]
        parts = urlsplit(address)
        if address and parts.scheme != "https" and not settings.WEBHOOK_PRIVATE_ADDRESSES:
            raise forms.ValidationError("Enter an address that begins with https://.")
        if parts.username is not None or parts.password is not None:
            raise forms.ValidationError("Take the user name and password out: messages are signed with the secret.")
        return address

    def clean(self):
        facts = super().clean()
        self._check_secret(facts)
        owners = {"control_room_mailbox": facts.get("contractor"), "customer_mailbox": facts.get("customer")}
        _check_mailboxes(self, facts, owners)
        return facts

    def _check_secret(self, facts):
        if facts.get("make_secret") and facts.get("secret"):
            self.add_error("secret", "Enter a secret or have one made, not both.")
        there = (
            self.instance.webhook_secret or facts.get("secret") or facts.get("make_secret") or "secret" in self.errors
        )
        if facts.get("control_room_webhook") and not there:
            self.add_error("secret", "Enter a secret, or have one made: it shows the system that a message is ours.")

    def save(self, commit=True):
        """The site, with `made_secret` where one was made. Without an address no secret is kept."""
        site, facts = self.instance, self.cleaned_data
        if facts["make_secret"]:
            site.made_secret = secrets.token_urlsafe(32)
        if not facts["control_room_webhook"]:
            site.webhook_key = ""
        elif new := getattr(site, "made_secret", facts["secret"]):
            site.webhook_key = new
        return super().save(commit)
