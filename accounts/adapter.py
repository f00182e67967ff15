"""How allauth signs people in here: who may, how often, in which words, and what it keeps sealed."""

import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context, ratelimit
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts import sealing
from accounts.demo import DOMAIN

logger = logging.getLogger(__name__)

PASSWORD_ADVICE = {
    "password_too_short": "Use at least 10 characters.",
    "password_too_common": "Many people use this password. Choose another one: three random words work well.",
    "password_too_similar": "This is too close to your name, e-mail address or staff number. Choose something else.",
    "password_entirely_numeric": "Add some letters: numbers alone are easy to guess.",
}
NOT_RIGHT = "The e-mail address, staff number or password is not right. Try again, or have a code e-mailed to you."


def may_sign_in(user):
    """Somebody who works here; somebody made up only in a trial."""
    return user.is_active and (settings.DEMO or not (user.email or "").endswith(f"@{DOMAIN}"))


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: people are invited. Nothing said here tells whether there is such an account."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": NOT_RIGHT,
        "username_password_mismatch": NOT_RIGHT,
        "too_many_login_attempts": "Too many tries. Wait five minutes, or have a code e-mailed to you.",
        "enter_current_password": "This is not your password now. Type it again.",
        "incorrect_password": "This is not your password. Type it again.",
        "incorrect_code": "This code is not right. Type it again, or ask for a new one.",
        "rate_limited": "Too many tries. Wait five minutes, then try again.",
        "invalid_password_reset": "This link has been used or has run out. Ask for a new one.",
    }

    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        return user if user and may_sign_in(user) else None

    def pre_login(self, request, user, **kwargs):
        return None if may_sign_in(user) else self.respond_user_inactive(request, user)

    def login(self, request, user):
        """The one door: password, code, passkey, second step, reset and invitation all end here."""
        if not may_sign_in(user):
            raise ImmediateHttpResponse(self.respond_user_inactive(request, user))
        super().login(request, user)

    def pre_authenticate(self, request, **credentials):
        """Wrong passwords count for one account from one client, so that nobody locks a guard out from elsewhere."""
        super().pre_authenticate(request, **credentials)
        name = super()._get_login_attempts_cache_key(request, **credentials)
        if not ratelimit.consume(request, action="login_from_anywhere", key=name):
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request, **credentials):
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"

    def clean_password(self, password, user=None):
        try:
            return super().clean_password(password, user)
        except ValidationError as error:
            raise ValidationError([PASSWORD_ADVICE.get(e.code, e.message) for e in error.error_list]) from error

    def get_password_change_redirect_url(self, request):
        return reverse("me")

    def send_mail(self, template_prefix, email, context):
        """Sent when the page has been answered: neither the time it takes nor its failure tells of an account."""
        message = self.render_mail(template_prefix, email, context)
        self.request.after_answer.append(lambda: post(message))


def post(message):
    """Whether the e-mail left. A failure is logged, without address or words."""
    try:
        return bool(message.send())
    except OSError:  # every SMTP error is one
        logger.exception("An e-mail could not be sent.")
        return False


class MFAAdapter(DefaultMFAAdapter):
    """Second steps: their secrets are sealed in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "That did not work. Type the code that your app shows now, or try your passkey again.",
        "rate_limited": "Too many tries. Wait five minutes, then try again.",
        "cannot_generate_recovery_codes": "Add an app or a passkey first: spare codes stand in for those.",
    }

    def encrypt(self, text):
        return seal(text)

    def decrypt(self, encrypted_text):
        return unseal(encrypted_text)

    def build_totp_svg(self, url):
        return ""  # our page shows an image of our own: accounts.views.totp_qr

    def generate_authenticator_name(self, user, type):
        count = user.authenticator_set.filter(type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def get_public_key_credential_rp_entity(self):
        return {"id": context.request.get_host().partition(":")[0], "name": "CSE Reports"}


SECOND_STEP = b"totp"


def seal(text: str) -> str:
    """A secret of a second step, sealed."""
    return sealing.seal(text, SECOND_STEP)


def unseal(sealed: str) -> str:
    """The secret again. Raises one of sealing.BROKEN where the key is gone or a byte was changed."""
    return sealing.unseal(sealed, SECOND_STEP)


def reseal(sealed: str) -> str:
    """The same secret under the newest key; unchanged where it already is."""
    return sealing.reseal(sealed, SECOND_STEP)
