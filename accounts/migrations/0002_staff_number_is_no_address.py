import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people_and_places")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="staff_number",
            field=models.CharField(
                blank=True,
                max_length=30,
                null=True,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9./-]*$", "Use letters, digits, dots, hyphens and strokes only."
                    )
                ],
            ),
        ),
    ]
