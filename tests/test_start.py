"""An unsafe start is refused with one sentence that names what is wrong."""

import subprocess
import sys

import pytest
from django.conf import settings as ours

from cse_reports import checks
from cse_reports.install import ROOT, environment
from tests.run import safe_settings

DEMO_KEYS = ours.DEMO_KEYS
SAFE = safe_settings()


def start(**changes):
    """What the server says when it starts with safe settings but for these changes; None takes a setting away."""
    env = {name: value for name, value in environment(**{**SAFE, **changes}).items() if value is not None}
    server = subprocess.run(
        [sys.executable, "-c", "import cse_reports.wsgi"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert bool(server.returncode) == bool(server.stderr)
    return server.stderr


def test_safe_settings_start():
    assert start() == ""


@pytest.mark.parametrize("name", [*checks.KEYS, "ALLOWED_HOSTS"])
def test_a_missing_setting_is_named(name):
    told = start(**{name: None})
    assert told.startswith(f"CSE Reports did not start. {name} is missing: ")
    assert told.count("\n") == 1


def test_django_names_a_missing_setting_too():
    env = environment(**{**SAFE, "AUDIT_KEY": ""})
    told = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert told.returncode
    assert "AUDIT_KEY is missing" in told.stderr


@pytest.mark.parametrize("name", checks.KEYS)
def test_a_demo_value_is_refused(settings, name):
    setattr(settings, name, DEMO_KEYS[name])
    assert any(sentence.startswith(f"{name} is the demo value") for sentence in checks.problems())


def test_a_demo_key_among_good_ones_is_refused(settings):
    settings.FIELD_KEYS = f"{settings.FIELD_KEYS},{DEMO_KEYS['FIELD_KEYS']}"
    assert any(sentence.startswith("FIELD_KEYS is the demo value") for sentence in checks.problems())


def test_a_demo_key_is_refused_among_earlier_ones(settings):
    settings.SECRET_KEY_FALLBACKS = [DEMO_KEYS["SECRET_KEY"]]
    assert any(sentence.startswith("SECRET_KEY_FALLBACKS is the demo value") for sentence in checks.problems())


def test_an_earlier_key_is_not_the_one_of_today(settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    assert any("SECRET_KEY_FALLBACKS is the same as SECRET_KEY" in sentence for sentence in checks.problems())


@pytest.mark.parametrize("other", ["FIELD_KEYS", "AUDIT_KEY"])
def test_a_value_used_twice_is_refused(settings, other):
    settings.LINK_KEY = getattr(settings, other).rpartition(":")[2]
    assert checks.problems() == [f"LINK_KEY is the same as {other}: every key needs a value of its own."]


@pytest.mark.parametrize("name", ["FIELD_KEYS", "AUDIT_KEY", "LINK_KEY"])
@pytest.mark.parametrize("value", ["too-short", "first:dG9vIHNob3J0", "Ж" * 32])
def test_a_key_that_is_no_key_is_refused(settings, name, value):
    setattr(settings, name, value)
    assert [sentence.split()[0] for sentence in checks.problems()] == [name]


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://reports.example.org", True),
        ("https://reports.example.org:8443", True),
        ("http://reports.example.org", False),
        ("https://*", False),
        ("https://.example.org", False),
        ("https://reports.example.org/cse", False),
        ("https://reports.example.org?x", False),
        ("https://user:word@reports.example.org", False),
        ("reports.example.org", False),
    ],
)
def test_links_in_messages_lead_here_and_are_read_by_nobody_on_the_way(settings, address, safe):
    settings.SERVICE_URL = address
    assert [sentence.split()[0] for sentence in checks.problems()] == ([] if safe else ["SERVICE_URL"])


@pytest.mark.parametrize("hosts", ["*", ".example.org"])
def test_where_links_lead_must_be_said_where_the_hosts_do_not_say_it(hosts):
    assert start(ALLOWED_HOSTS=hosts).startswith("CSE Reports did not start. SERVICE_URL is not an address")
    assert start(ALLOWED_HOSTS=hosts, SERVICE_URL="https://reports.example.org/") == ""


def test_a_trial_links_to_this_machine(settings):
    settings.DEMO, settings.ALLOWED_HOSTS, settings.SERVICE_URL = True, ["localhost"], "http://localhost:8001"
    assert checks.problems() == []


def test_debug_is_refused():
    assert start(DEBUG="1").startswith("CSE Reports did not start. DEBUG is on")


@pytest.mark.parametrize("hosts", ["reports.example", "localhost,reports.example", "*"])
def test_a_trial_is_for_this_machine_only(hosts):
    assert start(DEMO="1", ALLOWED_HOSTS=hosts).startswith("CSE Reports did not start. DEMO is on with a host")


def test_demo_people_cannot_be_carried_into_a_real_service(cast):
    assert checks.demo_people() == ["The database holds demo people (@demo.example): start with an empty one."]
