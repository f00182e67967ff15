from django.db import migrations

from concerns import triggers


class Migration(migrations.Migration):
    dependencies = [("concerns", "0001_cards_and_copies")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: triggers.install(schema_editor.connection),
            lambda apps, schema_editor: triggers.remove(schema_editor.connection),
        )
    ]
