"""Starts workers as `manage.py deliver` does, but what takes a second of it is done once: then they are forked.

Each line that it reads is one more worker, in a process group of its own; it answers with the group's number.
"""

import os
import signal
import sys

import django
from django.core.management import call_command, execute_from_command_line
from django.db import connections
from django.template.loader import get_template
from django.urls import reverse


def main():
    django.setup()
    load()
    connections.close_all()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever is killed leaves nothing behind
    for _ in sys.stdin:
        worker = os.fork()
        if not worker:
            os.setpgid(0, 0)
            deliver()
        os.setpgid(worker, worker)
        print(worker, flush=True)  # noqa: T201


def load():
    """What a worker loads when it first needs it."""
    call_command("check", stdout=sys.stderr)
    reverse("queue")
    for name in ("message.txt", "message.html"):
        get_template(f"concerns/email/{name}")


def deliver():
    """Becomes a worker, and nothing but that."""
    sys.stdin.close()
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        execute_from_command_line(["manage.py", "deliver"])
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
