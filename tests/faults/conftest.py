import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Site
from concerns.models import Concern, Delivery, Event, Head
from cse_reports import checks
from tests import server
from tests.faults import workers


@pytest.fixture(scope="session")
def built():
    server.build()


@pytest.fixture
def serve(transactional_db, built, tmp_path):
    """A function that starts a real server on the database of this test, under the keys of this test run."""
    running = []

    def start(**settings):
        keys = {name: os.environ[name] for name in checks.KEYS}
        settings |= {"DATABASE_URL": address(), "CACHE_URL": "locmemcache://"}
        running.append(server.Server(tmp_path / "server.log", **settings, **keys))
        return running[-1].start()

    yield start
    for ours in running:
        ours.kill()


def address():
    """Where the test's database is, as DATABASE_URL says it."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**at)


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


def parts(concern):
    """What is stored of a card, as far as its parts must be there together."""
    return {
        "account": concern.account,
        "people": [(person.name, person.description) for person in concern.people.all()],
        "vehicles": [vehicle.mark for vehicle in concern.vehicles.all()],
        "copies": set(Delivery.objects.filter(concern=concern).values_list("recipient", flat=True)),
        "history": list(Event.objects.filter(concern_id=concern.pk).values_list("number", "verb")),
        "head": list(Head.objects.filter(concern_id=concern.pk).values_list("count", flat=True)),
    }


def whole(account):
    """The same of the card that a phone here sends, stored whole."""
    return {
        "account": account,
        "people": [("Kez", ""), ("", "tall, red cap")],
        "vehicles": ["ZZ12 ?BC"],
        "copies": {"manager", "head_office", "customer", "police"},
        "history": [(1, "received")],
        "head": [1],
    }


def stored(**by):
    """The one card that is stored for this key or these words, in its parts; nothing where there is none."""
    found = list(Concern.objects.filter(**by))
    assert len(found) <= 1
    return parts(found[0]) if found else None


@pytest.fixture
def post():
    """The mail server of the workers of this test."""
    box = workers.Postbox()
    yield box
    box.stop()


@pytest.fixture
def deliver(transactional_db, post, tmp_path):
    """A function that starts a real worker on the database of this test; what it is given hurries the worker.

    In the end none is left running, and no log of theirs holds a secret or a word of a card.
    """
    running, log = [], tmp_path / "worker.log"

    def start(*arguments, settings=None, **hurry):
        env = workers.environment(post, address(), hurry=hurry, **(settings or {}))
        running.append(workers.Started(env, log, *arguments))
        return running[-1]

    start.log = log
    yield start
    for ours in running:
        ours.kill()
    workers.nothing_told(log.read_text() if running else "", post)


class Clock:
    """The wall clock of the workers that are given its file, and of this test."""

    def __init__(self, file, monkeypatch):
        self.file, self.real, self.ahead = str(file), timezone.now, timedelta(0)
        monkeypatch.setattr(timezone, "now", lambda: self.real() + self.ahead)

    def goes(self, seconds):
        """So much ahead of the real one from now on; the workers look at each turn."""
        new = Path(f"{self.file}.new")
        new.write_text(str(seconds))
        new.rename(self.file)  # never half written
        self.ahead = timedelta(seconds=seconds)


@pytest.fixture
def wall_clock(tmp_path, monkeypatch):
    """A clock that can be set, also while workers go by it."""
    return Clock(tmp_path / "clock", monkeypatch)
