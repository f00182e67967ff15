"""What may be typed where somebody decides about a concern, or asks its author something."""

from uuid import UUID

from django import forms
from django.forms.utils import ErrorDict

from accounts.roles import Role
from concerns import outcomes
from concerns.deciding import MAY_NOT_KNOW, may_be_named
from concerns.fields import Carried, Words
from concerns.forms import one_of
from concerns.models import Concern, Decision, Outcome

MOST = 100  # people shown at once


class WordsForm(forms.Form):
    """A form whose words are never lost: it names its writer, and its words can be given back without its choices."""

    what = "reason"  # how a page that gives the words back calls them
    writer = Carried(UUID)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="%s", use_required_attribute=False, **kwargs)

    def unchecked(self):
        """The same answers with no word about what is wrong: they are not being sent yet."""
        self._errors = ErrorDict()
        return self

    def typed(self):
        """The questions that were answered in words, to be shown again."""
        return [self[name] for name, field in self.fields.items() if isinstance(field, Words) and self.data.get(name)]

    def carried(self):
        """[(name, value)] of everything else that was posted, to be carried along unseen."""
        shown = {field.name for field in self.typed()} | {"csrfmiddlewaretoken"}
        return [(name, value) for name, values in self.data.lists() if name not in shown for value in values]


def reason(label, missing, help_text=""):
    return Words(
        label=label, most=5_000, rows=3, required=True, help_text=help_text, error_messages={"required": missing}
    )


class QuestionForm(WordsForm):
    what = "question"
    text = reason("Your question", "Enter your question.")


class AnswerForm(WordsForm):
    what = "answer"
    text = reason("Your answer", "Enter your answer. “I do not know” is an answer.", "“I do not know” is an answer.")
    question = Carried(UUID)


class ReleaseForm(WordsForm):
    recipient = one_of("Who gets their copy?", [], missing="Choose who gets their copy.")
    reason = reason("Why may they know now?", "Write why they may know now.", "It stays with the concern.")

    def __init__(self, *args, withheld=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["recipient"].choices = [(code, outcomes.recipient(code).capitalize()) for code in withheld]


def named(person):
    """Nell, manager, B17: enough to tell two of the same name apart."""
    left = "" if person.is_active else "has left"
    return ", ".join(filter(None, [person.name, Role(person.role).label, person.staff_number, left]))


class PassOnForm(WordsForm):
    person = forms.ChoiceField(
        label="Who should read it too?",
        error_messages={"required": "Choose somebody.", "invalid_choice": "Choose somebody who is on the list."},
    )
    reason = reason("Why do they need it?", "Write why they need it.", "It stays with the concern.")

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["person"].choices = [("", "Choose"), *((key, named(who)) for key, who in self.people.items())]

    def clean_person(self):
        return self.people[self.cleaned_data["person"]]


class KeepFromForm(WordsForm):
    """Names to tick: those that were ticked already, then those that were looked for, or who could see it."""

    people = forms.MultipleChoiceField(
        label="Keep it from",
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "govuk-checkboxes--small"}),
        error_messages={"invalid_choice": "Choose only people who are on the list."},
    )
    name = Words(label="Look for somebody by name", most=120)
    text = Words(label="Why? (optional)", most=5_000, rows=2, help_text="It stays with the concern.")

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["people"].choices = [(key, named(who)) for key, who in self.people.items()]

    def clean_people(self):
        return [self.people[key] for key in self.cleaned_data["people"]]

    def clean(self):
        answers = super().clean()
        if "people" not in self.errors and not answers["people"] and (answers.get("text") or answers.get("name")):
            self.add_error("name", "Nobody is ticked. Look for a name, and tick it.")
        return answers


class CloseForm(WordsForm):
    """What came of it. None of the answers says that a card was false."""

    what = "outcome"
    outcome = one_of("What came of it?", Outcome.choices, missing="Choose what came of it.")
    police_reference = Words(label="Their reference, if they gave one", most=120)
    checked_by = Words(label="Who checked?", most=200)
    checked_how = Words(label="How did they check?", most=5_000, rows=3)
    handled_by = Words(label="Who handles it?", most=200)
    duplicate_of = Words(
        label="The other card’s reference",
        most=40,
        attrs={"class": "govuk-input--width-10", "spellcheck": "false"},
    )

    def __init__(self, *args, concern=None, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.concern, self.user = concern, user

    def clean(self):
        answers = super().clean()
        needed = NEEDED.get(answers.get("outcome"), {})
        for name, sentence in needed.items():
            if not answers.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if answers.get("outcome") == Outcome.DUPLICATE and answers.get("duplicate_of"):
            answers["duplicate_of"] = self._other(answers["duplicate_of"])
        return answers

    def _other(self, typed):
        """The other card's reference as it is shown. One that they may not see is not told from one that is none."""
        other = Concern.objects.visible_to(self.user).with_reference(typed).prefetch_related("deliveries").first()
        if other is None:
            self.add_error("duplicate_of", "You have no card with this reference. Check it, letter by letter.")
        elif other.pk == self.concern.pk:
            self.add_error("duplicate_of", "That is the reference of this card. Enter the other one’s.")
        elif _is_duplicate(other):
            self.add_error("duplicate_of", "That card was closed as the same as another one. Enter that one.")
        elif not may_be_named(other, self.concern, self.user):
            self.add_error("duplicate_of", MAY_NOT_KNOW)
        return str(other or "")

    def decision(self):
        """What is kept of the answers: those that belong to the outcome, and no other."""
        answers = self.cleaned_data
        text = {
            Outcome.INNOCENT: f"Checked by {answers['checked_by']}: {answers['checked_how']}",
            Outcome.STAFF: f"Handled by {answers['handled_by']}",
        }
        reference = {
            Outcome.WITH_POLICE: answers["police_reference"],
            Outcome.DUPLICATE: answers["duplicate_of"],
        }
        outcome = Outcome(answers["outcome"])
        return {"outcome": outcome, "text": text.get(outcome, ""), "reference": reference.get(outcome, "")}


NEEDED = {
    Outcome.INNOCENT: {"checked_by": "Write who checked.", "checked_how": "Write how they checked."},
    Outcome.STAFF: {"handled_by": "Write who handles it."},
    Outcome.DUPLICATE: {"duplicate_of": "Enter the reference of the other card."},
}


def _is_duplicate(concern):
    """Whether it is closed as the same as another one."""
    if not any(copy.closed_at for copy in concern.deliveries.all()):
        return False
    return concern.decisions.filter(kind=Decision.Kind.CLOSE).last().outcome == Outcome.DUPLICATE
