import os

import hypothesis
import pytest

from accounts import demo

FULL_COUNTS = os.environ.get("CI") == "true"  # randomised tests look longer where nobody is waiting
UNTIMED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow], "print_blob": True}
hypothesis.settings.register_profile("ci", max_examples=300, **UNTIMED)
hypothesis.settings.register_profile("quick", max_examples=30, **UNTIMED)
hypothesis.settings.load_profile("ci" if FULL_COUNTS else "quick")


@pytest.fixture
def cast(db):
    """Asha (guard), Moss (her manager), Hana (head office), Lena (lead), Cole (customer), Priya (police), Ada, Stan."""
    return demo.load()
