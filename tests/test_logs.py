"""What is logged of an address: enough to find the page, and nothing that opens a door."""

import io
import logging
import uuid

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import actions
from concerns import links

ROW = uuid.UUID("0f4b5a6c-77aa-4c1e-8a49-1c2d3e4f5a6b")


@pytest.fixture
def written(settings):
    """What the log and the error mail say."""
    settings.ADMINS = [("", "ops@example.org")]
    stream, handlers = io.StringIO(), logging.getLogger("django").handlers
    console = next(handler for handler in handlers if isinstance(handler, logging.StreamHandler))
    before = console.setStream(stream)
    yield lambda: stream.getvalue() + "".join(f"{letter.subject}{letter.body}" for letter in mail.outbox)
    console.setStream(before)


@pytest.fixture
def keys(cast, concern):
    """{name of the address: the key in it} of every address with a key in it."""
    copy = concern.deliveries.get(recipient="police")
    return {
        "desk_link": links.token(copy, "email", "intelligence@demo.example"),
        "accept_invitation": actions.invite(person=cast["asha"], by=cast["moss"]),
        "account_reset_password_from_key": f"8k2m1c0v9x7b4n6a-d3f5h7-{'0123456789abcdef' * 2}",
    }


def path(name, key):
    return reverse(name, args=key.split("-", 1) if "password" in name else [key])


@pytest.mark.parametrize("name", ["desk_link", "accept_invitation", "account_reset_password_from_key"])
def test_no_log_and_no_mail_holds_a_key(keys, written, monkeypatch, name):
    address = path(name, keys[name])
    client = Client(raise_request_exception=False, headers={"host": "elsewhere.example"})
    client.get(address)
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    for broken in (address, f"{address}x/", f"{address[:-1]}%29", f"{address[:-1]}x/"):
        client.get(broken, follow=True)
        client.post(broken)
    monkeypatch.setattr("django.core.handlers.base.BaseHandler.check_response", lambda *_: 1 / 0)
    client.get(address)
    assert "Internal Server Error: /" in written()
    assert written().count("(key)") >= 3
    assert keys[name] not in written()
    assert keys[name][-20:] not in written()


@pytest.mark.parametrize(
    "said",
    [
        "Not Found: /concerns/7K3M-92QF/",
        f"Not Found: /sites/{ROW}/",
        f"Not Found: /desk/{ROW}/",
        "Not Found: /guidance/what-to-do/versions/3/",
        "Not Found: /static/site.2f6c1d0b9a87.css",
    ],
)
def test_an_address_without_a_key_stands_whole(written, said):
    logging.getLogger("django.request").warning(said)
    assert said in written()


def test_a_row_with_more_behind_it_is_taken_for_a_key(written):
    logging.getLogger("django.request").warning("Not Found: /desk/%s:1x2y3z/", ROW)
    assert "Not Found: /desk/(key)/" in written()
