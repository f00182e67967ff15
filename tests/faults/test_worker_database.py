"""The database restarted, locked or broken under workers, and keys that are gone: they go on by themselves."""

import base64
import os
import random
import secrets
import subprocess
from contextlib import contextmanager
from datetime import datetime, time
from time import sleep

import pytest
from django.db import connection, connections
from django.utils import timezone

from concerns.models import Delivery, Message
from concerns.times import LONDON
from tests.cards import send_canaries
from tests.faults.test_database import OTHERS, file_locked, postgresql, service_gone
from tests.faults.workers import READERS, everything_was_sent, is_done, never_logged, nothing_told, until


@contextmanager
def restarted(mode="fast"):
    """The whole service, as for an upgrade; it asks nobody who is at work."""
    if "PG_CLUSTER_CONF_ROOT" not in os.environ:
        pytest.skip("this PostgreSQL is not the tests' own to restart: run them under pg_virtualenv")
    listed = subprocess.run(["pg_lsclusters", "--no-header"], capture_output=True, text=True, check=True).stdout
    (ours,) = [
        line.split()[:2] for line in listed.splitlines() if line.split()[2] == str(connection.settings_dict["PORT"])
    ]
    connections.close_all()
    for verb in ("stop", "start"):
        subprocess.run(["pg_ctlcluster", "--mode", mode, *ours, verb], check=True, stdin=subprocess.DEVNULL)
    yield


def crashed():
    """The same with no moment to put anything in order."""
    return restarted("immediate")


@contextmanager
def cut_off():
    """Every connection ends, and new ones are taken."""
    with postgresql("postgres") as other, other.cursor() as cursor:
        connections.close_all()
        cursor.execute(OTHERS, [connection.settings_dict["NAME"]])
    yield


TROUBLES = {"sqlite": [file_locked], "postgresql": [restarted, crashed, cut_off, service_gone]}


@pytest.mark.parametrize("trouble", TROUBLES[connection.vendor], ids=lambda trouble: trouble.__name__)
def test_four_workers_go_on_by_themselves_when_the_database_is_back(deliver, post, cast, trouble):
    post.takes = lambda: random.uniform(0, 0.3)
    four = [deliver(locked=1) for _ in range(4)]
    for _ in range(8):
        send_canaries(cast["asha"])
    until(lambda: len(post.letters) > 4)
    with trouble():
        until(lambda: "The database could not be used" in deliver.log.read_text())
    for _ in range(2):
        send_canaries(cast["asha"])
    until(is_done)
    everything_was_sent(post)
    for worker in four:
        worker.ask_to_stop()
    assert [worker.ends() for worker in four] == [0, 0, 0, 0]


# --- What a fault may say -------------------------------------------------------------------------------------------

LOUD = {
    "sqlite": [
        "CREATE TRIGGER loud BEFORE UPDATE ON concerns_message BEGIN SELECT RAISE(ABORT, 'canary'); END",
        "DROP TRIGGER loud",
    ],
    "postgresql": [
        "CREATE FUNCTION loud() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'canary %', NEW; END $$;"
        "CREATE TRIGGER loud BEFORE UPDATE ON concerns_message FOR EACH ROW EXECUTE FUNCTION loud()",
        "DROP TRIGGER loud ON concerns_message; DROP FUNCTION loud",
    ],
}


@pytest.fixture
def loud(transactional_db):
    """A database that says what it was given when it fails, until this is called."""
    fails, works = LOUD[connection.vendor]
    done = []

    def work_again():
        if not done:
            done.append(works)
            run(works)

    run(fails)
    yield work_again
    work_again()


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_fault_of_the_database_is_logged_without_its_words(deliver, post, cast, loud):
    send_canaries(cast["asha"])
    deliver()
    until(lambda: "The database could not be used" in deliver.log.read_text())
    sleep(0.5)
    assert not post.letters
    loud()
    until(is_done)
    everything_was_sent(post)


def test_cards_that_cannot_be_read_any_more_are_told_and_passed_upward_all_the_same(deliver, post, cast, wall_clock):
    """Their key was lost: what a message says needs none."""
    wall_clock.goes(0)
    concerns = [send_canaries(cast["asha"], about=about) for about in (["no"], ["guard"], ["office"])]
    concerns.append(send_canaries(cast["asha"], site=None))
    deliver(
        clock=wall_clock.file, settings={"FIELD_KEYS": f"other:{base64.b64encode(secrets.token_bytes(32)).decode()}"}
    )
    until(is_done)
    assert post.to() == READERS | {"lena@demo.example"}
    for days in range(4, 8):
        wall_clock.goes(until_noon() + days * 24 * 60 * 60)
        until(lambda: not Delivery.objects.filter(act_at__lte=timezone.now()).exists())
        until(is_done)
    lena = Message.objects.left().filter(person=cast["lena"]).values_list("delivery__concern", flat=True)
    assert set(lena) == {concern.pk for concern in concerns}
    assert "Something could not be done" not in deliver.log.read_text()


def until_noon():
    """Seconds until no reminder rests."""
    now = datetime.now(LONDON)
    return (datetime.combine(now.date(), time(12), LONDON) - now).total_seconds()


def test_what_is_searched_for_in_logs_would_be_found(deliver, post, cast):
    for secret in never_logged(post):
        with pytest.raises(AssertionError):
            nothing_told(f"2026-11-21 INFO worker {secret}", post)
