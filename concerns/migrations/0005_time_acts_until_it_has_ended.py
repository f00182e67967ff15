from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_duty_mailboxes"),
        ("concerns", "0004_fill_time_allowed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="allowed",
            field=models.DurationField(),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("act_at__isnull", False),
                        models.Q(
                            ("acknowledged_at__isnull", False),
                            ("told_at__isnull", False),
                            ("withheld_at__isnull", False),
                            _connector="OR",
                            _negated=True,
                        ),
                    ),
                    models.Q(
                        ("act_at", None),
                        models.Q(
                            ("acknowledged_at__isnull", False),
                            ("told_at__isnull", False),
                            ("withheld_at__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="time_acts_on_a_copy_until_it_has_ended",
            ),
        ),
    ]
