"""`make run`: a trial on this machine, with made-up people, a database of its own, and loopback only."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import time

from cse_reports.install import PYTHON, ROOT, VAR, environment, everything, run, say

DATABASE = VAR / "demo.sqlite3"
STARTING = VAR / "demo.starting.sqlite3"  # renamed when it is complete, so that half a trial is never found
MAIL = VAR / "mail"
SERVER = ["-m", "granian", "--interface=wsgi", "--host=127.0.0.1", "--blocking-threads=8", "--log-level=error"]
PROGRAM = "cse_reports.wsgi:application"
WORKER = ["manage.py", "deliver", "--verbosity=0"]
PATIENCE = 10  # seconds to finish what is in hand when it is stopped


def trial(database):
    """The settings of a trial; its e-mail goes to files, unless somebody names a mail server."""
    mail = os.environ.get("EMAIL_URL") or f"filemail:///{MAIL}"
    return environment(DEMO="1", DATABASE_URL=f"sqlite:///{database}", EMAIL_URL=mail)


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
    shutil.rmtree(MAIL, ignore_errors=True)  # of a trial that is gone
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
    """Run the server, and the worker beside it, until somebody stops them; one that ends by itself ends the other."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    env = trial(DATABASE) | {"SERVICE_URL": f"http://localhost:{port}"}
    running = {}
    try:
        running["server"] = start(*SERVER, f"--port={port}", PROGRAM, env=env)
        running["worker"] = start(*WORKER, env=env)
        announce(running["server"], port)
        while not (ended := [name for name, program in running.items() if program.poll() is not None]):
            time.sleep(0.1)
        raise SystemExit(f"The {ended[0]} stopped by itself, so all was stopped. The reason is above.")
    except KeyboardInterrupt:
        say("\nStopped.")
    finally:
        stop(running.values())


def start(*command, env):
    return subprocess.Popen([PYTHON, *command], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, process_group=0)


def stop(programs):
    """Ask all at once, wait, and end what is left. What a worker had in hand is taken up by the next one."""
    for program in programs:
        program.terminate()
    for program in programs:
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(PATIENCE)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def announce(server, port):
    while server.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if (status := answer(port)) >= 500:
                raise SystemExit(f"The server answers with an error ({status}). The reason is above.")
            say(f"\nCSE Reports is at http://localhost:{port} (a trial, with made-up people; Ctrl-C stops it).")
            if "EMAIL_URL" not in os.environ:
                say(f"What it sends by e-mail is in {os.path.relpath(MAIL)}, one file for each.")
            say()
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
