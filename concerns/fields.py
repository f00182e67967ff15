"""The kinds of answer that a card has: words kept to the letter, a day in three boxes, a time typed without a colon."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from phonenumber_field.formfields import PhoneNumberField

from concerns import times

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Words(forms.CharField):
    """Free text. Kept to the letter but for line ends; characters that cannot be stored or seen are pointed out."""

    def __init__(self, *, most=500, rows=None, attrs=None, **kwargs):
        attrs = {"dir": "auto"} | (attrs or {})
        widget = forms.Textarea({"rows": rows} | attrs) if rows else forms.TextInput(attrs)
        super().__init__(**{"required": False, "widget": widget} | kwargs)
        self.most = most
        self.validators = []  # Django's speak of null characters

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value):
        super().validate(value)
        if len(value) > self.most:
            raise ValidationError(
                f"Shorten this to {self.most:,} characters: it has {len(value):,}. The rest can go in a note."
            )
        if _CONTROL.search(value):
            raise ValidationError("Something here cannot be stored. Type it again instead of pasting it.")


class Phone(PhoneNumberField):
    """A number that can be rung from here, or one sentence about it."""

    def __init__(self, **kwargs):
        wrong = {"invalid": "Enter a telephone number that can be rung, such as 020 7946 0123."}
        super().__init__(region="GB", required=False, error_messages=wrong, **kwargs)
        self.validators = self.default_validators


class Carried(forms.Field):
    """What a form carries along unseen. None where it was lost on the way: nobody could put it right."""

    widget = forms.HiddenInput

    def __init__(self, read):
        super().__init__(required=False)
        self.read = read

    def clean(self, value):
        try:
            return self.read(value)
        except (TypeError, ValueError):
            return None


class DayInput(forms.Widget):
    """Day, month and year in boxes of their own: a phone's own calendar follows the phone's language."""

    template_name = "concerns/widgets/day.html"
    parts = ("day", "month", "year")

    def value_from_datadict(self, data, files, name):
        return tuple(data.get(f"{name}-{part}", "").strip() for part in self.parts)

    def value_omitted_from_data(self, data, files, name):
        return not any(f"{name}-{part}" in data for part in self.parts)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        values = (value.day, value.month, value.year) if isinstance(value, date) else value or ("", "", "")
        context["boxes"] = [
            {"id": f"{name}-{part}", "label": part.title(), "value": text, "width": 4 if part == "year" else 2}
            for part, text in zip(self.parts, values, strict=True)
        ]
        return context

    def id_for_label(self, id_):
        return f"{id_}-day"


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


class DayField(forms.Field):
    """A date. A month may be a word, and 26 is 2026."""

    widget = DayInput

    def to_python(self, value):
        day, month, year = value or ("", "", "")
        if not (self.required or day or month or year):
            return None
        if not (day and month and year):
            raise ValidationError("Enter the day, the month and the year.")
        try:
            number = _MONTHS.index(month[:3].lower()) + 1 if month[:3].lower() in _MONTHS else int(month)
            return date(2000 + int(year) if len(year) == 2 else int(year), number, int(day))
        except (ValueError, OverflowError) as error:
            raise ValidationError("There is no such day. Check the day, the month and the year.") from error


class ClockField(forms.CharField):
    """A time of day in 24-hour text; number pads have no colon."""

    def __init__(self, **kwargs):
        attrs = {"inputmode": "numeric", "class": "govuk-input--width-5"}
        super().__init__(**{"widget": forms.TextInput(attrs)} | kwargs)
        self.validators = []

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        try:
            return times.read_time(text)
        except ValueError as error:
            raise ValidationError("Enter a 24-hour time, such as 2310 or 23:10.") from error
