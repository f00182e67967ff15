"""A reader asks the author of a card something, and the author answers."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from concerns.actions.cards import signed
from concerns.actions.pressing import lock
from concerns.models import Answer, Concern, Event, Question, commitment, record


@transaction.atomic
def ask(*, concern: Concern, by: User, text: str) -> Question:
    """Put a question to the author. One of the police is shown to the police and the author alone.

    The same words again, while nobody has answered, are the same question.
    """
    lock(concern.pk)  # one of two taps at a time
    for before in Question.objects.unanswered().filter(concern=concern, asked_by=by):
        if before.text == text:
            return before
    now = timezone.now()
    question = Question.objects.create(concern=concern, asked_by=by, **signed(by), text=text, at=now)
    detail = {"of": str(question.pk), "whole": commitment(question)}
    record(Event.Verb.ASKED, concern, by=by, at=now, detail=detail)
    return question


def answer(*, question: Question, by: User, text: str) -> bool:
    """Store the answer. Only the first is: whoever comes second with other words is told so, and can write a note."""
    now = timezone.now()
    try:
        with transaction.atomic():
            said = Answer.objects.create(question=question, answered_by=by, **signed(by), text=text, at=now)
            detail = {"of": str(said.pk), "whole": commitment(said), "question": str(question.pk)}
            record(Event.Verb.ANSWERED, question.concern, by=by, at=now, detail=detail)
    except IntegrityError:
        said = Answer.objects.get(question=question)
        return (said.answered_by_id, said.text) == (by.pk, text)
    return True
