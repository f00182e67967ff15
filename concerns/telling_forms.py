"""What may be typed about telling people, a hold that the police ask for, and footage that is saved."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from concerns import times
from concerns.decision_forms import WordsForm
from concerns.fields import Carried, ClockField, DayField, Words
from concerns.forms import FAST_CLOCK, NEVER, OLDEST
from concerns.models import ToldHow
from concerns.routing import Recipient
from concerns.telling import OF_THE_POLICE

LONGEST_HOLD = timedelta(days=7)
NOT_GIVEN = "“None given” is an answer."

BY_TELEPHONE = [ToldHow.N999, ToldHow.N101, ToldHow.N61016]


def last_time(clock):
    """The last moment that it was that time of day; a clock that runs a little fast means now."""
    now = timezone.localtime()
    at = now.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    if at > now + FAST_CLOCK:
        return at - timedelta(days=1)
    return min(at, now)


def _moment(form, field, day, clock):
    """The moment of a day and a time that were typed; the first where an hour came twice. None with an error."""
    try:
        return times.moment(day, clock, which=0)
    except times.NoSuchTime:
        form.add_error(field, NEVER)
    return None


class ToldForm(WordsForm):
    """Whom the author reached by telephone, and when."""

    what = "line"
    told_whom = Words(
        label="Who did you tell?", most=200, required=True, error_messages={"required": "Write who you told."}
    )
    told_at = ClockField(label="At", error_messages={"required": "Write when, such as 2332."})
    recipient = Carried(Recipient)  # whose number was shown

    def __init__(self, *args, recipient=None, **kwargs):
        super().__init__(*args, initial={"told_at": f"{timezone.localtime():%H:%M}"}, **kwargs)
        self.recipient = recipient

    def clean(self):
        answers = super().clean()
        if answers.get("recipient") not in (None, self.recipient):  # a note has narrowed who is told meanwhile
            self.add_error("told_whom", "Whom to ring has changed. Ring the number that is shown now.")
        return answers

    def told(self):
        return {"whom": self.cleaned_data["told_whom"], "at": last_time(self.cleaned_data["told_at"])}


class TellForm(WordsForm):
    """How somebody told a recipient, whom they reached and when; of the police also the log number."""

    what = "line"
    how = forms.ChoiceField(
        label="How did you tell them?",
        widget=forms.RadioSelect({"class": "govuk-radios--small"}),
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how you told them."),
    )
    whom = Words(
        label="Who did you tell?",
        most=200,
        required=True,
        help_text="Their name, or what they do there.",
        error_messages={"required": "Write who you told, such as their name or “duty desk”."},
    )
    at = ClockField(
        label="At",
        help_text="24-hour clock. 2310 and 23.10 are fine.",
        error_messages={"required": "Write when, such as 2332."},
    )
    on = DayField(
        label="Day, if it was not in the last 24 hours",
        required=False,
    )
    log = Words(label="Their log number", most=120, attrs={"class": "govuk-input--width-10"})
    no_log = forms.BooleanField(label="They gave none", required=False)

    def __init__(self, *args, recipient=Recipient.POLICE, **kwargs):
        kwargs["initial"] = {"at": f"{timezone.localtime():%H:%M}"} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["how"].choices = _ways(recipient)
        if recipient not in OF_THE_POLICE:
            del self.fields["log"], self.fields["no_log"]

    def clean(self):
        answers = super().clean()
        if answers.get("at"):
            answers["moment"] = self._when(answers.get("on"), answers["at"])
        if "log" in self.fields and "log" not in self.errors:
            if not (answers["log"] or answers["no_log"]):
                self.add_error("log", "Write their log number, or tick “They gave none”.")
            elif answers["log"] and answers["no_log"]:
                self.add_error("no_log", "There is a log number as well. Take off the tick, or the number.")
        return answers

    def told(self):
        """What record_told keeps, from valid answers."""
        answers = self.cleaned_data
        told = {"how": answers["how"], "whom": answers["whom"], "log": answers.get("log", "")}
        return told | {"at": answers["moment"]}

    def _when(self, day, clock):
        """The moment that was typed; None with an error."""
        if day is None:
            return last_time(clock)
        at = _moment(self, "at", day, clock)
        if at and at > timezone.now() + FAST_CLOCK:
            self.add_error("on", "That is still to come. Check the day and the time.")
        elif at and at < timezone.now() - OLDEST:
            self.add_error("on", "That is more than a year ago. Check the year.")
        return at and min(at, timezone.now())


def _ways(recipient):
    """How somebody is told: the police by their numbers, the others by theirs."""
    first = BY_TELEPHONE if recipient in OF_THE_POLICE else [ToldHow.CONTROL_ROOM]
    return [(way.value, way.label) for way in [*first, ToldHow.PHONE, ToldHow.IN_PERSON, ToldHow.FORM]]


class HoldForm(WordsForm):
    """Which officer asks that the customer is not told yet, and until when at most."""

    what = "hold"
    officer = Words(
        label="Which officer asks for it?",
        most=200,
        required=True,
        help_text="Name, rank and number, and how to reach them.",
        error_messages={"required": "Write which officer asks for it."},
    )
    reference = Words(
        label="The police’s reference",
        most=120,
        required=True,
        help_text=NOT_GIVEN,
        error_messages={"required": "Write the police’s reference, or “none given”."},
    )
    until_on = DayField(label="Day")
    until_time = ClockField(
        label="Time",
        help_text="24-hour clock. 2310 and 23.10 are fine.",
        error_messages={"required": "Write a time, such as 1200."},
    )

    def __init__(self, *args, **kwargs):
        latest = timezone.localtime() + LONGEST_HOLD
        usual = {"until_on": latest.date(), "until_time": f"{latest:%H:%M}"}
        super().__init__(*args, **kwargs | {"initial": usual | kwargs.get("initial", {})})

    def clean(self):
        answers = super().clean()
        if answers.get("until_on") and answers.get("until_time"):
            answers["until"] = self._until(answers["until_on"], answers["until_time"])
        return answers

    def _until(self, day, clock):
        now = timezone.now()
        until = _moment(self, "until_time", day, clock)
        if until and until <= now:
            self.add_error("until_on", "That is over already. Choose a later day or time.")
        elif until and until > now + LONGEST_HOLD:
            self.add_error("until_on", "That is more than 7 days from now. Choose an earlier day or time.")
        return until

    def hold(self):
        """What hold keeps, from valid answers."""
        return {name: self.cleaned_data[name] for name in ("officer", "reference", "until")}


class EndHoldForm(WordsForm):
    """Why the customer is told after all."""

    reason = Words(
        label="Why does the hold end?",
        most=1_000,
        rows=3,
        required=True,
        help_text="Such as who of the police said so, and when.",
        error_messages={"required": "Write why the hold ends."},
    )


class SavedForm(WordsForm):
    """Who saved the footage, when, and where it is kept."""

    what = "line"
    whom = Words(
        label="Who saved it?",
        most=200,
        required=True,
        error_messages={"required": "Write who saved it."},
    )
    on = DayField(label="Day")
    clock = ClockField(
        label="Time",
        help_text="24-hour clock. 2310 and 23.10 are fine.",
        error_messages={"required": "Write a time, such as 2332."},
    )
    where = Words(
        label="Where is it kept?",
        most=500,
        required=True,
        help_text="Such as the room, the disk, or its number. Do not put footage here, and do not say what it shows.",
        error_messages={"required": "Write where it is kept."},
    )

    def __init__(self, *args, **kwargs):
        now = timezone.localtime()
        usual = {"on": now.date(), "clock": f"{now:%H:%M}"}
        super().__init__(*args, **kwargs | {"initial": usual | kwargs.get("initial", {})})

    def clean(self):
        answers = super().clean()
        if answers.get("on") and answers.get("clock"):
            answers["at"] = self._at(answers["on"], answers["clock"])
        return answers

    def _at(self, day, clock):
        now = timezone.now()
        at = _moment(self, "clock", day, clock)
        if at and at > now + FAST_CLOCK:
            self.add_error("on", "That is in the future. Write it down once it is saved.")
        elif at and at < now - OLDEST:
            self.add_error("on", "That is more than a year ago. Check the year.")
        return at and min(at, now)

    def saved(self):
        """What save_footage keeps, from valid answers."""
        answers = self.cleaned_data
        return {"whom": answers["whom"], "on": answers["at"], "where": answers["where"]}
