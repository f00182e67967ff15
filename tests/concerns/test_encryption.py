"""Text that is unreadable in the database, and that opens in its own row alone."""

import base64
import json
import secrets
import uuid

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.models import F
from hypothesis import given
from hypothesis import strategies as st

from concerns.encryption import Sealed, Unreadable, encrypted_fields, newest_key_id, seal, unseal
from concerns.models import Concern, Delivery, Note, PersonSeen, VehicleSeen
from tests.cards import add_note, canaries, send_canaries, send_card
from tests.concerns.tampering import rewrite, stored

HERE = {"table": "concerns_concern", "column": "account", "row": uuid.uuid4()}
WORDS = st.text(st.characters(exclude_categories=["Cs"]))  # every character that UTF-8 can hold
SEALED = [field for model in (Concern, PersonSeen, VehicleSeen, Note, Delivery) for field in encrypted_fields(model)]


def key():
    return base64.b64encode(secrets.token_bytes(32)).decode()


# --- Sealing ------------------------------------------------------------------------------------------------------


@given(text=WORDS)
def test_any_text_opens_as_it_was_sealed(text):
    assert unseal(seal(text, **HERE), **HERE) == text


def test_the_same_text_is_never_sealed_twice_alike():
    assert seal("a girl", **HERE) != seal("a girl", **HERE)


def test_a_sealed_text_says_its_version_and_its_key():
    assert seal("a girl", **HERE).startswith(f"1.{newest_key_id()}.")


@pytest.mark.parametrize(
    "elsewhere",
    [{"table": "concerns_note"}, {"column": "place"}, {"row": uuid.uuid4()}],
    ids=lambda place: next(iter(place)),
)
def test_a_sealed_text_opens_nowhere_else(elsewhere):
    with pytest.raises(Unreadable):
        unseal(seal("a girl", **HERE), **HERE | elsewhere)


@given(position=st.integers(0, 10_000), other=st.sampled_from("AQgw_-09"))
def test_no_character_of_a_sealed_text_can_be_changed(position, other):
    token = seal("a girl in a green coat", **HERE)
    body = token.rpartition(".")[2].rstrip("=")
    at = len(token.rpartition(".")[0]) + 1 + position % (len(body) - 1)  # the last one holds unused bits
    if token[at] != other:
        with pytest.raises(Unreadable):
            unseal(token[:at] + other + token[at + 1 :], **HERE)


@given(length=st.integers(0, 60))
def test_a_sealed_text_that_was_cut_does_not_open(length):
    with pytest.raises(Unreadable):
        unseal(seal("a girl in a green coat", **HERE)[:length], **HERE)


@pytest.mark.parametrize(
    "value", ["", "a girl", "1.test", "1.test.", "1.test.###", "1.test.ä", "....", "1.nobody.AAAA"]
)
def test_what_was_never_sealed_does_not_open(value):
    with pytest.raises(Unreadable):
        unseal(value, **HERE)


def test_another_version_does_not_open():
    with pytest.raises(Unreadable):
        unseal("2" + seal("a girl", **HERE)[1:], **HERE)


def test_another_key_does_not_open_it(settings):
    token = seal("a girl", **HERE)
    settings.FIELD_KEYS = f"{newest_key_id()}:{key()}"
    with pytest.raises(Unreadable):
        unseal(token, **HERE)


def test_a_key_that_is_gone_does_not_open_it(settings):
    token = seal("a girl", **HERE)
    settings.FIELD_KEYS = f"newer:{key()}"
    with pytest.raises(Unreadable):
        unseal(token, **HERE)


def test_the_newest_key_seals_and_an_older_one_still_opens(settings):
    old = seal("a girl", **HERE)
    settings.FIELD_KEYS = f"newer:{key()},{settings.FIELD_KEYS}"
    assert seal("a girl", **HERE).startswith("1.newer.")
    assert unseal(old, **HERE) == "a girl"


def test_an_unreadable_value_says_where_and_never_what():
    with pytest.raises(Unreadable) as caught:
        unseal("a girl", **HERE)
    assert str(caught.value) == f"concerns_concern.account of {HERE['row']} cannot be read"


# --- In a row -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "plain", "ferch ofnus · فتاة · 🚗", "<b>&amp;</b>\r\n\t'\"\\", "a" * 20_000])
def test_a_row_gives_its_text_back_to_the_letter(cast, text):
    concern = send_card(cast["asha"], account=text)
    assert Concern.objects.get(pk=concern.pk).account == text


def test_a_row_gives_its_codes_back(cast):
    concern = send_card(cast["asha"], about=["police", "guard"])
    assert Concern.objects.get(pk=concern.pk).about == ["guard", "police"]


def test_a_value_is_opened_when_it_is_read_and_not_before(concern):
    row = Concern.objects.get(pk=concern.pk)
    assert isinstance(row.__dict__["account"], Sealed)
    assert row.account == concern.account


@pytest.mark.parametrize("fetch", [Concern.objects.defer("account"), Concern.objects.only("id"), Concern.objects.all()])
def test_a_value_left_for_later_still_opens(concern, fetch):
    assert fetch.get(pk=concern.pk).account == concern.account


def test_a_row_read_again_opens(concern):
    concern.account = "something else"
    concern.refresh_from_db()
    assert concern.account == "A man bought food for a girl who looked frightened."


def test_rows_stored_at_once_are_sealed_each_for_itself(concern):
    names = [person.name for person in PersonSeen.objects.filter(concern=concern)]
    assert names == ["Kez", ""]


def test_a_row_that_names_its_columns_saves_them_sealed(concern, cast):
    copy = concern.deliveries.first()
    copy.told_at, copy.told_by, copy.told_whom = concern.received_at, cast["asha"], "log 412"
    copy.act_at = None
    copy.save(update_fields=["told_at", "told_by", "told_whom", "act_at"])
    assert Delivery.objects.get(pk=copy.pk).told_whom == "log 412"
    assert stored(copy, "told_whom").startswith("1.")


def test_a_row_saved_without_being_opened_keeps_its_value(concern, cast):
    Delivery.objects.filter(pk=(copy := concern.deliveries.first()).pk).update(
        told_at=concern.received_at, told_by=cast["asha"], told_whom=Sealed(seal("log 412", **place(copy))), act_at=None
    )
    before = stored(copy, "told_whom")
    Delivery.objects.get(pk=copy.pk).save()
    assert stored(copy, "told_whom") == before


def place(copy):
    return {"table": "concerns_delivery", "column": "told_whom", "row": copy.pk}


def test_nothing_is_sealed_where_there_is_nothing(concern):
    copy = concern.deliveries.first()
    assert copy.told_whom is None
    assert Delivery.objects.filter(told_whom__isnull=True).count() == 4


# --- Fails closed -------------------------------------------------------------------------------------------------


def test_text_that_somebody_typed_into_a_column_is_not_shown(concern, disarmed):
    disarmed()
    rewrite(concern, account="a girl")
    with pytest.raises(Unreadable):
        Concern.objects.get(pk=concern.pk).account  # noqa: B018


def test_a_value_from_another_row_does_not_open(concern, concern_about_moss, disarmed):
    disarmed()
    rewrite(concern, account=stored(concern_about_moss, "account"))
    with pytest.raises(Unreadable):
        Concern.objects.get(pk=concern.pk).account  # noqa: B018


def test_a_value_from_another_column_does_not_open(concern, disarmed):
    disarmed()
    rewrite(concern, place=stored(concern, "account"))
    with pytest.raises(Unreadable):
        Concern.objects.get(pk=concern.pk).place  # noqa: B018


def test_the_rest_of_a_row_can_still_be_read(concern, disarmed):
    disarmed()
    rewrite(concern, place="1.test.AAAA")
    assert Concern.objects.get(pk=concern.pk).account == concern.account


def test_a_sealed_value_has_no_text():
    with pytest.raises(TypeError):
        f"{Sealed('1.test.AAAA')}"


def test_a_sealed_value_does_not_show_itself_to_a_programmer():
    assert "AAAA" not in repr([Sealed("1.test.AAAA")])


def test_a_sealed_value_cannot_become_json(concern):
    with pytest.raises(TypeError):
        json.dumps(list(Concern.objects.values("account")))


@pytest.mark.parametrize("fetch", [Concern.objects.values, Concern.objects.values_list])
def test_values_are_sealed(concern, fetch):
    (row,) = fetch("account")
    assert isinstance(next(iter(row.values() if isinstance(row, dict) else row)), Sealed)


# --- Nothing can be asked about it --------------------------------------------------------------------------------

LOOKUPS = ["exact", "iexact", "contains", "startswith", "regex", "in", "gt", "lt", "range", "isnull__exact", "length"]


@pytest.mark.parametrize("field", SEALED, ids=str)
@pytest.mark.parametrize("lookup", LOOKUPS)
def test_the_database_can_be_asked_nothing_about_it(field, lookup):
    with pytest.raises(FieldError):
        field.model.objects.filter(**{f"{field.name}__{lookup}": ["a"]})


def test_it_cannot_be_compared_with_another_column():
    with pytest.raises(FieldError):
        Concern.objects.filter(account=F("place"))


@pytest.mark.parametrize("value", ["a girl", F("zone"), models.Value("a girl")])
def test_plain_text_cannot_be_written_past_its_row(concern, value):
    with pytest.raises(FieldError):
        Concern.objects.update(account=value)


def test_many_rows_cannot_be_rewritten_at_once(concern):
    with pytest.raises(FieldError):
        Concern.objects.bulk_update([concern], ["account"])


def test_a_dump_of_the_models_is_refused(concern):
    with pytest.raises(FieldError, match="encrypted"):
        serializers.serialize("json", Concern.objects.all())


# --- What the database holds --------------------------------------------------------------------------------------


def everything():
    """All that is in the tables, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            yield from (repr(row) for row in cursor.fetchall())


def test_a_dump_of_the_database_shows_none_of_the_words(cast):
    concern = send_canaries(cast["asha"], police_called=True, about=["office"])
    dump = "\n".join(everything())
    assert concern.pk.hex in dump.replace("-", "")
    assert "canary" not in dump
    assert "office" not in dump.replace("head_office", "")


def test_the_canaries_stand_in_every_encrypted_column(cast):
    concern = send_canaries(cast["asha"])
    note = concern.notes.get()
    rows = [concern, note, *concern.people.all(), *concern.vehicles.all(), *note.people.all(), *note.vehicles.all()]
    for row in rows:
        row.refresh_from_db()
        assert {name: getattr(row, name) for name in canaries(type(row))} == canaries(type(row))


def test_a_note_is_sealed_too(concern, cast):
    note = add_note(concern, cast["asha"], text="He came back.")
    assert stored(note, "text").startswith("1.")
    assert Note.objects.get(pk=note.pk).text == "He came back."
