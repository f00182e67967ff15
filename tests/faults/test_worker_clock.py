"""The clock of the workers' machine is set while they work: nothing is lost, nothing waits for an hour."""

import pytest

from concerns import worker
from concerns.models import Message
from tests.cards import send_canaries
from tests.conftest import FULL_COUNTS
from tests.faults.workers import READERS, everything_was_sent, is_done, until

HOUR = 3600  # seconds; what would wait for the clock would wait for much longer than a test does
STEPS = [HOUR, -HOUR, *([HOUR / 3, -HOUR / 3] if FULL_COUNTS else [])]
each_step = pytest.mark.parametrize("step", STEPS)


@each_step
def test_nothing_is_lost_or_waits_when_the_clock_is_set(deliver, post, cast, wall_clock, step):
    wall_clock.goes(0)
    post.is_open = False
    deliver(clock=wall_clock.file, mail=20, send=40, lease=60)
    send_canaries(cast["asha"])
    until(lambda: post.greeted == worker.HANDS)  # and one message waits for a hand
    wall_clock.goes(step)
    send_canaries(cast["asha"])
    post.is_open = True
    until(is_done)
    everything_was_sent(post)


@each_step
def test_no_lease_is_for_ever_when_the_clock_is_set(deliver, post, cast, wall_clock, step):
    wall_clock.goes(0)
    post.is_open = False
    first = deliver(clock=wall_clock.file, hands=8, mail=20, send=40)
    send_canaries(cast["asha"])
    until(lambda: post.greeted == len(READERS))
    first.kill()
    wall_clock.goes(step)
    post.is_open = True
    deliver(clock=wall_clock.file)
    until(is_done)
    everything_was_sent(post)


def test_a_message_that_was_put_off_waits_no_longer_for_a_clock_that_was_set_back(deliver, post, cast, wall_clock):
    wall_clock.goes(HOUR)
    post.answers = {reader: ["450 later"] for reader in READERS}
    deliver(clock=wall_clock.file, wait=600)
    send_canaries(cast["asha"])
    until(lambda: Message.objects.filter(attempts=1).count() == len(READERS))
    post.answers = {}
    wall_clock.goes(0)
    until(is_done)
    everything_was_sent(post)


@each_step
def test_whether_messages_are_late_is_said_rightly_when_the_clock_is_set(deliver, cast, wall_clock, step):
    wall_clock.goes(0)
    assert worker.is_late()
    one = deliver(clock=wall_clock.file)
    until(lambda: not worker.is_late())
    wall_clock.goes(step)
    until(lambda: not worker.is_late())
    one.kill()
    wall_clock.goes(0)
    assert worker.is_late()
