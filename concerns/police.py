"""How somebody tells the police of one concern: the numbers, and what to say first. Pure.

What is the same everywhere is here; a force's own desk and code word are its own columns, which an admin keeps right.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from accounts.models import Nation
from concerns.routing import Recipient, Urgency

# nspcc.org.uk, "Child protection system in Northern Ireland": not to report an arrestable offence is an offence.
NI_DUTY = "In Northern Ireland it can be a crime not to tell the police."

# 61016 is read at any hour, with no promise of when: btp.police.uk, FAQs.
MAY_NOT_ANSWER = "A text may not be answered at once. If it cannot wait, ring."


class Force(Protocol):
    """What is asked of a police force. Its name is its str()."""

    number_to_ring: str
    code_word: str


class Number(NamedTuple):
    """A number to tap. Without an address it can be read, but not tapped."""

    address: str
    title: str
    label: str
    weight: str = ""  # now or soon: how much it stands out


class Telling(NamedTuple):
    """What to say first, the numbers, and what to know before; the page adds the reference."""

    say: str
    numbers: list[Number]
    mind: list[str]


def how_to_tell(card: Mapping[str, Any], force: Force) -> Telling:
    """Whom to ring or text about this disclosed card, the most pressing first, and what to say.

    Whether an officer may be involved is read from whose desk is told, so that a list need not open a sealed word.
    """
    desks = {copy.recipient for copy in card["told"]}
    danger = card["urgency"] == Urgency.EMERGENCY
    if Recipient.STANDARDS in desks:
        numbers = [_999(danger), _101(f"Ask for {force}", danger)]
        return Telling(_to_standards(force), numbers, [_elsewhere(force), *_duty(card)])
    if Recipient.POLICE not in desks:  # whose desk it is for, this reader may not know
        return Telling(
            "Somebody else tells the police about this one, unless a child is in danger now.", [_999(danger)], []
        )
    if _is_for_transport_police(card):
        numbers = [_999(danger), *_transport_police(danger), *_desk(force)]
        return Telling(_say(force), numbers, [MAY_NOT_ANSWER])
    numbers = [_999(danger), _101("If not", danger), *_desk(force)]
    return Telling(_say(force), numbers, [_elsewhere(force), *_duty(card)])


def _say(force: Force) -> str:
    """The code word tells the call-taker what to ask. Each force has its own: intheknow.community, watford.gov.uk."""
    return f"Say “{force.code_word}”." if force.code_word else ""


def _to_standards(force: Force) -> str:
    return (
        f"Ask for the professional standards desk of {force}. "
        "Do not tell the local desk what it is about, unless a child is in danger now."
    )


def _999(danger: bool) -> Number:
    return Number("tel:999", "Ring 999", "If a child is in danger now", "now" if danger else "")


def _101(label: str, danger: bool) -> Number:
    """101 is every force's number, in all four nations: psni.police.uk, "101 frequently asked questions"."""
    return Number("tel:101", "Ring 101", label, "" if danger else "soon")


def _elsewhere(force: Force) -> str:
    """A call to 101 goes to the force of the place it is made from: psni.police.uk, "Police emergency and non-emergency
    telephone call figures".
    """
    return f"101 reaches the police of the place where you are. If you are not at the site, ask for {force}."


def _is_for_transport_police(card: Mapping[str, Any]) -> bool:
    """On the railway, but not in Northern Ireland, where they do not work: btp.police.uk, FAQs."""
    site = card["site"]
    return bool(site and site.is_railway and site.nation != Nation.NORTHERN_IRELAND)


def _transport_police(danger: bool) -> list[Number]:
    return [
        Number("sms:61016", "Text 61016", "British Transport Police", "" if danger else "soon"),
        Number("tel:0800405040", "0800 40 50 40", "British Transport Police"),
    ]


def _duty(card: Mapping[str, Any]) -> list[str]:
    site = card["site"]
    return [NI_DUTY] if site and site.nation == Nation.NORTHERN_IRELAND else []


def _desk(force: Force) -> list[Number]:
    """The force's own desk, where that is another number than 101."""
    number = force.number_to_ring.strip()
    return [Number(address_of(number), number, str(force))] if number and address_of(number) != "tel:101" else []


def address_of(number: str) -> str:
    """tel:02079460204 for a number that is nothing but a number; else empty, rather than a wrong one."""
    digits = number.replace("(0)", "")
    return "tel:" + re.sub(r"[^0-9+]", "", digits) if re.fullmatch(r"\+?[0-9 ()-]+", digits) else ""
