"""Typed words that could not be taken, given back: the last thing between a card and its loss."""

from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from concerns.forms import CardForm, NoteForm
from concerns.sheet import Sheet
from concerns.views import sheets, unsent
from concerns.views.sheets import Notice

PAGES = {
    "report": (CardForm, sheets.card_context, "concerns/report.html"),
    "note": (NoteForm, sheets.context, "concerns/note.html"),
}


def words(request, notice, status):
    """The page of a form with words and all that was posted to it, or None for any other request.

    Asks nothing of the database, the session or the person: any of them may be what is gone.
    """
    if request.method != "POST":
        return None
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    if form_class := getattr(match.func, "keeps_words_of", None):
        return unsent.page(request, form_class, notice, status)
    if match.url_name not in PAGES:
        return None
    form_class, context, template = PAGES[match.url_name]
    sheet = Sheet.typed(form_class, request.POST).unchecked()
    shown = context(sheet, notice) | match.kwargs | {"csrf_token": get_token(request)}
    return HttpResponse(render_to_string(template, shown), status=status)


def send_again(request):
    """The page was open so long that its token ran out: the words, and a fresh token."""
    return words(request, Notice.SEND_AGAIN, 403)


def not_stored(request):
    """Something broke while words were being stored: the words, and whom to ring."""
    return words(request, Notice.NOT_STORED, 503)
