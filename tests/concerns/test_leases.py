"""Who may take a row that a worker has in hand."""

from datetime import timedelta

import pytest
from django.utils import timezone

from concerns.models import Delivery
from concerns.models.timed import LEASE

SECOND = timedelta(seconds=1)


@pytest.fixture
def moment(concern):
    """The moment at which each of its copies was taken by one worker."""
    now = timezone.now()
    copies = [Delivery.objects.claim(now) for _ in range(4)]
    assert len({copy.pk for copy in copies}) == 4
    return now


@pytest.mark.parametrize("later", [-LEASE / 2, -SECOND, timedelta(0), SECOND, LEASE - SECOND])
def test_nobody_takes_a_row_in_hand_though_clocks_differ_a_little(moment, later):
    assert Delivery.objects.claim(moment + later) is None


@pytest.mark.parametrize("later", [LEASE, timedelta(hours=1), timedelta(hours=-1)])
def test_a_lease_that_ran_out_or_that_no_clock_of_today_gave_binds_nobody(moment, later):
    assert Delivery.objects.claim(moment + later).leased_until == moment + later + LEASE


def test_who_took_over_has_the_row_and_who_had_it_before_has_not(moment):
    before = Delivery.objects.first()
    now = moment + LEASE
    taken = [Delivery.objects.claim(now) for _ in range(4)]
    assert not Delivery.objects.in_hand(before).exists()
    assert all(Delivery.objects.in_hand(row).exists() for row in taken)
