"""Whom the author of a card rings once it is sent, and whom a reader rings who cannot open it."""

from typing import NamedTuple

from phonenumber_field.phonenumber import PhoneNumber

from concerns.models import Concern, Delivery
from concerns.routing import Recipient
from concerns.telling import RING

N101 = "101"


class Line(NamedTuple):
    """A number, and the name of whoever answers it. 101 is nobody's by name."""

    number: PhoneNumber | str  # empty where nobody entered one
    whose: str


class Ring(NamedTuple):
    """Somebody to ring, and whose copy it is that this ends."""

    delivery: Delivery
    whom: str  # as in "Now ring …"
    number: PhoneNumber | str  # empty where nobody entered one
    label: str


def to_ring(concern: Concern) -> Ring | None:
    """The first of manager, head office and lead who may know of it; nobody is told to ring their own desk."""
    copies = {copy.recipient: copy for copy in concern.deliveries.all() if not copy.withheld_at}
    for recipient in (Recipient.MANAGER, Recipient.HEAD_OFFICE, Recipient.LEAD):
        if recipient in copies and recipient.value != concern.author_role:
            return Ring(copies[recipient], *_at(concern, recipient))
    return None


def anybody_above(concern: Concern) -> bool:
    """Whether somebody other than the author can open it as manager, head office or lead."""
    copies = [copy for copy in concern.deliveries.all() if copy.recipient in RING and not copy.withheld_at]
    return any(copy.readers().exclude(pk=concern.reported_by_id).exists() for copy in copies)


def _at(concern: Concern, recipient: Recipient) -> tuple[str, PhoneNumber | str, str]:
    company, site = concern.company, concern.site
    if recipient == Recipient.LEAD:  # never head office's own number: the card may be about somebody there
        return "your safeguarding lead", company.lead_phone, f"{company} safeguarding lead"
    if recipient == Recipient.HEAD_OFFICE:
        return "head office", company.phone, f"{company} head office, any hour"
    if site and site.control_room_phone:
        return "your control room", site.control_room_phone, f"{site} control room"
    return "your control room", company.phone, f"{company}, any hour"


def number_to_ask(concern: Concern) -> PhoneNumber | str:
    """The company's 24-hour number; the safeguarding lead's where head office may not know of the card."""
    closed = any(copy.withheld_at for copy in concern.deliveries.all() if copy.recipient == Recipient.HEAD_OFFICE)
    return concern.company.lead_phone if closed else concern.company.phone


def line_for(copy: Delivery) -> Line:
    """Whom a reader of this copy rings where they cannot open it: not their own desk, nor one that it may be about."""
    company = copy.concern.company
    if copy.recipient == Recipient.HEAD_OFFICE and company.lead_phone:
        return Line(company.lead_phone, str(company))  # not that it is the lead's: that would say who was not told
    if copy.recipient in (Recipient.HEAD_OFFICE, Recipient.LEAD):
        return _line_of_the_police(copy)
    return Line(number_to_ask(copy.concern), str(company))


def _line_of_the_police(copy: Delivery) -> Line:
    """The force's own; 101 where an officer may be involved, or where this reader may not know whether one is."""
    force = copy.concern.force
    officer = any(_is_about_an_officer(each) for each in copy.concern.deliveries.all())
    if officer or copy.released_at or force.number_to_ring.strip() in ("", N101):
        return Line(N101, "")
    return Line(force.number_to_ring, str(force))


def _is_about_an_officer(copy: Delivery) -> bool:
    if copy.recipient == Recipient.POLICE:
        return copy.withheld_at is not None
    return copy.recipient == Recipient.STANDARDS
