from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_call_users_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="head_office_mailbox",
            field=models.EmailField(
                blank=True,
                help_text="Security company: read only by its head office.",
                max_length=254,
                verbose_name="head office’s duty mailbox",
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="control_room_mailbox",
            field=models.EmailField(
                blank=True,
                help_text="The guards’ own control room: it is sent the manager’s copies.",
                max_length=254,
                verbose_name="control room’s mailbox",
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="control_room_webhook",
            field=models.URLField(
                blank=True,
                help_text="An https address that takes signed messages. See the operations guide.",
                verbose_name="control-room system",
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="customer_mailbox",
            field=models.EmailField(
                blank=True,
                help_text="Read by the customer’s own people only.",
                max_length=254,
                verbose_name="customer’s control room mailbox",
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="webhook_secret",
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
    ]
