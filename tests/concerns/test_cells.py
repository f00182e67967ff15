"""What stands in the cell of each recipient: who has it, what became of the messages, and what to do about it."""

from datetime import UTC, datetime, timedelta

import pytest

from concerns.disclosure import Copy
from concerns.wording import cells, countdown

NOW = datetime(2026, 11, 21, 23, 26, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)


def cell(*copies):
    (found,) = cells(copies, NOW)
    return found


def copy(recipient="manager", status="waiting", due_at=SOON, **known):
    return Copy(recipient, "Brightkeep", status, due_at, **known)


@pytest.mark.parametrize(
    ("known", "more"),
    [
        ({}, ()),
        ({"sent_at": NOW}, ()),
        ({"unsent": True}, ("No message has left yet",)),
        ({"received_at": NOW, "received_by": "Dee, 4417"}, ("Received by Dee, 4417, 23:26",)),
        ({"received_at": NOW}, ("Received, 23:26",)),
        ({"escalated_at": NOW}, ("Next in line told 23:26",)),
    ],
)
def test_a_cell_says_what_became_of_the_messages(known, more):
    assert cell(copy(**known)).parts[0].more == more


def test_each_address_that_takes_no_messages_is_named_with_what_to_do():
    (part,) = cell(copy(failed=["dee@example.com", "jo@example.com"])).parts
    assert part.trouble == (
        "dee@example.com takes no messages. Ring them instead",
        "jo@example.com takes no messages. Ring them instead",
    )


@pytest.mark.parametrize("status", ["has_it", "told"])
def test_nothing_is_said_of_messages_once_they_have_it(status):
    (part,) = cell(copy(status=status, at=NOW, unsent=True, escalated_at=NOW)).parts
    assert (part.more, part.trouble) == ((), ())


def test_a_copy_on_hold_is_neither_late_nor_answered():
    held = copy("customer", "held", due_at=NOW - timedelta(hours=1), held_until=SOON)
    assert cell(held).state == ""
    assert cell(held).parts[0][1:3] == ("On hold", "until 00:26, then somebody looks at it again")


def test_a_hold_that_nobody_has_looked_at_again_says_so():
    held = copy("customer", "held", held_until=NOW - timedelta(minutes=1))
    assert cell(held).parts[0].when == "somebody was to look at it again by 23:25"


def test_a_copy_on_hold_of_which_no_more_may_be_known():
    assert cell(copy("customer", "held")).parts[0][1:3] == ("On hold", "")


@pytest.mark.parametrize(
    ("call", "written", "state"),
    [("told", "waiting", "part"), ("told", "has_it", "has"), ("waiting", "waiting", "")],
)
def test_the_cell_of_the_police_holds_call_and_copy(call, written, state):
    assert cell(copy("police_call", call), copy("police", written)).state == state


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=6, hours=22, minutes=59), "6 days and 22 hours"),
        (timedelta(days=2), "2 days"),
        (timedelta(hours=47, minutes=59), "47 hours"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(minutes=1, seconds=59), "1 minute"),
        (-timedelta(days=1), "0 minutes"),
    ],
)
def test_how_long_is_left_is_rounded_down(left, words):
    assert countdown(NOW + left, NOW) == words
