"""Whom the readers of a queue ring while messages are late. It knows roles and places, and of no concern."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet
from phonenumber_field.phonenumber import PhoneNumber

from accounts.models import Organisation, Site, User
from accounts.roles import Kind
from concerns.police import address_of
from concerns.worker import is_late

FEW = 3  # of one kind


class Number(NamedTuple):
    """A number to tap; without an address, to read."""

    href: str
    shown: str
    whom: str


class Silence(NamedTuple):
    """Messages are late."""

    numbers: list[Number]  # to ring instead; perhaps none is known


def silence(user: User) -> Silence | None:
    """What a reader is told while no worker is heard of; None while one is."""
    return Silence(numbers(user)) if is_late() else None


def numbers(user: User) -> list[Number]:
    """Of those who can be told, or asked, in place of a message; the same whatever concerns there are."""
    company, sites = user.organisation, Site.objects.open().of_reader(user)
    if company is None or company.kind != Kind.COMPANY:
        return _readable(_companies(sites))
    found = [*_control_rooms(sites), (company.phone, f"{company}, any hour"), (company.lead_phone, "safeguarding lead")]
    forces = Organisation.objects.open().filter(policed_sites__in=sites).distinct().order_by("name")[:FEW]
    found += [(force.number_to_ring, str(force)) for force in forces or [company.default_force] if force]
    return _readable([*found, ("101", "police, this shift"), ("999", "child in danger now")])


def _companies(sites: QuerySet[Site]) -> list[tuple[PhoneNumber | str, str]]:
    guards = Organisation.objects.open().filter(guarded_sites__in=sites).exclude(phone="").distinct().order_by("name")
    return [(company.phone, f"{company}, any hour") for company in guards[: 2 * FEW]]


def _control_rooms(sites: QuerySet[Site]) -> list[tuple[PhoneNumber | str, str]]:
    """None where they are so many that the company's own number is found sooner."""
    rooms = list(sites.exclude(control_room_phone="").order_by("name")[: FEW + 1])
    return [(site.control_room_phone, f"{site} control room") for site in rooms] if len(rooms) <= FEW else []


def _readable(numbers: Iterable[tuple[PhoneNumber | str, str]]) -> list[Number]:
    """As links, each number once; a force has what an admin typed, such as 101, or words that no telephone can ring."""
    found: dict[str, Number] = {}
    for number, whom in numbers:
        href = number.as_rfc3966 if isinstance(number, PhoneNumber) else address_of(number.strip())
        if number and (href or str(number)) not in found:
            found[href or str(number)] = Number(href, str(number), whom)
    return list(found.values())
