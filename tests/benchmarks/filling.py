"""Concerns by the thousand, with what a queue reads of each: the card, its copies, and whom it is kept from."""

import random
import uuid
from datetime import timedelta

from django.utils import timezone

from concerns import routing
from concerns.actions.cards import new_copy, withheld_copy
from concerns.actions.pressing import pressure
from concerns.models import DAYS_WHERE_UNKNOWN, Concern, Delivery, KeptFrom
from concerns.routing import Party, Recipient, Urgency
from tests.cards import card

AT_ONCE = 5_000
HUNDRED_DAYS = 100 * 24 * 60 * 60
TWO_DAYS = 2 * 24 * 60 * 60
URGENCIES = [Urgency.ROUTINE] * 4 + [Urgency.PROMPT] * 3 + [Urgency.EMERGENCY] * 3
ABOUT = [[Party.NO]] * 90 + [[Party.SITE]] * 4 + [[Party.GUARD]] * 3 + [[Party.POLICE], [Party.OFFICE], [Party.UNSURE]]
READERS = ("hana", "moss", "cole", "priya")
DESKS = {Recipient.POLICE, Recipient.POLICE_CALL, Recipient.STANDARDS}


def fill(cast, number, *, answered=False, closed=False, seconds=HUNDRED_DAYS):
    """Store this many concerns of so many last seconds: waiting for everybody, acknowledged by all, or closed too."""
    chance = random.Random(number)
    sites = list(cast["asha"].sites.all())
    for start in range(0, number, AT_ONCE):
        concerns = [_concern(cast["asha"], sites, chance, seconds) for _ in range(min(AT_ONCE, number - start))]
        Concern.objects.bulk_create(concerns)
        Delivery.objects.bulk_create(copy for concern in concerns for copy in _copies(concern, cast, answered, closed))
        KeptFrom.objects.bulk_create(name for concern in concerns for name in _kept_from(concern, cast))


def _concern(author, sites, chance, seconds):
    """Half of them have CCTV that is lost within two days."""
    site, received_at = chance.choice(sites), timezone.now() - timedelta(seconds=chance.randrange(seconds))
    soon = timezone.now() + timedelta(seconds=chance.randrange(TWO_DAYS))
    seen_at = soon - timedelta(days=site.cctv_days or DAYS_WHERE_UNKNOWN) if chance.random() < 0.5 else received_at
    return Concern(
        **card(urgency=chance.choice(URGENCIES), about=chance.choice(ABOUT), site=site, seen_at=seen_at),
        camera_from=seen_at,
        camera_until=seen_at,
        submission_key=uuid.uuid4(),
        reported_by=author,
        author_role=author.role,
        company=author.organisation,
        received_at=received_at,
    )


def _copies(concern, cast, answered, closed):
    to, at = _organisations(cast), concern.received_at
    times = routing.route(urgency=concern.urgency, about=concern.about)
    told = [new_copy(concern, to, recipient, time, at) for recipient, time in times.items()]
    for copy in told if answered or closed else ():
        copy.acknowledged_at, copy.acknowledged_by, copy.act_at = at, cast["hana"], None
        copy.closed_at = at if closed else None
    copies = told + [withheld_copy(concern, to, recipient, at) for recipient in routing.withheld(concern.about)]
    for copy, presses in pressure(concern, copies).items():
        copy.footage_until, copy.police_due_at = presses["footage_until"], presses["police_due_at"]
    return copies


def _organisations(cast):
    readers = dict.fromkeys(Recipient, "hana") | dict.fromkeys(DESKS, "priya") | {Recipient.CUSTOMER: "cole"}
    return {recipient: cast[reader].organisation_id for recipient, reader in readers.items()}


def _kept_from(concern, cast):
    withheld = routing.withheld(concern.about)
    readers = [cast[name] for name in READERS if cast[name].role in withheld]
    return [KeptFrom(concern=concern, user=reader, recipient=reader.role) for reader in readers]
