"""A mail server that is down, rude, slow or strict: whatever can leave does, and what cannot is said."""

from contextlib import contextmanager

import pytest

from concerns import reading
from concerns.models import Delivery, Event, Kind, Message
from concerns.routing import Recipient
from tests.cards import send_canaries
from tests.conftest import FULL_COUNTS
from tests.faults.workers import READERS, everything_was_sent, is_done, nothing_is_in_hand, rude, until

MOSS = "moss@demo.example"


# --- Everybody's messages wait, and then leave --------------------------------------------------------------------


@contextmanager
def down(post):
    post.stop()
    try:
        yield
    finally:
        post.start()


@contextmanager
def hangs_up_at_once(post):
    with down(post), rude(post.port, b""):
        yield


@contextmanager
def refuses_to_talk(post):
    with down(post), rude(post.port, b"554 no service\r\n"):
        yield


@contextmanager
def is_too_busy(post):
    with down(post), rude(post.port, b"421 too busy\r\n"):
        yield


@contextmanager
def says_nothing(post):
    with down(post), rude(post.port, None):
        yield


@contextmanager
def wants_another_password(post):
    post.wants = "another"
    yield
    post.wants = post.password


@contextmanager
def puts_off(post):
    post.answers = {reader: ["450 later"] for reader in READERS}
    yield
    post.answers = {}


@contextmanager
def takes_them_and_hangs_up(post):
    post.hangs_up = True
    yield
    post.hangs_up = False


TROUBLES = [down, puts_off, takes_them_and_hangs_up]
if FULL_COUNTS:
    TROUBLES += [hangs_up_at_once, refuses_to_talk, is_too_busy, says_nothing, wants_another_password]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.__name__)
def test_messages_wait_for_a_mail_server_in_trouble_and_then_leave(deliver, post, cast, trouble):
    with trouble(post):
        send_canaries(cast["asha"])
        deliver(mail=0.5, send=1)
        until(lambda: Message.objects.filter(attempts__gte=2).count() == len(READERS))
        assert not Message.objects.left().exists()
        assert not Message.objects.refused().exists()
        assert {message.refusal[:16] for message in Message.objects.exclude(kind=Kind.DIGEST)} == {"The mail server "}
    until(is_done)
    everything_was_sent(post)
    if trouble is not takes_them_and_hangs_up:
        assert len(post.letters) == len(READERS)


# --- One address ----------------------------------------------------------------------------------------------------


def test_an_address_that_is_refused_for_good_is_shown_and_the_next_in_line_told_at_once(deliver, post, cast):
    post.answers = {MOSS: ["550 no such person"]}
    concern = send_canaries(cast["asha"])
    deliver()
    until(is_done)
    assert post.to() == READERS - {MOSS}
    refused = Message.objects.refused().get(kind=Kind.FIRST)
    assert (refused.address, refused.refusal) == (MOSS, "The mail server refused the address (550).")
    assert shown(concern, cast["hana"]) == [MOSS]
    assert shown(concern, cast["asha"]) == shown(concern, cast["cole"]) == []
    until(lambda: Message.objects.left().filter(kind=Kind.ESCALATION, person=cast["hana"]).exists())
    assert Delivery.objects.get(recipient=Recipient.MANAGER).escalations == 1
    assert Event.objects.filter(verb=Event.Verb.REFUSED, detail__recipient=Recipient.MANAGER).exists()
    nothing_is_in_hand()


def shown(concern, person):
    """The addresses that refuse, as this person sees them."""
    told = reading.whole_card(concern, person)["told"]
    return [address for copy in told for address in copy.failed]


def test_an_address_that_is_put_off_and_then_refused_is_given_up_and_said(deliver, post, cast):
    post.answers = {MOSS: ["450 later", "451 later", "550 no such person"]}
    concern = send_canaries(cast["asha"])
    deliver()
    refused = until(lambda: Message.objects.refused().filter(kind=Kind.FIRST).first())
    assert (refused.attempts, refused.address) == (2, MOSS)
    assert shown(concern, cast["hana"]) == [MOSS]


def test_an_address_with_a_line_break_is_refused_and_shown_and_the_others_leave(deliver, post, cast):
    forged = "moss@demo.example\nBcc: everybody@demo.example"
    type(cast["moss"]).objects.filter(pk=cast["moss"].pk).update(email=forged)
    concern = send_canaries(cast["asha"])
    deliver()
    until(is_done)
    assert post.to() == READERS - {MOSS}
    refused = Message.objects.refused().get(kind=Kind.FIRST)
    assert (refused.address, refused.refusal) == (forged, "This is not an e-mail address.")
    assert shown(concern, cast["hana"]) == [forged]


def test_an_address_that_takes_a_minute_holds_nobody_up(deliver, post, cast):
    post.slow = dict.fromkeys(READERS - {MOSS}, 60)
    post.slow.pop("intelligence@demo.example")
    send_canaries(cast["asha"])
    deliver(hands=4, mail=10, send=20, lease=60)
    until(lambda: Message.objects.left().count() == 2, patience=20)
    assert post.to() == {MOSS, "intelligence@demo.example"}
    held = Message.objects.waiting().filter(kind=Kind.FIRST, attempts=0)
    assert {message.person.email for message in held} == post.slow.keys()


def test_nor_do_more_messages_to_it_than_the_worker_has_hands(deliver, post, cast):
    post.slow = {MOSS: 60}
    for _ in range(6):
        send_canaries(cast["asha"])
    deliver(hands=4, mail=10, send=60, lease=120)
    until(lambda: len(post.letters) == 6 * len(READERS - {MOSS}), patience=40)
    assert post.to() == READERS - {MOSS}


def test_an_address_that_is_slow_for_longer_than_a_message_may_take_is_tried_again(deliver, post, cast):
    post.slow = {MOSS: 60}
    send_canaries(cast["asha"])
    deliver(send=2)
    until(lambda: Message.objects.filter(attempts=1).exists())
    assert post.to() == READERS - {MOSS}
    post.slow = {}
    until(is_done)
    everything_was_sent(post)
