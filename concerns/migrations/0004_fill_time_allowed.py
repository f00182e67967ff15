from datetime import timedelta

from django.db import migrations
from django.db.models import F, Q
from django.utils import timezone

from concerns.models.delivery import ENDED, OPEN


def fill(apps, schema_editor):
    """What was stored before there were messages: the time that it was given, and a moment at which time acts on it."""
    deliveries = apps.get_model("concerns", "Delivery").objects
    for copy in deliveries.filter(allowed=None).select_related("concern").only("due_at", "concern__received_at"):
        deliveries.filter(pk=copy.pk).update(allowed=copy.due_at - copy.concern.received_at)
    deliveries.filter(~Q(recipient="police_call"), ~ENDED, act_at=None).update(act_at=timezone.now())
    deliveries.filter(~ENDED, recipient="police_call", act_at=None).update(act_at=F("due_at"))
    for call in deliveries.filter(OPEN, recipient="police_call"):
        told = deliveries.filter(concern=call.concern_id).exclude(recipient="customer")
        told.update(police_due_at=call.due_at)
    for concern in apps.get_model("concerns", "Concern").objects.filter(site__isnull=False).select_related("site"):
        until = (concern.camera_from or concern.seen_at) + timedelta(days=concern.site.cctv_days or 7)
        if until > timezone.now():
            deliveries.filter(concern=concern).exclude(recipient="customer").update(footage_until=until)


class Migration(migrations.Migration):
    dependencies = [("concerns", "0003_what_time_does")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
