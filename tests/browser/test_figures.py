"""The page of figures, empty and full: right by day and night, narrow and large."""

import subprocess

import pytest

from cse_reports.install import PYTHON, ROOT
from tests.browser.looks import assert_right

pytestmark = pytest.mark.browser

FILL = """
import django
django.setup()
from accounts import demo
from tests.benchmarks.filling import fill
fill(demo.load(), 200)
fill(demo.load(), 200, answered=True)
"""


@pytest.fixture
def hundred_days(service):
    """The server has concerns of the last hundred days: half of the copies wait, half were answered at once."""
    env = service.env | {"DJANGO_SETTINGS_MODULE": "cse_reports.settings"}
    subprocess.run([PYTHON, "-c", FILL], cwd=ROOT, env=env, check=True)


def test_figures_without_any_card(page_of):
    page = page_of("hana")
    page.locator("nav").get_by_role("link", name="Figures").click()
    assert page.get_by_text("Nothing to show").is_visible()
    assert_right(page)


def test_figures_of_a_hundred_days(hundred_days, page_of):
    page = page_of("hana")
    page.goto("/figures/")
    page.locator("summary").click()
    assert page.get_by_role("heading", name="Quillgate Shopping Centre").is_visible()
    assert page.get_by_role("img", name="Chart").count() == page.locator("#main-content section").count() * 5
    assert_right(page)


def test_a_choice_is_made_and_kept(hundred_days, page_of):
    page = page_of("hana")
    page.goto("/figures/")
    page.get_by_label("Site").select_option("Harrowmere Services")
    page.get_by_label("Months").select_option("Last 3")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/figures/?**")
    assert page.locator("#main-content section").count() == 1
    assert page.locator("tbody tr").count() == 3
    assert page.get_by_label("Months").input_value() == "3"
    assert_right(page)


def test_a_wide_table_is_reached_and_moved_by_the_keyboard(hundred_days, page_of):
    page = page_of("hana")
    page.goto("/figures/")
    table = page.get_by_role("region", name="Quillgate Shopping Centre: table")
    table.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
