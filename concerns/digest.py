"""The day in references, for somebody at head office: what is new, late, unknown to the police, or about to be lost."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from concerns import references
from concerns.channels import Letter
from concerns.models import Concern, Delivery, Message

DAY = timedelta(days=1)
MOST = 50  # references under one heading


def letter(message: Message, address: str, now: datetime) -> Letter | None:
    """The digest of this person as it leaves; None where there is nothing to say."""
    assert message.person
    parts = [(heading, found) for heading, found in contents(message.person, now) if found]
    if not parts:
        return None
    subject = "Your list of the day"
    words = {"subject": subject, "parts": parts, "link": settings.SERVICE_URL + reverse("queue"), "most": MOST}
    return Letter(
        id=message.pk,
        to=address,
        subject=subject,
        text=render_to_string("concerns/email/digest.txt", words),
        html=render_to_string("concerns/email/digest.html", words),
        facts={},
    )


def contents(person: User, now: datetime) -> list[tuple[str, list[str]]]:
    """[(heading, references)], all from what this person may see."""
    mine = Delivery.objects.addressed_to(person)
    seen = Concern.objects.visible_to(person)
    return [
        ("Police not told", _of(mine.police_not_told())),
        ("Overdue", _of(mine.open().filter(due_at__lt=now).order_by("due_at"))),
        ("Footage about to be lost", _of(mine.footage_at_risk(DAY))),
        ("New since yesterday", _shown(seen.filter(received_at__gt=now - DAY).order_by("received_at"))),
    ]


def _of(copies: QuerySet[Delivery]) -> list[str]:
    return [references.shown(reference) for reference in copies.values_list("concern__reference", flat=True)[:MOST]]


def _shown(concerns: QuerySet[Concern]) -> list[str]:
    return [references.shown(reference) for reference in concerns.values_list("reference", flat=True)[:MOST]]
