import os
from datetime import UTC, datetime

import hypothesis
import pytest
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import demo
from concerns import triggers
from concerns.times import LONDON
from tests.cards import PERSON, VEHICLE, send_card

FULL_COUNTS = os.environ.get("CI") == "true"  # randomised tests look longer where nobody is waiting
UNTIMED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow], "print_blob": True}
hypothesis.settings.register_profile("ci", max_examples=300, **UNTIMED)
hypothesis.settings.register_profile("quick", max_examples=30, **UNTIMED)
hypothesis.settings.load_profile("ci" if FULL_COUNTS else "quick")


@pytest.fixture(autouse=True, scope="session")
def emptied_by_flush():
    """Django empties all tables after a test with real transactions; for that moment the triggers stand aside."""
    empty = flush.Command.handle

    def without_triggers(command, **options):
        triggers.remove(connection)
        try:
            return empty(command, **options)
        finally:
            triggers.install(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush.Command, "handle", without_triggers)
        yield


@pytest.fixture(autouse=True)
def no_tries_counted():
    """Rate limits are in the cache: no test is locked out by another."""
    cache.clear()


@pytest.fixture
def clock(monkeypatch):
    """A function that stops the clock at a moment in London; at once at Saturday 21 November 2026, 23:26."""

    def stop(*moment, **more):
        now = datetime(*moment, tzinfo=LONDON, **more).astimezone(UTC)
        monkeypatch.setattr(timezone, "now", lambda: now)
        return now

    stop(2026, 11, 21, 23, 26)
    return stop


@pytest.fixture
def cast(db):
    """Asha (guard), Moss (her manager), Hana (head office), Lena (lead), Cole (customer), Priya (police), Ada, Stan."""
    return demo.load()


@pytest.fixture
def sign_in(cast):
    """A function that gives the browser of one of the cast, signed in."""

    def browser(name, **settings):
        client = Client(**settings)
        client.force_login(cast[name])
        return client

    return browser


@pytest.fixture
def sign_in_now(cast, settings):
    """A function that gives the browser of one of the cast who has just signed in with a password."""
    settings.DEMO = True  # they are made up

    def browser(name):
        client, person = Client(), cast[name]
        person.set_password("three random words")
        person.save()
        client.post("/accounts/login/", {"login": person.email, "password": "three random words"})
        return client

    return browser


@pytest.fixture
def concern(cast):
    """Asha's card about nobody who works here: two people, one vehicle, told to all four."""
    return send_card(cast["asha"], people=[PERSON, PERSON | {"name": ""}], vehicles=[VEHICLE])


@pytest.fixture
def concern_about_moss(cast):
    """Asha's card about a guard or security manager: withheld from Moss and from the customer."""
    return send_card(cast["asha"], about=["guard"])
