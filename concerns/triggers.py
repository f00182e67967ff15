"""What the database itself refuses: changing or deleting evidence. Shared by the migrations and the tests.

A row of evidence may be rewritten only by new keys: every plain column as it was, and a sealed column the same or under
another key. Events may not even do that. SQLite drops the triggers of a table that a migration alters, so each such
migration ends with `install`.
"""

from django.apps import apps

from concerns.encryption import VERSION, encrypted_fields

EVIDENCE = ("Concern", "PersonSeen", "VehicleSeen", "Note", "Event", "Decision", "Question", "Answer")
REFUSAL = "evidence cannot be changed or deleted"


def install(connection):
    """Put all triggers in place, in place of any that stand."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for model in _models(connection):
            table = model._meta.db_table
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            sealed = {field.column for field in encrypted_fields(model)}
            for statement in _STATEMENTS[connection.vendor](table, columns, sealed):
                cursor.execute(statement)


def remove(connection):
    """Take all triggers away: for a test's flush, and for a migration that must alter the tables."""
    with connection.cursor() as cursor:
        for model in _models(connection):
            for name in names(model._meta.db_table, connection.vendor):
                on = f" ON {model._meta.db_table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def names(table, vendor):
    """The triggers that a table of evidence has."""
    verbs = ("update", "delete", "truncate") if vendor == "postgresql" else ("update", "delete")
    return [f"{table}_no_{verb}" for verb in verbs]


def _models(connection):
    """Those that stand by now: an earlier migration knows nothing of a later one's tables."""
    there = connection.introspection.table_names()
    return [model for name in EVIDENCE if (model := apps.get_model("concerns", name))._meta.db_table in there]


def _changed(columns, sealed, same, key_id):
    """The condition under which an update is refused: anything but ciphertext under another key."""

    def sealed_anew(c):
        return f"NEW.{c} LIKE '{VERSION}._%._%' AND {key_id(f'OLD.{c}')} <> {key_id(f'NEW.{c}')}"

    kept = [f"({same(c)} OR {sealed_anew(c)})" if c in sealed else same(c) for c in columns]
    return f"NOT ({' AND '.join(kept)})"


def _sqlite(table, columns, sealed):
    changed = _changed(
        columns,
        sealed,
        same=lambda c: f"OLD.{c} IS NEW.{c}",
        key_id=lambda c: f"substr({c}, 3, instr(substr({c}, 3), '.') - 1)",
    )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN {changed} {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}",
    ]


def _postgresql(table, columns, sealed):
    changed = _changed(
        columns,
        sealed,
        same=lambda c: f"OLD.{c} IS NOT DISTINCT FROM NEW.{c}",
        key_id=lambda c: f"split_part({c}, '.', 2)",
    )
    refuse = "EXECUTE FUNCTION refuse_to_change_evidence()"
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) {refuse}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
    ]


_STATEMENTS = {"sqlite": _sqlite, "postgresql": _postgresql}
_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION refuse_to_change_evidence() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$
"""
