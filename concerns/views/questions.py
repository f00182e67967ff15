"""Asking the author of a card something, and answering it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from accounts.decorators import require_permission
from accounts.roles import Permission, Role
from concerns import actions, reading
from concerns.decision_forms import AnswerForm, QuestionForm
from concerns.forms import NoteForm
from concerns.models import Concern, Question
from concerns.sheet import Sheet
from concerns.views import sheets
from concerns.views.sheets import Notice
from concerns.views.unsent import already, keeps_words

NO_NOTE = (
    "A note is read by everybody at your company who has this card, such as the manager and head office. "
    "To add something for the police alone, ring them, or wait until they ask again."
)


def _visible(request, reference):
    return get_object_or_404(Concern.objects.visible_to(request.user).with_reference(reference).whole())


def _page(request, name, found, form, **more):
    context = {"reference": str(found), "form": form, **more}
    return render(request, f"concerns/{name}.html", context, status=422 if form.errors else 200)


@keeps_words(QuestionForm)
@require_permission(Permission.ASK)
def ask(request, reference):
    found = _visible(request, reference)
    if reading.is_author(found, request.user) or reading.own_copy(found, request.user) is None:
        raise Http404
    typed = request.POST if request.method == "POST" else None
    form = QuestionForm(typed, initial={"writer": request.user.pk})
    if not form.is_valid():
        return _page(request, "ask", found, form)
    actions.ask(concern=found, by=request.user, text=form.cleaned_data["text"])
    messages.success(request, "Asked. The answer will show here.")
    return redirect(found)


@keeps_words(AnswerForm)
@require_permission(Permission.ANSWER)
def answer(request, reference):
    found = _visible(request, reference)
    question = _question(request, found)
    if question is None:
        return redirect(found)  # somebody has answered
    typed = request.POST if request.method == "POST" else None
    form = AnswerForm(typed, initial={"writer": request.user.pk, "question": question.pk})
    if form.is_valid():
        return _answer(request, found, question, form.cleaned_data["text"])
    card = actions.read(concern=found, by=request.user)
    asked = next(asked for asked in card["questions"] if asked.id == question.pk)
    no_note = NO_NOTE if question.author_role == Role.POLICE else ""
    return _page(request, "answer", found, form, asked=asked, no_note=no_note)


def _question(request, found):
    """The one that is answered, or that the address names, or the first that waits for them; None where none does."""
    theirs = Question.objects.addressed_to(request.user).filter(concern=found)
    posted = request.method == "POST"
    named = _key((request.POST if posted else request.GET).get("question", ""))
    if posted:
        return get_object_or_404(theirs, pk=named)
    waiting = theirs.unanswered()
    return waiting.filter(pk=named).first() or waiting.first()


def _key(typed):
    try:
        return UUID(typed)
    except ValueError:
        return None


def _answer(request, found, question, text):
    if actions.answer(question=question, by=request.user, text=text):
        messages.success(request, "Your answer is stored. Thank you.")
        return redirect(found)
    if question.author_role == Role.POLICE:
        form = AnswerForm(request.POST)
        return already(request, found, form, "Somebody has answered this question already.", NO_NOTE)
    sheet = Sheet.blank(NoteForm, initial={"writer": request.user.pk, "text": text})
    context = sheets.context(sheet, Notice.ANSWERED) | {"reference": str(found)}
    return render(request, "concerns/note.html", context, status=409)
