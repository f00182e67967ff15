"""Decisions and questions on a phone: each page right, empty and with errors; a whole way from a card to its end."""

import subprocess

import pytest

from cse_reports import install
from tests.browser.looks import assert_right
from tests.browser.test_path import fill_in, send

pytestmark = pytest.mark.browser


def press(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


@pytest.fixture
def reference(page_of):
    """Of Asha's card about a guard or manager; she rang the police herself."""
    asha = page_of("asha")
    fill_in(asha)
    asha.check("[name=about][value=guard]")
    return send(asha).strip("/").rpartition("/")[2]


def go(page, reference, name=""):
    page.goto(f"/concerns/{reference}/{name}")


def test_a_question_is_asked_and_answered(page_of, reference):
    hana, asha = page_of("hana"), page_of("asha")
    go(hana, reference, "ask/")
    assert_right(hana)
    press(hana, "Ask")
    assert hana.get_by_role("heading", name="There is a problem").is_visible()
    assert_right(hana)
    hana.fill("#text", "Which door did he use?")
    press(hana, "Ask")
    asha.goto("/")
    assert_right(asha)
    asha.get_by_role("link", name="about your card").click()
    assert_right(asha)
    asha.fill("#text", "The one by the lifts.")
    press(asha, "Send my answer")
    go(hana, reference)
    assert hana.get_by_text("The one by the lifts.").is_visible()
    assert_right(hana)


def test_an_answer_typed_while_the_session_ran_out_is_kept_and_sent(page_of, reference):
    hana, asha = page_of("hana"), page_of("asha")
    go(hana, reference, "ask/")
    hana.fill("#text", "Which door did he use?")
    press(hana, "Ask")
    go(asha, reference, "answer/")
    asha.fill("#text", "The one by the lifts.")
    asha.context.clear_cookies(name="sessionid")
    press(asha, "Send my answer")
    assert asha.get_by_text("You have been signed out.").is_visible()
    assert_right(asha)
    with asha.expect_popup() as popup:
        asha.get_by_role("link", name="Sign in again").click()
    popup.value.click("button[name=person][value=Asha]")
    popup.value.wait_for_url(lambda url: "/accounts/" not in url)
    press(asha, "Send")
    assert asha.get_by_text("Your answer is stored. Thank you.").is_visible()


def test_names_are_looked_for_and_ticked_without_a_script(page_of, reference):
    hana = page_of("hana", js=False)
    go(hana, reference)
    press(hana, "Acknowledge")
    assert hana.get_by_role("heading", name="Should anybody be kept from").is_visible()
    hana.get_by_label("Moss, manager").check()
    hana.fill("#name", "len")
    hana.keyboard.press("Enter")
    hana.get_by_label("Lena, safeguarding lead").check()
    assert hana.get_by_label("Moss, manager").is_checked()
    press(hana, "Keep it from those I ticked")
    assert hana.get_by_text("It is kept from 2 people").is_visible()


def test_a_copy_is_released_and_another_passed_on(page_of, reference):
    hana = page_of("hana")
    for name, button in (("keep-from/", "Look"), ("release/", "Release"), ("pass-on/", "Pass it on")):
        go(hana, reference, name)
        assert_right(hana)
        press(hana, button)
        assert_right(hana)
    go(hana, reference, "release/")
    hana.check("[name=recipient][value=manager]")
    hana.fill("#reason", "He was on leave.")
    press(hana, "Release")
    assert hana.get_by_text("The manager can see it from now on.").is_visible()
    go(hana, reference, "pass-on/")
    hana.select_option("#person", label="Lena, safeguarding lead, DEMO4")
    hana.fill("#reason", "She knows the family.")
    press(hana, "Pass it on")
    assert_right(hana)


def test_a_release_waits_for_a_fresh_sign_in_and_keeps_the_words(page_of, reference, service):
    hana = page_of("hana")
    go(hana, reference, "release/")
    hana.check("[name=recipient][value=manager]")
    hana.fill("#reason", "He was on leave.")
    signed_in_an_hour_ago(service)
    press(hana, "Release")
    assert hana.get_by_text("Show again that it is you.").is_visible()
    assert hana.input_value("#reason") == "He was on leave."
    assert_right(hana)


LONG_AGO = """
import django
django.setup()
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
for row in Session.objects.all():
    session = SessionStore(row.session_key)
    for record in session.get("account_authentication_methods", []):
        record["at"] -= 3600
    session.modified = True
    session.save()
"""


def signed_in_an_hour_ago(service):
    """Everybody, as far as their sessions say."""
    env = service.env | {"DJANGO_SETTINGS_MODULE": "cse_reports.settings"}
    subprocess.run([install.PYTHON, "-c", LONG_AGO], cwd=install.ROOT, env=env, check=True)


def test_a_card_comes_to_its_end(page_of, reference):
    hana, asha = page_of("hana"), page_of("asha")
    go(hana, reference, "close/")
    assert hana.get_by_role("heading", name="Not yet: somebody has not been told").is_visible()
    assert_right(hana)
    for page in (hana, page_of("priya")):
        go(page, reference)
        press(page, "Acknowledge")
    go(hana, reference)
    assert hana.get_by_role("heading", name="Everybody has it or was told").is_visible()
    hana.get_by_role("link", name="Close it").first.click()
    hana.check("[name=outcome][value=innocent]")
    press(hana, "Close it")
    assert hana.get_by_text("Write who checked.").first.is_visible()
    assert_right(hana)
    hana.fill("#checked_by", "Wexmoor Police")
    hana.fill("#checked_how", "They rang her mother.")
    press(hana, "Close it")
    assert hana.get_by_role("heading", name="Closed: there is an innocent explanation").is_visible()
    assert_right(hana)
    asha.goto("/")
    assert asha.get_by_text("It has been dealt with. Thank you: you were right to write it down.").is_visible()
    assert_right(asha)
    go(asha, reference)
    assert_right(asha)
