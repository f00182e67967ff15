"""Concerns by the thousand, with what a queue reads of each: the card, its copies, and whom it is kept from."""

import random
import uuid
from datetime import timedelta

from django.utils import timezone

from concerns import routing
from concerns.models import Concern, Delivery, KeptFrom
from concerns.routing import Party, Recipient, Urgency
from tests.cards import card

AT_ONCE = 5_000
HUNDRED_DAYS = 100 * 24 * 60 * 60
URGENCIES = [Urgency.ROUTINE] * 4 + [Urgency.PROMPT] * 3 + [Urgency.EMERGENCY] * 3
ABOUT = [[Party.NO]] * 90 + [[Party.SITE]] * 4 + [[Party.GUARD]] * 3 + [[Party.POLICE], [Party.OFFICE], [Party.UNSURE]]
READERS = ("hana", "moss", "cole", "priya")
DESKS = {Recipient.POLICE, Recipient.POLICE_CALL, Recipient.STANDARDS}


def fill(cast, number, *, answered=False):
    """Store this many concerns of the last hundred days: waiting for everybody, or acknowledged by all."""
    chance = random.Random(number)
    sites = list(cast["asha"].sites.all())
    for start in range(0, number, AT_ONCE):
        concerns = [_concern(cast["asha"], sites, chance) for _ in range(min(AT_ONCE, number - start))]
        Concern.objects.bulk_create(concerns)
        Delivery.objects.bulk_create(copy for concern in concerns for copy in _copies(concern, cast, answered))
        KeptFrom.objects.bulk_create(name for concern in concerns for name in _kept_from(concern, cast))


def _concern(author, sites, chance):
    return Concern(
        **card(urgency=chance.choice(URGENCIES), about=chance.choice(ABOUT), site=chance.choice(sites)),
        submission_key=uuid.uuid4(),
        reported_by=author,
        author_role=author.role,
        company=author.organisation,
        received_at=timezone.now() - timedelta(seconds=chance.randrange(HUNDRED_DAYS)),
    )


def _copies(concern, cast, answered):
    by = {"acknowledged_at": concern.received_at, "acknowledged_by": cast["hana"]} if answered else {}
    for recipient, time in routing.route(urgency=concern.urgency, about=concern.about).items():
        yield _copy(concern, recipient, cast, due_at=concern.received_at + time, **by)
    for recipient in routing.withheld(concern.about):
        yield _copy(concern, recipient, cast, due_at=concern.received_at, withheld_at=concern.received_at)


def _copy(concern, recipient, cast, **times):
    reader = "priya" if recipient in DESKS else "cole" if recipient == Recipient.CUSTOMER else "hana"
    card = {"concern": concern, "site_id": concern.site_id, "urgency": concern.urgency}
    return Delivery(**card, recipient=recipient, organisation=cast[reader].organisation, **times)


def _kept_from(concern, cast):
    withheld = routing.withheld(concern.about)
    readers = [cast[name] for name in READERS if cast[name].role in withheld]
    return [KeptFrom(concern=concern, user=reader, recipient=reader.role) for reader in readers]
