"""The queue in a browser: it keeps itself up to date and moves nobody's focus, it has keys, it looks right."""

import subprocess

import pytest

from cse_reports import install
from tests.browser.looks import assert_right, broken_rules, sideways

pytestmark = pytest.mark.browser

MINUTE = 60_000  # milliseconds
BEFORE = """
from datetime import timedelta
from accounts.demo import email
from accounts.models import Site, User
from concerns import actions
from concerns.models import Concern, Delivery
from django.utils import timezone
from tests.cards import add_note, send_card

def somebody(name):
    return User.objects.get(email=email(name))

def ago(**time):
    return timezone.now() - timedelta(**time)

def acknowledge(who, reference):
    mine = Delivery.objects.addressed_to(somebody(who))
    actions.acknowledge(delivery=mine.get(concern__in=Concern.objects.with_reference(reference)), by=somebody(who))

asha, site = somebody("Asha"), Site.objects.get(name="Quillgate Shopping Centre")
"""
LATE = "print(send_card(asha, urgency='emergency', now=ago(minutes=34)))"
SOON = "print(send_card(asha, urgency='prompt', now=ago(minutes=21)))"
LATER = "print(send_card(asha))"


@pytest.fixture
def happen(service):
    """happen(LATE) does that in the service meanwhile, and gives the words that it prints."""

    def run(*lines):
        code = "\n".join([BEFORE, *lines])
        command = [install.PYTHON, "manage.py", "shell", "--verbosity=0", "--no-imports", "-c", code]
        done = subprocess.run(command, cwd=install.ROOT, env=service.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    return run


@pytest.fixture
def queue(page_of):
    """A function that opens the queue as somebody, with a clock that stands until it is moved."""

    def open_queue(name="moss", query="", **options):
        page = page_of(name, **options)
        page.clock.install()
        page.goto(f"/concerns/{query}")
        return page

    return open_queue


def polls(page):
    """A list that grows by each time the page asks what has changed."""
    asked = []
    page.on("request", lambda request: asked.append(request) if "x-queue" in request.headers else None)
    return asked


def wait_for_poll(page, after=MINUTE // 2):
    with page.expect_request_finished(lambda request: "x-queue" in request.headers):
        page.clock.run_for(after)


def references(page, name="waiting"):
    return page.locator(f"ul[aria-labelledby={name}] a").all_inner_texts()


def card_of(page, reference):
    return page.locator(".cse-queue a", has_text=reference)


def said(page):
    return page.locator("[data-said]").text_content()


def has_focus(page):
    return page.evaluate("document.activeElement.textContent.trim()")


# --- It keeps itself up to date -----------------------------------------------------------------------------------


def test_a_new_card_appears_and_is_announced_by_its_reference_alone(queue, happen):
    page = queue()
    assert page.get_by_text("Nothing is waiting for you").is_visible()
    (late,) = happen(LATE)
    wait_for_poll(page)
    card_of(page, late).wait_for()
    assert references(page) == [late]
    assert said(page) == f"New: {late}. Police not told: {late}."
    assert page.title() == f"Police not told: {late} – 1 overdue – Queue – CSE Reports"


def test_what_somebody_does_meanwhile_stays_as_it_is(queue, happen):
    happen(LATER)
    page = queue()
    page.click("summary")
    page.select_option("#f-urgency", "prompt")
    page.fill("#reference", "7K3M")
    (soon,) = happen(SOON)
    wait_for_poll(page)
    card_of(page, soon).wait_for()
    assert page.input_value("#reference") == "7K3M"
    assert page.input_value("#f-urgency") == "prompt"
    assert page.locator("details").get_attribute("open") is not None
    assert page.evaluate("document.activeElement.id") == "reference"


def test_the_card_that_has_the_focus_keeps_it_when_others_come_and_go(queue, happen):
    gone, stays = happen(SOON, LATER)
    page = queue()
    card_of(page, stays).focus()
    page.evaluate("window.focused = document.activeElement")
    (late,) = happen(LATE, f"acknowledge('Moss', '{gone}')")
    wait_for_poll(page)
    card_of(page, late).wait_for()
    assert references(page) == [late, stays]
    assert page.evaluate("document.activeElement === window.focused")


def test_where_the_card_that_had_the_focus_is_gone_the_next_one_has_it(queue, happen):
    gone, stays = happen(SOON, LATER)
    page = queue()
    card_of(page, gone).focus()
    happen(f"add_note(Concern.objects.with_reference('{gone}').get(), asha, about=['guard'])")
    wait_for_poll(page)
    card_of(page, gone).wait_for(state="detached")
    assert has_focus(page) == stays


def test_the_button_of_an_alarm_that_is_gone_is_no_other_alarms(queue, happen):
    (first,) = happen("print(send_card(asha, urgency='emergency', now=ago(hours=2)))")
    (second,) = happen(LATE)
    page = queue()
    page.get_by_role("link", name="I told them").focus()
    happen(
        f"concern = Concern.objects.with_reference('{first}').get()",
        "call = concern.deliveries.get(recipient='police_call')",
        "actions.record_told(delivery=call, by=somebody('Hana'), whom='PC Vale', at=timezone.now(), how='101')",
    )
    wait_for_poll(page)
    page.get_by_role("heading", name=f"Police not told: {second}").wait_for()
    assert page.evaluate("document.activeElement.localName") == "div"  # what holds the alarms


def test_a_card_that_becomes_overdue_is_announced_once(queue, happen, service):
    (card,) = happen("print(send_card(asha, urgency='emergency', now=ago(minutes=14, seconds=52)))")
    page = queue()
    page.wait_for_timeout(100)
    assert said(page) == ""
    happen("import time; time.sleep(8)")
    wait_for_poll(page)
    page.get_by_text("min overdue").wait_for()
    assert said(page) == f"Overdue: {card}. Police not told: {card}."
    wait_for_poll(page)
    page.wait_for_function("document.querySelector('[data-said]').textContent === ''")


def test_it_says_when_it_was_checked(queue):
    page = queue()
    assert page.get_by_text("This page keeps itself up to date.").is_visible()
    assert not page.get_by_text("load the page again").is_visible()
    page.locator("[data-at]").evaluate_all("times => times.forEach((time) => { time.textContent = '00:00' })")
    wait_for_poll(page)
    page.wait_for_function("!document.body.textContent.includes('00:00')")


def test_it_asks_nothing_while_nobody_looks_and_at_once_when_they_come_back(queue):
    page = queue()
    asked = polls(page)
    look(page, away=True)
    page.clock.run_for(10 * MINUTE)
    assert asked == []
    with page.expect_request_finished(lambda request: "x-queue" in request.headers):
        look(page, away=False)
    assert len(asked) == 1


def look(page, away):
    page.evaluate(
        """(away) => {
            Object.defineProperty(document, 'hidden', { value: away, configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        away,
    )


def test_without_a_signal_it_says_so_and_asks_again_when_there_is_one(queue, happen):
    page = queue()
    asked = polls(page)
    page.context.set_offline(True)
    page.get_by_text("This page could not be brought up to date since").wait_for()
    assert not page.get_by_text("keeps itself up to date").is_visible()
    page.clock.run_for(10 * MINUTE)
    assert asked == []
    (late,) = happen(LATE)
    page.context.set_offline(False)
    card_of(page, late).wait_for()
    assert not page.get_by_text("could not be brought up to date").is_visible()


def test_it_asks_less_often_while_it_fails_and_says_since_when(queue):
    page = queue()
    page.route("**/concerns/", lambda route: route.abort())
    asked = polls(page)
    page.clock.run_for(MINUTE // 2)
    page.get_by_text("This page could not be brought up to date since").wait_for()
    for expected, minutes in ((1, 0.9), (2, 0.2), (2, 1.8), (3, 0.3)):
        page.clock.run_for(int(minutes * MINUTE))
        page.wait_for_timeout(100)
        assert len(asked) == expected
    page.unroute("**/concerns/")
    wait_for_poll(page, 4 * MINUTE - 5_000)
    page.get_by_text("keeps itself up to date").wait_for()


def test_whoever_is_signed_out_is_told_so_and_shown_nothing(queue, happen, page_of):
    (card,) = happen(LATE)
    page = queue()
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.clock.run_for(MINUTE // 2)
    page.get_by_role("heading", name="You are signed out").wait_for()
    assert not card_of(page, card).is_visible()
    assert page.title() == "CSE Reports"
    assert_right(page)
    page.context.add_cookies(cookies)
    look(page, away=False)
    card_of(page, card).wait_for()
    assert page.title().startswith(f"Police not told: {card}")


def test_sign_in_leads_back_to_the_queue(queue):
    page = queue(query="?show=overdue")
    page.context.clear_cookies(name="sessionid")
    page.clock.run_for(MINUTE // 2)
    page.get_by_role("link", name="Sign in again").click()
    page.click("button[name=person][value=Moss]")
    page.wait_for_url("**/concerns/?show=overdue")


def test_somebody_else_who_signs_in_here_gets_a_page_of_their_own(queue, happen, page_of):
    happen(LATE)
    page, hanas = queue(), page_of("hana")
    page.context.add_cookies(hanas.context.cookies())
    with page.expect_navigation():
        page.clock.run_for(MINUTE // 2)
    assert page.get_by_role("link", name="Hana").is_visible()


def test_without_javascript_it_says_how_to_see_what_is_new(page_of, happen):
    happen(LATE)
    page = page_of("moss", js=False)
    page.goto("/concerns/?show=police")
    (late,) = happen("print(send_card(asha, urgency='emergency', now=ago(hours=9)))")
    page.get_by_role("link", name="load the page again").click()
    assert references(page, "police")[0] == late
    assert not page.get_by_text("Keys, once").is_visible()


# --- Keys ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def three(queue, happen):
    """The queue with three cards that wait, and one that Moss has; and their references."""
    cards = happen(LATE, SOON, LATER, LATER)
    happen(f"acknowledge('Moss', '{cards[-1]}')")
    page = queue(viewport={"width": 1280, "height": 900})
    return page, cards


def test_keys_go_from_card_to_card(three):
    page, cards = three
    page.get_by_role("link", name="Go to the first card").press("Enter")
    found = []
    for key in ("j", "j", "ArrowDown", "j", "k", "ArrowUp", "K"):
        page.keyboard.press(key)
        found.append(has_focus(page))
    assert found == [cards[1], cards[2], cards[3], cards[3], cards[2], cards[1], cards[0]]


def test_a_key_opens_the_card(three):
    page, cards = three
    page.locator("#first").focus()
    page.keyboard.press("j")
    page.keyboard.press("o")
    page.wait_for_url(f"**/concerns/{cards[1]}/")


def test_a_key_opens_the_card_at_the_button_that_acknowledges(three):
    page, cards = three
    page.locator("#first").focus()
    page.keyboard.press("a")
    page.wait_for_url(f"**/concerns/{cards[0]}/#acknowledge")
    assert has_focus(page) == "Acknowledge"
    page.keyboard.press("Enter")
    page.get_by_text("Whoever sent the card can see that you have it.").wait_for()


def test_a_card_that_is_answered_is_only_opened(three):
    page, cards = three
    page.locator("ul[aria-labelledby=had] a").focus()
    page.keyboard.press("a")
    page.wait_for_url(f"**/concerns/{cards[3]}/")


def test_keys_do_nothing_elsewhere(three):
    page, _ = three
    page.locator("#reference").focus()
    page.keyboard.type("jkoa")
    assert page.input_value("#reference") == "jkoa"
    page.locator(".cse-chips a").first.focus()
    for key in ("j", "o", "a", "Control+j"):
        page.keyboard.press(key)
    assert has_focus(page).startswith("Waiting for you")
    page.locator("#first").focus()
    page.keyboard.press("Alt+j")
    assert page.evaluate("document.activeElement.id") == "first"
    assert page.url.endswith("/concerns/")


def test_the_keys_are_named_on_a_desk_whatever_points_there_and_not_on_a_phone(queue, happen):
    happen(LATER)
    phone, desk = {"width": 375, "height": 667}, {"width": 1280, "height": 900}
    for options in ({"viewport": desk}, {"viewport": desk, "has_touch": True, "is_mobile": True}):
        assert queue(**options).get_by_text("Keys, once").is_visible()
    for options in ({"viewport": phone}, {"viewport": phone, "has_touch": True, "is_mobile": True}):
        assert not queue(**options).get_by_text("Keys, once").is_visible()


# --- It looks right -----------------------------------------------------------------------------------------------

FULL = """
for n in range(7):
    send_card(asha, site=site, urgency="emergency", seen_at=ago(days=29, hours=n), now=ago(hours=n + 1),
              camera_from=ago(days=29, hours=n), camera_until=ago(days=29, hours=n))
send_card(asha, urgency="prompt", still_there="yes")
send_card(asha, site=None, zone="", place="the street")
"""


@pytest.mark.parametrize("name", ["moss", "hana", "cole", "priya"])
def test_a_queue_that_shouts(queue, happen, name):
    happen(FULL)
    page = queue(name)
    assert page.get_by_text("CCTV about to be lost").is_visible()
    for show in ("", "?show=overdue", "?show=police", "?show=footage", "?show=had", "?show=closed"):
        page.goto(f"/concerns/{show}")
        assert_right(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_queue_that_shouts_on_a_desk(queue, happen, scheme):
    happen(FULL)
    page = queue(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    assert broken_rules(page) == {}
    assert sideways(page) == ""


def test_the_red_box_of_several_urgencies_can_be_tapped(queue, happen):
    happen(LATE, SOON, "send_card(asha, site=site, urgency='prompt', now=ago(hours=3))")
    page = queue(viewport={"width": 320, "height": 667})
    assert page.locator(".cse-untold").get_by_role("link", name="What to say about").is_visible()
    assert {box["height"] >= 44 for box in boxes(page, ".cse-untold a")} == {True}
    assert_right(page)


def boxes(page, selector):
    return [link.bounding_box() for link in page.locator(selector).all()]


@pytest.mark.parametrize("width", [375, 1280])
def test_the_cards_that_somebody_wrote_can_be_tapped(page_of, happen, width):
    happen(LATER)
    page = page_of("asha", viewport={"width": width, "height": 800})
    page.goto("/")
    (link,) = boxes(page, "article h3 a")
    assert link["height"] >= 44


@pytest.mark.parametrize("width", [375, 1280])
def test_the_button_to_print_a_handover_leaves_no_hole(page_of, width):
    page = page_of("moss", viewport={"width": width, "height": 800})
    page.goto("/handover/")
    (button,) = boxes(page, "[data-print]")
    assert button["height"] >= 44
    assert 8 <= words_begin(page) - (button["y"] + button["height"]) <= 32


def words_begin(page):
    """Where the words of the heading begin: a hole may be inside its box."""
    return page.evaluate(
        """() => {
            const words = document.createRange();
            words.selectNodeContents(document.querySelector("h1"));
            return words.getBoundingClientRect().top;
        }"""
    )


def test_a_printed_handover_begins_at_the_top(page_of):
    page = page_of("moss", viewport={"width": 794, "height": 1123})
    page.goto("/handover/")
    page.emulate_media(media="print")
    (name,) = boxes(page, ".cse-header")
    assert words_begin(page) - (name["y"] + name["height"]) <= 32


def test_the_words_that_it_could_not_be_brought_up_to_date(queue, happen):
    happen(LATE)
    page = queue()
    page.context.set_offline(True)
    page.get_by_text("This page could not be brought up to date since").wait_for()
    assert_right(page)
