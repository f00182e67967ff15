import pytest
from django.db import transaction

from tests.concerns.tampering import disarm


@pytest.fixture
def disarmed(db):
    """A function that takes the triggers away. What the test then leaves behind is thrown away unchecked."""
    yield disarm
    transaction.set_rollback(True)
