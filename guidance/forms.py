import unicodedata

from django import forms
from django.core.exceptions import ValidationError

LONGEST_BODY = 50_000


def printable(text):
    """Refuse what no keyboard types and PostgreSQL does not store. Line ends and tabs are fine."""
    if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in text):
        raise ValidationError(
            "Take out the characters that cannot be seen: type the text again, or paste it as plain text."
        )


def one_line(text):
    if "\n" in text or "\t" in text:
        raise ValidationError("Keep this to one line.")


def at_most(limit):
    """Instead of max_length, which would let the browser cut what is pasted without a word."""

    def check(text):
        if len(text) > limit:
            raise ValidationError(f"Shorten this by {len(text) - limit:,}: it may have {limit:,} characters at most.")

    return check


class TextField(forms.CharField):
    """Text as typed, its line ends counted once each."""

    # Django's own check of NUL says only that it is not allowed.
    default_validators = [printable]

    def __init__(self, *, limit, missing, **kwargs):
        super().__init__(error_messages={"required": missing}, **kwargs)
        self.validators = [printable, at_most(limit), *([] if isinstance(self.widget, forms.Textarea) else [one_line])]

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class PageForm(forms.Form):
    """What a page says. `after` is the number of the version it was opened on."""

    title = TextField(limit=80, missing="Enter a title.")
    summary = TextField(
        limit=120, missing="Enter a summary.", help_text="A few words for the tile that leads to the page."
    )
    body = TextField(
        limit=LONGEST_BODY,
        missing="Enter the text of the page.",
        label="Text",
        help_text=(
            "Leave a line empty between paragraphs. ## starts a heading, ### a smaller one. - starts a line of a list; "
            "under a heading “Do” or “Do not” it gets ticks or crosses. > starts somebody’s words. **Bold**, "
            "[a link](https://…), [a number](tel:101)."
        ),
        widget=forms.Textarea(attrs={"rows": 24}),
    )
    after = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_after(self):
        """A number that was tampered with is no version's: publishing then shows what stands now, and loses nothing."""
        after = self.cleaned_data["after"]
        return int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else -1

    def start_from(self, version):
        """Keep what was typed, and let the next publication follow this version."""
        self.data = self.data.copy()
        self.data["after"] = version.number
