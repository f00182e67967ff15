"""The trial's cast: made-up people, organisations and places. Telephone numbers are ones kept free for drama."""

from django.db import transaction

from accounts.models import Nation, Organisation, Site, SiteKind, User
from accounts.roles import Kind, Role

DOMAIN = "demo.example"

# name: (what the sign-in page says, role, organisation)
PEOPLE = {
    "Asha": ("Guard", Role.GUARD, "Brightkeep Security"),
    "Moss": ("Her manager", Role.MANAGER, "Brightkeep Security"),
    "Hana": ("Head office", Role.HEAD_OFFICE, "Brightkeep Security"),
    "Lena": ("Safeguarding lead", Role.LEAD, "Brightkeep Security"),
    "Cole": ("Customer", Role.CUSTOMER, "Tallow & Finch"),
    "Priya": ("Police", Role.POLICE, "Wexmoor Police"),
    "Ada": ("Admin", Role.ADMIN, None),
    "Stan": ("Manager of another company", Role.MANAGER, "Harcourt Guarding"),
}

SITES = [
    {
        "name": "Wexmoor Parkway Station",
        "kind": SiteKind.STATION,
        "address": "Station Approach, Wexmoor",
        "postcode": "ZZ9 1AA",
        "zones": "Platform 1\nPlatform 2\nTicket hall\nWaiting room\nTaxi rank\nCar park",
        "is_railway": True,
        "control_room_phone": "+442079460140",
        "cctv_days": 7,
    },
    {
        "name": "Quillgate Shopping Centre",
        "kind": SiteKind.SHOPPING,
        "address": "1 Quill Street, Wexmoor",
        "postcode": "ZZ9 2BB",
        "zones": "Level 1 entrance\nLevel 2 food court\nCinema foyer\nBus stands\nCar park",
        "control_room_phone": "+442079460141",
        "cctv_days": 30,
    },
    {
        "name": "Harrowmere Services",
        "kind": SiteKind.SERVICES,
        "address": "Harrowmere, near Wexmoor",
        "postcode": "ZZ9 3CC",
        "zones": "Forecourt\nRestaurant\nToilets\nHotel\nLorry park\nCar park",
        "control_room_phone": "+442079460142",
        "cctv_days": None,
    },
]


def email(name):
    return f"{name.lower()}@{DOMAIN}"


@transaction.atomic
def load():
    """{first name in lower case: User} of the cast, made where they are not there yet."""
    force, _ = Organisation.objects.get_or_create(
        name="Wexmoor Police",
        kind=Kind.POLICE,
        defaults={
            "number_to_ring": "020 7946 0204",
            "code_word": "Operation Makesafe",
            "intelligence_mailbox": f"intelligence@{DOMAIN}",
            "standards_mailbox": f"standards@{DOMAIN}",
        },
    )
    numbers = {"phone": "+442079460100", "lead_phone": "+442079460117", "support_phone": "+442079460118"}
    company, _ = Organisation.objects.get_or_create(
        name="Brightkeep Security", kind=Kind.COMPANY, defaults=numbers | {"default_force": force}
    )
    other, _ = Organisation.objects.get_or_create(
        name="Harcourt Guarding", kind=Kind.COMPANY, defaults={"phone": "+442079460200", "default_force": force}
    )
    customer, _ = Organisation.objects.get_or_create(name="Tallow & Finch", kind=Kind.CUSTOMER)
    shared = {"nation": Nation.ENGLAND, "customer": customer, "police_force": force}
    sites = [_site(company, place | shared) for place in SITES]
    elsewhere = _site(other, SITES[1] | shared | {"name": "Pellmoor Arcade", "control_room_phone": "+442079460143"})
    organisations = {o.name: o for o in (force, company, other, customer)}
    return {name.lower(): _person(name, organisations, sites, [elsewhere]) for name in PEOPLE}


def _site(contractor, fields):
    site, _ = Site.objects.get_or_create(contractor=contractor, name=fields["name"], defaults=fields)
    return site


def _person(name, organisations, sites, elsewhere):
    _, role, organisation = PEOPLE[name]
    found = User.objects.filter(email=email(name)).first()
    if found:
        return found
    theirs = {"Asha": sites, "Moss": sites, "Stan": elsewhere}.get(name, [])
    return User.objects.create_user(
        name=name,
        email=email(name),
        staff_number=f"DEMO{list(PEOPLE).index(name) + 1}",
        role=role,
        organisation=organisations.get(organisation),
        sites=theirs,
    )
