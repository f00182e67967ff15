"""What waits to be sent, and who cannot be reached: for the operator, with no card, no site and no urgency in it."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, F, Min, OuterRef, Q, QuerySet, When

from concerns.models import Concern, Delivery, Footage, Kind, Message
from concerns.routing import AT_ONCE, Recipient

PATIENCE = timedelta(minutes=5)  # longer than anything is due where a worker is well
LATELY = timedelta(days=7)  # a refusal is listed as long, unless it was mended

FIRST, LATER, FOOTAGE, DIGEST = "first message", "reminder or next in line", "footage warning", "daily digest"
OF_KIND = {Kind.FIRST: FIRST, Kind.FOOTAGE: FOOTAGE, Kind.DIGEST: DIGEST}  # any other is LATER

# A first message is given a moment before the copy was addressed, so that it goes before all else.
_ADDRESSED = ExpressionWrapper(F("due_at") - F("allowed"), output_field=DateTimeField())
_AT_ONCE = When(
    notified_at=None, act_at__lt=_ADDRESSED, then=ExpressionWrapper(F("act_at") + AT_ONCE, output_field=DateTimeField())
)
_SINCE = Case(_AT_ONCE, default=F("act_at"))


def due_since(now: datetime) -> dict[str, datetime | None]:
    """{what: since when the oldest of it is due}, in a worker's hand or not; None where nothing is."""
    copies = Delivery.objects.filter(act_at__lte=now)
    first = Q(notified_at=None, held_until=None) & ~Q(recipient=Recipient.POLICE_CALL)
    found = [
        (FIRST, copies.filter(first).aggregate(at=Min(_SINCE))["at"]),
        (LATER, copies.exclude(first).aggregate(at=Min("act_at"))["at"]),
        (FOOTAGE, Footage.objects.filter(act_at__lte=now).aggregate(at=Min("act_at"))["at"]),
    ]
    messages = Message.objects.filter(act_at__lte=now).order_by()
    for kind, at in messages.values_list("kind").annotate(at=Min("act_at")):
        found.append((OF_KIND.get(kind, LATER), at))
    return {
        what: min((at for name, at in found if name == what and at), default=None)
        for what in (FIRST, LATER, FOOTAGE, DIGEST)
    }


def waiting() -> tuple[int, int]:
    """(messages that wait to leave, how many of them were put off); a digest waits for its hour, and is no matter."""
    messages = Message.objects.waiting().exclude(kind=Kind.DIGEST)
    return messages.count(), messages.filter(attempts__gt=0).count()


def put_off_too_long(now: datetime) -> tuple[int, datetime | None]:
    """(messages that were put off and should have left by now, when the oldest of them was made).

    Nothing of this is ever due for long: each time that one is put off, it gets another moment to come.
    """
    messages = Message.objects.waiting().exclude(kind=Kind.DIGEST).filter(attempts__gt=0, made_at__lt=now - PATIENCE)
    return messages.count(), messages.aggregate(at=Min("made_at"))["at"]


# --- Addresses ----------------------------------------------------------------------------------------------------


class Trouble(NamedTuple):
    """An address that does not take what it is sent."""

    address: str
    answer: str  # of the other end, as last heard
    since: datetime
    tries: int
    for_good: bool


def troubles(now: datetime) -> list[Trouble]:
    """Addresses that refused for good, and those that keep being put off; those first that have been so longest."""
    refused = Message.objects.refused().filter(failed_at__gt=now - LATELY)
    put_off = Message.objects.waiting().filter(attempts__gt=1)
    by_address: dict[str, list[Message]] = {}
    for message in (
        (refused | put_off).select_related("person", "delivery__site", "delivery__organisation").order_by("made_at")
    ):
        by_address.setdefault(message.address or "", []).append(message)
    found = [_trouble(address, messages) for address, messages in by_address.items() if not _is_mended(messages[-1])]
    return sorted(found, key=lambda trouble: trouble.since)


def _trouble(address: str, messages: list[Message]) -> Trouble:
    tries = sum(message.attempts + bool(message.failed_at) for message in messages)
    for_good = any(message.failed_at for message in messages)
    return Trouble(address, messages[-1].refusal, messages[0].made_at, tries, for_good)


def _is_mended(message: Message) -> bool:
    """Whether they have another address by now, or took a later message, or are not sent any."""
    copy, person = message.delivery, message.person
    if person and (not person.is_active or person.email != message.address):
        return True
    if copy and not person and copy.desk().get(message.channel, message.address) != message.address:
        return True
    later = Message.objects.left().filter(person=person, channel=message.channel, sent_at__gt=message.made_at)
    if copy and not person:
        later = later.filter(
            delivery__recipient=copy.recipient, delivery__organisation=copy.organisation, delivery__site=copy.site
        )
    return later.exists()


# --- Nobody at all ------------------------------------------------------------------------------------------------


def unheard() -> QuerySet[Concern]:
    """Concerns that somebody still waits for, and of which no message has left or waits; the oldest first."""
    of_it = Message.objects.filter(delivery__concern=OuterRef("pk"))
    asked = Delivery.objects.filter(concern=OuterRef("pk"), act_at__isnull=False, notified_at__isnull=False)
    heard_of = of_it.filter(Q(sent_at__isnull=False) | Q(act_at__isnull=False))
    return Concern.objects.filter(Exists(asked), ~Exists(heard_of)).order_by("received_at")
