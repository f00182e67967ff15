"""A control room's address that is private, leads elsewhere, or never ends: it is refused or left, and mail leaves."""

import hmac
import json
import socketserver
import threading
import time
from contextlib import suppress
from http.client import parse_headers

import pytest

from concerns.models import Channel, Message
from tests.cards import send_canaries
from tests.faults.test_worker_mail import shown
from tests.faults.workers import READERS, is_done, nothing_is_in_hand, until

HERE = {"WEBHOOK_PRIVATE_ADDRESSES": "1"}  # or nothing on this machine could be called
SECRET, PATH = "shared-with-the-control-room", "hook-5d2c"


class Room(socketserver.ThreadingTCPServer):
    """A control-room system on loopback. It keeps what it is sent, and gives these answers, the last for ever."""

    daemon_threads = allow_reuse_address = True

    def __init__(self, *answers, endless=b""):
        self.answers, self.endless, self.heard, self.calls = list(answers), endless, [], 0
        super().__init__(("127.0.0.1", 0), None)
        self.address = f"127.0.0.1:{self.server_address[1]}/{PATH}"
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()

    def finish_request(self, request, client_address):
        self.calls += 1
        with suppress(OSError):
            self.answer(request)

    def answer(self, request):
        stream = request.makefile("rb")
        if not stream.readline():
            return
        headers = parse_headers(stream)
        self.heard.append((headers, stream.read(int(headers["Content-Length"]))))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        request.sendall(f"HTTP/1.1 {answer}\r\n".encode())
        while self.endless:
            request.sendall(self.endless)
            time.sleep(0.01)
        request.sendall(b"\r\n")


@pytest.fixture
def room():
    """A function that starts a Room."""
    rooms = []

    def start(*answers, **more):
        rooms.append(Room(*answers, **more))
        return rooms[-1]

    yield start
    for ours in rooms:
        ours.shutdown()
        ours.server_close()


@pytest.fixture
def card(cast):
    """A function that sends a card from a site whose control room is at this address."""

    def send(address):
        site = cast["asha"].sites.first()
        site.control_room_webhook, site.webhook_key = address, SECRET
        site.save()
        return send_canaries(cast["asha"], site=site)

    return send


def to_the_room():
    return Message.objects.get(channel=Channel.WEBHOOK)


def test_a_message_to_a_control_room_is_signed_and_says_no_more_than_an_email(deliver, post, card, room):
    here = room("500 Not now", "204 No Content")
    concern = card(f"http://{here.address}")
    deliver(settings=HERE)
    until(is_done)
    assert post.to() == READERS
    first, second = here.heard
    assert {headers["Idempotency-Key"] for headers, _ in (first, second)} == {str(to_the_room().pk)}
    headers, body = second
    signed = hmac.new(SECRET.encode(), headers["CSE-Timestamp"].encode() + b"." + body, "sha256").hexdigest()
    assert headers["CSE-Signature"] == f"sha256={signed}"
    assert json.loads(body)["reference"] == str(concern)
    assert b"canary" not in body
    nothing_is_in_hand()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_private_address_is_refused_and_never_called(deliver, post, cast, card, room, host):
    here = room("204 No Content")
    concern = card(f"https://{here.address.replace('127.0.0.1', host)}")
    deliver()
    until(is_done)
    refused = to_the_room()
    assert refused.failed_at
    assert refused.refusal == f"{host} is not on the public internet."
    assert shown(concern, cast["hana"]) == [refused.address]
    assert (here.calls, post.to()) == (0, READERS)


def test_a_redirect_is_refused_and_not_followed(deliver, post, cast, card, room):
    elsewhere = room("204 No Content")
    here = room(f"307 Go there\r\nLocation: http://{elsewhere.address}")
    concern = card(f"http://{here.address}")
    deliver(settings=HERE)
    until(is_done)
    assert (to_the_room().refusal, to_the_room().sent_at) == ("127.0.0.1 answered 307.", None)
    assert shown(concern, cast["hana"]) == [f"http://{here.address}"]
    assert (here.calls, elsewhere.calls, post.to()) == (1, 0, READERS)


def test_an_endless_answer_is_not_read_to_its_end(deliver, post, card, room):
    here = room("200 OK\r\nContent-Type: text/plain\r\n", endless=b"x" * 65536)
    card(f"http://{here.address}")
    deliver(settings=HERE)
    until(is_done)
    assert (here.calls, post.to()) == (1, READERS)
    assert to_the_room().sent_at


def test_an_answer_that_never_begins_to_end_is_left_and_tried_again_while_mail_leaves(deliver, post, card, room):
    here = room("200 OK", endless=b"X")
    card(f"http://{here.address}")
    deliver(settings=HERE, wait=5)
    until(lambda: post.to() == READERS)
    assert to_the_room().attempts == 0
    until(lambda: to_the_room().attempts)
    assert to_the_room().refusal.endswith("took too long.")
    here.endless = b""
    until(is_done)
    assert to_the_room().sent_at
    assert len(post.letters) == len(READERS)
