"""What may be typed about telling people, a hold that the police ask for, and footage that is saved."""

from contextlib import suppress
from datetime import timedelta
from itertools import product

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


NOT_SEEN_YET = "That is before it was seen. Check the day and the time."
TO_COME = "That is still to come."


def last_time(clock):
    """The last moment that it was that time of day; a clock that runs a little fast means this minute."""
    today = timezone.localdate()
    for days, which in product((-1, 0, 1), (1, 0)):
        with suppress(times.NoSuchTime):
            at = times.moment(today - timedelta(days=days), clock, which=which)
            if at <= timezone.now() + FAST_CLOCK:
                return _not_later(at)
    raise AssertionError(clock)  # it was that time of yesterday, or of today


def _not_later(at):
    """A moment that a fast clock may have shown: at most this minute, so that two taps say the same."""
    return min(at, timezone.now().replace(second=0, microsecond=0))


def _last_time_since(form, field, clock, since):
    """The last moment that it was that time of day, since it was seen. None with an error."""
    at = last_time(clock)
    if since is None or at >= since:
        return at
    is_later_today = clock > timezone.localtime().time()
    form.add_error(field, TO_COME if is_later_today else NOT_SEEN_YET)
    return None


def _moment(form, field, day, clock, since=None):
    """The moment of a day and a time that were typed. None with an error.

    Where an hour came twice the first of the two, or the first since then.
    """
    try:
        first, second = (times.moment(day, clock, which=which) for which in (0, 1))
    except times.NoSuchTime:
        form.add_error(field, NEVER)
        return None
    return second if since and first < since else first


def _past(form, names, day, clock, *, since, to_come):
    """The moment of a day and a time that were typed, if it may have been then. None with an error."""
    at, now = _moment(form, names[1], day, clock, since), timezone.now()
    if at is None:
        return None
    if at > now + FAST_CLOCK:
        return form.add_error(names[0], to_come)
    if at < now - OLDEST:
        return form.add_error(names[0], "That is more than a year ago. Check the year.")
    if since and at < since:
        return form.add_error(names[0], NOT_SEEN_YET)
    return _not_later(at)


class ToldForm(WordsForm):
    """Whom the author reached by telephone, and when."""

    what = "line"
    told_whom = Words(
        label="Who did you tell?", most=200, required=True, error_messages={"required": "Write who you told."}
    )
    told_at = ClockField(label="At", error_messages={"required": "Write when, such as 2332."})
    recipient = Carried(Recipient)  # whose number was shown

    def __init__(self, *args, recipient=None, since=None, **kwargs):
        kwargs["initial"] = {"told_at": f"{timezone.localtime():%H:%M}"} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.recipient, self.since = recipient, since

    def clean(self):
        answers = super().clean()
        if answers.get("recipient") not in (None, self.recipient):  # a note has narrowed who is told meanwhile
            self.add_error("told_whom", "Whom to ring has changed. Ring the number that is shown now.")
        if answers.get("told_at"):
            answers["moment"] = _last_time_since(self, "told_at", answers["told_at"], self.since)
        return answers

    def told(self):
        return {"whom": self.cleaned_data["told_whom"], "at": self.cleaned_data["moment"]}


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

    def __init__(self, *args, recipient=Recipient.POLICE, since=None, **kwargs):
        kwargs["initial"] = {"at": f"{timezone.localtime():%H:%M}"} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.since = since
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
            return _last_time_since(self, "at", clock, self.since)
        to_come = f"{TO_COME} Check the day and the time."
        return _past(self, ("on", "at"), day, clock, since=self.since, to_come=to_come)


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

    def __init__(self, *args, since=None, **kwargs):
        now = timezone.localtime()
        usual = {"on": now.date(), "clock": f"{now:%H:%M}"}
        super().__init__(*args, **kwargs | {"initial": usual | kwargs.get("initial", {})})
        self.since = since

    def clean(self):
        answers = super().clean()
        if answers.get("on") and answers.get("clock"):
            to_come = "That is in the future. Write it down once it is saved."
            day, clock = answers["on"], answers["clock"]
            answers["at"] = _past(self, ("on", "clock"), day, clock, since=self.since, to_come=to_come)
        return answers

    def saved(self):
        """What save_footage keeps, from valid answers."""
        answers = self.cleaned_data
        return {"whom": answers["whom"], "on": answers["at"], "where": answers["where"]}
