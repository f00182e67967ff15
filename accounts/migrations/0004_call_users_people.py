from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_invitation")]

    operations = [
        migrations.AlterModelOptions(
            name="user",
            options={"ordering": ["name"], "verbose_name": "person", "verbose_name_plural": "people"},
        ),
    ]
