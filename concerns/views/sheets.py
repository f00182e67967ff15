"""What the pages of a card and of a note share: who writes, which folds are open, what is carried along."""

import uuid
from enum import StrEnum

from django.utils import timezone

from concerns.models import MOST


class Notice(StrEnum):
    """Why a page with typed words comes back unsent. Each has its sentences in concerns/_notice.html."""

    SIGNED_OUT = "signed out"
    SOMEBODY_ELSE = "somebody else"
    SEND_AGAIN = "send again"
    NOT_STORED = "not stored"
    NOT_HERE = "not here"
    ANSWERED = "answered"


# The optional parts of the card: what each holds.
FOLDS = {
    "natures": ["natures"],
    "exact_words": ["exact_words"],
    "camera": ["camera", "camera_from", "camera_until"],
    "others": ["seen_before", "witnesses"],
    "action_taken": ["action_taken"],
    "contact": ["police_may_ring", "phone", "police_may_know_name"],
}


def new_key():
    return uuid.uuid4()


def key_from(text):
    """The key that a form was made with, or a new one where it was lost on the way."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return new_key()


def written_by(user, post, name="writer"):
    """Whether this form was opened by the person who sends it."""
    return post.get(name, "") in ("", str(user.pk))


def context(sheet, notice=None):
    """What the page of a card or of a note needs."""
    return {
        "form": sheet.form,
        "people": sheet.people,
        "vehicles": sheet.vehicles,
        "formsets": [sheet.people, sheet.vehicles],
        "notice": notice,
        "private": True,  # blank it on leaving even where nobody is signed in any more
        "most": MOST,
        "people_open": _rows_open(sheet.people),
        "vehicles_open": _rows_open(sheet.vehicles),
    }


def card_context(sheet, notice=None):
    """What the page of a card needs besides: which folds are open, and what they hold."""
    form = sheet.form
    return context(sheet, notice) | {
        "when_is_open": form.is_bound,
        "open": [fold for fold, names in FOLDS.items() if any(form.errors.get(name) for name in names)],
        "written": [fold for fold, names in FOLDS.items() if form.is_bound and _any_typed(form, names)],
        "code_words": {site.police_force.code_word for site in form.sites.values()} - {""},
        "now": timezone.now(),
    }


def _any_typed(form, names):
    return any(form[name].value() for name in names)


def _rows_open(formset):
    """A fold with people or vehicles stays open once it was touched, and where it holds an error."""
    return formset.is_bound and (len(formset.forms) > 1 or any(form.has_changed() for form in formset.forms))


def hidden(post):
    """Every answer of a form as it was posted, to be carried along unseen."""
    left_out = {"csrfmiddlewaretoken", "submission_key", "conflict", "note_key"}
    return [(name, value) for name, values in post.lists() if name not in left_out for value in values]
