"""The card on a phone: what it must fit into, what stays within reach, and what becomes of one that is sent oddly."""

import pytest

from tests.browser.conftest import sign_in
from tests.browser.looks import FOCUSED, tab_through
from tests.browser.test_path import send, unfold

pytestmark = pytest.mark.browser

REQUIRED_ENDS_AT = 1533  # CSS pixels down the page, as drawn
BARS = """() => ({
    top: document.querySelector('.cse-header').getBoundingClientRect().bottom,
    bottom: document.querySelector('.cse-send').getBoundingClientRect().top,
})"""


@pytest.fixture
def card(page_of):
    page = page_of("asha")
    page.goto("/report/")
    return page


def fill_in_least(page, account="A man bought food for a frightened girl."):
    page.check("[name=urgency][value=routine]")
    page.check("[name=about][value=no]")
    page.check("[name=basis][value=self]")
    page.fill("#account", account)


def cards_of(page):
    """The accounts of this person's cards, from their home."""
    page.goto("/")
    return page.locator("article").count()


# --- What it fits into --------------------------------------------------------------------------------------------


def test_what_is_required_fits_in_two_and_a_half_screens(card):
    begin = card.locator("form.cse-card").bounding_box()["y"]
    last = card.locator(".cse-question", has=card.locator("#basis_0")).bounding_box()
    end = last["y"] + last["height"]
    bars = card.evaluate(BARS)
    assert end <= REQUIRED_ENDS_AT
    assert (end - begin) / (bars["bottom"] - bars["top"]) <= 2.5


def test_send_and_leave_are_in_reach_wherever_the_page_is_scrolled_to(card):
    length = card.evaluate("document.querySelector('form.cse-card').getBoundingClientRect().bottom")
    for at in range(0, int(length), 150):
        card.evaluate(f"scrollTo(0, {at})")
        assert card.evaluate(in_sight(".cse-header [data-leave]"))
        assert card.evaluate(in_sight(".cse-send button")) or at + 667 > length


def in_sight(selector):
    """Whether what is seen in the middle of this element is the element itself."""
    return f"""(() => {{
        const element = document.querySelector('{selector}'), box = element.getBoundingClientRect();
        return element.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
    }})()"""


@pytest.mark.parametrize("large", [False, True], ids=["plain", "large"])
def test_no_field_is_hidden_by_a_bar_when_it_has_the_focus(card, large):
    unfold(card)
    if large:
        card.evaluate("document.documentElement.style.fontSize = '200%'")
    hidden = tab_through(card)
    assert {"account", "people-0-description", "phone"} <= set(hidden)
    assert {name: pixels for name, pixels in hidden.items() if pixels} == {}


@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("name", ["place", "people-0-name", "vehicles-0-mark", "camera"])
def test_enter_in_a_box_sends_and_adds_or_removes_nobody(page_of, js, name):
    page = page_of("asha", js=js)
    page.goto("/report/")
    unfold(page)
    page.fill(f"[name={name}]", "words")
    page.press(f"[name={name}]", "Enter")
    page.wait_for_selector(".govuk-error-summary")
    assert page.locator(".cse-item").count() == 2
    assert page.input_value(f"[name={name}]") == "words"


# --- Leaving ------------------------------------------------------------------------------------------------------


def test_leaving_blanks_the_page_at_once_and_back_does_not_bring_it_back(card):
    asked = questions(card)
    card.fill("#account", "a secret")
    shown = "link => { link.click(); return document.body.getClientRects().length }"
    assert card.locator("[data-leave]").evaluate(shown) == 0
    card.wait_for_url("**/guidance/")
    assert asked == []
    card.go_back()
    assert "/report/" not in card.url
    assert "a secret" not in card.content()


def questions(page):
    """What the browser asks before it leaves this page; it is told to stay."""
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    return asked


def test_a_tap_on_a_link_asks_before_a_written_card_is_lost(card):
    asked = questions(card)
    card.locator("#account").press_sequentially("a secret")
    card.get_by_role("link", name="Guidance").click(no_wait_after=True)
    card.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    assert card.input_value("#account") == "a secret"
    assert card.is_visible("#account")


def test_an_untouched_card_is_left_without_a_question(card):
    asked = questions(card)
    card.get_by_role("link", name="Guidance").click()
    card.wait_for_url("**/guidance/")
    assert asked == []


def test_a_sent_card_is_left_without_a_question(card):
    asked = questions(card)
    fill_in_least(card)
    send(card)
    assert asked == []


def test_without_signal_nothing_is_sent_and_no_word_is_lost(card):
    fill_in_least(card, "Typed in a cellar.")
    card.context.set_offline(True)
    card.get_by_role("button", name="Send this card").click()
    assert card.get_by_text("No signal: nothing was sent.").is_visible()
    assert not card.evaluate(f"{FOCUSED}.hidden")
    card.context.set_offline(False)
    card.wait_for_timeout(1100)  # a second tap within one second is held back
    send(card)
    assert cards_of(card) == 1


def test_leaving_works_as_a_plain_link_without_script(page_of):
    page = page_of("asha", js=False)
    page.goto("/report/")
    page.click("[data-leave]")
    page.wait_for_url("**/guidance/")


@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
def test_nothing_of_a_card_comes_back_after_signing_out(page_of, js):
    page = page_of("asha", js=js)
    page.goto("/report/")
    fill_in_least(page, "a secret")
    address = send(page)
    page.goto(address)
    page.goto("/accounts/logout/")
    page.locator("main form button").click()
    page.wait_for_url("**/accounts/login/**")
    for _ in range(4):
        page.go_back(wait_until="load")
        assert "a secret" not in page.content()
        assert not page.get_by_text("a secret").is_visible()


def test_a_page_that_the_phone_kept_in_memory_comes_back_blank(page_of, remembering):
    page = page_of("asha", on=remembering)
    page.goto("/report/")
    fill_in_least(page, "a secret")
    page.goto(send(page))
    page.evaluate(
        """addEventListener('pageshow', (event) => {
            const shown = document.body.getClientRects().length;
            document.cookie = `came_back=${event.persisted},${shown}; path=/`;
        })"""
    )
    page.goto("/guidance/")
    page.go_back(wait_until="commit")
    page.get_by_text("a secret").wait_for()  # the server has said again who is looking
    assert cookie(page, "came_back") == "true,0"
    page.goto("/guidance/")
    page.context.clear_cookies(name="sessionid")
    page.go_back(wait_until="commit")
    page.wait_for_url("**/accounts/login/**")


def cookie(page, name):
    return next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == name)


def test_a_card_that_is_left_is_blank_and_keeps_its_words(card):
    card.fill("#account", "a secret")
    card.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert card.evaluate("document.body.getClientRects().length") == 0
    assert card.input_value("#account") == "a secret"


# --- Answers that hang together -----------------------------------------------------------------------------------


def test_no_is_exclusive(card):
    card.check("[name=about][value=guard]")
    card.check("[name=about][value=no]")
    assert not card.is_checked("[name=about][value=guard]")
    card.check("[name=about][value=police]")
    assert not card.is_checked("[name=about][value=no]")


def test_without_script_no_beside_another_answer_is_an_error(page_of):
    page = page_of("asha", js=False)
    page.goto("/report/")
    fill_in_least(page)
    page.check("[name=about][value=guard]")
    page.get_by_role("button", name="Send this card").click()
    assert page.get_by_role("link", name="Tick “No” on its own, or take it off.").is_visible()
    assert page.is_checked("[name=about][value=no]")
    assert page.is_checked("[name=about][value=guard]")


@pytest.mark.parametrize(
    ("answer", "told"), [("site", "The customer is not told."), ("police", "professional standards")]
)
@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
def test_who_is_then_not_told_is_said_where_it_is_ticked(page_of, js, answer, told):
    page = page_of("asha", js=js)
    page.goto("/report/")
    assert not page.get_by_text(told).is_visible()
    page.check(f"[name=about][value={answer}]")
    assert page.get_by_text(told).is_visible()


def test_zones_follow_the_site(card):
    for site, zone, not_there in (
        ("Quillgate Shopping Centre", "Level 2 food court", "Platform 1"),
        ("Wexmoor Parkway Station", "Platform 1", "Level 2 food court"),
    ):
        card.select_option("#site", label=site)
        zones = card.locator("#zone option").all_text_contents()
        assert zone in zones
        assert not_there not in zones
    card.select_option("#site", label="Somewhere else")
    assert not card.is_visible("#zone")


def test_a_zone_stays_chosen_when_the_card_comes_back_with_errors(card):
    card.select_option("#site", label="Quillgate Shopping Centre")
    card.select_option("#zone", label="Bus stands")
    card.get_by_role("button", name="Send this card").click()
    card.wait_for_selector(".govuk-error-summary")
    assert card.locator("#zone option:checked").inner_text() == "Bus stands"


def test_the_error_summary_takes_the_focus_and_leads_to_each_answer(card):
    card.get_by_role("button", name="Send this card").click()
    card.wait_for_selector(".govuk-error-summary")
    assert card.evaluate("document.activeElement.className") == "govuk-error-summary"
    links = card.locator(".govuk-error-summary a")
    assert links.count() == 4
    for link in links.all():
        link.click()
        assert card.evaluate("document.activeElement.id") == link.get_attribute("href")[1:]
        assert not card.evaluate(f"({FOCUSED}).hidden")


def test_a_folded_answer_that_is_wrong_is_unfolded(card):
    unfold(card)
    fill_in_least(card)
    card.fill("#camera_from", "25:99")
    card.get_by_role("button", name="Send this card").click()
    card.wait_for_selector(".govuk-error-summary")
    assert card.is_visible("#camera_from")
    assert not card.is_visible("#exact_words")


# --- Sent oddly ---------------------------------------------------------------------------------------------------


def test_two_taps_on_send_are_one_card(card):
    fill_in_least(card)
    card.get_by_role("button", name="Send this card").dblclick(no_wait_after=True)
    card.wait_for_url("**/sent/")
    assert cards_of(card) == 1


def test_two_taps_without_script_are_one_card(page_of):
    page = page_of("asha", js=False)
    page.goto("/report/")
    fill_in_least(page)
    page.get_by_role("button", name="Send this card").dblclick(no_wait_after=True)
    page.wait_for_url("**/sent/")
    assert cards_of(page) == 1


def test_the_same_form_in_two_tabs_is_one_card(card):
    other = same_form(card)
    assert send_words(card, "The same words.") == send_words(other, "The same words.")
    assert cards_of(card) == 1


def test_the_same_form_with_other_words_offers_two_ways_on(card):
    other = same_form(card)
    send_words(card, "The first words.")
    fill_in_least(other, "Other words.")
    other.get_by_role("button", name="Send this card").click()
    other.wait_for_selector("text=You have sent this card before")
    assert other.get_by_text("The first words.").is_visible()
    other.get_by_role("button", name="Add as a note").click()
    other.wait_for_url("**/concerns/*/")
    assert other.get_by_text("Other words.").is_visible()
    assert cards_of(card) == 1


def same_form(page):
    """The form of this page in a second tab, under the same key, as a browser that duplicates a tab makes it."""
    other = page.context.new_page()
    other.goto("/report/")
    for name in ("submission_key", "written_at"):
        other.locator(f"[name={name}]").evaluate(
            "(box, value) => { box.value = value }", page.input_value(f"[name={name}]")
        )
    return other


def send_words(page, account):
    fill_in_least(page, account)
    return send(page)


def test_going_back_after_sending_shows_an_empty_card(card):
    send_words(card, "The first words.")
    card.go_back()
    assert card.input_value("#account") == ""
    send_words(card, "Another matter.")
    assert cards_of(card) == 2


@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
def test_a_session_that_ran_out_while_typing_loses_no_word(page_of, js):
    page = page_of("asha", js=js)
    page.goto("/report/")
    fill_in_least(page, "Typed before it ran out.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Send this card").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Sign in again").click()
    sign_in(opened.value, "asha")
    press_send_until_it_is_sent(page)
    page.goto("/")
    page.locator("article a").click()
    assert page.get_by_text("Typed before it ran out.").is_visible()


def press_send_until_it_is_sent(page):
    """Once with our script; without it a new sign-in asks for another press."""
    page.get_by_role("button", name="Send this card").click()
    page.wait_for_load_state()
    if "/sent/" not in page.url:
        assert page.input_value("#account") == "Typed before it ran out."
        page.get_by_role("button", name="Send this card").click()
    page.wait_for_url("**/sent/")


def test_another_person_who_signs_in_cannot_send_it(card):
    fill_in_least(card, "Asha typed this.")
    card.context.clear_cookies(name="sessionid")
    other = card.context.new_page()
    sign_in(other, "moss")
    card.get_by_role("button", name="Send this card").click()
    card.wait_for_selector("text=started by somebody else")
    assert card.input_value("#account") == "Asha typed this."
    other.goto("/")
    assert other.get_by_text("Nothing is waiting for you").is_visible()
