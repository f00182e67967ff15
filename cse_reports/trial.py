"""`make run`: a trial on this machine, with made-up people, a database of its own, and loopback only."""

import contextlib
import http.client
import os
import signal
import socket
import sqlite3
import subprocess
import time

from cse_reports.install import PYTHON, ROOT, VAR, environment, everything, run, say

DATABASE = VAR / "demo.sqlite3"
STARTING = VAR / "demo.starting.sqlite3"  # renamed when it is complete, so that half a trial is never found
SERVER = ["-m", "granian", "--interface=wsgi", "--host=127.0.0.1", "--blocking-threads=8", "--log-level=error"]


def trial(database):
    return environment(DEMO="1", DATABASE_URL=f"sqlite:///{database}")


def manage(database, *command):
    run([PYTHON, "manage.py", *command], env=trial(database), otherwise=f"`manage.py {command[0]}` failed.")


def free_port():
    """The port that was asked for; ends with one sentence if it cannot be had."""
    port = os.environ.get("PORT", "8000")
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", int(port)))
    except (ValueError, OverflowError):
        raise SystemExit(f"PORT is not a number between 1 and 65535: {port}") from None
    except OSError as error:
        raise SystemExit(
            f"Port {port} cannot be used ({error.strerror}). Stop what is using it, or run `make run PORT=8001`."
        ) from None
    return port


def prepare():
    """A database that is up to date; a new one with the guidance and the demo cast in it."""
    if DATABASE.exists():
        manage(DATABASE, "migrate", "--verbosity=0")
        return
    say("Making a database with made-up people ...")
    remove(STARTING)
    manage(STARTING, "migrate", "--verbosity=0")
    manage(STARTING, "createcachetable")
    manage(STARTING, "load_guidance")
    manage(STARTING, "load_demo")
    with contextlib.closing(sqlite3.connect(STARTING)) as whole:
        whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that one file holds it all
    STARTING.rename(DATABASE)


def remove(database):
    for leftover in database.parent.glob(f"{database.name}*"):
        leftover.unlink()


def serve(port):
    """Serve until somebody stops it, and say so when it answers, not before."""
    server = subprocess.Popen(
        [PYTHON, *SERVER, f"--port={port}", "cse_reports.wsgi:application"], cwd=ROOT, env=trial(DATABASE)
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        announce(server, port)
        raise SystemExit(server.wait() and "The server stopped by itself. The reason is above.")
    except KeyboardInterrupt:
        say("\nStopped.")
    finally:
        server.terminate()
        server.wait()


def announce(server, port):
    while server.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if (status := answer(port)) >= 500:
                raise SystemExit(f"The server answers with an error ({status}). The reason is above.")
            say(f"\nCSE Reports is at http://localhost:{port} (a trial, with made-up people; Ctrl-C stops it).\n")
            return
        time.sleep(0.1)


def answer(port):
    connection = http.client.HTTPConnection("127.0.0.1", int(port))
    with contextlib.closing(connection):
        connection.request("GET", "/guidance/", headers={"Host": "localhost"})
        return connection.getresponse().status


if __name__ == "__main__":
    try:
        port = free_port()
        everything()
        prepare()
        serve(port)
    except KeyboardInterrupt:
        raise SystemExit("\nStopped. The same command goes on from here.") from None
