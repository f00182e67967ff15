"""What the running server holds in memory."""

import os
from pathlib import Path

from tests.benchmarks.clients import Browser, cookies
from tests.benchmarks.telling import heading, line

ADDRESSES = ["/report/", "/", "/guidance/", "/concerns/"]


def measure(server, cast):
    heading("Memory of the server, all its processes")
    signed_in = cookies(cast["moss"])
    idle = resident(server)
    browser = Browser(server.port, signed_in)
    for n in range(500):
        assert browser.get(ADDRESSES[n % len(ADDRESSES)]).status == 200
    line("started, and idle", idle, unit=" MB")
    line("after 500 more requests", resident(server), unit=" MB")


def resident(server):
    """Megabytes in memory of every process of the server's group; what they share is counted for each."""
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            if os.getpgid(int(status.parent.name)) == server.process.pid:
                found.append(int(status.read_text().partition("VmRSS:")[2].split()[0]))
        except (OSError, IndexError):
            continue  # it ended meanwhile
    return sum(found) / 1000
