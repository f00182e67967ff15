"""What may be typed about telling people, a hold that the police ask for, and footage that is saved."""

from datetime import timedelta

from django import forms
from django.forms.utils import ErrorDict
from django.utils import timezone

from concerns.fields import Carried, ClockField, Words
from concerns.forms import FAST_CLOCK
from concerns.routing import Recipient


def last_time(clock):
    """The last moment that it was that time of day; a clock that runs a little fast means now."""
    now = timezone.localtime()
    at = now.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    if at > now + FAST_CLOCK:
        return at - timedelta(days=1)
    return min(at, now)


class ToldForm(forms.Form):
    """Whom the author reached by telephone, and when."""

    told_whom = Words(
        label="Who did you tell?", most=200, required=True, error_messages={"required": "Write who you told."}
    )
    told_at = ClockField(label="At", error_messages={"required": "Write when, such as 2332."})
    recipient = Carried(Recipient)  # whose number was shown

    def __init__(self, *args, recipient=None, **kwargs):
        initial = {"told_at": f"{timezone.localtime():%H:%M}"}
        super().__init__(*args, auto_id="%s", initial=initial, use_required_attribute=False, **kwargs)
        self.recipient = recipient

    def unchecked(self):
        """The same answers with no word about what is wrong: they are not being sent yet."""
        self._errors = ErrorDict()
        return self

    def clean(self):
        answers = super().clean()
        if answers.get("recipient") not in (None, self.recipient):  # a note has narrowed who is told meanwhile
            self.add_error("told_whom", "Whom to ring has changed. Ring the number that is shown now.")
        return answers

    def told(self):
        return {"whom": self.cleaned_data["told_whom"], "at": last_time(self.cleaned_data["told_at"])}
