"""`make run`: the server and the worker beside it come together and go together, and mail goes to files."""

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import pytest

from cse_reports import install, trial
from tests import server

RUN = """
from pathlib import Path
from cse_reports import trial
trial.DATABASE, trial.MAIL = map(Path, {})
trial.serve({})
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A trial's database, new."""
    server.build()
    room = tmp_path_factory.mktemp("trial")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "DATABASE", room / "new.sqlite3")
        patch.setattr(trial, "STARTING", room / "starting.sqlite3")
        patch.setattr(trial, "MAIL", room / "mail")
        trial.prepare()
    return room / "new.sqlite3"


class Trial:
    """A trial that serves, as `make run` starts it when all is in place."""

    def __init__(self, room, database, **settings):
        self.mail, self.log = room / "mail", room / "log"
        self.database = shutil.copy(database, room / "trial.sqlite3")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command = [sys.executable, "-c", RUN.format([str(self.database), str(self.mail)], self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=install.ROOT, env=os.environ | settings, stdout=log, stderr=log, start_new_session=True
            )
        self.wait(lambda: "Ctrl-C stops it" in self.said or self.process.poll() is not None)
        self.parts = [int(pid) for pid in children(self.process.pid)]
        self.all = self.parts + [int(pid) for part in self.parts for pid in children(part)]

    @property
    def said(self):
        return self.log.read_text()

    def part(self, word):
        """The process with this word in its command."""
        (pid,) = [pid for pid in self.parts if word in command_of(pid)]
        return pid

    def beats(self):
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            return connection.execute("SELECT count(*) FROM concerns_heartbeat").fetchone()[0]

    def ends(self):
        """Its exit code, once it and all that it started are gone."""
        code = self.process.wait(30)
        self.wait(lambda: not any(map(command_of, self.all)))
        return code

    def wait(self, until):
        for _ in range(300):
            if until():
                return
            time.sleep(0.1)
        raise AssertionError(f"It takes too long:\n{self.said}")


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read().split()


def command_of(pid):
    """What this process runs; nothing where it is gone."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline") as file:
        return file.read()
    return ""


@pytest.fixture
def start(prepared, tmp_path):
    running = []

    def begin(**settings):
        running.append(Trial(tmp_path, prepared, **settings))
        return running[-1]

    yield begin
    for ours in running:
        for pid in [ours.process.pid, *ours.all]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_server_and_worker_stop_together(start, number):
    ours = start()
    ours.wait(ours.beats)
    os.kill(ours.process.pid, number)
    assert ours.ends() == 0
    assert ours.said.endswith("\nStopped.\n")
    assert ours.beats() == 0  # it was asked, and not killed


@pytest.mark.parametrize(("word", "name"), [("granian", "server"), ("deliver", "worker")])
def test_where_one_dies_the_other_is_stopped_and_it_is_said(start, word, name):
    ours = start()
    os.kill(ours.part(word), signal.SIGKILL)
    assert ours.ends() == 1
    assert f"The {name} stopped by itself, so all was stopped." in ours.said


CARD = """
from accounts.models import User
from tests.cards import send_card
print(send_card(User.objects.get(email="asha@demo.example")))
"""


def test_its_mail_lies_in_files_and_not_on_the_terminal(start):
    ours = start()
    assert f"is in {os.path.relpath(ours.mail, install.ROOT)}, one file for each." in ours.said
    command, env = [install.PYTHON, "manage.py", "shell", "-v0", "-c", CARD], trial.trial(ours.database)
    sent = subprocess.run(command, cwd=install.ROOT, env=env, capture_output=True, text=True, check=True)
    ours.wait(lambda: len(letters(ours)) == 5)  # Moss, Hana, Cole, Priya, and the desk of the police
    for letter in letters(ours):
        assert f"Subject: Please acknowledge {sent.stdout.strip()} by" in letter
        assert f"http://localhost:{ours.port}/" in letter
    assert "Subject:" not in ours.said


def letters(ours):
    """Those that are written to their end."""
    return [text for file in ours.mail.glob("*") if (text := file.read_text()).endswith("-" * 79 + "\n")]


def test_somebody_may_name_a_mail_server_instead(monkeypatch):
    monkeypatch.setenv("EMAIL_URL", "smtp://localhost:1025")
    assert trial.trial("/trial.sqlite3")["EMAIL_URL"] == "smtp://localhost:1025"
    monkeypatch.setenv("EMAIL_URL", "")
    assert trial.trial("/trial.sqlite3")["EMAIL_URL"] == f"filemail:///{trial.MAIL}"
