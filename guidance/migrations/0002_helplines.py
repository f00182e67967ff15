import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guidance", "0001_pages_and_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Helpline",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.SlugField(blank=True, editable=False, null=True, unique=True)),
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("police", "The police"),
                            ("others", "Others who help"),
                            ("online", "Online, and images of abuse"),
                            ("children", "For children and young people"),
                            ("work", "Your own workplace"),
                            ("learn", "Learn more"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A\\+?[0-9]([0-9 ]*[0-9])?\\Z",
                                "Enter digits and spaces only, such as 0800 40 50 40 or 101.",
                            )
                        ],
                        verbose_name="number to ring",
                    ),
                ),
                (
                    "text_number",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A\\+?[0-9]([0-9 ]*[0-9])?\\Z",
                                "Enter digits and spaces only, such as 0800 40 50 40 or 101.",
                            )
                        ],
                        verbose_name="number to text",
                    ),
                ),
                (
                    "web_address",
                    models.CharField(
                        blank=True,
                        max_length=200,
                        validators=[
                            django.core.validators.URLValidator(
                                message="Enter a web address that starts with https://", schemes=["https"]
                            )
                        ],
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
                (
                    "when_to_use",
                    models.CharField(help_text="A sentence or two, such as: A child is in danger now.", max_length=300),
                ),
                (
                    "who_for",
                    models.CharField(
                        help_text="Such as: any adult worried about a child.",
                        max_length=120,
                        verbose_name="who it is for",
                    ),
                ),
                (
                    "area",
                    models.CharField(
                        choices=[
                            ("uk", "all of the UK"),
                            ("great_britain", "England, Scotland and Wales"),
                            ("england_wales", "England and Wales"),
                            ("england", "England"),
                            ("scotland", "Scotland"),
                            ("wales", "Wales"),
                            ("northern_ireland", "Northern Ireland"),
                        ],
                        default="uk",
                        max_length=20,
                        verbose_name="nation",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, help_text="Lower comes first in its group.")),
                (
                    "last_checked",
                    models.DateField(
                        blank=True,
                        help_text="When somebody last compared this with what the service itself publishes.",
                        null=True,
                    ),
                ),
                (
                    "is_shown",
                    models.BooleanField(
                        default=True, help_text="Untick this instead of deleting.", verbose_name="shown"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("email", ""), ("number", ""), ("text_number", ""), ("web_address", ""), _negated=True
                        ),
                        name="a_helpline_can_be_reached",
                        violation_error_message="Enter a number to ring or text, a web address or an e-mail address.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("when_to_use", ""), ("who_for", ""), _connector="OR", _negated=True),
                        name="a_helpline_says_when_and_for_whom",
                    ),
                ],
            },
        ),
    ]
