"""What time does. One worker claims what is due, row by row; as many as wanted may run beside it."""

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from accounts import sealing
from concerns import messages
from concerns.actions import chasing
from concerns.channels import ChannelError, Email, Letter, Webhook
from concerns.models import Channel, Delivery, Footage, Heartbeat, Kind, Message

logger = logging.getLogger(__name__)

HANDS = 4  # rows that one worker has in hand at once
MOST_BROKEN = 100  # rows in one turn: after so many it is more than rows that is broken
IDLE = 1.0  # seconds between two looks where nothing was due
BEAT = timedelta(seconds=10)
SILENT = timedelta(minutes=2)  # then messages count as late
FORGOTTEN = timedelta(days=1)
BY_THE_CLOCK = uuid.UUID(int=0)  # all that are started for one turn are one worker


def run(stop: threading.Event) -> None:
    """Work until told to stop, and finish what is in hand then."""
    turns = dict.fromkeys(range(HANDS), time.monotonic())  # when each hand last came round
    post = Post()
    hands = [threading.Thread(target=_work, args=(stop, post, turns, hand)) for hand in turns]
    for hand in hands:
        hand.start()
    worker = uuid.uuid4()
    while not stop.is_set():
        if time.monotonic() - max(turns.values()) < SILENT.total_seconds():  # alive, and not hanging with all hands
            _carefully(lambda: beat(worker))
        stop.wait(BEAT.total_seconds())
    for hand in hands:
        hand.join()
    _carefully(lambda: Heartbeat.objects.filter(worker=worker).delete())


def once() -> tuple[int, int]:
    """Do all that is due by now. (rows done, rows that broke: they come round again when their lease runs out)"""
    beat(BY_THE_CLOCK)
    done = broken = 0
    while broken < MOST_BROKEN and (did := _carefully(step)) is not False:
        done, broken = done + bool(did), broken + (not did)
    return done, broken


def _work(stop: threading.Event, post: "Post", turns: dict[int, float], hand: int) -> None:
    while not stop.is_set():
        turns[hand] = time.monotonic()
        if not _carefully(lambda: step(post)):
            stop.wait(IDLE)
    connection.close()


def _carefully(do: Callable[[], object]) -> object:
    """Whatever breaks, say so and go on: a row that cannot be done comes round again when its lease runs out."""
    try:
        return do()
    except DatabaseError as error:
        logger.warning("The database could not be used (%s). Trying again.", type(error).__name__)
        connection.close()
    except Exception:
        logger.exception("Something could not be done. It is tried again later.")
    return None


class Post:
    """The messages that one worker has in hand: one at a time to an address, so that a slow one holds nobody up.

    And what was put off before, to whomever, has half of the hands at most.
    """

    def __init__(self) -> None:
        self.in_hand: list[Message] = []
        self.one_by_one = threading.Lock()

    @contextmanager
    def claim(self, now: datetime) -> Iterator[Message | None]:
        with self.one_by_one:
            others = Message.objects.to_others_than(self.in_hand)
            if sum(message.attempts > 0 for message in self.in_hand) >= HANDS // 2:
                others = others.filter(attempts=0)
            message: Message | None = others.claim(now)
            if message:
                self.in_hand.append(message)
        try:
            yield message
        finally:
            with self.one_by_one:
                self.in_hand = [other for other in self.in_hand if other is not message]


def step(post: Post | None = None) -> bool:
    """Do the one thing that is due most; False where nothing is."""
    now = timezone.now()
    if delivery := Delivery.objects.claim(now):
        chasing.proceed(delivery=delivery, now=now)
        return True
    with (post or Post()).claim(now) as message:
        if message:
            send(message)
            return True
    if footage := Footage.objects.claim(now):
        chasing.warn(footage=footage, now=now)
        return True
    return False


def send(message: Message) -> None:
    """Send it to whoever should get it at this very moment, and keep what became of it."""
    now, address = timezone.now(), message.where()
    letter = messages.letter(message, address, now) if address else None
    if letter is None:
        return chasing.dropped(message=message, now=now)
    try:
        left = _channel(message).send(letter, still_wanted=lambda: _is_wanted(message, letter, address))
    except ChannelError as error:
        outcome = chasing.refused if error.permanent else chasing.put_off
        return outcome(message=message, address=address, why=str(error), now=timezone.now())
    if not left and message.kind == Kind.DIGEST and message.where():  # what it says has changed: put together anew
        return chasing.put_off(message=message, address=address, why="", now=timezone.now())
    if not left:
        return chasing.not_to_them(message=message, now=timezone.now())
    return chasing.sent(message=message, address=address, now=timezone.now())


def _is_wanted(message: Message, letter: Letter, address: str) -> bool:
    return message.where() == address and messages.is_still_theirs(message, letter)


def _channel(message: Message) -> Email | Webhook:
    if message.channel == Channel.WEBHOOK:
        assert message.delivery
        assert message.delivery.site
        try:
            return Webhook(message.delivery.site.webhook_key)
        except sealing.BROKEN:
            return Webhook("")  # which says so: it waits for somebody to enter it anew
    return Email()


def beat(worker: uuid.UUID) -> None:
    """Say that this worker is alive; see that digests wait, and that what time does goes by the days of the sites and
    by the clock as it is now.
    """
    now = timezone.now()
    Heartbeat.objects.update_or_create(worker=worker, defaults={"at": now})
    Heartbeat.objects.filter(at__lt=now - FORGOTTEN).delete()
    chasing.plan_digests(now)
    for footage in Footage.objects.out_of_step():
        chasing.correct(footage=footage, now=now)
    for delivery in Delivery.objects.chased_ahead_of(now):
        chasing.catch_up(delivery=delivery, now=now)


def is_late(now: datetime | None = None) -> bool:
    """Whether no worker has been heard of lately. A beat of the future is a wrong clock's and counts for nothing."""
    now = now or timezone.now()
    return not Heartbeat.objects.filter(at__gt=now - SILENT, at__lt=now + SILENT).exists()
