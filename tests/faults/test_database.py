"""The database gone, locked, or cut off while a card is sent: it says so, rings 101, and gives every word back."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.db import connection, connections

from concerns.models import Concern, Note
from tests.faults.conftest import address, stored, whole
from tests.faults.phone import ROWS, Phone

WORDS = "Kept, whatever happens: “ë” <b>."
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def file_gone():
    """Where the database was there is something that cannot be opened, as when its disk goes away."""
    connections.close_all()
    file = Path(connection.settings_dict["NAME"])
    away = file.rename(file.with_suffix(".away"))
    file.mkdir()
    try:
        yield
    finally:
        file.rmdir()
        away.rename(file)


@contextmanager
def file_locked():
    command = [sys.executable, "-c", HOLD, connection.settings_dict["NAME"]]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"
        yield
        other.stdin.close()


def postgresql(database=None):
    import psycopg2

    other = psycopg2.connect(address().rpartition("/")[0] + f"/{database or connection.settings_dict['NAME']}")
    other.autocommit = True
    return closing(other)


OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@contextmanager
def service_gone():
    """PostgreSQL ends every connection and takes no new one."""
    name = connection.settings_dict["NAME"]
    connections.close_all()
    with postgresql("postgres") as other, other.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cursor.execute(OTHERS, [name])
        try:
            yield
        finally:
            cursor.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


@contextmanager
def table_locked():
    with postgresql() as other, other.cursor() as cursor:
        cursor.execute("BEGIN; LOCK TABLE concerns_concern IN ACCESS EXCLUSIVE MODE")
        yield
        cursor.execute("ROLLBACK")


@contextmanager
def backend_killed():
    """The connection that stores the card dies in the middle of it."""
    waiting = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock'"

    def kill_whoever_waits():
        with postgresql() as third, third.cursor() as cursor:
            while True:
                cursor.execute(waiting, [connection.settings_dict["NAME"]])
                if cursor.fetchall():
                    return
                time.sleep(0.02)

    with table_locked(), ThreadPoolExecutor(1) as pool:
        killed = pool.submit(kill_whoever_waits)
        yield
        killed.result(timeout=10)


TROUBLES = {"sqlite": [file_gone, file_locked], "postgresql": [service_gone, table_locked, backend_killed]}
each_trouble = pytest.mark.parametrize("trouble", TROUBLES[connection.vendor], ids=lambda trouble: trouble.__name__)


@pytest.fixture
def phone(serve, cast):
    """Asha's phone, and a server that does not wait long for a lock."""
    impatient = serve(DJANGO_SETTINGS_MODULE="tests.faults.impatient", PGOPTIONS="-c lock_timeout=1000")
    return Phone(impatient.port, cast["asha"])


@each_trouble
def test_a_card_that_cannot_be_stored_says_so_and_loses_no_word(phone, site, trouble):
    card = phone.card(site, WORDS)
    with trouble():
        answer = phone.post("/report/", card)
    assert answer.status == 503
    assert "Your card is not stored. Nobody can see it." in answer.text
    assert 'href="tel:101"' in answer.text
    assert answers(answer.form()) == answers(card)
    assert not Concern.objects.exists()
    assert phone.post("/report/", answer.form()).status == 302
    assert stored(reported_by__name="Asha") == whole(WORDS)


def answers(form):
    """What was answered or is carried along; the token and the counts are the page's own."""
    listed = {name: value if isinstance(value, list) else [value] for name, value in form.items() if value != [""]}
    return {name: value for name, value in listed.items() if name != "csrfmiddlewaretoken" and "_FORMS" not in name}


@each_trouble
def test_a_note_that_cannot_be_stored_says_so_and_loses_no_word(phone, site, trouble):
    address = phone.post("/report/", phone.card(site, WORDS)).location.removesuffix("sent/")
    note = phone.get(f"{address}note/").form(f"{address}note/") | {"note-text": WORDS, "note-about": ["no"]} | ROWS
    with trouble():
        answer = phone.post(f"{address}note/", note)
    assert answer.status == 503
    assert "Your note is not stored. Nobody can see it." in answer.text
    assert answers(answer.form(f"{address}note/")) == answers(note)
    assert not Note.objects.exists()
    assert phone.post(f"{address}note/", answer.form(f"{address}note/")).status == 302
    assert [(note.text, note.people.count()) for note in Note.objects.all()] == [(WORDS, 2)]


@each_trouble
def test_a_page_that_cannot_be_shown_keeps_the_emergency_numbers(phone, trouble):
    with trouble():
        answer = phone.get("/report/")
    assert answer.status == (200 if trouble is file_locked else 500)  # a locked SQLite can still be read
    assert all(f'href="{number}"' in answer.text for number in ("tel:999", "tel:101", "sms:61016"))
