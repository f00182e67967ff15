"""A code from an app after the password, spare codes for when the phone is lost, and how their secrets are kept."""

import re
from base64 import b64encode
from io import BytesIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.exceptions import InvalidTag
from django.core.cache import cache

from accounts import actions
from accounts.adapter import reseal, seal, unseal
from tests.accounts.conftest import PASSWORD, TOO_MANY, code, sign_in, who, words

SETUP, STEP = "/accounts/2fa/totp/activate/", "/accounts/2fa/authenticate/"


def shown_by_the_app(secret):
    cache.clear()  # a code is taken once in half a minute
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


@pytest.fixture
def secret(client, kit):
    """The secret of Kit's app, set up and in use; Kit is signed out again."""
    sign_in(client, "B17")
    client.get(SETUP)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": SETUP})
    secret = client.get(SETUP).context["form"].secret
    client.post(SETUP, {"code": shown_by_the_app(secret)})
    client.post("/accounts/logout/")
    return secret


@pytest.fixture
def spare_codes(kit, secret):
    return Authenticator.objects.get(user=kit, type="recovery_codes").wrap().get_unused_codes()


def test_setting_up_asks_for_the_password_again(client, kit):
    sign_in(client, "B17")
    assert client.get(SETUP)["Location"].startswith("/accounts/reauthenticate/")
    assert "This is not your password" in words(client.post("/accounts/reauthenticate/", {"password": "wrong"}))


def test_the_app_is_asked_for_after_the_password(client, kit, secret):
    assert sign_in(client, "B17")["Location"] == STEP
    assert who(client) is None
    client.post(STEP, {"code": shown_by_the_app(secret)})
    assert who(client) == kit


def test_the_app_is_asked_for_after_an_e_mailed_code_too(client, kit, secret):
    client.post("/accounts/login/code/", {"email": "B17"})
    assert client.post("/accounts/login/code/confirm/", {"code": code()})["Location"] == STEP
    assert who(client) is None


def test_a_wrong_code_does_not_sign_in(client, kit, secret):
    sign_in(client, "B17")
    assert "That did not work" in words(client.post(STEP, {"code": "000000"}))
    assert who(client) is None


def test_six_wrong_codes_lock_the_second_step(client, kit, secret):
    sign_in(client, "B17")
    for _ in range(5):
        client.post(STEP, {"code": "000000"})
    assert TOO_MANY in words(client.post(STEP, {"code": "000000"}))


def test_somebody_who_left_meanwhile_does_not_get_in(client, kit, secret):
    sign_in(client, "B17")
    actions.end_account(person=kit)
    client.post(STEP, {"code": shown_by_the_app(secret)})
    assert who(client) is None
    kit.is_active = True
    kit.save()
    assert who(client) is None


def test_a_spare_code_works_once(client, kit, spare_codes):
    sign_in(client, "B17")
    client.post(STEP, {"code": spare_codes[0]})
    assert who(client) == kit
    client.post("/accounts/logout/")
    sign_in(client, "B17")
    assert "That did not work" in words(client.post(STEP, {"code": spare_codes[0]}))


def test_spare_codes_are_shown_to_their_owner(client, kit, spare_codes):
    sign_in(client, "B17")
    client.post(STEP, {"code": spare_codes[0]})
    page = client.get("/accounts/2fa/recovery-codes/", follow=True)
    assert spare_codes[1] not in words(page)  # asked for proof first
    client.post("/accounts/2fa/reauthenticate/", {"code": spare_codes[1]})
    assert spare_codes[2] in words(client.get("/accounts/2fa/recovery-codes/"))
    assert client.get("/accounts/2fa/recovery-codes/download/").content.decode().split() == spare_codes[2:]


def test_without_the_app_the_password_is_enough_again(client, kit, secret, spare_codes):
    sign_in(client, "B17")
    client.post(STEP, {"code": spare_codes[0]})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/2fa/totp/deactivate/")
    client.post("/accounts/logout/")
    assert sign_in(client, "B17")["Location"] == "/"


def test_the_picture_is_ours_and_kept_nowhere(client, kit):
    sign_in(client, "B17")
    assert client.get("/me/app.png").status_code == 404
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get(SETUP).content.decode()
    picture = client.get("/me/app.png")
    assert 'src="/me/app.png"' in page
    assert "data:" not in page
    assert picture.content.startswith(b"\x89PNG")
    assert "no-store" in picture["Cache-Control"]


def test_the_picture_says_whose_secret_it_is(client, kit, monkeypatch):
    said = []
    monkeypatch.setattr("accounts.views.segno.make", lambda text, **kwargs: said.append(text) or Picture())
    sign_in(client, "B17")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get(SETUP).context["form"].secret
    client.get("/me/app.png")
    assert said == [f"otpauth://totp/{kit.email.replace('@', '%40')}?secret={secret}&issuer=CSE%20Reports"]


class Picture:
    def save(self, out: BytesIO, **kwargs):
        out.write(b"")


# --- at rest


def test_no_secret_is_in_the_database_in_clear(kit, secret, spare_codes):
    stored = repr(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert len(re.findall(r"1\.test\.", stored)) == 2


def test_an_old_key_still_opens_and_the_newest_seals(settings):
    old = seal("secret")
    settings.FIELD_KEYS = f"new:{b64encode(b'k' * 32).decode()},{settings.FIELD_KEYS}"
    assert unseal(old) == "secret"
    assert seal("secret").startswith("1.new.")
    assert reseal(old).startswith("1.new.")
    assert unseal(reseal(old)) == "secret"


@pytest.mark.parametrize("spoil", [lambda s: s[:-6] + "AAAA" + s[-2:], lambda s: s.replace("1.test.", "1.other.")])
def test_a_changed_secret_or_a_lost_key_opens_nothing(spoil):
    with pytest.raises((InvalidTag, KeyError)):
        unseal(spoil(seal("secret")))


def test_all_secrets_move_to_the_newest_key(client, settings, kit, secret, spare_codes):
    settings.FIELD_KEYS = f"new:{b64encode(b'k' * 32).decode()},{settings.FIELD_KEYS}"
    assert actions.reseal_second_factors() == 2
    assert actions.reseal_second_factors() == 0
    settings.FIELD_KEYS = settings.FIELD_KEYS.partition(",")[0]
    sign_in(client, "B17")
    client.post(STEP, {"code": shown_by_the_app(secret)})
    assert who(client) == kit
