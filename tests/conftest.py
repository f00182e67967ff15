import os

import hypothesis
import pytest
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection

from accounts import demo
from concerns import triggers
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
def cast(db):
    """Asha (guard), Moss (her manager), Hana (head office), Lena (lead), Cole (customer), Priya (police), Ada, Stan."""
    return demo.load()


@pytest.fixture
def concern(cast):
    """Asha's card about nobody who works here: two people, one vehicle, told to all four."""
    return send_card(cast["asha"], people=[PERSON, PERSON | {"name": ""}], vehicles=[VEHICLE])


@pytest.fixture
def concern_about_moss(cast):
    """Asha's card about a guard or security manager: withheld from Moss and from the customer."""
    return send_card(cast["asha"], about=["guard"])
