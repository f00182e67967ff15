"""The clock on a concern's CCTV."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from concerns.actions.pressing import lock, press
from concerns.models import Concern, Event, Footage, record


@transaction.atomic
def save_footage(*, concern: Concern, by: User, whom: str, on: datetime, where: str) -> bool:
    """Keep who saved the footage, when, and where it is. Only the first does; the same again is the same."""
    lock(concern.pk)
    Footage.objects.watch(concern)
    footage = Footage.objects.select_for_update().filter(concern=concern).first()
    if footage is None:
        return False
    if footage.saved_at:
        said = (footage.saved_by_id, footage.saved_whom, footage.saved_on, footage.saved_where)
        return said == (by.pk, whom, on, where)
    footage.saved_at, footage.saved_by, footage.saved_on = timezone.now(), by, on
    footage.saved_whom, footage.saved_where, footage.act_at = whom, where, None
    footage.save(update_fields=["saved_at", "saved_by", "saved_on", "saved_whom", "saved_where", "act_at"])
    press(concern)
    record(Event.Verb.FOOTAGE_SAVED, concern, by=by, at=footage.saved_at)
    return True
