"""Real workers of ours, in process groups of their own, and a mail server that a test may make difficult."""

import asyncio
import base64
import contextlib
import json
import logging
import os
import re
import secrets
import signal
import socket
import socketserver
import subprocess
import threading
import time
from collections import defaultdict
from email import message_from_bytes, policy
from itertools import product
from typing import NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from accounts.models import Site
from concerns.models import Concern, Delivery, Event, Footage, Kind, Message
from concerns.routing import Recipient
from cse_reports import checks, install

logging.getLogger("mail.log").setLevel(logging.ERROR)  # the mail server’s own, of every word

PATIENCE = 60  # seconds until something must have happened; two cores may be busy with other tests
REFERENCE = re.compile(r"\b\w{4}-\w{4}\b")
TOKEN = re.compile(r"/desk/([^/\s]+)/")


def until(happened, patience=PATIENCE):
    """What `happened` gives once it is something; fails where it never is."""
    end = time.monotonic() + patience
    while not (found := happened()):
        assert time.monotonic() < end, f"It did not happen in {patience} s."
        time.sleep(0.05)
    return found


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


# --- The mail server ----------------------------------------------------------------------------------------------


class Letter(NamedTuple):
    """A message as the mail server took it over."""

    to: str
    reference: str
    id: str
    text: str


class Postbox:
    """A real mail server on loopback. It asks for a password, and keeps what it takes over."""

    def __init__(self):
        self.port, self.password = free_port(), secrets.token_urlsafe(16)
        self.wants = self.password
        self.letters, self.greeted = [], 0
        self.answers = {}  # {address: what it says instead of yes, one try after the other; the last one for ever}
        self.slow = {}  # {address: seconds until it says yes, with a sign of life now and then}
        self.is_open = True  # where not, whoever calls waits for the answer to their greeting
        self.takes = lambda: 0  # seconds before each answer
        self.hangs_up = False  # when it has taken a letter over, and before it says so
        self.start()

    @property
    def url(self):
        return f"smtp://reports:{self.password}@127.0.0.1:{self.port}"

    def start(self):
        options = {"authenticator": self._is_us, "auth_require_tls": False}
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self.controller.start()

    def stop(self):
        self.controller.stop(no_assert=True)

    def to(self):
        """Whom it has letters for."""
        return {letter.to for letter in self.letters}

    def _is_us(self, server, session, envelope, mechanism, login):
        return AuthResult(success=(login.login, login.password) == (b"reports", self.wants.encode()))

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.greeted += 1
        while not self.is_open:
            await asyncio.sleep(0.02)
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self._be_slow(server, address)
        answers = self.answers.get(address, [])
        envelope.rcpt_tos.append(address)
        return (answers.pop(0) if len(answers) > 1 else answers[0]) if answers else "250 OK"

    async def _be_slow(self, server, address):
        await asyncio.sleep(self.takes())
        end = time.monotonic() + self.slow.get(address, 0)
        while time.monotonic() < end:
            await server.push("250-wait")
            await asyncio.sleep(0.2)

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        text = message.get_body(("plain",)).get_content()
        if reference := REFERENCE.search(message["Subject"]):  # not a digest, which leaves at seven in the morning
            of = {"reference": reference[0], "id": message["Message-ID"], "text": text}
            self.letters += [Letter(to=address, **of) for address in envelope.rcpt_tos]
        await asyncio.sleep(self.takes())
        if self.hangs_up:
            server.transport.abort()
        return "250 OK"


@contextlib.contextmanager
def rude(port, answer):
    """In the mail server's place, something that says this to whoever calls and hangs up; or nothing and does not."""

    class Rude(socketserver.BaseRequestHandler):
        def handle(self):
            if answer is None:
                self.request.recv(1)
            else:
                self.request.sendall(answer)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", port), Rude) as listening:
        threading.Thread(target=listening.serve_forever, args=[0.05], daemon=True).start()
        yield
        listening.shutdown()


# --- The workers --------------------------------------------------------------------------------------------------


def environment(post, database, *, hurry=None, **more):
    """What a worker of this test is started with: its database, its mail server, the keys of this test run."""
    keys = {name: os.environ[name] for name in checks.KEYS}
    settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.hasty", "HASTY": json.dumps(hurry or {})}
    settings |= {"DATABASE_URL": database, "EMAIL_URL": post.url, "DEMO": "1", "ALLOWED_HOSTS": "localhost"}
    return install.environment(**settings | keys | more)


class Worker:
    """A process group that ends as in a power cut: no process of it has a moment left."""

    group = None

    def kill(self):
        if self.group:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.group, signal.SIGKILL)
        self.group = None


class Started(Worker):
    """`manage.py deliver`."""

    def __init__(self, env, log, *arguments):
        self.process = start(["manage.py", "deliver", *arguments], env, log)
        self.group = self.process.pid

    def ask_to_stop(self):
        self.process.send_signal(signal.SIGTERM)

    def ends(self):
        """How it ended, once it has."""
        return self.process.wait(PATIENCE)

    def kill(self):
        super().kill()
        self.process.wait()


class Forked(Worker):
    """The same, from a nursery: without what a start costs."""

    def __init__(self, nursery):
        print(file=nursery.stdin, flush=True)
        self.group = int(nursery.stdout.readline())


def nursery(env, log):
    return start(["-m", "tests.faults.nursery"], env, log, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def start(command, env, log, **more):
    with log.open("a") as file:
        own = {"stdin": subprocess.DEVNULL, "stdout": file, "stderr": file, "start_new_session": True} | more
        return subprocess.Popen([install.PYTHON, *command], cwd=install.ROOT, env=env, **own)


# --- What has become of the messages ------------------------------------------------------------------------------

READERS = {f"{name}@demo.example" for name in ("moss", "hana", "cole", "priya", "intelligence")}


def is_done():
    """Whether time has made every first message, and all have ended."""
    waiting = Message.objects.waiting().exclude(kind=Kind.DIGEST)
    untold = Delivery.objects.filter(notified_at=None, act_at__isnull=False)
    return not (untold.exclude(recipient=Recipient.POLICE_CALL).exists() or waiting.exists())


def everything_was_sent(post):
    """Each reader of each card has their one message, however often; and it is written down, once."""
    cards = [str(concern) for concern in Concern.objects.all()]
    assert {(letter.reference, letter.to) for letter in post.letters} == set(product(cards, READERS))
    ids = defaultdict(set)
    for letter in post.letters:
        ids[letter.reference, letter.to].add(letter.id)
    assert {len(its) for its in ids.values()} == {1}
    assert len(set.union(*ids.values())) == Message.objects.left().count() == len(cards) * len(READERS)
    assert not Delivery.objects.filter(sent_at=None).exists()
    assert Event.objects.filter(verb=Event.Verb.SENT).count() == Delivery.objects.count()
    nothing_is_in_hand()
    call_command("verify_history")


def nothing_is_in_hand():
    assert not [row for rows in (Delivery, Message, Footage) for row in rows.objects.exclude(leased_until=None)]


# --- What no log may hold -----------------------------------------------------------------------------------------


def never_logged(post):
    """Every secret of this test, and what tests.cards.canaries() are made of."""
    yield from ("canary", post.password, settings.SECRET_KEY, settings.AUDIT_KEY, settings.LINK_KEY)
    yield from (pair.partition(":")[2] for pair in settings.FIELD_KEYS.split(","))
    for site in Site.objects.exclude(control_room_webhook=""):
        yield from filter(None, (site.webhook_key, site.control_room_webhook.rpartition("/")[2]))
    yield from filter(None, [connection.settings_dict["PASSWORD"]])
    for letter in post.letters:
        yield from TOKEN.findall(letter.text)


def nothing_told(logs, post):
    for secret in never_logged(post):
        coded = base64.b64encode(secret.encode()).decode()
        assert secret not in logs, "a log holds what it must not"
        assert coded not in logs
