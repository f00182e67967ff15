"""What must be right before the service starts. Run by `manage.py` as system checks, and by wsgi.py."""

import base64
import binascii
import re

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError

KEYS = ("SECRET_KEY", "FIELD_KEYS", "AUDIT_KEY", "LINK_KEY")
LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "testserver"}
DEMO_DOMAIN = "demo.example"
ADDRESS = r"https://[A-Za-z0-9][\w.-]*(:\d+)?"


def problems():
    """Sentences, each naming one setting that makes the start unsafe; empty when all is well."""
    found = [*_missing(), *_demo_hosts(), *_demo_values(), *_unreadable(), *_misnamed(), *_doubled(), *_exposed()]
    return found + _unreachable()


def _value(name):
    try:
        return getattr(settings, name)
    except ImproperlyConfigured:  # Django's own words for an empty SECRET_KEY
        return ""


def _values():
    """{name of the setting: its secret parts}; a list of field keys is looked at key by key."""
    parts = {name: [_value(name)] for name in KEYS} | {"SECRET_KEY_FALLBACKS": settings.SECRET_KEY_FALLBACKS}
    parts["FIELD_KEYS"] = [pair.partition(":")[2] for pair in settings.FIELD_KEYS.split(",")]
    return parts


def _missing():
    return [f"{name} is missing: set it in the environment." for name in KEYS if not _value(name)] + (
        [] if settings.ALLOWED_HOSTS else ["ALLOWED_HOSTS is missing: list the names this service answers to."]
    )


def _demo_hosts():
    if settings.DEMO and not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        return ["DEMO is on with a host that is not this machine: DEMO works with ALLOWED_HOSTS=localhost only."]
    return []


def _demo_values():
    if settings.DEMO:
        return []
    known = set(settings.DEMO_KEYS.values()) | {settings.DEMO_KEYS["FIELD_KEYS"].partition(":")[2]}
    return [
        f"{name} is the demo value, which everybody can read: make one of your own."
        for name, parts in _values().items()
        if known & set(parts)
    ]


def _unreadable():
    found = []
    for name in ("FIELD_KEYS", "AUDIT_KEY", "LINK_KEY"):
        if _value(name) and not all(_is_key(part) for part in _values()[name]):
            shape = "name:key pairs, the newest first, each key" if name == "FIELD_KEYS" else "a key of"
            found.append(f"{name} is not {shape} 32 random bytes in base64.")
    if 0 < len(_value("SECRET_KEY")) < 50:
        found.append("SECRET_KEY is too short: use at least 50 random characters.")
    return found


def _misnamed():
    """A key's name stands between dots in all that it sealed: with a dot in it, or used twice, nothing would open."""
    pairs = (pair.strip().partition(":") for pair in settings.FIELD_KEYS.split(","))
    names = [name for name, colon, _ in pairs if colon]
    if all(re.fullmatch("[A-Za-z0-9_-]+", name) for name in names) and len(set(names)) == len(names):
        return []
    return ["FIELD_KEYS names its keys badly: give each a name of its own, of letters, digits and hyphens."]


def _is_key(text):
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except (binascii.Error, ValueError):
        return False


def _doubled():
    seen, found = {}, []
    for name, parts in _values().items():
        for part in filter(None, parts):
            if part in seen:
                found.append(f"{name} is the same as {seen[part]}: every key needs a value of its own.")
            seen[part] = name
    return found


def _exposed():
    return (
        ["DEBUG is on: it shows the inside of the service to anybody."] if settings.DEBUG and not settings.DEMO else []
    )


def _unreachable():
    """Links in messages must lead here, and be readable by nobody on the way."""
    if settings.DEMO or not settings.ALLOWED_HOSTS or re.fullmatch(ADDRESS, settings.SERVICE_URL, re.ASCII):
        return []
    return ["SERVICE_URL is not an address such as https://reports.example.org: links in messages begin with it."]


def demo_people():
    """A sentence if people of the demo cast are in a database that is not a trial's."""
    from accounts.models import User

    if settings.DEMO:
        return []
    try:
        found = User.objects.filter(email__endswith=f"@{DEMO_DOMAIN}").exists()
    except DatabaseError:
        return []  # not migrated yet, or gone: neither lets a demo person sign in
    return [f"The database holds demo people (@{DEMO_DOMAIN}): start with an empty one."] if found else []


@register(Tags.security)
def settings_are_safe(app_configs, **kwargs):
    return [Error(sentence, id="cse_reports.E001") for sentence in problems()]


@register(Tags.database)
def nobody_from_the_demo(app_configs, databases=None, **kwargs):
    return [Error(sentence, id="cse_reports.E002") for sentence in demo_people()] if databases else []


def stop_if_unsafe():
    """End the process with one sentence that names what is wrong."""
    for sentence in problems() + demo_people():
        raise SystemExit(f"CSE Reports did not start. {sentence}")
