"""Whom the author of a card rings once it is sent."""

from typing import NamedTuple

from phonenumber_field.phonenumber import PhoneNumber

from concerns.models import Concern, Delivery
from concerns.routing import Recipient
from concerns.telling import RING


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


def number_for(copy: Delivery) -> PhoneNumber | str:
    """Whom a reader of this copy rings where they cannot open it; empty where nobody entered a number."""
    concern = copy.concern
    if copy.recipient == Recipient.HEAD_OFFICE:  # not their own; nor the control room's, which it may be about
        return concern.company.lead_phone or concern.force.number_to_ring
    if copy.recipient == Recipient.LEAD:
        return concern.force.number_to_ring
    return number_to_ask(concern)
