"""`make bench`: speed and size, as ratios within one run. It says whether a target is met, and fails for none."""

import argparse
import os
import platform
import signal

import django

from cse_reports import install
from tests.server import Server, build

ROOM = install.VAR / "bench"
SETTINGS = "tests.benchmarks.settings"
PARTS = ("first_load", "submissions", "memory", "queues", "deliveries")


def main():
    asked = _asked()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that no server is left behind
    database = os.environ.get("DATABASE_URL", f"sqlite:///{install.VAR / 'bench.sqlite3'}")
    settings = install.environment(DEMO="1", DATABASE_URL=database, DJANGO_SETTINGS_MODULE=SETTINGS)
    os.environ.clear()
    os.environ.update(settings)
    ROOM.mkdir(parents=True, exist_ok=True)
    build()
    django.setup()
    _measure(asked)


def _asked():
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"only these of {', '.join(PARTS)}")
    parser.add_argument("--many", type=int, default=100_000, help="open copies in the long queue")
    parser.add_argument("--done", type=int, default=1_000_000, help="finished rows beside those that are due")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"there is no part {unknown.pop()}")
    return asked


def _measure(asked):
    from django.db import connection

    from tests.benchmarks import databases, deliveries, first_load, memory, queues, submissions
    from tests.benchmarks.telling import detail

    parts = asked.parts or PARTS
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    detail(f"{connection.display_name}, Python {platform.python_version()}, {machine}")
    cast = databases.make("cards")
    settings = {"DATABASE_URL": databases.url("cards"), "DJANGO_SETTINGS_MODULE": SETTINGS}
    server = Server(ROOM / "server.log", **settings).start()
    try:
        for part in (memory, first_load, submissions):
            if part.__name__.rpartition(".")[2] in parts:
                part.measure(server, cast)
    finally:
        server.kill()
        databases.remove("cards")
    if "queues" in parts:
        queues.measure(ROOM, 100, asked.many)
    if "deliveries" in parts:
        deliveries.measure(asked.done)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        raise SystemExit("\nStopped.") from None
