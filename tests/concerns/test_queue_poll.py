"""The queue brings itself up to date: its script asks the same address again and again, and changes nothing by it."""

from datetime import timedelta
from itertools import chain

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from concerns.models import Event
from tests.cards import add_note, send_card
from tests.concerns.test_queue import acknowledge
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("clock")
WITHHELD = [("moss", "guard"), ("hana", "office"), ("cole", "site"), ("priya", "police")]


@pytest.fixture
def opened(sign_in):
    """A function that opens the queue as somebody: their browser, and the tag of what they see."""

    def open_queue(who="moss", query=""):
        browser = sign_in(who)
        return browser, tag_of(browser, query)

    return open_queue


def tag_of(browser, query=""):
    page = Page(browser.get(f"/concerns/{query}"))
    return next(box["data-queue"] for box in page.all("div") if box["data-queue"])


def ask(browser, tag, query="", path="/concerns/"):
    return browser.get(f"{path}{query}", headers={"X-Queue": tag})


def named(answer):
    """The references that an answer brings."""
    page = Page(f"<body>{''.join(answer.json()['parts'].values())}</body>")
    return {span.text for span in page.all("span") if span["class"] == "cse-ref"}


# --- What it is answered ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["moss", "hana", "lena", "cole", "priya", "stan"])
def test_where_nothing_has_changed_it_is_answered_the_time_in_a_few_bytes(cast, opened, concern, who):
    browser, tag = opened(who)
    answer = ask(browser, tag)
    assert answer.json() == {"at": "23:26", "reader": str(cast[who].pk)}
    assert len(answer.content) < 100


def test_a_new_card_comes_with_the_title(cast, opened):
    browser, tag = opened()
    concern = send_card(cast["asha"], urgency="emergency", now=timezone.now() - timedelta(hours=1))
    answer = ask(browser, tag)
    assert named(answer) == {str(concern)}
    assert answer.json()["title"] == f"Police not told: {concern} – 1 overdue – Queue"
    assert ask(browser, answer.json()["tag"]).json().keys() == {"at", "reader"}


def test_what_it_brings_is_what_the_page_would_show(cast, opened, concern):
    browser, tag = opened()
    acknowledge(concern, cast["hana"])
    parts = ask(browser, tag).json()["parts"]
    page = browser.get("/concerns/").content.decode()
    assert all(part in page for part in parts.values())
    assert set(parts) == {box["data-part"] for box in Page(page).all() if box["data-part"]}


def test_time_alone_changes_what_is_shown(clock, opened, concern):
    browser, tag = opened()
    clock(2026, 11, 22, 1, 27)
    answer = ask(browser, tag).json()
    assert answer["at"] == "01:27"
    assert "9 h left" in answer["parts"]["lists"]


def test_it_asks_with_the_filters_and_the_list_of_the_address(cast, opened, concern):
    browser, tag = opened(query="?urgency=prompt")
    prompt = send_card(cast["asha"], urgency="prompt")
    assert named(ask(browser, tag, "?urgency=prompt")) == {str(prompt)}
    assert named(ask(browser, tag, "?show=had")) == set()


def test_home_answers_too(opened, concern):
    browser, tag = opened()
    assert ask(browser, tag, path="/").json().keys() == {"at", "reader"}


def test_two_people_who_see_the_same_are_told_apart(cast, opened, sign_in):
    _, tag = opened("hana")
    answer = ask(sign_in("lena"), tag).json()
    assert (answer["reader"], "parts" in answer) == (str(cast["lena"].pk), True)


# --- What it does not do ------------------------------------------------------------------------------------------


def test_asking_is_not_reading(cast, opened, concern):
    browser, _ = opened()
    before = Event.objects.count()
    ask(browser, "")
    assert Event.objects.count() == before


def test_asking_does_not_keep_anybody_signed_in(opened, concern):
    browser, tag = opened()
    ends = Session.objects.get().expire_date
    answers = [ask(browser, tag), ask(browser, "")]
    assert Session.objects.get().expire_date == ends
    assert not list(chain(*(answer.cookies for answer in answers)))


def test_asking_takes_no_message_away(cast, opened, concern):
    browser, tag = opened()
    browser.post(f"/concerns/{concern}/acknowledge/", {"writer": cast["moss"].pk})
    ask(browser, tag)
    assert "Acknowledged." in Page(browser.get("/concerns/")).text


def test_whoever_is_signed_out_is_led_to_sign_in_and_shown_nothing(opened, concern):
    browser, tag = opened()
    Session.objects.all().delete()
    answer = ask(browser, tag)
    assert (answer.status_code, answer.content) == (302, b"")


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": "guard"}])
def test_whoever_works_no_queue_any_more_is_answered_nothing(cast, opened, concern, changes):
    browser, tag = opened()
    for name, value in changes.items():
        setattr(cast["moss"], name, value)
    cast["moss"].save()
    answer = ask(browser, tag)
    assert answer.status_code in (302, 403)
    assert str(concern).encode() not in answer.content


@pytest.mark.parametrize("who", ["nobody", "asha", "ada"])
def test_nobody_else_may_ask(sign_in, concern, who):
    browser = Client() if who == "nobody" else sign_in(who)
    assert ask(browser, "").status_code == (302 if who == "nobody" else 403)


@pytest.mark.parametrize("tag", ["", "x", "0" * 9000, "é", "a, b"])
def test_any_tag_but_its_own_is_answered_the_whole(opened, concern, tag):
    browser, _ = opened()
    assert str(concern) in named(ask(browser, tag))


# --- And withheld leaves no trace ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "about"), [("moss", "guard"), ("hana", "office"), ("cole", "site"), ("priya", "police")]
)
@pytest.mark.parametrize("query", ["", "?show=overdue", "?show=police", "?show=footage", "?show=had", "?show=closed"])
def test_a_withheld_card_changes_no_answer(cast, opened, concern, who, about, query):
    browser, tag = opened(who, query)
    send_card(cast["asha"], about=[about], urgency="emergency", now=timezone.now() - timedelta(days=1))
    assert ask(browser, tag, query).json().keys() == {"at", "reader"}


def test_a_card_that_is_withheld_meanwhile_leaves_the_page(cast, opened, concern):
    empty = opened()[1]
    browser, tag = opened()
    assert empty == tag
    add_note(concern, cast["asha"], about=["guard"])
    assert named(ask(browser, tag)) == set()


# --- Without the script -------------------------------------------------------------------------------------------


def test_without_the_script_the_page_says_how_to_see_what_is_new(sign_in):
    page = Page(sign_in("moss").get("/concerns/?show=overdue"))
    (link,) = [link for link in page.all("a") if link.text == "load the page again"]
    assert link["href"] == "/concerns/?show=overdue"
    assert "Checked at 23:26. To see what is new" in page.text


def test_what_the_script_says_is_hidden_without_it(sign_in):
    page = Page(sign_in("moss").get("/concerns/"))
    said = [box for box in page.all("div") if box["data-stopped"]]
    assert {box["data-stopped"] for box in said if "hidden" in box.attrs} == {"late", "out"}
    (live,) = [span for span in page.all("span") if "data-live" in span.attrs]
    assert "hidden" in live.attrs
