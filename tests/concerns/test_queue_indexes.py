"""The queue is read along an index, in its order, and passes nothing that is not on the page. Asked of the database."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from concerns.models import Delivery
from concerns.routing import Urgency
from tests.cards import add_note, send_card

READERS = ["moss", "hana", "cole", "priya"]
SOONEST, LATEST, LAST_CLOSED = ("due_at", "id"), ("-due_at", "-id"), ("-closed_at", "-id")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def plan(copies):
    """How the database would find these copies. PostgreSQL would read a table as small as a test's from end to end."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
    return copies.explain()


@pytest.mark.parametrize("who", READERS)
def test_what_waits_is_read_along_its_index(cast, who):
    found = plan(Delivery.objects.addressed_to(cast[who]).open().order_by(*SOONEST).page(26))
    assert "open_deliveries" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


@pytest.mark.parametrize("who", READERS)
def test_what_was_answered_is_read_along_its_index(cast, who):
    found = plan(Delivery.objects.addressed_to(cast[who]).answered().order_by(*LATEST).page(26))
    assert "answered_deliveries" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


@pytest.mark.parametrize("who", READERS)
def test_what_is_overdue_is_read_along_the_index_of_what_waits(cast, who):
    waits = Delivery.objects.addressed_to(cast[who]).open()
    found = plan(waits.filter(due_at__lt=timezone.now()).order_by(*SOONEST).page(26))
    assert "open_deliveries" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


def pressing(copies, what):
    return copies.footage_at_risk(2 * DAY) if what == "footage_until" else copies.police_not_told()


@pytest.mark.parametrize("what", ["footage_until", "police_due_at"])
@pytest.mark.parametrize("who", READERS)
def test_what_presses_is_read_along_its_index(cast, what, who):
    found = plan(pressing(Delivery.objects.addressed_to(cast[who]), what).page(6))
    assert f"{what}_presses" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


@pytest.mark.parametrize("urgency", Urgency.values)
@pytest.mark.parametrize("who", READERS)
def test_the_most_urgent_that_the_police_are_not_told_are_read_along_the_same_index(cast, who, urgency):
    found = plan(Delivery.objects.addressed_to(cast[who]).police_not_told().filter(urgency=urgency).page(6))
    assert "police_due_at_presses" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


@pytest.mark.parametrize("sites", [0, 2])
def test_the_most_urgent_are_found_in_one_query(cast, sites, django_assert_num_queries):
    late = Delivery.objects.addressed_to(cast["moss"]).police_not_told()
    with django_assert_num_queries(1):
        assert not late.most_urgent(6, [uuid.uuid4()] * sites)


@pytest.mark.parametrize("what", ["footage_until", "police_due_at"])
def test_what_presses_at_a_site_is_read_along_its_index(cast, what):
    found = plan(pressing(Delivery.objects.addressed_to(cast["hana"]).filter(site=uuid.uuid4()), what).page(6))
    assert f"{what}_at_a_site" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


@pytest.mark.parametrize("who", READERS)
def test_what_is_closed_is_read_along_its_index(cast, who):
    found = plan(Delivery.objects.addressed_to(cast[who]).closed().order_by(*LAST_CLOSED).page(26))
    assert "closed_deliveries" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


@pytest.mark.parametrize(("state", "order"), [("open", SOONEST), ("answered", LATEST), ("closed", LAST_CLOSED)])
def test_a_site_is_read_along_its_index(cast, state, order):
    copies = getattr(Delivery.objects.addressed_to(cast["hana"]), state)().filter(site=uuid.uuid4())
    found = plan(copies.order_by(*order).page(26))
    assert f"{state}_at_a_site" in found
    assert "Sort" not in found
    assert "ORDER BY" not in found


@pytest.mark.parametrize("order", [SOONEST, LATEST])
def test_a_page_read_site_by_site_is_the_same_page(cast, order):
    sites = list(cast["moss"].sites.all())
    for n, site in enumerate(sites * 2):
        send_card(cast["asha"], site=site, now=timezone.now() - n * HOUR)
    copies = Delivery.objects.addressed_to(cast["moss"]).order_by(*order)
    assert list(copies.page(4, [site.pk for site in sites])) == list(copies.page(4)) == list(copies)[:4]


def test_a_page_read_site_by_site_is_one_query(cast, django_assert_num_queries):
    copies = Delivery.objects.addressed_to(cast["moss"]).order_by(*SOONEST)
    with django_assert_num_queries(1):
        assert not copies.page(4, [uuid.uuid4(), uuid.uuid4()])


def test_a_copy_keeps_the_site_and_the_urgency_of_its_card(concern, cast):
    add_note(concern, cast["asha"], about=["office", "police"])  # tells three more
    alike = Delivery.objects.filter(site=F("concern__site"), urgency=F("concern__urgency"))
    assert alike.count() == Delivery.objects.count() == 7
