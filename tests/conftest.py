import os

import hypothesis
import pytest

from accounts import demo
from tests.cards import PERSON, VEHICLE, send_card

FULL_COUNTS = os.environ.get("CI") == "true"  # randomised tests look longer where nobody is waiting
UNTIMED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow], "print_blob": True}
hypothesis.settings.register_profile("ci", max_examples=300, **UNTIMED)
hypothesis.settings.register_profile("quick", max_examples=30, **UNTIMED)
hypothesis.settings.load_profile("ci" if FULL_COUNTS else "quick")


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
