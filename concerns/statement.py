"""A disclosed card as a statement for the police: every time in full, and what became of each copy. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from concerns import facts
from concerns.disclosure import Copy, Footage
from concerns.facts import Answers
from concerns.models.delivery import Status
from concerns.routing import Recipient, Urgency
from concerns.wording import stamp

Card = Mapping[str, Any]


def three_times(card: Card) -> Answers:
    """When it was seen, written and received: only the last of the three is by our own clock alone."""
    until = f" to {stamp(card['until_at'])}" if card["until_at"] else ""
    about = " The author was not sure of the exact time." if card["time_is_approximate"] else ""
    return [
        ("Seen", f"{stamp(card['seen_at'])}{until}\nAs the author wrote it down.{about}"),
        ("Written", f"{stamp(card['written_at'])}\nWhen the author opened the card to fill it in."),
        ("Received", f"{stamp(card['received_at'])}\nWhen this service stored the whole card, by its own clock."),
    ]


def as_sent(card: Card) -> Answers:
    """Every other answer of the card, the camera's times in full."""
    camera = [stamp(card[end]) for end in ("camera_from", "camera_until") if card[end]]
    return [
        ("Urgency", Urgency(card["urgency"]).label),
        ("Where", _where(card)),
        *facts.what_was_seen(card),
        ("Camera times", " to ".join(camera)),
        *facts.police(card),
        *facts.author(card),
    ]


def _where(card: Card) -> str:
    site, zone = card["site"], card["zone"]
    if site is None:
        return "Somewhere else"
    return f"{', '.join(filter(None, [str(site), zone]))}\n{site.address}, {site.postcode}"


def told(card: Card) -> list[tuple[str, Answers]]:
    """[(recipient, what became of their copy)]"""
    return [(str(Recipient(copy.recipient).label), [*_sent(copy), *_answered(copy)]) for copy in card["told"]]


def _sent(copy: Copy) -> Answers:
    return [
        ("To be told by", stamp(copy.due_at)),
        ("First message left", _said(copy.sent_at)),
        ("Received at their desk", _said(copy.received_by, copy.received_at)),
        ("Not answered in time", _said(copy.escalated_at and "The next in line was told last", copy.escalated_at)),
    ]


def _answered(copy: Copy) -> Answers:
    by = copy.by or ("The author" if copy.by_author else "")
    if copy.status == Status.HAS_IT:
        return [("Acknowledged", _said(by, copy.at))]
    if copy.status == Status.TOLD:
        return [("Told", "\n".join(_lines(copy.whom, _said(by, copy.at))))]
    if copy.held_until:
        return [("On hold", f"The police ask that they are not told yet. To be looked at by {stamp(copy.held_until)}.")]
    return [("Not told yet", "Nobody has written down that they have it or were told.")]


def footage(clock: Footage | None) -> Answers:
    """What is known of the CCTV; nothing where no camera can have seen it."""
    if clock is None:
        return []
    days = f"{clock.days} days" if clock.days_are_known else f"{clock.days} days, which is a guess"
    nobody = "Nobody had said so by the time that it was overwritten." if clock.lost else "Nobody has said so yet."
    return [
        ("Kept for", days),
        ("Overwritten on", _said(clock.kept_until)),
        ("Saved", _said(clock.saved_whom, clock.saved_on) or nobody),
        ("Where it is", clock.saved_where),
    ]


def _said(*parts: str | datetime | None) -> str:
    """Moss, Saturday 21 November 2026, 23:26 GMT: whatever of it there is."""
    return ", ".join(_lines(*parts))


def _lines(*parts: str | datetime | None) -> Iterable[str]:
    return [stamp(part) if isinstance(part, datetime) else part for part in parts if part]


def in_groups(fingerprint: str) -> str:
    """Eight figures at a time, to be read out and compared."""
    return " ".join(fingerprint[start : start + 8] for start in range(0, len(fingerprint), 8))
