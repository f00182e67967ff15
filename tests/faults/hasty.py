"""The product's settings for a worker in a hurry: seconds where it would wait minutes, and a clock that a test may set.

HASTY says, in JSON, what a test wants otherwise.
"""

import json
import os
from datetime import timedelta
from pathlib import Path

from django.apps import AppConfig
from django.utils import timezone

from cse_reports.settings import *  # noqa: F403
from cse_reports.settings import DATABASES, INSTALLED_APPS

# Seconds; as in the product, a lease is longer than a message can take.
PACE = {
    "lease": 6,
    "idle": 0.1,
    "beat": 0.5,
    "wait": 0.2,
    "hands": 4,
    "mail": 2,
    "send": 3,
    "locked": 20,
    "clock": "",
    "minute": 60,
}
PACE |= json.loads(os.environ.get("HASTY", "{}"))

EMAIL_TIMEOUT, SEND_TIMEOUT = PACE["mail"], PACE["send"]
INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.hasty.Hurry"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"]["timeout"] = PACE["locked"]


class Hurry(AppConfig):
    name = "tests.faults"

    def ready(self):
        from concerns import worker
        from concerns.actions import chasing
        from concerns.models import timed

        shorten(PACE["minute"])
        timed.LEASE = timedelta(seconds=PACE["lease"])
        worker.IDLE, worker.HANDS, worker.BEAT = PACE["idle"], PACE["hands"], timedelta(seconds=PACE["beat"])
        chasing.FIRST_WAIT = timedelta(seconds=PACE["wait"])


def shorten(minute):
    """The same table of times, in which a minute lasts so many seconds."""
    from concerns import routing

    def short(time):
        return time * minute / 60

    for table in (*routing.TIME_ALLOWED.values(), routing.AT_MOST):
        table.update({recipient: short(time) for recipient, time in table.items()})
    for name in ("CUSTOMER_WAITS", "SHORTEST_PAUSE", "LONGEST_PAUSE"):
        setattr(routing, name, short(getattr(routing, name)))


def set_clock(file):
    """From here on it is as many seconds later, or earlier, as this file says."""
    real = timezone.now
    timezone.now = lambda: real() + timedelta(seconds=float(file.read_text()))


if PACE["clock"]:  # before anything takes `now` from there
    set_clock(Path(PACE["clock"]))
