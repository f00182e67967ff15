"""A card or a note as it is filled in: its form with its people and vehicles, whatever was posted."""

import re
import uuid

from django import forms
from django.core.exceptions import ValidationError
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

    def clean(self):
        if len(self.rows()) > MOST:
            raise ValidationError(f"There is room for {MOST} {self.prefix} here. Put the others in a note.")


SHOWN = 100  # rows at most; no phone sends so many
PEOPLE, VEHICLES = "people", "vehicles"
People = formset_factory(PersonForm, formset=_Seen, max_num=MOST, absolute_max=SHOWN)
Vehicles = formset_factory(VehicleForm, formset=_Seen, max_num=MOST, absolute_max=SHOWN)


class Sheet:
    """A card or a note as it is filled in: its form with its people and vehicles."""

    def __init__(self, form, people, vehicles):
        self.form, self.people, self.vehicles = form, people, vehicles

    @classmethod
    def blank(cls, form_class, *, initial, **kwargs):
        """Nothing typed yet, under a key of its own."""
        initial = {"submission_key": uuid.uuid4()} | initial
        return cls(form_class(initial=initial, **kwargs), People(prefix=PEOPLE), Vehicles(prefix=VEHICLES))

    @classmethod
    def typed(cls, form_class, post, **kwargs):
        """What was posted, with a row added or taken away if that is what the button said."""
        data = post.copy()
        for prefix in (PEOPLE, VEHICLES):
            _number_rows(data, prefix)
        return cls(form_class(data, **kwargs), People(data, prefix=PEOPLE), Vehicles(data, prefix=VEHICLES))

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


def _number_rows(data, prefix):
    """Number the rows that are really there, so that no answer is lost whatever the counter says."""
    rows = _take_rows(data, prefix)
    if removed := re.fullmatch(rf"{prefix}-([0-9]{{1,3}})", data.get("remove", "")):
        rows.pop(int(removed[1]), None)
    rows = [rows[number] for number in sorted(rows)] + [{}] * (data.get("add") == prefix)
    for number, row in enumerate(rows[:SHOWN]):
        for part, values in row.items():
            data.setlist(f"{prefix}-{number}-{part}", values)
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(min(len(rows), SHOWN) or 1), "0"


def _take_rows(data, prefix):
    """{number: {part: values}} of the rows that were posted, taken out of the data."""
    rows = {}
    for key in list(data):
        if found := re.fullmatch(rf"{prefix}-([0-9]{{1,3}})-(\w+)", key):
            rows.setdefault(int(found[1]), {})[found[2]] = data.pop(key)
    return rows
