"""What the script adds, in a real browser, on the smallest page that has it. `npm run build` makes the script."""

from pathlib import Path

import brotli
import pytest
from django.conf import settings

pytestmark = pytest.mark.browser

SITE = "http://cse.test"
DIST = Path(settings.BASE_DIR, "static", "dist")
ITEM = """
<div class="cse-item" role="group" aria-labelledby="people-{0}-title">
  <div class="cse-head"><h3 id="people-{0}-title">Person {1}</h3>
    <button name="remove" value="people-{0}">Remove<span class="govuk-visually-hidden"> person {1}</span></button></div>
  <label for="id_people-{0}-name">Name</label><input id="id_people-{0}-name" name="people-{0}-name">
  <input type="radio" id="id_people-{0}-sex_0" name="people-{0}-sex" value="f">
  <input type="radio" id="id_people-{0}-sex_1" name="people-{0}-sex" value="m">
</div>"""
REPORT = f"""
<form>
  <select data-site-choice id="site"><option value="1">Station</option><option value="2">Services</option>
    <option value="">Somewhere else</option></select>
  <div class="govuk-form-group"><select data-zones id="zone"><option value="">Choose</option>
    <optgroup label="Station"><option value="1/Hall">Hall</option></optgroup>
    <optgroup label="Services"><option value="2/Lorry park">Lorry park</option></optgroup></select></div>
  <div data-module="govuk-checkboxes">
    <input type="checkbox" name="about" value="no" data-behaviour="exclusive">
    <input type="checkbox" name="about" value="site"></div>
  <div data-rows="people" data-max="3"><input type="hidden" name="people-TOTAL_FORMS" value="1" data-total>
    {ITEM.format(0, 1)}
    <template data-blank>{ITEM.format("__prefix__", "")}</template>
    <button name="add" value="people" class="govuk-button">Add another person</button></div>
</form>"""
PAGES = {
    "/report/": REPORT,
    "/private/": f'<p>a secret</p><a href="{SITE}/guidance/" data-leave>Leave this page</a>',
    "/guidance/": "<p>guidance</p>",
}


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.asked = []
    page.route("**/*", lambda route: answer(page, route))
    yield page
    page.close()


def answer(page, route):
    path = route.request.url.removeprefix(SITE)
    page.asked.append(path)
    if path in PAGES:
        private = " data-private" if path == "/private/" else ""
        head = '<link rel="stylesheet" href="/site.css"><script type="module" src="/site.js"></script>'
        route.fulfill(content_type="text/html", body=f"<!doctype html>{head}<body{private}>{PAGES[path]}")
    elif (DIST / path[1:]).is_file():
        route.fulfill(path=DIST / path[1:])
    else:
        route.fulfill(status=404)


@pytest.fixture
def report(page):
    page.goto(f"{SITE}/report/")
    return page


def add_person(page, name, sex):
    at = page.locator(".cse-item").count()
    page.get_by_text("Add another person").click()
    page.fill(f"#id_people-{at}-name", name)
    page.check(f"#id_people-{at}-sex_{sex}")


def answers(page):
    """Everything that the form would post about people, in order."""
    return page.evaluate("[...new FormData(document.forms[0])].filter(([name]) => name.startsWith('people'))")


def test_an_added_person_is_counted_named_and_reached(report):
    report.get_by_text("Add another person").click()
    assert report.input_value("[data-total]") == "2"
    assert report.evaluate("document.activeElement.textContent") == "Person 2"
    assert report.inner_text("[role=status]") == "Person 2 added."


def test_removing_the_first_person_loses_no_other_answer(report):
    add_person(report, "Red cap", 0)
    add_person(report, "Grey coat", 1)
    report.locator('[value="people-0"]').click()
    assert answers(report) == [
        ["people-TOTAL_FORMS", "2"],
        ["people-0-name", "Red cap"],
        ["people-0-sex", "f"],
        ["people-1-name", "Grey coat"],
        ["people-1-sex", "m"],
    ]
    assert report.locator("h3").all_inner_texts() == ["Person 1", "Person 2"]
    assert report.inner_text("[role=status]") == "Person 1 removed."


def test_labels_and_groups_follow_their_person(report):
    add_person(report, "Red cap", 0)
    report.locator('[value="people-0"]').click()
    assert report.get_attribute(".cse-item label", "for") == "id_people-0-name"
    assert report.get_attribute(".cse-item", "aria-labelledby") == "people-0-title"
    assert report.locator("[name=remove]").text_content() == "Remove person 1"


def test_nobody_can_be_added_beyond_the_most(report):
    add_person(report, "Red cap", 0)
    add_person(report, "Grey coat", 1)
    assert not report.get_by_text("Add another person").is_visible()
    report.locator('[value="people-2"]').click()
    assert report.get_by_text("Add another person").is_visible()


def test_the_last_person_can_go_and_another_come(report):
    report.locator('[value="people-0"]').click()
    assert report.input_value("[data-total]") == "0"
    add_person(report, "Red cap", 0)
    assert answers(report)[1] == ["people-0-name", "Red cap"]


def test_only_the_zones_of_the_chosen_site_are_offered(report):
    report.select_option("#zone", "1/Hall")
    report.select_option("#site", "2")
    assert report.locator("#zone option").all_text_contents() == ["Choose", "Lorry park"]
    assert report.input_value("#zone") == ""
    report.select_option("#site", "")
    assert not report.is_visible("#zone")


def test_no_stands_alone(report):
    report.check("[value=site]")
    report.check("[value=no]")
    assert not report.is_checked("[value=site]")
    report.check("[value=site]")
    assert not report.is_checked("[value=no]")


def test_leaving_blanks_the_page_and_puts_guidance_in_its_place(page):
    page.goto(f"{SITE}/report/")
    page.goto(f"{SITE}/private/")
    link = page.locator("[data-leave]")
    assert link.evaluate("link => { link.click(); return document.body.getClientRects().length }") == 0
    page.wait_for_url(f"{SITE}/guidance/")
    page.go_back()
    assert page.url == f"{SITE}/report/"


def test_a_page_with_data_is_blank_once_it_is_left(page):
    page.goto(f"{SITE}/private/")
    assert page.is_visible("text=a secret")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert not page.is_visible("text=a secret")


def test_a_page_brought_back_from_memory_asks_the_server_again(page):
    page.goto(f"{SITE}/private/")
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.asked.count("/private/") == 2


def test_a_page_without_data_is_left_alone(page):
    page.goto(f"{SITE}/guidance/")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert page.is_visible("text=guidance")


def test_styles_script_and_icon_are_light():
    assert sum(len(brotli.compress(file.read_bytes())) for file in DIST.iterdir()) < 20_000
