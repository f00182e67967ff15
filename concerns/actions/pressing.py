"""What presses on a whole concern, kept with each of its copies so that a queue can be searched by it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from concerns import times
from concerns.models import Concern, Delivery, Footage, Status
from concerns.routing import DESKS_OF_THE_POLICE, Recipient

_DONE = {Status.HAS_IT, Status.TOLD}


def lock(concern_id: UUID) -> list[Delivery]:
    """All copies of a concern, held in one order: two verbs at one moment wait for each other, and never for ever."""
    copies = Delivery.objects.filter(concern=concern_id).order_by("pk")
    return list(copies.select_for_update(no_key=True))


def press(concern: Concern) -> None:
    """Keep with each copy what presses on the concern by now; for every verb that ends, adds or withholds one."""
    copies = list(Delivery.objects.filter(concern=concern))
    clock = Footage.objects.watch(concern)
    unsaved = clock is None or clock.act_at is not None
    for copy, presses in pressure(concern, copies, unsaved=unsaved).items():
        if any(getattr(copy, name) != at for name, at in presses.items()):
            Delivery.objects.filter(pk=copy.pk).update(**presses)


def pressure(
    concern: Concern, copies: Collection[Delivery], *, unsaved: bool = True
) -> dict[Delivery, dict[str, datetime | None]]:
    """{copy: its footage_until and police_due_at}: no copy says more than its reader may know."""
    kept = concern.footage_kept
    footage = kept[1] if kept and unsaved else None
    asked = times.widened(footage, None)[0] if concern.camera_from else None  # they know no other time of the card
    return {
        copy: {
            "footage_until": asked if copy.recipient == Recipient.CUSTOMER else footage,
            "police_due_at": _police_due_at(copy, copies),
        }
        for copy in copies
    }


def _police_due_at(copy: Delivery, copies: Collection[Delivery]) -> datetime | None:
    """When the police must have been told: by the call, or by a copy where none is asked for. None once they are, by
    either: who has not made the call is chased all the same.
    """
    if copy.recipient == Recipient.CUSTOMER:
        return None
    if copy.recipient in DESKS_OF_THE_POLICE and copy.status in _DONE:
        return None  # they know of it, whatever became of the other desk
    calls = [other for other in copies if other.recipient == Recipient.POLICE_CALL]
    desks = [other for other in copies if other.recipient in DESKS_OF_THE_POLICE and not other.withheld_at]
    if copy.released_at:  # that the standards desk was told says who may be involved
        desks = [other for other in desks if other.recipient == Recipient.POLICE]
    asked = calls or desks
    if not asked or any(other.status in _DONE for other in [*calls, *desks]):
        return None
    return min(other.due_at for other in asked)
