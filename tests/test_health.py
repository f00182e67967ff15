"""/healthz: what anybody may know of this service, and what it never says."""

import json
import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.utils import timezone

from concerns import worker
from concerns.models import Delivery, Heartbeat, Message
from tests.cards import send_card

WELL = {"database": "ok", "messages": "ok"}
LATE = {"database": "ok", "messages": "late"}


def ask(client=None, **headers):
    return (client or Client()).get("/healthz", **headers)


def heard(**ago):
    """A worker was heard of that long ago."""
    Heartbeat.objects.create(worker=uuid.uuid4(), at=timezone.now() - timedelta(**ago))


def test_with_a_worker_all_is_well(db):
    worker.beat(uuid.uuid4())
    answer = ask()
    assert (answer.status_code, answer["Content-Type"], answer.json()) == (200, "application/json", WELL)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        ({"seconds": 119}, WELL),
        ({"seconds": 121}, LATE),
        ({"days": 3}, LATE),
        ({"seconds": -90}, WELL),
        ({"hours": -1}, LATE),
    ],
)
@pytest.mark.usefixtures("clock")
def test_messages_are_late_once_no_worker_was_heard_of_for_two_minutes(db, ago, said):
    heard(**ago)
    assert ask().json() == said


def test_where_no_worker_was_ever_started_messages_are_late_and_the_service_stands(db):
    assert (ask().status_code, ask().json()) == (200, LATE)


def test_one_worker_of_several_is_enough(db):
    heard(hours=1)
    heard(seconds=5)
    assert ask().json() == WELL


# --- What it never says -------------------------------------------------------------------------------------------


def test_it_is_the_same_whatever_concerns_there_are(cast):
    heard(seconds=5)
    before = ask()
    for about in ("no", "guard", "office"):
        send_card(cast["asha"], urgency="emergency", about=[about], now=timezone.now() - timedelta(days=9))
    for _ in range(3):
        worker.step()
    Message.objects.update(act_at=None, failed_at=timezone.now())
    assert Delivery.objects.filter(act_at__lt=timezone.now()).exists()
    after = ask()
    assert (after.content, after.headers) == (before.content, before.headers)


@pytest.mark.parametrize("who", [None, "moss", "ada"])
def test_it_asks_one_thing_and_knows_nobody(cast, sign_in, who, django_assert_num_queries):
    client = sign_in(who) if who else Client()
    with django_assert_num_queries(1) as asked:
        answer = ask(client)
    assert "concerns_heartbeat" in asked[0]["sql"]
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert answer["Cache-Control"] == "no-store, private"


def test_a_head_is_answered_like_a_get(db):
    answer = Client().head("/healthz")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_can_be_told_to_it(db, method):
    assert getattr(Client(), method)("/healthz").status_code == 405


# --- With the database gone ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", [None, "moss"])
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_without_a_database_it_says_so_and_no_more(sign_in, settings, caplog, who, error):
    settings.ADMINS = [("", "ops@example.org")]

    def refuse(*_):
        raise error("connection to 10.0.0.7 as cse failed")

    client = sign_in(who) if who else Client()
    with connection.execute_wrapper(refuse):
        answer = ask(client)
    assert (answer.status_code, json.loads(answer.content)) == (503, {"database": "no answer", "messages": "unknown"})
    assert (caplog.records, mail.outbox) == ([], [])  # it is asked every few seconds


# --- Who asks -----------------------------------------------------------------------------------------------------


def test_a_balancer_may_ask_without_tls_and_nobody_else(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert ask().status_code == 200
    assert Client().get("/guidance/").status_code == 301
    assert Client().get("/healthz/x").status_code == 301


def test_it_answers_to_the_names_of_this_service_alone(db):
    assert ask(headers={"host": "10.0.0.7"}).status_code == 400
