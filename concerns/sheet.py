"""A card or a note as it is filled in: its form with its people and vehicles, whatever was posted."""

import re
import uuid

from django import forms
from django.forms import formset_factory
from django.forms.utils import ErrorDict, ErrorList

from concerns.forms import PersonForm, VehicleForm
from concerns.models import MOST


class _Seen(forms.BaseFormSet):
    """People or vehicles, any number of them typed, MOST of them stored. Empty ones are left out."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"auto_id": "%s"} | kwargs)

    def rows(self):
        return [form.cleaned_data for form in self.forms if any(form.cleaned_data.values())]


def _seen(form, prefix, many):
    formset = formset_factory(form, formset=_Seen, extra=1, max_num=MOST, absolute_max=100, validate_max=True)
    formset.default_error_messages = _Seen.default_error_messages | {
        "too_many_forms": f"There is room for {MOST} {many} here. Put the others in a note.",
        "too_few_forms": "",
    }
    formset.default_prefix, formset.many = prefix, many
    return formset


People = _seen(PersonForm, "people", "people")
Vehicles = _seen(VehicleForm, "vehicles", "vehicles")


class Sheet:
    """A card or a note as it is filled in: its form with its people and vehicles."""

    def __init__(self, form, people, vehicles):
        self.form, self.people, self.vehicles = form, people, vehicles

    @classmethod
    def blank(cls, form_class, *, initial, **kwargs):
        """Nothing typed yet, under a key of its own."""
        initial = {"submission_key": uuid.uuid4()} | initial
        return cls(form_class(initial=initial, **kwargs), People(prefix="people"), Vehicles(prefix="vehicles"))

    @classmethod
    def typed(cls, form_class, post, **kwargs):
        """What was posted, with a row added or taken away if that is what the button said."""
        data = post.copy()
        for rows in (People, Vehicles):
            _count_rows(data, rows.default_prefix)
        return cls(form_class(data, **kwargs), People(data, prefix="people"), Vehicles(data, prefix="vehicles"))

    def is_valid(self):
        return all([self.form.is_valid(), self.people.is_valid(), self.vehicles.is_valid()])

    def seen(self):
        return {"people": self.people.rows(), "vehicles": self.vehicles.rows()}

    def unchecked(self):
        """The same answers with no word about what is wrong: they are not being sent yet."""
        for form in (self.form, *self.people.forms, *self.vehicles.forms):
            form._errors = ErrorDict()
        for formset in (self.people, self.vehicles):
            formset._errors = [form._errors for form in formset.forms]
            formset._non_form_errors = ErrorList()
        return self


def changes_rows(post):
    """Whether the button that was pressed adds or removes a person or a vehicle."""
    return bool(post.get("add") or post.get("remove"))


def _count_rows(data, prefix):
    """Set the number of rows from what is really there, so that no answer is lost whatever the counter says."""
    numbers = {int(m[1]) for key in data if (m := re.match(rf"{prefix}-(\d{{1,3}})-", key))}
    total = max(numbers, default=-1) + 1
    removed = re.fullmatch(rf"{prefix}-(\d{{1,3}})", data.get("remove", ""))
    if removed and int(removed[1]) < total:
        _remove_row(data, prefix, int(removed[1]), total)
        total -= 1
    if data.get("add") == prefix:
        total += 1
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(min(max(total, 1), 100)), "0"


def _remove_row(data, prefix, removed, total):
    for number in range(removed, total):
        for key in [key for key in data if key.startswith(f"{prefix}-{number}-")]:
            del data[key]
        following = f"{prefix}-{number + 1}-"
        for key in [key for key in data if key.startswith(following)]:
            data.setlist(f"{prefix}-{number}-{key.removeprefix(following)}", data.getlist(key))
