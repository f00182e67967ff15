"""The history of a concern: one event after the other, each committing to the one before."""

from datetime import timedelta

import pytest
from django.db import transaction

from concerns import actions
from concerns.encryption import Unreadable
from concerns.models import Concern, Event, Head, record, record_opened
from concerns.models.event import GENESIS
from tests.cards import add_note, send_card
from tests.concerns.tampering import rewrite


def history(concern):
    return list(Event.objects.filter(concern_id=concern.pk))


def test_a_card_starts_its_history(concern, cast):
    (event,) = history(concern)
    assert (event.number, event.verb, event.by_id) == (1, Event.Verb.RECEIVED, cast["asha"].pk)
    assert event.previous == GENESIS


def test_each_event_commits_to_the_one_before(concern, cast):
    record_opened(concern, by=cast["moss"])
    add_note(concern, cast["asha"])
    first, second, third = history(concern)
    assert [second.previous, third.previous] == [first.mac, second.mac]
    assert [event.mac for event in history(concern)] == [event.expected_mac() for event in history(concern)]


def test_the_head_says_which_event_is_the_last(concern, cast):
    last = record_opened(concern, by=cast["moss"])
    head = Head.objects.get(concern_id=concern.pk)
    assert (head.count, head.mac) == (2, head.expected_mac(last.mac))


def test_no_event_gives_a_former_head_away(concern, cast):
    former = Head.objects.get(concern_id=concern.pk).mac
    record_opened(concern, by=cast["moss"])
    assert former not in str(list(Event.objects.values()))


def test_an_event_of_a_verb_that_fails_is_not_kept(concern, cast):
    @transaction.atomic
    def fail():
        record(Event.Verb.OPENED, concern, by=cast["moss"])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(history(concern)) == Head.objects.get(concern_id=concern.pk).count == 1


def test_an_event_holds_codes_and_digests_and_no_words(cast):
    concern = send_card(cast["asha"], account="a canary", police_log="a canary", police_called=True, about=["office"])
    add_note(concern, cast["asha"], text="a canary", about=["police"])
    assert "canary" not in str(list(Event.objects.values()))
    assert "police'" not in str(list(Event.objects.values_list("detail", flat=True)))


def test_somebody_who_opens_a_concern_twice_in_an_hour_is_one_event(concern, cast):
    assert record_opened(concern, by=cast["moss"])
    assert record_opened(concern, by=cast["moss"]) is None
    assert len(history(concern)) == 2


def test_everybody_who_opens_a_concern_is_an_event(concern, cast):
    for name in ("moss", "hana", "priya"):
        record_opened(concern, by=cast[name])
    assert [event.by_id for event in history(concern)[1:]] == [cast[name].pk for name in ("moss", "hana", "priya")]


def test_the_next_hour_is_another_event(concern, cast):
    opened = record_opened(concern, by=cast["moss"])
    record(Event.Verb.OPENED, concern, by=cast["hana"], at=opened.at - timedelta(hours=1))
    assert record_opened(concern, by=cast["hana"])


def test_a_part_that_cannot_be_read_is_an_error_and_an_event_without_its_words(concern, cast, disarmed):
    disarmed()
    rewrite(concern, account="a canary")
    with pytest.raises(Unreadable):
        actions.read(concern=Concern.objects.get(pk=concern.pk), by=cast["moss"])
    assert history(concern)[-1].detail == {"column": "concerns_concern.account", "of": str(concern.pk)}


def test_every_print_is_an_event(concern, cast):
    for _ in "12":
        actions.record_printed(concern=concern, by=cast["moss"])
    assert [event.verb for event in history(concern)[1:]] == [Event.Verb.PRINTED] * 2
