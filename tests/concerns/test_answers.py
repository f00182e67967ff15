"""Acknowledge, and record whom somebody rang: the first answer stands, and a withheld copy takes none."""

import pytest
from django.utils import timezone

from concerns import actions
from concerns.models import Delivery, Event, Status
from concerns.routing import Recipient
from tests.cards import add_note
from tests.concerns.threads import at_once


@pytest.fixture
def copy(concern):
    return concern.deliveries.get(recipient=Recipient.MANAGER)


def acknowledge(copy, by):
    return actions.acknowledge(delivery=Delivery.objects.get(pk=copy.pk), by=by)


def join(copy, by):
    return actions.join(delivery=Delivery.objects.get(pk=copy.pk), by=by)


def record_told(copy, by, whom="the control room"):
    return actions.record_told(delivery=Delivery.objects.get(pk=copy.pk), by=by, whom=whom, at=timezone.now())


def answers(copy):
    return list(Event.objects.filter(concern_id=copy.concern_id, verb__in=["acknowledged", "told"]))


def test_an_acknowledgement_says_who_and_when(copy, cast):
    assert acknowledge(copy, cast["moss"])
    copy.refresh_from_db()
    (event,) = answers(copy)
    assert (copy.status, copy.acknowledged_by, copy.acknowledged_at) == (Status.HAS_IT, cast["moss"], event.at)
    assert (event.by_id, event.detail) == (cast["moss"].pk, {"recipient": "manager"})


def test_telling_somebody_says_whom_and_when(copy, cast):
    assert record_told(copy, cast["asha"], whom="Moss, at the desk")
    copy.refresh_from_db()
    assert (copy.status, copy.told_by, copy.told_whom) == (Status.TOLD, cast["asha"], "Moss, at the desk")
    assert [event.verb for event in answers(copy)] == [Event.Verb.TOLD]


@pytest.mark.parametrize("first", [acknowledge, record_told])
@pytest.mark.parametrize("second", [acknowledge, record_told])
def test_the_first_answer_stands(copy, cast, first, second):
    assert first(copy, cast["moss"])
    before = Delivery.objects.filter(pk=copy.pk).values("acknowledged_by", "told_by", "told_at").get()
    assert not second(copy, cast["asha"])
    assert Delivery.objects.filter(pk=copy.pk).values("acknowledged_by", "told_by", "told_at").get() == before
    assert len(answers(copy)) == 1


@pytest.mark.parametrize("first", [acknowledge, record_told])
def test_a_later_acknowledgement_joins_the_history_once(copy, cast, first):
    assert first(copy, cast["moss"])
    joined = [join(copy, cast[name]) for name in ("hana", "hana", "priya")]
    assert joined == [True, False, True]
    assert [event.by_id for event in answers(copy)] == [cast["moss"].pk, cast["hana"].pk, cast["priya"].pk]
    assert [event.verb for event in answers(copy)[1:]] == [Event.Verb.ACKNOWLEDGED] * 2


def test_whoever_acknowledged_it_first_joins_nobody(copy, cast):
    acknowledge(copy, cast["moss"])
    assert not join(copy, cast["moss"])
    assert len(answers(copy)) == 1


def test_nobody_joins_before_somebody_has_it(copy, cast):
    assert not join(copy, cast["moss"])
    assert (answers(copy), Delivery.objects.get(pk=copy.pk).status) == ([], Status.WAITING)


def test_nobody_joins_a_copy_that_was_closed_to_them_meanwhile(copy, cast):
    acknowledge(copy, cast["hana"])
    add_note(copy.concern, cast["asha"], about=["guard"])
    assert not join(copy, cast["moss"])
    assert len(answers(copy)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", [acknowledge, record_told])
@pytest.mark.parametrize("second", [acknowledge, record_told])
def test_of_two_answers_at_once_one_stands(copy, cast, first, second):
    given = at_once(lambda: first(copy, cast["moss"]), lambda: second(copy, cast["asha"]))
    assert sorted(given) == [False, True]
    assert Delivery.objects.filter(pk=copy.pk).answered().count() == 1


@pytest.mark.parametrize("answer", [acknowledge, record_told])
def test_a_withheld_copy_takes_no_answer(copy, cast, answer):
    add_note(copy.concern, cast["asha"], about=["guard"])
    assert not answer(copy, cast["moss"])
    assert answers(copy) == []


@pytest.mark.parametrize("answer", [acknowledge, record_told])
def test_an_answer_whose_event_fails_is_not_kept(copy, cast, monkeypatch, answer):
    monkeypatch.setattr("concerns.actions.answers.record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        answer(copy, cast["moss"])
    copy.refresh_from_db()
    assert copy.status == Status.WAITING


def test_an_answer_ends_one_copy_alone(copy, cast):
    acknowledge(copy, cast["moss"])
    assert {other.status for other in copy.concern.deliveries.exclude(pk=copy.pk)} == {Status.WAITING}
