from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_duty_mailboxes"),
        ("concerns", "0007_days_of_footage"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="delivery",
            name="footage_until_presses",
        ),
        migrations.RemoveIndex(
            model_name="delivery",
            name="police_due_at_presses",
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False), ("held_until", None), ("withheld_at", None)),
                fields=["organisation", "recipient", "-closed_at", "-id", "urgency"],
                name="closed_deliveries",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False), ("held_until", None), ("withheld_at", None)),
                fields=["organisation", "recipient", "site", "-closed_at", "-id", "urgency"],
                name="closed_at_a_site",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("footage_until__isnull", False)),
                fields=["organisation", "recipient", "footage_until", "id", "urgency"],
                name="footage_until_presses",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("footage_until__isnull", False)),
                fields=["organisation", "recipient", "site", "footage_until", "id", "urgency"],
                name="footage_until_at_a_site",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("police_due_at__isnull", False)),
                fields=["organisation", "recipient", "police_due_at", "id", "urgency"],
                name="police_due_at_presses",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("police_due_at__isnull", False)),
                fields=["organisation", "recipient", "site", "police_due_at", "id", "urgency"],
                name="police_due_at_at_a_site",
            ),
        ),
    ]
