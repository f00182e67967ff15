"""Workers killed with no moment left, at any moment: no message is lost, and a repeat can be told from a second one."""

import random
import time
from datetime import timedelta
from itertools import count

import pytest
from django.conf import settings
from django.db.models import Min
from django.utils import timezone

from concerns.models import Concern, Heartbeat, Message
from concerns.models.timed import LEASE
from tests.cards import canaries, send_canaries, send_card
from tests.conftest import FULL_COUNTS
from tests.faults import workers
from tests.faults.conftest import address
from tests.faults.workers import READERS, everything_was_sent, is_done, until

KILLS, CARDS = (200, 100) if FULL_COUNTS else (20, 10)
ALIVE = 4
COLD = 50  # every fiftieth worker is started from nothing, the others forked


@pytest.fixture
def crew(deliver, post):
    """A function that starts one more worker."""
    nursery, forked, started = workers.nursery(workers.environment(post, address()), deliver.log), [], count()

    def start():
        if next(started) % COLD == 0:
            return deliver()
        forked.append(workers.Forked(nursery))
        return forked[-1]

    yield start
    with nursery:
        nursery.kill()
    for worker in forked:
        worker.kill()


def test_every_message_arrives_however_often_workers_are_killed(crew, post, cast, capsys):
    post.takes = lambda: random.uniform(0, 0.5)
    alive = [crew() for _ in range(ALIVE)]
    for n in range(KILLS):
        if n % (KILLS // CARDS) == 0:
            send_card(cast["asha"], **canaries(Concern, "phone"))
        until(lambda: Heartbeat.objects.count() >= ALIVE + n)  # noqa: B023  (all that were started came to work)
        time.sleep(random.uniform(0, 0.3))
        alive.pop(random.randrange(ALIVE)).kill()
        alive.append(crew())
    until(is_done)
    again, cut_off = len(post.letters) - len(READERS) * CARDS, post.greeted - len(post.letters)
    with capsys.disabled():
        print(f"\n{KILLS} kills: {len(post.letters)} letters, {again} of them repeats; {cut_off} more cut off")  # noqa: T201
    everything_was_sent(post)
    assert again + cut_off > KILLS / 20  # else nothing was being sent when they were killed


def test_what_a_killed_worker_had_in_hand_another_sends_once_the_lease_has_run_out(deliver, post, cast):
    post.is_open = False
    first = deliver(hands=8, mail=20, lease=5)
    send_canaries(cast["asha"])
    until(lambda: post.greeted == len(READERS))
    first.kill()
    ends = Message.objects.aggregate(ends=Min("leased_until"))["ends"]
    post.is_open = True
    deliver(lease=5)
    until(lambda: post.letters)
    assert timezone.now() > ends
    until(is_done)
    everything_was_sent(post)
    assert len(post.letters) == len(READERS)


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(deliver, post, cast):
    post.is_open = False
    worker = deliver(hands=8, mail=20)
    send_canaries(cast["asha"])
    until(lambda: post.greeted == len(READERS))
    worker.ask_to_stop()
    time.sleep(0.5)
    assert worker.process.poll() is None
    post.is_open = True
    assert worker.ends() == 0
    assert len(post.letters) == len(READERS)
    everything_was_sent(post)
    assert not Heartbeat.objects.exists()


def test_started_twice_for_one_turn_they_send_everything_once(deliver, post, cast):
    for _ in range(5):
        send_canaries(cast["asha"])
    together = [deliver("--once") for _ in range(2)]
    assert [worker.ends() for worker in together] == [0, 0]
    assert len(post.letters) == len(READERS) * 5
    everything_was_sent(post)


def test_a_lease_is_longer_than_a_message_can_take():
    assert timedelta(seconds=settings.SEND_TIMEOUT + settings.EMAIL_TIMEOUT) < LEASE
