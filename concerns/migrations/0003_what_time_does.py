import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import concerns.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_duty_mailboxes"),
        ("concerns", "0002_triggers_keep_evidence"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "author_role",
                    models.CharField(
                        choices=[
                            ("guard", "guard"),
                            ("manager", "manager"),
                            ("head_office", "head office"),
                            ("lead", "safeguarding lead"),
                            ("customer", "customer"),
                            ("police", "police"),
                            ("admin", "admin"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", concerns.encryption.EncryptedTextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("hold", "The police ask that the customer is not told yet"),
                            ("end_hold", "The hold has ended"),
                            ("release", "Released"),
                            ("pass_on", "Passed on"),
                            ("keep_from", "Kept from"),
                            ("propose", "Proposed to close"),
                            ("close", "Closed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "recipient",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("manager", "Manager"),
                            ("head_office", "Head office"),
                            ("customer", "Customer"),
                            ("police_call", "Police call"),
                            ("police", "Police"),
                            ("lead", "Safeguarding lead"),
                            ("standards", "Police professional standards"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("with_police", "With the police"),
                            ("police_finished", "The police have finished"),
                            ("innocent", "There is an innocent explanation"),
                            ("staff", "A staff matter, handled elsewhere"),
                            ("duplicate", "The same as another card"),
                            ("mistake", "Sent by mistake"),
                        ],
                        max_length=15,
                    ),
                ),
                ("text", concerns.encryption.EncryptedTextField(default="")),
                ("reference", concerns.encryption.EncryptedTextField(default="")),
                ("until", models.DateTimeField(null=True)),
                (
                    "by_role",
                    models.CharField(
                        choices=[
                            ("guard", "guard"),
                            ("manager", "manager"),
                            ("head_office", "head office"),
                            ("lead", "safeguarding lead"),
                            ("customer", "customer"),
                            ("police", "police"),
                            ("admin", "admin"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Footage",
            fields=[
                ("act_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("seen_at", models.DateTimeField()),
                ("kept_until", models.DateTimeField()),
                ("warnings", models.PositiveSmallIntegerField(default=0)),
                ("saved_at", models.DateTimeField(null=True)),
                ("saved_on", models.DateTimeField(null=True)),
                ("saved_whom", concerns.encryption.EncryptedTextField(null=True)),
                ("saved_where", concerns.encryption.EncryptedTextField(null=True)),
                ("lost_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("worker", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("act_at", models.DateTimeField(null=True)),
                ("leased_until", models.DateTimeField(null=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "Please acknowledge"),
                            ("reminder", "Please acknowledge, it is late"),
                            ("escalation", "Somebody else has not answered"),
                            ("passed_on", "A copy was passed on to you"),
                            ("hold", "A hold must be looked at again"),
                            ("footage", "Footage is about to be lost"),
                            ("digest", "The day in references"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("email", "e-mail"), ("webhook", "control-room system")], default="email", max_length=7
                    ),
                ),
                ("day", models.DateField(null=True)),
                ("made_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("dropped_at", models.DateTimeField(null=True)),
                ("address", concerns.encryption.EncryptedTextField(null=True)),
                ("refusal", models.CharField(blank=True, max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "author_role",
                    models.CharField(
                        choices=[
                            ("guard", "guard"),
                            ("manager", "manager"),
                            ("head_office", "head office"),
                            ("lead", "safeguarding lead"),
                            ("customer", "customer"),
                            ("police", "police"),
                            ("admin", "admin"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", concerns.encryption.EncryptedTextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.RemoveIndex(
            model_name="delivery",
            name="open_deliveries",
        ),
        migrations.RemoveIndex(
            model_name="delivery",
            name="open_at_a_site",
        ),
        migrations.RemoveIndex(
            model_name="delivery",
            name="answered_deliveries",
        ),
        migrations.RemoveIndex(
            model_name="delivery",
            name="answered_at_a_site",
        ),
        migrations.AddField(
            model_name="delivery",
            name="act_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="allowed",
            field=models.DurationField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="escalated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="escalations",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="delivery",
            name="footage_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="generation",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="delivery",
            name="held_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="leased_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="notified_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="police_due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="received_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="received_by",
            field=concerns.encryption.EncryptedTextField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="sent_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="told_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("999", "999"),
                    ("101", "101"),
                    ("61016", "61016, British Transport Police"),
                    ("control_room", "Control room"),
                    ("in_person", "In person"),
                    ("form", "Their own form"),
                    ("phone", "Another number"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="told_log",
            field=concerns.encryption.EncryptedTextField(null=True),
        ),
        migrations.AlterField(
            model_name="event",
            name="verb",
            field=models.CharField(
                choices=[
                    ("received", "Card received"),
                    ("opened", "Opened"),
                    ("printed", "Printed"),
                    ("noted", "Note added"),
                    ("acknowledged", "Acknowledged"),
                    ("told", "Told"),
                    ("unreadable", "Could not be read"),
                    ("sent", "Message sent"),
                    ("refused", "Message refused"),
                    ("received_by", "Received by a duty desk"),
                    ("escalated", "Not answered in time, next in line told"),
                    ("held", "On hold: the police ask that they are not told yet"),
                    ("hold_ended", "Hold ended"),
                    ("released", "Released"),
                    ("passed_on", "Passed on"),
                    ("kept_from", "Kept from somebody by name"),
                    ("asked", "Question asked"),
                    ("answered", "Question answered"),
                    ("saved", "Footage saved"),
                    ("lost", "Footage overwritten, nobody had said that it is saved"),
                    ("proposed", "Proposed to close"),
                    ("closed", "Closed"),
                    ("reopened", "Open again"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(
                    ("acknowledged_at", None), ("held_until", None), ("told_at", None), ("withheld_at", None)
                ),
                fields=["organisation", "recipient", "due_at", "id", "urgency"],
                name="open_deliveries",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(
                    ("acknowledged_at", None), ("held_until", None), ("told_at", None), ("withheld_at", None)
                ),
                fields=["organisation", "recipient", "site", "due_at", "id", "urgency"],
                name="open_at_a_site",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(
                    models.Q(("acknowledged_at__isnull", False), ("told_at__isnull", False), _connector="OR"),
                    ("closed_at", None),
                    ("held_until", None),
                    ("withheld_at", None),
                ),
                fields=["organisation", "recipient", "-due_at", "-id", "urgency"],
                name="answered_deliveries",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(
                    models.Q(("acknowledged_at__isnull", False), ("told_at__isnull", False), _connector="OR"),
                    ("closed_at", None),
                    ("held_until", None),
                    ("withheld_at", None),
                ),
                fields=["organisation", "recipient", "site", "-due_at", "-id", "urgency"],
                name="answered_at_a_site",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(condition=models.Q(("act_at__isnull", False)), fields=["act_at"], name="deliveries_due"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("footage_until", None), _negated=True),
                fields=["organisation", "recipient", "footage_until", "id"],
                name="footage_until_presses",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("police_due_at", None), _negated=True),
                fields=["organisation", "recipient", "police_due_at", "id"],
                name="police_due_at_presses",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("received_at", None), ("received_by__isnull", True)),
                    models.Q(("received_at__isnull", False), ("received_by__isnull", False)),
                    _connector="OR",
                ),
                name="received_at_and_by_together",
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="answered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="concern",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="concerns.concern"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="delivery",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="concerns.delivery"
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="footage",
            name="concern",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="footage", to="concerns.concern"
            ),
        ),
        migrations.AddField(
            model_name="footage",
            name="saved_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="about",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="concerns.delivery"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="delivery",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="concerns.delivery"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="person",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="company",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="concern",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="concerns.concern"
            ),
        ),
        migrations.AddField(
            model_name="answer",
            name="question",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="concerns.question"
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("kind", "pass_on")), fields=["person", "delivery"], name="copies_passed_on_to"
            ),
        ),
        migrations.AddIndex(
            model_name="footage",
            index=models.Index(condition=models.Q(("act_at__isnull", False)), fields=["act_at"], name="footage_due"),
        ),
        migrations.AddConstraint(
            model_name="footage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act_at__isnull", False), ("lost_at", None), ("saved_at", None)),
                    models.Q(("act_at", None), ("saved_at__isnull", False)),
                    models.Q(("act_at", None), ("lost_at__isnull", False)),
                    _connector="OR",
                ),
                name="footage_is_watched_until_saved_or_lost",
            ),
        ),
        migrations.AddConstraint(
            model_name="footage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("saved_at", None),
                        ("saved_by", None),
                        ("saved_on", None),
                        ("saved_where__isnull", True),
                        ("saved_whom__isnull", True),
                    ),
                    models.Q(
                        ("saved_at__isnull", False),
                        ("saved_by__isnull", False),
                        ("saved_on__isnull", False),
                        ("saved_where__isnull", False),
                        ("saved_whom__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="saved_at_by_whom_and_where_together",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(condition=models.Q(("act_at__isnull", False)), fields=["act_at"], name="messages_due"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("day__isnull", False)),
                fields=("person", "day"),
                name="one_digest_for_a_person_and_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("act_at__isnull", False), ("dropped_at", None), ("failed_at", None), ("sent_at", None)),
                    models.Q(("act_at", None), ("sent_at__isnull", False)),
                    models.Q(("act_at", None), ("failed_at__isnull", False)),
                    models.Q(("act_at", None), ("dropped_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_message_waits_or_has_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("day__isnull", False), ("delivery", None), ("kind", "digest"), ("person__isnull", False)),
                    models.Q(models.Q(("kind", "digest"), _negated=True), ("day", None), ("delivery__isnull", False)),
                    _connector="OR",
                ),
                name="a_digest_has_a_day_the_others_a_copy",
            ),
        ),
    ]
