"""What may be typed on the pages of people and places, and allauth's forms in our words."""

import struct
from contextlib import contextmanager

from allauth.account import forms as account
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.validators import EmailValidator, RegexValidator
from phonenumber_field.formfields import PhoneNumberField

from accounts import shift
from accounts.adapter import may_sign_in
from accounts.desks import check_own
from accounts.models import STAFF_NUMBER, Site, User

NAME = "E-mail address or staff number"
EMAIL_ERROR = "Enter an e-mail address, such as name@example.com."
staff_number_is_plain = RegexValidator(STAFF_NUMBER, "Enter a staff number of letters and digits, without spaces.")


class OurWords:
    """What allauth asks, in our words. Needs `words`: {question: (label, hint, what to do when it is empty)}."""

    words: dict[str, tuple[str, str, str]] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (label, hint, error) in self.words.items():
            field = self.fields[name]
            field.label, field.help_text = label, hint
            field.error_messages["required"] = error
            field.widget.attrs.pop("placeholder", None)
        self.fields.pop("password2", None)  # "Show" lets people check what they typed


def code_words(hint):
    return {"code": ("Code", hint, "Enter the code.")}


TRY_PASSKEY_AGAIN = "The passkey did not work. Press the button again, and do what your device asks."
CHOOSE = ("Choose a password", "At least 10 characters. Three random words work well.", "Enter a password.")


class SignInForm(OurWords, account.LoginForm):
    words = {
        "login": (NAME, "", "Enter your e-mail address or staff number."),
        "password": ("Password", "", "Enter your password, or have a code e-mailed to you."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs.update(autocomplete="username", autocapitalize="none", spellcheck="false")


class RequestCodeForm(OurWords, account.RequestLoginCodeForm):
    """Takes a staff number too; the code still goes to the address that we know, which is shown nowhere."""

    words = {"email": (NAME, "", "Enter your e-mail address or staff number.")}

    def __init__(self, data=None, *args, **kwargs):
        if data and "login" in data:  # the sign-in page's second button sends what was typed there
            data = data.dict() | {"email": data["login"]}
        super().__init__(data, *args, **kwargs)

    email = forms.CharField(max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"}))

    def clean_email(self):
        name = self.cleaned_data["email"].lower()
        here = f"{name}:{self.client()}"
        allowed = ratelimit.consume(context.request, action="request_login_code", key=here) and ratelimit.consume(
            context.request, action="code_from_anywhere", key=name
        )
        if not allowed:
            raise forms.ValidationError("We have sent several codes. Look in your junk mail, or try in ten minutes.")
        person = User.objects.known_as(email=name, staff_number=name).first()
        self._user = person if person and person.email and may_sign_in(person) else None
        return self._user.email if self._user else name

    def client(self):
        return account.get_adapter().get_client_ip(context.request)


class ConfirmCodeForm(OurWords, account.ConfirmLoginCodeForm):
    words = code_words("Eight letters. Dashes and capitals do not matter.")


class ResetPasswordForm(OurWords, account.ResetPasswordForm):
    words = {"email": ("E-mail address", "", "Enter your e-mail address.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["invalid"] = EMAIL_ERROR


class ResetPasswordKeyForm(OurWords, account.ResetPasswordKeyForm):
    words = {"password1": CHOOSE}


class SetPasswordForm(OurWords, account.SetPasswordForm):
    words = {"password1": CHOOSE}


class ChangePasswordForm(OurWords, account.ChangePasswordForm):
    words = {
        "oldpassword": ("Your password now", "", "Enter the password that you use now."),
        "password1": ("New password", CHOOSE[1], "Enter a new password."),
    }


class ReauthenticateForm(OurWords, account.ReauthenticateForm):
    words = {"password": ("Password", "", "Enter your password.")}


class SecondStepForm(OurWords, mfa.AuthenticateForm):
    words = code_words("From your app, or one of your spare codes.")


class SecondStepAgainForm(OurWords, mfa.ReauthenticateForm):
    words = code_words("From your app, or one of your spare codes.")


class ActivateAppForm(OurWords, totp.ActivateTOTPForm):
    words = {"code": ("Code from the app", "Six figures.", "Enter the code that your app shows now.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


@contextmanager
def nonsense_refused():
    """Whatever is wrong with what a browser says about a passkey, it is an answer that did not work and no crash."""
    try:
        yield
    except (AttributeError, InvalidSignature, LookupError, TypeError, ValueError, struct.error) as error:
        raise forms.ValidationError(TRY_PASSKEY_AGAIN) from error


class AddPasskeyForm(OurWords, webauthn.AddWebAuthnForm):
    words = {
        "name": ("Name of this passkey", "So that you know it again, such as My phone.", ""),
        "passwordless": (
            "Sign in with it alone, without a password",
            "Your device asks for your fingerprint, face or PIN.",
            "",
        ),
        "credential": ("", "", TRY_PASSKEY_AGAIN),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True

    def clean(self):
        with nonsense_refused():
            return super().clean()


class PasskeyForm(OurWords, webauthn.LoginWebAuthnForm):
    words = {"credential": ("", "", TRY_PASSKEY_AGAIN)}

    def clean_credential(self):
        with nonsense_refused():
            return super().clean_credential()


class PasskeyStepForm(OurWords, webauthn.AuthenticateWebAuthnForm):
    words = PasskeyForm.words

    def clean_credential(self):
        with nonsense_refused():
            return super().clean_credential()


class PasskeyAgainForm(OurWords, webauthn.ReauthenticateWebAuthnForm):
    words = PasskeyForm.words

    def clean_credential(self):
        with nonsense_refused():
            return super().clean_credential()


class EditPasskeyForm(OurWords, webauthn.EditWebAuthnForm):
    words = {"name": ("Name of this passkey", "", "Enter a name.")}


# --- Guards and where they work


class SiteChoice(forms.ModelMultipleChoiceField):
    def __init__(self):
        super().__init__(
            Site.objects.none(),
            label="Where do they work?",
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": "Choose at least one site.",
                "invalid_choice": "Choose sites that you care for.",
            },
        )


class PersonForm(forms.Form):
    """What is asked about every guard."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={"required": "Enter the guard's name.", "max_length": "Shorten the name to 120 characters."},
    )
    phone = PhoneNumberField(
        label="Phone number (if you know it)",
        required=False,
        error_messages={"invalid": "Enter a phone number, such as 020 7946 0123, or leave it empty."},
    )

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def entry(self, line=0):
        facts = {name: str(self.cleaned_data.get(name) or "") for name in ("name", "email", "staff_number", "phone")}
        return shift.Entry(**facts, line=line)


class LineForm(PersonForm):
    """A guard as a line of a rota has them."""

    email = forms.EmailField(required=False, error_messages={"invalid": EMAIL_ERROR})
    staff_number = forms.CharField(
        required=False,
        max_length=30,
        validators=[staff_number_is_plain],
        error_messages={"max_length": "Shorten the staff number to 30 characters."},
    )

    def clean_email(self):
        return check_own(self.cleaned_data["email"])

    def clean(self):
        facts = super().clean()
        facts |= {"email": facts.get("email", "").lower(), "staff_number": facts.get("staff_number", "").upper()}
        if not self.errors and not facts["email"] and not facts["staff_number"]:
            raise forms.ValidationError("Enter an e-mail address or a staff number.")
        return facts


class GuardForm(PersonForm):
    """A guard as their manager types them."""

    login = forms.CharField(
        label=NAME,
        max_length=254,
        help_text="We e-mail the invitation. For a staff number we show you a link to hand over.",
        error_messages={"required": "Enter an e-mail address or a staff number."},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    sites = SiteChoice()
    field_order = ["name", "login", "phone", "sites"]

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sites"].queryset = sites
        if len(sites) == 1:
            self.fields["sites"].initial = sites

    def clean_login(self):
        login = self.cleaned_data["login"]
        if "@" in login:
            EmailValidator(EMAIL_ERROR)(login)
            self.cleaned_data["email"] = check_own(login.lower())
        else:
            staff_number_is_plain(login)
            self.cleaned_data["staff_number"] = login.upper()
        return login


class ShiftForm(forms.Form):
    """A rota and the sites it is for. Every faulty line is named; nothing is taken in part."""

    file = forms.FileField(
        label="CSV file", error_messages={"required": "Choose a CSV file.", "empty": "The file is empty."}
    )
    sites = SiteChoice()

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sites"].queryset = sites
        self.entries = []

    def clean_file(self):
        try:
            rows = shift.read(self.cleaned_data["file"].read(shift.MOST_BYTES + 1))
        except shift.Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        lines = [(row.line, LineForm(row.cells)) for row in rows]
        self.entries = [form.entry(line) for line, form in lines if form.is_valid()]
        self.name_lines([*faulty(lines), *doubled(lines)])
        return self.entries

    def name_lines(self, sentences):
        """What is wrong in the file, a sentence for each line; nobody is brought in."""
        if sentences:
            self.add_error(None, sentences)
            self.errors["file"] = self.error_class(["Put these lines right, then choose the file again."])
            self.cleaned_data.pop("file", None)


def faulty(lines):
    """One sentence for each line that cannot be taken in, with everything that is wrong there."""
    for line, form in lines:
        if not form.is_valid():
            yield f"Line {line}: {' '.join(error for errors in form.errors.values() for error in errors)}"


def doubled(lines):
    """One sentence for each line that names somebody whom an earlier line named."""
    seen = {}
    for line, form in lines:
        for name in filter(None, (form.cleaned_data.get("email"), form.cleaned_data.get("staff_number"))):
            if seen.setdefault(name, line) != line:
                yield f"Line {line}: {name} is on line {seen[name]} too. Take one of them out."
