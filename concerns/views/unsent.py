"""A form with words that came back unsent: the words are shown again, its other answers are carried along unseen."""

from functools import wraps

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import Http404, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string

from concerns.views.sheets import Notice, written_by


def keeps_words(form_class):
    """A view of a form with words: whatever stops it, they are given back. views.rescue does so for what breaks.

    Nobody who is not signed in gets further than their own words.
    """

    def keep(view):
        signed_in = login_required(view)

        @login_not_required
        @wraps(view)
        def kept(request, **address):
            if request.method != "POST":
                return signed_in(request, **address)
            if not request.user.is_authenticated:
                return page(request, form_class, Notice.SIGNED_OUT, 403)
            if not written_by(request.user, request.POST):
                return page(request, form_class, Notice.SOMEBODY_ELSE, 403)
            try:
                return signed_in(request, **address)
            except Http404:  # missing, or closed to them while they typed: the same words, and theirs
                if form_class(request.POST).typed():
                    return page(request, form_class, Notice.NOT_HERE, 404)
                raise

        kept.keeps_words_of = form_class
        return kept

    return keep


def page(request, form_class, notice, status):
    """Asks nothing of the database, the session or the person: any of them may be what is gone."""
    form = form_class(request.POST).unchecked()
    shown = {"form": form, "notice": notice, "action": request.path, "private": True, "csrf_token": get_token(request)}
    return HttpResponse(render_to_string("concerns/unsent.html", shown), status=status)


IN_A_NOTE = "If it says more than is written down already, copy it into a note."


def already(request, reference, form, sentence, advice=""):
    """Nothing was changed: why, and the words that were typed. Advice only for words that any reader may see."""
    context = {"reference": str(reference), "form": form, "sentence": sentence, "advice": advice}
    return render(request, "concerns/already.html", context, status=409 if form.is_bound else 200)
