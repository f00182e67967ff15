from django.db import migrations

from concerns import triggers


class Migration(migrations.Migration):
    dependencies = [("concerns", "0005_time_acts_until_it_has_ended")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: triggers.install(schema_editor.connection), migrations.RunPython.noop
        )
    ]
