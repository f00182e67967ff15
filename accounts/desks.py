"""Where messages go that are for a desk and not for a person: what an admin may enter, and how to put it right."""

import secrets
from urllib.parse import urlsplit

from django import forms
from django.conf import settings

from accounts.models import Organisation, Site

OWN = "Read by this desk and nobody else: never a mailbox of the whole organisation."
TAKEN = "{} has this mailbox too. Give each desk its own: a card that may be about one desk is kept from it."


def shared(address, others):
    """The first of {desk: address} that has this address, however it is written; nothing where it is free."""
    return next((desk for desk, other in others.items() if address and other.lower() == address.lower()), "")


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        fields = ("head_office_mailbox", "intelligence_mailbox", "standards_mailbox")  # and what the admin adds
        help_texts = {
            "head_office_mailbox": f"Security company. {OWN}",
            "intelligence_mailbox": f"Police force: where copies go. {OWN}",
            "standards_mailbox": f"Police force: where a card goes that may be about an officer. {OWN}",
        }

    def clean_head_office_mailbox(self):
        address, sites = self.cleaned_data["head_office_mailbox"], Site.objects.filter(contractor=self.instance.pk)
        rooms = {f"The control room of {site}": site.control_room_mailbox for site in sites}
        customers = {f"The customer at {site}": site.customer_mailbox for site in sites}
        return _free(address, rooms | customers)

    def clean_standards_mailbox(self):
        ordinary = {"The force’s ordinary desk": self.cleaned_data.get("intelligence_mailbox", "")}
        return _free(self.cleaned_data["standards_mailbox"], ordinary)


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
        self._check_mailboxes(facts)
        return facts

    def _check_secret(self, facts):
        if facts.get("make_secret") and facts.get("secret"):
            self.add_error("secret", "Enter a secret or have one made, not both.")
        there = (
            self.instance.webhook_secret or facts.get("secret") or facts.get("make_secret") or "secret" in self.errors
        )
        if facts.get("control_room_webhook") and not there:
            self.add_error("secret", "Enter a secret, or have one made: it shows the system that a message is ours.")

    def _check_mailboxes(self, facts):
        company, force = facts.get("contractor"), facts.get("police_force")
        desks = {
            "Head office": company.head_office_mailbox if company else "",
            "The police": force.intelligence_mailbox if force else "",
            "Professional standards": force.standards_mailbox if force else "",
        }
        for field, desk in (("control_room_mailbox", "The control room"), ("customer_mailbox", "The customer")):
            if taken := shared(facts.get(field, ""), desks):
                self.add_error(field, TAKEN.format(taken))
            desks[desk] = facts.get(field, "")

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


def _free(address, others):
    if taken := shared(address, others):
        raise forms.ValidationError(TAKEN.format(taken))
    return address
