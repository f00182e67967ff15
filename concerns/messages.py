"""The few words that a message says: a reference, a time, a link, whom to ring. Never a site, an urgency, or a card."""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from concerns import digest, links, references, wording
from concerns.channels import Letter
from concerns.models import Kind, Message
from concerns.police import address_of
from concerns.ringing import line_for

# What each kind asks, before and after its time has passed. {reference} and {by} are filled in.
ASKS = {
    Kind.FIRST: ("Please acknowledge {reference} by {by}", "Please acknowledge {reference}: it was due by {by}"),
    Kind.REMINDER: ("Please acknowledge {reference} by {by}", "Please acknowledge {reference}: it was due by {by}"),
    Kind.ESCALATION: (
        "Please open {reference}: somebody has to be told by {by}",
        "Please open {reference}: somebody was to be told by {by}",
    ),
    Kind.PASSED_ON: ("Please open {reference}",) * 2,
    Kind.HOLD: ("Please look at {reference} again",) * 2,
    Kind.FOOTAGE: ("Please open {reference}: something must be saved",) * 2,
}

# A duty desk can say "received" to these. The others are about what only somebody with an account can see.
ANSWERED_BY_LINK = {Kind.FIRST, Kind.REMINDER}


def letter(message: Message, address: str, now: datetime) -> Letter | None:
    """The message as it leaves, to this address; None where there is nothing to say."""
    if message.kind == Kind.DIGEST:
        return digest.letter(message, address, now)
    assert message.delivery
    assert message.about
    due_at = message.about.due_at
    reference = references.shown(message.delivery.concern.reference)
    by, line = wording.by(due_at, now), line_for(message.delivery)
    asks = ASKS[Kind(message.kind)][due_at < now]
    subject = asks.format(reference=reference, by=by)
    facts = {"reference": reference, "asks": subject, "link": _link(message, address), "ring": str(line.number)}
    if "{by}" in asks:
        facts["by"] = by
    words = {**facts, "subject": subject, "whose": line.whose, "tap": address_of(facts["ring"])}
    text = render_to_string("concerns/email/message.txt", words)
    html = render_to_string("concerns/email/message.html", words)
    return Letter(id=message.pk, to=address, subject=subject, text=text, html=html, facts=facts)


def is_still_theirs(message: Message, letter: Letter) -> bool:
    """Whether whoever gets it may still know of all that it names; of one copy alone its address is the answer."""
    return message.kind != Kind.DIGEST or digest.is_still_theirs(message, letter)


def _link(message: Message, address: str) -> str:
    assert message.delivery
    if message.person is None and message.delivery_id == message.about_id and message.kind in ANSWERED_BY_LINK:
        token = links.token(message.delivery, message.channel, address)
        return settings.SERVICE_URL + reverse("desk_link", args=[token])
    return settings.SERVICE_URL + message.delivery.concern.get_absolute_url()
