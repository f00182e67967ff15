"""The day in references, for somebody at head office: police not told, overdue, footage about to be lost, new."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import F, Min, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from concerns import references
from concerns.channels import Letter
from concerns.models import Delivery, Kind, Message
from concerns.models.timed import LEASE
from concerns.pending import RISK, overdue
from concerns.routing import MORNING
from concerns.times import moment

SUBJECT = "Your list of the day"
MOST = 50  # references under one heading
LONGEST = timedelta(days=7)  # what was new before that is no news


class Part(NamedTuple):
    """A heading, and the references under it; there may be more of them than a message holds."""

    heading: str
    references: list[str]
    more: bool
    is_alarm: bool = False


def letter(message: Message, address: str, now: datetime) -> Letter | None:
    """The digest of this person as it leaves; None where there is nothing to say."""
    person = _person(message)
    parts = [part for part in contents(person, since=_since(message), now=now) if part.references]
    if not parts:
        return None
    service = settings.SERVICE_URL
    words = {"subject": SUBJECT, "parts": parts, "link": service + reverse("home"), "service": service}
    named = {reference for part in parts for reference in part.references}
    return Letter(
        id=message.pk,
        to=address,
        subject=SUBJECT,
        text=render_to_string("concerns/email/digest.txt", words),
        html=render_to_string("concerns/email/digest.html", words),
        facts={"references": " ".join(sorted(named))},
    )


def is_still_theirs(message: Message, letter: Letter) -> bool:
    """Whether this person may still know of everything that the letter names."""
    named = {references.read(reference) for reference in letter.facts["references"].split()}
    theirs = Delivery.objects.addressed_to(_person(message))
    return named == set(theirs.filter(concern__reference__in=named).values_list("concern__reference", flat=True))


def contents(person: User, *, since: datetime, now: datetime) -> list[Part]:
    """All from the copies that are addressed to this person, the loudest first."""
    mine = Delivery.objects.addressed_to(person)
    fresh = mine.filter(Q(concern__received_at__gt=since) | Q(released_at__gt=since))
    return [
        Part("Police not told", *_of(mine.police_not_told(), "police_due_at"), is_alarm=True),
        Part("Overdue", *_of(overdue(mine, now), "late_since")),
        Part("Footage about to be lost", *_of(mine.footage_at_risk(RISK), "footage_until")),
        Part("New since your last list", *_of(fresh, "concern__received_at")),
    ]


def _person(message: Message) -> User:
    """As they are at this moment: where they work, and as what, decides what they may see."""
    assert message.person_id
    return User.objects.get(pk=message.person_id)


def _of(copies: QuerySet[Delivery], at: str) -> tuple[list[str], bool]:
    """(references, more): each concern once, though a second copy of it may have been passed on to them."""
    once = copies.order_by().values("concern__reference").annotate(first=Min(F(at)))
    found = [
        references.shown(row["concern__reference"]) for row in once.order_by("first", "concern__reference")[: MOST + 1]
    ]
    return found[:MOST], len(found) > MOST


def _since(message: Message) -> datetime:
    """When this person's digest before this one was put together; where there is none, seven o'clock of the day before.

    Not "24 hours ago": twice a year that is another time of the day, and after a break it is days too late.
    """
    assert message.day
    today, yesterday = (moment(message.day - timedelta(days=days), MORNING) for days in (0, 1))
    ended = Message.objects.filter(kind=Kind.DIGEST, person=message.person_id, day__lt=message.day, act_at=None)
    last = ended.filter(failed_at=None).order_by("day").last()
    at = last and (last.sent_at or last.dropped_at)
    if at is None or at > today:  # that was a wrong clock
        return yesterday
    return max(at - LEASE, yesterday - LONGEST)  # a lease covers all that was done between putting together and sending
