"""The database itself refuses to change or delete evidence; only new keys may rewrite what is sealed."""

import base64
import secrets

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from concerns import actions, triggers
from concerns.encryption import Sealed, encrypted_fields, seal
from concerns.models import (
    Answer,
    Concern,
    Decision,
    Delivery,
    Event,
    Footage,
    Head,
    Heartbeat,
    KeptFrom,
    Message,
    Note,
    PersonSeen,
    Question,
    VehicleSeen,
)
from tests.cards import PERSON, VEHICLE, add_note
from tests.concerns.tampering import stored

EVIDENCE = [Concern, PersonSeen, VehicleSeen, Note, Event, Decision, Question, Answer]
# What people do, and time, change these: see the history.
LIVE = [Delivery, Head, KeptFrom, Footage, Message, Heartbeat]
SEALED = [field for model in EVIDENCE for field in encrypted_fields(model)]
OTHER_WAYS = {
    "postgresql": "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE",
    "sqlite": "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
}


@pytest.fixture(autouse=True)
def evidence(concern, cast):
    """One row of each kind at least."""
    add_note(concern, cast["asha"], people=[PERSON], vehicles=[VEHICLE])
    copy = concern.deliveries.get(recipient="customer")
    actions.hold(delivery=copy, by=cast["moss"], officer="PC Bell", reference="412", until=timezone.now())
    question = actions.ask(concern=concern, by=cast["moss"], text="Which door?")
    actions.answer(question=question, by=cast["asha"], text="East.")


@pytest.fixture
def new_key(settings):
    settings.FIELD_KEYS = f"newer:{base64.b64encode(secrets.token_bytes(32)).decode()},{settings.FIELD_KEYS}"


def refused(verb, *args, **kwargs):
    with pytest.raises(DatabaseError, match=triggers.REFUSAL), transaction.atomic():
        verb(*args, **kwargs)
    return True


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def standing():
    """{(table, trigger)} as the database knows them."""
    if connection.vendor == "sqlite":
        found = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    else:
        found = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    with connection.cursor() as cursor:
        cursor.execute(found)
        return set(cursor.fetchall())


# --- They stand ---------------------------------------------------------------------------------------------------


def test_the_triggers_stand_after_all_migrations():
    tables = [model._meta.db_table for model in EVIDENCE]
    assert standing() == {(table, name) for table in tables for name in triggers.names(table, connection.vendor)}


def test_every_kind_of_evidence_is_named():
    assert {model.__name__ for model in EVIDENCE} == set(triggers.EVIDENCE)


@pytest.mark.parametrize("model", EVIDENCE + LIVE)
def test_no_model_is_forgotten(model):
    assert model in EVIDENCE + LIVE
    assert set(EVIDENCE + LIVE) == set(Concern._meta.apps.get_app_config("concerns").get_models())


def test_the_triggers_can_be_taken_away_and_put_back(disarmed):
    before = standing()
    disarmed()
    assert standing() == set()
    triggers.install(connection)
    triggers.install(connection)
    assert standing() == before


@pytest.mark.django_db(transaction=True)
def test_the_triggers_stand_after_a_flush():
    assert refused(Event.objects.all().delete)


# --- What they refuse ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", EVIDENCE)
def test_no_row_can_be_deleted(model):
    assert refused(model.objects.all()._raw_delete, "default")
    assert refused(run, f"DELETE FROM {model._meta.db_table}")  # noqa: S608


def test_an_event_cannot_be_deleted_through_its_row():
    assert refused(Event.objects.first().delete)


@pytest.mark.parametrize("model", EVIDENCE)
def test_no_row_can_be_got_rid_of_in_another_way(model):
    assert refused(run, OTHER_WAYS[connection.vendor].format(table=model._meta.db_table))


NEW_VALUES = {
    "IntegerField": 7,
    "CharField": "x",
    "UUIDField": "00000000-0000-0000-0000-000000000001",
    "DateTimeField": "2001-01-01 00:00:00+00:00",
    "BooleanField": True,
    "JSONField": "[1]",
}


def plain_columns():
    return [
        pytest.param(model, field, id=f"{model.__name__}.{field.column}")
        for model in EVIDENCE
        for field in model._meta.concrete_fields
        if not hasattr(field, "place")
    ]


def changed(field):
    """A value of the column's type that no test row has, as the database takes it."""
    target = field.target_field if field.is_relation else field
    kind = next(name for name in NEW_VALUES if name.removesuffix("Field") in target.get_internal_type())
    if kind == "UUIDField" and connection.vendor == "sqlite":
        return NEW_VALUES[kind].replace("-", "")
    return NEW_VALUES[kind]


@pytest.mark.parametrize(("model", "field"), plain_columns())
def test_no_plain_column_can_be_changed(model, field):
    value = changed(field)
    if field.get_internal_type() == "BooleanField":
        value = not model.objects.values_list(field.attname, flat=True).first()
    assert refused(run, f"UPDATE {model._meta.db_table} SET {field.column} = %s", value)  # noqa: S608


@pytest.mark.parametrize("field", SEALED, ids=str)
def test_no_sealed_column_can_be_changed_under_the_same_key(field):
    row = field.model.objects.first()
    value = Sealed(seal("other words", table=row._meta.db_table, column=field.column, row=row.pk))
    assert refused(field.model.objects.filter(pk=row.pk).update, **{field.name: value})


@pytest.mark.parametrize("field", SEALED, ids=str)
def test_no_sealed_column_can_become_something_that_is_not_sealed(field):
    statement = f"UPDATE {field.model._meta.db_table} SET {field.column} = %s"  # noqa: S608
    for value in ("other words", "", "1.", "1.newer", "2.newer.AAAA", "1..AAAA"):
        assert refused(run, statement, value)


@pytest.mark.parametrize("model", [Concern, PersonSeen, VehicleSeen, Note, Decision, Question, Answer])
def test_a_row_that_was_read_cannot_be_saved_again(model):
    row = model.objects.first()
    assert [getattr(row, field.name) for field in encrypted_fields(model)]
    assert refused(row.save)


def test_an_event_cannot_give_way_to_another_of_its_number():
    names = ", ".join(field.column for field in Event._meta.concrete_fields if field.name != "id")
    new_id = "gen_random_uuid()" if connection.vendor == "postgresql" else "hex(randomblob(16))"
    values = f"SELECT {new_id}, {names} FROM concerns_event WHERE true"  # noqa: S608
    clash = "ON CONFLICT (concern_id, number) DO UPDATE SET verb = 'opened'"
    assert refused(run, f"INSERT INTO concerns_event (id, {names}) {values} {clash}")


# --- What they allow ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", SEALED, ids=str)
def test_a_sealed_column_can_be_sealed_again_with_a_new_key(field, new_key):
    row = field.model.objects.first()
    words = field.to_text(getattr(row, field.name))
    token = seal(words, table=row._meta.db_table, column=field.column, row=row.pk)
    assert field.model.objects.filter(pk=row.pk).update(**{field.name: Sealed(token)}) == 1
    assert stored(row, field.name) == token


def test_a_plain_column_cannot_be_changed_along_with_a_new_key(new_key, concern):
    token = seal("words", table="concerns_concern", column="account", row=concern.pk)
    assert refused(Concern.objects.filter(pk=concern.pk).update, account=Sealed(token), urgency="prompt")


def test_a_row_can_be_added(concern, cast):
    add_note(concern, cast["moss"])
    assert Note.objects.count() == 2
