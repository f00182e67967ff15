"""How many copies the workers clear, and what it costs to find the next thing to do beside a million that are done."""

import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from itertools import pairwise

from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone

from concerns.models import Concern, Delivery, Event, Kind, Message, record
from concerns.models.timed import LEASE
from cse_reports import install
from tests.benchmarks import databases
from tests.benchmarks.filling import fill
from tests.benchmarks.telling import detail, heading, line

CARDS = 300
DUE = 400  # rows that wait, beside those that are done
MOMENTS = 5  # seconds: that they were all received in
CLAIMS = 30  # in a row, before the other database has its turn
TURNS = 8
LONGEST = 600  # seconds


def measure(done):
    heading(f"First messages of {CARDS} cards, sent to a mail server on this machine")
    for workers in (1,) if databases.ON_SQLITE else (1, 4):
        copies, letters, seconds = _cleared(workers)
        rate = copies / seconds
        name = "1 worker" if workers == 1 else f"{workers} workers"
        line(f"copies a second, {name}", rate)
        detail(f"{rate * 60:,.0f} copies and {letters / seconds * 60:,.0f} messages a minute")
    heading(f"To claim a row, with none finished and with {done:,}, by turns")
    for model in (Message, Delivery):
        name = model._meta.verbose_name
        for what, (none, many) in zip(TIMED, _claims(model, done), strict=True):
            detail(f"{what} a {name}: {none * 1000:.2f} ms, then {many * 1000:.2f} ms")
            line(f"cost of {what} a {name}", many / none, at_most=1.3)


# --- Workers and a mail server, each a process of its own -----------------------------------------------------------


def _cleared(workers):
    """(copies sent, messages sent, seconds between the first and the last of them)."""
    name = f"workers_{workers}"
    cast = databases.make(name)
    fill(cast, CARDS, seconds=MOMENTS)
    for concern in Concern.objects.all():
        record(Event.Verb.RECEIVED, concern, by=cast["asha"], at=timezone.now())
    with contextlib.ExitStack() as running:
        port = _mail_server(running)
        settings = {"DATABASE_URL": databases.url(name), "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
        for _ in range(workers):
            _process(running, "manage.py", "deliver", **settings)
        _wait()
    firsts = Message.objects.left().filter(kind=Kind.FIRST)
    at = firsts.aggregate(first=Min("sent_at"), last=Max("sent_at"))
    copies = Delivery.objects.filter(sent_at__isnull=False).count()
    letters = firsts.count()
    databases.remove(name)
    return copies, letters, (at["last"] - at["first"]).total_seconds()


def _wait():
    """Until every first message has left."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        time.sleep(0.5)
        waiting = Delivery.objects.due(timezone.now() + LEASE).filter(notified_at=None).exclude(recipient="police_call")
        if not waiting.exists() and not Message.objects.waiting().filter(kind=Kind.FIRST).exists():
            return
    raise SystemExit("The workers did not clear them in time.")


def _mail_server(running):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _process(
        running, "-m", "aiosmtpd", "--nosetuid", "--listen", f"127.0.0.1:{port}", "--class", "aiosmtpd.handlers.Sink"
    )
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return port
        time.sleep(0.1)
    raise SystemExit("The mail server did not start.")


def _process(running, *command, **settings):
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=install.ROOT,
        env=os.environ | settings,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running.callback(process.wait)
    running.callback(os.killpg, process.pid, signal.SIGKILL)


# --- Finding the next row -------------------------------------------------------------------------------------------


def _claims(model, done):
    """For each of TIMED the median seconds with no finished rows and with so many."""
    names = {0: "claims_none", done: "claims_many"}
    for finished, name in names.items():
        _fill_with(model, name, finished)
    times = {finished: [] for finished in names}
    for _ in range(TURNS):
        for finished, name in names.items():
            databases.use(name)
            model.objects.claim(timezone.now())  # the connection is new
            times[finished] += [_seconds(model) for _ in range(CLAIMS)]
    for name in names.values():
        databases.remove(name)
    return zip(
        *([statistics.median(of) for of in zip(*times[finished], strict=True)] for finished in names), strict=True
    )


TIMED = ("finding", "claiming")  # the query alone; and with the lease, written for good


def _seconds(model):
    now, moments = timezone.now(), [time.perf_counter()]
    assert model.objects.due(now).order_by("act_at").first()
    moments.append(time.perf_counter())
    assert model.objects.claim(now)
    moments.append(time.perf_counter())
    return [later - before for before, later in pairwise(moments)]


def _fill_with(model, name, finished):
    cast = databases.make(name)
    fill(cast, DUE, seconds=MOMENTS)
    if finished:
        fill(cast, 1, answered=True)
        _copy_out(model, finished)
    if model is Message:
        copies = Delivery.objects.filter(act_at__isnull=False)
        now = timezone.now()
        Message.objects.bulk_create(
            Message(kind=Kind.FIRST, delivery=copy, about=copy, made_at=now, act_at=now - timedelta(seconds=n))
            for n, copy in enumerate(copies)
        )
    databases.settle()


def _copy_out(model, number):
    """So many finished rows, made by the database itself of one that is finished."""
    copy = Delivery.objects.filter(acknowledged_at__isnull=False).first()
    if model is Message:
        now = timezone.now()
        row = Message.objects.create(kind=Kind.FIRST, delivery=copy, about=copy, made_at=now, sent_at=now)
        _repeat(Message, row.pk, number)
    else:
        _repeat(type(copy.concern), copy.concern_id, number, reference="_series.n || ''", submission_key=_NEW_ID)
        _repeat(Delivery, copy.pk, number, concern_id="_twin.id")


_NEW_ID = "lower(hex(randomblob(16)))" if databases.ON_SQLITE else "gen_random_uuid()"


def _repeat(model, pk, number, **others):
    """Copies of one row that differ in their key and in these columns."""
    columns = [field.column for field in model._meta.concrete_fields]
    values = {"id": _NEW_ID, **others}
    chosen = ", ".join(values.get(column, f"t.{column}") for column in columns)
    table, key = model._meta.db_table, f"'{pk.hex}'" if databases.ON_SQLITE else f"'{pk}'"
    if "concern_id" in others:  # one for each concern that has none
        without = f"NOT EXISTS (SELECT 1 FROM {table} d WHERE d.concern_id = _twin.id)"
        joined = f"{table} t, concerns_concern _twin WHERE {without} AND t.id = {key}"
    else:
        joined = f"{table} t, _series WHERE t.id = {key}"
    series = f"WITH RECURSIVE _series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM _series WHERE n < {number}) "
    into = f"INSERT INTO {table} ({', '.join(columns)}) {series if '_series' in joined else ''}"
    with connection.cursor() as cursor:
        cursor.execute(f"{into}SELECT {chosen} FROM {joined}")
