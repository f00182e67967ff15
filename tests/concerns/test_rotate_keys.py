"""`manage.py rotate_keys` seals everything again with the newest key, changes nothing else, and can be killed."""

import base64
import os
import secrets
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.adapter import seal as seal_second_step
from accounts.models import Site
from concerns import actions, encryption, rotation
from concerns.encryption import Sealed, Unreadable, encrypted_fields
from concerns.models import (
    Answer,
    Concern,
    Decision,
    Delivery,
    Footage,
    Message,
    Note,
    PersonSeen,
    Question,
    VehicleSeen,
)
from tests.cards import PERSON, VEHICLE, add_note
from tests.concerns.tampering import rewrite, stored
from tests.concerns.threads import at_once

ROOT = Path(__file__).parents[2]
SEALED = {Concern, PersonSeen, VehicleSeen, Note, Delivery, Decision, Footage, Message, Question, Answer}
NOTHING_LEFT = "Nothing is left under an older key: the older keys can be taken away."


def new_pair(name):
    return f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


@pytest.fixture
def told(concern, concern_about_moss, cast):
    """Two concerns with rows, a note with rows, a copy that says whom somebody rang, and all that may follow."""
    now, moss = timezone.now(), cast["moss"]
    add_note(concern, cast["asha"], people=[PERSON], vehicles=[VEHICLE])
    copy, customers = (concern.deliveries.get(recipient=name) for name in ("manager", "customer"))
    actions.record_told(delivery=copy, by=cast["asha"], whom="Moss, at the desk", at=now)
    actions.hold(delivery=customers, by=moss, officer="PC 1", reference="412", until=now + timedelta(days=1))
    actions.save_footage(concern=concern, by=moss, whom="Dee", on=now, where="the safe")
    actions.answer(question=actions.ask(concern=concern, by=moss, text="Which door?"), by=cast["asha"], text="East")
    Message.objects.create(
        kind="first", delivery=copy, about=copy, person=moss, made_at=now, act_at=now, address=moss.email
    )
    copy.refresh_from_db()
    return copy


@pytest.fixture
def newer(told, settings):
    """A newest key after everything was sealed with an older one."""
    settings.FIELD_KEYS = f"{new_pair('newer')},{settings.FIELD_KEYS}"
    return settings


def rotate(capsys):
    """(exit code, what it said)"""
    try:
        call_command("rotate_keys")
        code = 0
    except SystemExit as stopped:
        code = stopped.code
    return code, capsys.readouterr().out.splitlines()


def tokens():
    """{(column, row): what is stored} of everything sealed."""
    return {
        (str(field), row.pk): row.__dict__[field.attname].token
        for model in SEALED
        for row in model.objects.all()
        for field in encrypted_fields(model)
        if row.__dict__[field.attname] is not None
    }


def keys():
    return {token.split(".")[1] for token in tokens().values()}


def words():
    return {
        (str(field), row.pk): getattr(row, field.name)
        for model in SEALED
        for row in model.objects.all()
        for field in encrypted_fields(model)
    }


def everything_else():
    """Every other column of every table of ours, as the database has it."""
    found = {}
    for model in Concern._meta.apps.get_app_config("concerns").get_models():
        names = [field.attname for field in model._meta.concrete_fields if not hasattr(field, "place")]
        found[model] = sorted(map(repr, model.objects.values_list(*names)))
    return found


# --- What it does -------------------------------------------------------------------------------------------------


def test_everything_sealed_is_found():
    assert set(rotation.sealed_models()) == SEALED


def test_everything_is_under_the_newest_key_afterwards(newer, capsys):
    assert keys() == {"test"}
    code, said = rotate(capsys)
    assert (code, keys()) == (0, {"newer"})
    assert said == ["Rows sealed again with the key newer: 14.", NOTHING_LEFT]


def test_every_word_can_be_read_without_the_old_key(newer, capsys):
    before = words()
    rotate(capsys)
    newer.FIELD_KEYS = newer.FIELD_KEYS.partition(",")[0]
    assert words() == before


def test_nothing_else_changes(newer, capsys):
    before = everything_else()
    rotate(capsys)
    assert everything_else() == before


def test_the_history_holds_afterwards(newer, capsys):
    rotate(capsys)
    call_command("verify_history")
    assert capsys.readouterr().out.endswith("Everything fits.\n")


def test_whom_somebody_rang_is_sealed_again_too(newer, told, capsys):
    rotate(capsys)
    assert stored(told, "told_whom").startswith("1.newer.")
    assert Delivery.objects.get(pk=told.pk).told_whom == "Moss, at the desk"


def test_the_secret_of_a_second_step_is_sealed_again_too(cast, settings, capsys):
    data = {"secret": seal_second_step("a secret")}
    Authenticator.objects.create(user=cast["hana"], type=Authenticator.Type.TOTP, data=data)
    settings.FIELD_KEYS = f"{new_pair('newer')},{settings.FIELD_KEYS}"
    assert rotate(capsys)[0] == 0
    assert Authenticator.objects.get().data["secret"].startswith("1.newer.")


def test_the_secret_of_a_control_room_system_is_sealed_again_too(cast, settings, capsys):
    site, other = Site.objects.order_by("name")[:2]
    site.webhook_key = "a secret of the control room’s own"
    site.save(update_fields=["webhook_secret"])
    settings.FIELD_KEYS = f"{new_pair('newer')},{settings.FIELD_KEYS}"
    assert rotate(capsys) == (0, ["Rows sealed again with the key newer: 1.", NOTHING_LEFT])
    settings.FIELD_KEYS = settings.FIELD_KEYS.partition(",")[0]
    assert Site.objects.get(pk=site.pk).webhook_key == "a secret of the control room’s own"
    assert Site.objects.get(pk=other.pk).webhook_secret == ""
    assert rotate(capsys)[1][0] == "Rows sealed again with the key newer: 0."


def test_a_second_run_writes_nothing(newer, capsys):
    rotate(capsys)
    with CaptureQueriesContext(connection) as captured:
        assert rotate(capsys) == (0, ["Rows sealed again with the key newer: 0.", NOTHING_LEFT])
    assert not [query for query in captured if query["sql"].startswith("UPDATE")]


def test_an_empty_database_needs_nothing(db, capsys):
    assert rotate(capsys)[0] == 0


def test_only_some_rows_are_in_memory_at_a_time(newer, capsys, monkeypatch):
    monkeypatch.setattr(rotation, "AT_A_TIME", 1)
    rotate(capsys)
    assert keys() == {"newer"}


# --- Stopped, and beside others -----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 5, 15, 25])
def test_a_run_that_was_stopped_is_finished_by_the_next(newer, capsys, monkeypatch, after):
    before, left = words(), iter(range(after))

    def seal(*args, whole=encryption.seal, **place):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return whole(*args, **place)

    with monkeypatch.context() as patch:
        patch.setattr(encryption, "seal", seal)
        with pytest.raises(KeyboardInterrupt):
            call_command("rotate_keys")
    assert "test" in keys()
    assert words() == before
    assert rotate(capsys)[0] == 0
    assert (keys(), words()) == ({"newer"}, before)


KILLED = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from concerns import encryption, rotation
whole, left, rotation.AT_A_TIME = encryption.seal, iter(range(int(sys.argv[1]))), 2
def seal(*args, **place):
    if next(left, None) is None:
        os.kill(os.getpid(), signal.SIGKILL)
    return whole(*args, **place)
encryption.seal = seal
call_command("rotate_keys")
"""


def database_url():
    there = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{there['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**there)


@pytest.mark.django_db(transaction=True)
def test_a_run_that_was_killed_is_finished_by_the_next(newer, capsys):
    before, others = words(), everything_else()
    env = os.environ | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "cse_reports.settings"}
    env |= {"FIELD_KEYS": newer.FIELD_KEYS}
    killed = subprocess.run([sys.executable, "-c", KILLED, "22"], cwd=ROOT, env=env, check=False)
    assert killed.returncode == -9
    assert keys() == {"newer", "test"}
    assert words() == before
    assert rotate(capsys)[0] == 0
    assert (keys(), words(), everything_else()) == ({"newer"}, before, others)


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_do_no_harm(newer):
    before = words()
    at_once(*[lambda: [rotation.rotate(model) for model in rotation.sealed_models()]] * 2)
    assert (keys(), words()) == ({"newer"}, before)


def test_what_somebody_else_sealed_meanwhile_stays(newer, told, capsys, monkeypatch):
    place = {"table": "concerns_delivery", "column": "told_whom", "row": told.pk}
    other = encryption.seal("Moss, by telephone", **place)

    def unseal(token, unseal=encryption.unseal, **where):
        if where == place:
            rewrite(told, told_whom=other)
        return unseal(token, **where)

    monkeypatch.setattr(encryption, "unseal", unseal)
    assert rotation.rotate(Delivery) == (0, [])
    assert stored(told, "told_whom") == other


def test_a_service_that_still_writes_with_an_older_key_is_named(newer, told, capsys, monkeypatch):
    old = stored(told, "told_whom")
    first = iter([True])

    def rotate_and_write(model, rotate=rotation.rotate):
        done = rotate(model)
        if model is Delivery and next(first, False):
            Delivery.objects.filter(pk=told.pk).update(told_whom=Sealed(old))
        return done

    monkeypatch.setattr(rotation, "rotate", rotate_and_write)
    code, said = rotate(capsys)
    assert code == 1
    assert said[-1] == "Written with an older key meanwhile: 1. Restart the service, then run this again."


# --- What cannot be read ------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_named_and_left_and_the_rest_is_done(newer, concern, disarmed, capsys):
    disarmed()
    rewrite(concern, place="1.lost.AAAA")
    code, said = rotate(capsys)
    assert code == 1
    assert f"concerns_concern.place of {concern.pk} cannot be read" in said
    assert said[-1] == "Cannot be read: 1. Keep all keys, and find out why."
    assert keys() == {"newer", "lost"}
    assert Concern.objects.get(pk=concern.pk).account == concern.account


def test_without_the_old_key_nothing_is_lost(newer, told, capsys):
    kept, before = newer.FIELD_KEYS, tokens()
    newer.FIELD_KEYS = kept.partition(",")[0]
    assert rotate(capsys)[0] == 1
    assert tokens() == before
    with pytest.raises(Unreadable):
        Delivery.objects.get(pk=told.pk).told_whom  # noqa: B018
