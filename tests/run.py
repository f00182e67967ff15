"""`make test`: every check and every test, a table of what happened, and one line that counts the tests.

Only Python's own library is used here; the steps run in .venv. What a step prints is in var/test-logs/.
"""

import base64
import contextlib
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

from cse_reports.install import PYTHON, ROOT, VAR, environment, everything, say

CI = os.environ.get("CI") == "true"
LOGS = VAR / "test-logs"
LONGEST = 60 * 60  # seconds; a step that hangs shows what it printed instead of hanging everything
POSTGRESQL = (
    *("pg_virtualenv", "-t", "-c", "--locale=C.UTF-8 --encoding=UTF8", "-o", "fsync={fsync}", "sh", "-c"),
    'DATABASE_URL="postgres://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/$PGDATABASE" exec "$@"',
    "sh",
)
FAST_POSTGRESQL = tuple(word.format(fsync="off") for word in POSTGRESQL)  # lost with the test run anyway
HONEST_POSTGRESQL = tuple(word.format(fsync="on") for word in POSTGRESQL)  # as in real life, for figures
MANAGE = (PYTHON, "manage.py")
FAIL_ON_WARNING = ("--fail-level", "WARNING")
PYTEST = (PYTHON, "-m", "pytest", "-p", "no:cacheprovider")
SUITE = (*PYTEST, "-m", "not browser", "--ignore=tests/browser", "--continue-on-collection-errors")


class Step(NamedTuple):
    name: str
    command: tuple
    settings: dict = {}
    needs: str = ""


class Result(NamedTuple):
    step: Step
    outcome: str  # "passed", "FAILED", or why it was left out
    seconds: float = 0
    counts: dict = {}


class Program(NamedTuple):
    """Something from outside Python: where its files are when it is there, and the Debian packages that bring it."""

    files: tuple
    packages: tuple


PROGRAMS = {
    "PostgreSQL": Program(("usr/bin/pg_virtualenv", "usr/lib/postgresql/*/bin/initdb"), ("postgresql",)),
    "Chromium": Program(("usr/bin/chromium", "usr/lib/*/libatomic.so.1"), ("chromium", "libatomic1")),  # for Playwright
}


def safe_settings():
    """A complete set of settings, as a real service would have them."""

    def key():
        return base64.b64encode(secrets.token_bytes(32)).decode()

    return {
        "SECRET_KEY": secrets.token_urlsafe(64),
        "FIELD_KEYS": f"first:{key()}",
        "AUDIT_KEY": key(),
        "LINK_KEY": key(),
        "ALLOWED_HOSTS": "reports.example",
        "DATABASE_URL": "sqlite://:memory:",
    }


QUICK = (
    Step("ruff check", (PYTHON, "-m", "ruff", "check")),
    Step("ruff format", (PYTHON, "-m", "ruff", "format", "--check")),
    Step("mypy", (PYTHON, "-m", "mypy")),
    Step("missing migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"), safe_settings()),
    Step("check --deploy", (*MANAGE, "check", "--database=default", "--deploy", *FAIL_ON_WARNING), safe_settings()),
)
SUITES = (
    Step("tests on SQLite", SUITE),
    Step("tests on PostgreSQL", (*FAST_POSTGRESQL, *SUITE), needs="PostgreSQL"),
)
BROWSER = (Step("tests in a browser", (*PYTEST, "-m", "browser", "tests/browser"), needs="Chromium"),)
EVERYTHING = (QUICK, SUITES, BROWSER)  # two steps of a group run at once; the browser has the machine to itself


# --- What the machine must have -----------------------------------------------------------------------------------


def is_there(program):
    return all(any(Path("/").glob(pattern)) for pattern in program.files)


def provide(names):
    """Install what is missing of these, where this is root's Debian."""
    packages = [name for program in names if not is_there(PROGRAMS[program]) for name in PROGRAMS[program].packages]
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    say(f"Installing {' and '.join(packages)} with apt-get ...")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with (LOGS / "apt-get.log").open("w") as log:
        for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", "-qq", *command], env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def left_out(step):
    """Why this step cannot run here, or nothing."""
    if step.needs and not is_there(PROGRAMS[step.needs]):
        return f"left out: no {step.needs} here (apt-get install {' '.join(PROGRAMS[step.needs].packages)})"
    return ""


# --- Running the steps --------------------------------------------------------------------------------------------

running: set[subprocess.Popen] = set()


def run(step):
    """Run one step with its output in a file of its own."""
    if reason := left_out(step):
        return Result(step, reason)
    started = time.monotonic()
    with log_of(step).open("w") as log:
        failed = call(step.command, environment(**step.settings), stdout=log, stderr=subprocess.STDOUT)
    counts = count(log_of(step).read_text(errors="replace")) if "pytest" in step.command else {}
    return Result(step, "FAILED" if failed else "passed", time.monotonic() - started, counts)


def call(command, env, **output):
    """Run a command in a process group of its own, so that nothing of it is left when somebody stops us."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True, **output)
    running.add(process)
    try:
        return process.wait(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGTERM)
        return process.wait() or 1
    finally:
        running.discard(process)


def stop(*_):
    for process in tuple(running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    raise SystemExit("\nStopped.")


def log_of(step):
    return LOGS / f"{step.name.replace(' ', '-')}.log"


def count(output):
    """{"passed": 12, "failed": 1, …} from pytest's closing line; nothing where it never got that far."""
    closing = re.findall(r"^(?:=+ )?(\d+ \w+.*) in [\d.]+s(?: \([\d:]+\))?(?: =+)?$", output, re.MULTILINE)
    return {word: int(number) for number, word in re.findall(r"(\d+) (\w+)", closing[-1])} if closing else {}


# --- Saying what happened -----------------------------------------------------------------------------------------


def line(result):
    counts = ", ".join(f"{number} {word}" for word, number in result.counts.items())
    seconds = f"{result.seconds:7.1f} s" if result.seconds else " " * 9
    return f"  {result.step.name:<20} {seconds}  {result.outcome}{f' ({counts})' if counts else ''}"


def tell(result):
    if result.outcome == "FAILED":
        say(f"\n{'-' * 30} {result.step.name}\n{log_of(result.step).read_text(errors='replace')}{'-' * 30}")
    say(line(result))


def went_wrong(result):
    return result.outcome == "FAILED" or (CI and result.outcome != "passed")


def totals(results):
    """(passed, failed, skipped) tests; a step that went wrong without a failed test counts as one."""

    def add(*words):
        return sum(result.counts.get(word, 0) for result in results for word in words)

    failures = ("failed", "error", "errors")
    besides = sum(went_wrong(result) and not any(map(result.counts.get, failures)) for result in results)
    return add("passed", "xpassed"), add(*failures) + besides, add("skipped", "xfailed")


def summarise(results):
    say("\nIn short:\n" + "\n".join(map(line, results)))
    if not CI and any(result.outcome.startswith("left out") for result in results):
        say("\nSome of it was left out; with CI=true that is a failure.")
    say("\n{} passed, {} failed, {} skipped".format(*totals(results)))
    return any(map(went_wrong, results))


# --- The commands -------------------------------------------------------------------------------------------------


def prepare(programs=()):
    LOGS.mkdir(parents=True, exist_ok=True)
    everything("requirements-dev.txt")
    provide(programs)


def run_all(groups):
    """Run all steps, also after one has failed: whoever mends it wants to see the rest."""
    prepare([step.needs for group in groups for step in group if step.needs])
    results = []
    for group in groups:
        say(f"Running {', '.join(step.name for step in group)} ...")
        with ThreadPoolExecutor(2) as pool:
            for done in as_completed([pool.submit(run, step) for step in group]):
                results.append(done.result())
                tell(results[-1])
    return summarise(results)


def bench():
    """The figures, on SQLite and on PostgreSQL."""
    prepare(["PostgreSQL", "Chromium"])
    benchmarks = (PYTHON, "-m", "tests.benchmarks")
    (VAR / "bench.sqlite3").unlink(missing_ok=True)
    on_sqlite = {**safe_settings(), "DATABASE_URL": f"sqlite:///{VAR / 'bench.sqlite3'}"}
    steps = [
        Step("figures on SQLite", benchmarks, on_sqlite),
        Step("figures on PostgreSQL", (*HONEST_POSTGRESQL, *benchmarks), safe_settings(), "PostgreSQL"),
    ]
    failures = [figures(step) for step in steps]
    return any(failures)


def figures(step):
    say(f"\n{step.name}\n")
    if reason := left_out(step):
        say(reason)
        return CI
    return call(step.command, environment(**step.settings))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    commands = {"test": lambda: run_all(EVERYTHING), "check": lambda: run_all([QUICK]), "bench": bench}
    raise SystemExit(1 if commands[sys.argv[1]]() else 0)
