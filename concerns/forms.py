"""What may be typed on a card and on a note, and the sentences that say how to put it right."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html

from concerns import times
from concerns.fields import Carried, ClockField, DayField, Phone, Words
from concerns.models import Basis, Concern, Looks, Nature, Sex, StillThere
from concerns.routing import Party, Urgency

ELSEWHERE = "elsewhere"
OLDEST = timedelta(days=366)
FAST_CLOCK = timedelta(minutes=5)  # a phone may be that far ahead

URGENCIES = [
    (Urgency.EMERGENCY, format_html("<strong>{}</strong> may be harmed or taken, or is with the person now", "Yes:")),
    (Urgency.PROMPT, "Not this minute, but this shift"),
    (Urgency.ROUTINE, "No, something I noticed"),
]
YES_NO = [("yes", "Yes"), ("no", "No")]
NEVER = "The clocks went forward over that time. Check it."
WHICH = [("0", "The first time"), ("1", "The second time, after the clocks went back")]


class AboutField(forms.MultipleChoiceField):
    """Could anybody who works here be involved? Asked on the card and on every note; "no" stands alone."""

    def __init__(self):
        missing = "Say whether anybody who works here could be involved. If you do not know, tick “Not sure”."
        super().__init__(
            label="Could anybody who works here be involved?",
            choices=Party.choices,
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": missing, "invalid_choice": missing},
        )

    def clean(self, value):
        chosen = sorted(set(super().clean(value)))
        if Party.NO in chosen and len(chosen) > 1:
            raise ValidationError("Tick “No” on its own, or take it off.")
        return chosen


def one_of(label, choices, *, missing, **kwargs):
    """One answer of several, by radio buttons."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect({"class": "govuk-radios--small cse-line"}),
        error_messages={"required": missing, "invalid_choice": missing},
        **kwargs,
    )


def yes_no(label, **kwargs):
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
        widget=forms.RadioSelect({"class": "govuk-radios--small cse-line"}),
        error_messages={"invalid_choice": "Choose yes or no, or leave both empty."},
        **kwargs,
    )


class CardForm(forms.Form):
    """The questions of the card but for people and vehicles. `sites` is None where nobody is signed in."""

    urgency = one_of(
        "Is a child in danger?", URGENCIES, missing="Say whether a child is in danger. Not sure? Choose yes."
    )
    police_called = forms.BooleanField(label="I have told the police", required=False)
    police_log = Words(label="Their log number", most=120, help_text="“None given” is an answer.")
    still_there = one_of(
        "Are they still there?", StillThere.choices, missing="Choose one of the three answers.", required=False
    )
    went = Words(label="When, which way, how?")

    site = forms.Field(label="Site", required=False, widget=forms.Select)  # both are looked at in _where
    zone = forms.Field(label="Zone", required=False, widget=forms.Select)
    place = Words(label="Place")

    seen_on = DayField(label="Day")
    seen_time = ClockField(label="From", error_messages={"required": "Enter the time, such as 2310."})
    until_time = ClockField(label="Until (optional)", required=False)
    time_is_approximate = forms.BooleanField(label="The time is a guess", required=False)
    seen_which = forms.ChoiceField(label="Which “from”?", choices=WHICH, required=False, widget=forms.RadioSelect)
    until_which = forms.ChoiceField(label="Which “until”?", choices=WHICH, required=False, widget=forms.RadioSelect)

    account = Words(
        label="What did you see or hear?",
        most=20_000,
        rows=3,
        required=True,
        help_text="Any language. Honest and wrong is fine. Do not approach or follow.",
        error_messages={"required": "Enter what you saw or heard. A few words are enough."},
    )
    about = AboutField()
    basis = one_of("How do you know?", Basis.choices, missing="Say how you know.")
    source = Words(label="Who, and how to reach them?")
    doubts = forms.BooleanField(label="I have doubts", required=False)

    natures = forms.MultipleChoiceField(
        label="What kind of thing?",
        choices=Nature.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "govuk-checkboxes--small"}),
        help_text="Tick all that fit.",
        error_messages={"invalid_choice": "Tick only kinds of thing that are on the list."},
    )
    exact_words = Words(
        label="Who spoke, their words, what you asked",
        most=5_000,
        rows=3,
        help_text="Do not question a child. Do not promise secrecy.",
    )
    camera = Words(label="Short name of the camera", most=120)
    camera_from = ClockField(label="From", required=False)
    camera_until = ClockField(label="Until", required=False)
    seen_before = Words(
        label="Seen them or the vehicle before?", most=5_000, rows=2, help_text="When, where, how often."
    )
    witnesses = Words(label="Anyone else who saw it?", most=5_000, rows=2, help_text="Who, and how to reach them.")
    action_taken = Words(
        label="Who you rang or told, and when", most=5_000, rows=3, help_text="Watching and writing is enough."
    )
    police_may_ring = yes_no("May the police ring you?")
    phone = Phone(label="Your phone number")
    police_may_know_name = yes_no(
        "May they know your name?",
        help_text="If not, they ask head office; a court can still require it. The customer never sees it.",
    )

    submission_key, writer, written_at = Carried(UUID), Carried(UUID), Carried(datetime.fromisoformat)

    def __init__(self, *args, sites=None, **kwargs):
        super().__init__(*args, auto_id="%s", use_required_attribute=False, **kwargs)
        self.sites = {str(site.pk): site for site in sites or ()}
        self.fields["site"].widget.choices = self._site_choices(sites)
        self.fields["site"].widget.attrs["data-site-choice"] = True
        self.fields["zone"].widget.choices = self._zone_choices(sites)
        self.fields["zone"].widget.attrs["data-zones"] = True

    def _site_choices(self, sites):
        if sites is None:
            posted = self.data.get("site", "")
            return [(posted, "The place that you chose")] if posted else [("", "Choose")]
        choices = [(key, site.name) for key, site in self.sites.items()] + [(ELSEWHERE, "Somewhere else")]
        unknown = self.is_bound and self.data.get("site") not in dict(choices)  # never another in its place
        return [("", "Choose"), *choices] if unknown else choices

    def _zone_choices(self, sites):
        if sites is None:
            posted = self.data.get("zone", "")
            return [("", "Choose if you can"), *([(posted, posted.partition("/")[2])] if posted else [])]
        groups = [
            (site.name, [(f"{key}/{zone}", zone) for zone in site.zone_list])
            for key, site in self.sites.items()
            if site.zone_list
        ]
        return [("", "Choose if you can"), *groups]

    def clean(self):
        answers = super().clean()
        self._where(answers)
        if answers.get("police_called") and not answers.get("police_log") and "police_log" not in self.errors:
            self.add_error("police_log", "Write their log number, or “none given”.")
        if answers.get("police_may_ring") and not answers.get("phone") and "phone" not in self.errors:
            self.add_error("phone", "Enter the number that the police may ring, or choose no.")
        if answers.get("seen_on") and answers.get("seen_time"):
            self._when(answers)
        return answers

    def _where(self, answers):
        site, zone = answers.get("site"), answers.get("zone") or ""
        if site == ELSEWHERE:
            answers["site"], answers["zone"] = None, ""
            if not answers.get("place") and "place" not in self.errors:
                self.add_error("place", "Say in words where it was, such as a street or what is near.")
        elif site in self.sites:
            answers["site"] = self.sites[site]
            owner, _, answers["zone"] = zone.partition("/")
            if zone and (owner != site or answers["zone"] not in self.sites[site].zone_list):
                self.add_error("zone", "Choose a zone of that site, or leave it empty.")
        elif "site" not in self.errors:
            self.add_error("site", "Choose one of your sites, or “Somewhere else”.")

    def _when(self, answers):
        seen = self._moment("seen_time", answers["seen_on"], answers["seen_time"], answers.get("seen_which"))
        if seen is None:
            return
        now = timezone.now()
        if seen > now + FAST_CLOCK:
            return self.add_error("seen_on", "That is in the future. Check the day and the time.")
        if seen < now - OLDEST:
            wrong = "That is more than a year ago. Check the year. If it is right, say so in your account."
            return self.add_error("seen_on", wrong)
        answers["seen_at"] = seen
        answers["until_at"] = self._until(answers, seen, now)
        answers["camera_from"], answers["camera_until"] = self._camera(answers, seen)

    def _moment(self, field, day, clock, which):
        """The moment of a time that was typed, or None with an error beside it."""
        try:
            return times.moment(day, clock, which=int(which) if which else None)
        except times.NoSuchTime:
            self.add_error(field, NEVER)
        except times.HappenedTwice:
            other = "seen_which" if field == "seen_time" else "until_which"
            self.add_error(other, "The clocks went back that night and this time came twice. Choose which.")
        return None

    def _until(self, answers, seen, now):
        """The end, on the next day where its time is before the beginning's."""
        clock = answers.get("until_time")
        if clock is None:
            return None
        day = answers["seen_on"]
        if clock < answers["seen_time"] and not self._within_one_hour(answers, day, clock):
            day += timedelta(days=1)
        until = self._moment("until_time", day, clock, answers.get("until_which"))
        if until and until < seen:
            self.add_error("until_time", "“Until” is before “from”. Check both.")
        elif until and until > now + FAST_CLOCK:
            self.add_error("until_time", "That is in the future. If it is still going on, leave it empty.")
        return until

    def _within_one_hour(self, answers, day, clock):
        """Whether it began in the first and may have ended in the second of an hour that came twice."""
        first = answers.get("seen_which") == WHICH[0][0]
        return first and all(times.came_twice(day, time) for time in (answers["seen_time"], clock))

    def _camera(self, answers, seen):
        """The camera's times, past ones nearest to what was seen, outward where an hour came twice."""
        start = self._nearest("camera_from", answers.get("camera_from"), seen, which=0)
        clock = answers.get("camera_until")
        end = self._nearest("camera_until", clock, start or seen, which=1)
        if start and end and end < start:
            end = self._nearest("camera_until", clock, start + timedelta(hours=12), which=1)
        return start, end

    def _nearest(self, field, clock, to, which):
        if clock is None:
            return None
        found, day = [], to.astimezone(times.LONDON).date()
        for n in (-1, 0, 1):
            with suppress(times.NoSuchTime):
                found.append(times.moment(day + timedelta(days=n), clock, which=which))
        if all(abs(at - to) > timedelta(hours=13) for at in found):
            return self.add_error(field, NEVER)
        past = [at for at in found if at <= timezone.now() + FAST_CLOCK]
        return min(past or found, key=lambda at: abs(at - to))

    def card(self):
        """{column of a concern: value}, from valid answers."""
        answers = self.cleaned_data
        columns = {field.name for field in Concern._meta.concrete_fields} - {"submission_key"}
        typed = {name: value for name, value in answers.items() if name in columns}
        return typed | {"phone": self._number(), "written_at": self._written_at()}

    def _number(self):
        """The author's number as it is dialled from here."""
        phone = self.cleaned_data["phone"]
        return phone and (phone.as_national if phone.country_code == 44 else phone.as_international)

    def _written_at(self):
        """When the form was opened, as it says; never later than now."""
        now = timezone.now()
        said = self.cleaned_data.get("written_at")
        return said if said and said.tzinfo and now - timedelta(days=30) < said < now else now


class PersonForm(forms.Form):
    looks = forms.ChoiceField(
        label="How old do they look?",
        choices=[("", "Choose"), *Looks.choices],
        required=False,
        error_messages={"invalid_choice": "Choose an age from the list."},
    )
    sex = one_of("Female or male?", Sex.choices, missing="Choose female, male or not sure.", required=False)
    name = Words(label="Name or nickname you heard", most=200)
    description = Words(
        label="What did they look like?",
        most=5_000,
        rows=3,
        help_text="Height and build. Hair, face, glasses. Skin as it looked to you. Clothes, top to shoes. Accent. "
        "Tattoos, scars. Carrying. Uniform or badge.",
    )


class VehicleForm(forms.Form):
    mark = Words(
        label="Registration, as you saw it",
        most=60,
        attrs={"class": "govuk-input--width-10", "autocapitalize": "characters", "spellcheck": "false"},
        help_text="Part of a plate still helps. Use ? for a character you could not read. “No plate” and foreign marks "
        "are fine.",
    )
    make = Words(label="Make, model, colour, type")
    company = Words(label="Taxi or company name, damage")
    inside = Words(label="People inside")
    went = Words(label="Bay, in or out, direction")


class NoteForm(forms.Form):
    text = Words(
        label="Add a note",
        most=20_000,
        rows=3,
        required=True,
        help_text="It is dated and signed, and cannot be changed afterwards. The customer does not see it.",
        error_messages={"required": "Enter what you want to add."},
    )
    about = AboutField()
    submission_key, writer = Carried(UUID), Carried(UUID)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="note-%s", prefix="note", use_required_attribute=False, **kwargs)


class ReceivedForm(forms.Form):
    """Who at a duty desk has the message."""

    received_by = Words(
        label="Received by",
        most=120,
        required=True,
        help_text="Your name, and your collar or staff number.",
        error_messages={"required": "Enter your name, and your collar or staff number."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, auto_id="%s", use_required_attribute=False, **kwargs)
