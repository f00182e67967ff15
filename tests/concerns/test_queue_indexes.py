"""The queue is read along an index, in its order, and passes nothing that is not on the page. Asked of the database."""

import pytest
from django.db import connection
from django.db.models import F

from concerns.models import Delivery
from tests.cards import add_note

READERS = ["moss", "hana", "cole", "priya"]


def plan(copies):
    """How the database would find these copies. PostgreSQL would read a table as small as a test's from end to end."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    return copies[:26].explain()


@pytest.mark.parametrize("who", READERS)
def test_what_waits_is_read_along_its_index(cast, who):
    found = plan(Delivery.objects.addressed_to(cast[who]).open().order_by("due_at", "id"))
    assert "open_deliveries" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


@pytest.mark.parametrize("who", READERS)
def test_what_was_answered_is_read_along_its_index(cast, who):
    found = plan(Delivery.objects.addressed_to(cast[who]).answered().order_by("-due_at", "-id"))
    assert "answered_deliveries" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


def test_a_copy_keeps_the_site_and_the_urgency_of_its_card(concern, cast):
    add_note(concern, cast["asha"], about=["office", "police"])  # tells three more
    alike = Delivery.objects.filter(site=F("concern__site"), urgency=F("concern__urgency"))
    assert alike.count() == Delivery.objects.count() == 7
