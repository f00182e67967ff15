"""From a guard's phone to the four who must know: one card in a real browser, with our script and without."""

import csv
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from concerns.times import LONDON

pytestmark = pytest.mark.browser

with Path(__file__).parents[1].joinpath("concerns", "disclosure.csv").open() as table:
    DISCLOSURE = {row["field"]: row for row in csv.DictReader(table)}

READERS = {"moss": "company", "hana": "company", "priya": "police", "cole": "customer"}

# What is typed, each word once; row 1 is the person who is added.
TYPED = {
    "account": "Canary Account. Second line of it.",
    "police_log": "Canary Log 412",
    "went": "Canary Went",
    "place": "Canary Place",
    "source": "Canary Source",
    "exact_words": "Canary Words",
    "people-0-name": "Canary Kez",
    "people-0-description": "Canary Green Coat",
    "people-1-name": "Canary Dean",
    "people-1-description": "Canary Red Cap",
    "vehicles-0-mark": "ZZ12 ?BC",
    "vehicles-0-make": "Canary Hatchback",
    "vehicles-0-company": "Canary Taxis",
    "vehicles-0-inside": "Canary Inside",
    "vehicles-0-went": "Canary Bay",
    "camera": "Canary Camera",
    "seen_before": "Canary Before",
    "witnesses": "Canary Witness",
    "action_taken": "Canary Action",
    "phone": "020 7946 0155",
}
# The words that stand for what is ticked or chosen.
CHOSEN = {
    "urgency": "This shift",
    "site": "Quillgate Shopping Centre",
    "zone": "Level 2 food court",
    "still_there": "Gone",
    "basis": "Somebody who saw it told me",
    "doubts": "The author has doubts",
    "time_is_approximate": "about 22:52",
    "natures": "Gifts, drink, drugs, money, lifts or a bed for a child",
    "people-0-looks": "13–15",
    "people-1-looks": "35–49",
    "police_may_ring": "Police may ring Yes",
    "police_may_know_name": "Police may know the name No",
    "author_name": "Asha",
    "author_role": "uard",
    "company": "Brightkeep Security",
    "company_phone": "020 7946 0100",
}


def shown_to(name, reader):
    """Whether the table lets this reader see it. The author agreed to be rung, and not to be named."""
    column = name.partition("-")[0]
    show = DISCLOSURE[column][reader]
    return show == "yes" or (show == "if agreed" and column == "phone")


def unfold(page):
    """Open every fold with a tap on it, as a thumb would."""
    for fold in page.locator("details:not([open]) > summary").all()[::-1]:
        fold.click()


def fill_in(page):
    page.goto("/report/")
    unfold(page)
    page.check("[name=urgency][value=prompt]")
    page.check("[name=police_called]")
    page.check("[name=still_there][value=gone]")
    page.select_option("[name=site]", label="Quillgate Shopping Centre")
    page.select_option("[name=zone]", label="Level 2 food court")
    yesterday = datetime.now(LONDON) - timedelta(days=1)
    for part in ("day", "month", "year"):
        page.fill(f"#seen_on-{part}", str(getattr(yesterday, part)))
    for name, time in {"seen_time": "2252", "until_time": "23.08"}.items():
        page.fill(f"#{name}", time)
    page.check("#time_is_approximate")
    page.check("[name=about][value=no]")
    page.check("[name=basis][value=witness]")
    page.check("#doubts")
    page.check("[name=natures][value=gifts]")
    page.fill("#camera_from", "2252")
    page.fill("#camera_until", "2308")
    page.check("[name=police_may_ring][value=yes]")
    page.check("[name=police_may_know_name][value=no]")
    add_second_person(page)
    page.select_option("[name=people-0-looks]", "13_15")
    page.select_option("[name=people-1-looks]", "35_49")
    for name, words in TYPED.items():
        page.fill(f"[name={name}]", words)


def add_second_person(page):
    page.fill("[name=people-0-name]", "typed before the second was added")
    page.get_by_role("button", name="Add another person").click()
    assert page.input_value("[name=people-0-name]") == "typed before the second was added"
    assert page.is_checked("[name=basis][value=witness]")
    unfold(page)


def send(page):
    """Send, and the address of the concern."""
    page.get_by_role("button", name="Send this card").click()
    page.wait_for_url(re.compile("/sent/$"))
    return re.match(r"https?://[^/]+(/concerns/[^/]+/)sent/", page.url)[1]


def texts(page):
    """The words on a page, spaces evened out."""
    return " ".join(page.inner_text("body").split())


@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
def test_a_card_reaches_the_four_who_must_know(page_of, js):
    asha = page_of("asha", js=js)
    fill_in(asha)
    address = send(asha)
    told(asha, address)
    for name in READERS:
        reads(page_of(name, js=js), name, address)
    asha.goto(address)
    assert_the_author_sees_roles(asha)
    for name in ("stan", "ada"):
        other = page_of(name, js=js)
        assert other.goto(address).status == 404
        assert "Canary" not in other.content()


def told(asha, address):
    assert "A message can lie unread: a call cannot." in texts(asha)
    assert asha.locator("a[href='tel:+442079460141']").count() == 1
    asha.fill("[name=told_whom]", "Canary Controller")
    asha.get_by_role("button", name="I told them").click()
    asha.wait_for_url(lambda url: url.endswith(address))
    assert "Told" in texts(asha)
    assert "Canary Controller" in texts(asha)


def reads(page, name, address):
    """Word for word what the table says, and nothing else; then acknowledges."""
    page.goto("/")
    page.get_by_role("link", name=address.split("/")[2]).click()
    page.wait_for_url(lambda url: url.endswith(address))
    reader = READERS[name]
    words = TYPED | CHOSEN
    expected = {field for field in words if shown_to(field, reader)}
    assert {field for field in words if words[field] in texts(page)} == expected
    assert {field for field in words if words[field] in page.content()} <= expected
    assert ("22:52" in page.content()) == shown_to("seen_at", reader)
    widened = [time for time in ("22:45", "23:15") if time in texts(page)]
    assert len(widened) == [DISCLOSURE[f"camera_{end}"][reader] for end in ("from", "until")].count("widened")
    acknowledges(page, name)


def acknowledges(page, name):
    button = page.get_by_role("button", name="Acknowledge")
    if name == "moss":  # he was told by telephone: nothing waits for him
        assert button.count() == 0
        assert "Canary Controller" in texts(page)
        return
    button.click()
    page.wait_for_load_state()
    assert "Acknowledged." in texts(page)
    assert button.count() == 0


def assert_the_author_sees_roles(page):
    cells = {cell.locator("dt").inner_text(): texts_of(cell) for cell in page.locator(".cse-told > div").all()}
    assert list(cells) == ["Manager", "Head office", "Customer", "Police"]
    assert re.fullmatch(r"Manager Told \d\d:\d\d, Canary Controller", cells["Manager"])
    for role in ("Head office", "Customer"):
        assert re.fullmatch(rf"{role} Has it \d\d:\d\d", cells[role])
    assert re.fullmatch(r"Police Call: Told \d\d:\d\d, log Canary Log 412 Copy: Has it \d\d:\d\d", cells["Police"])
    assert not [name for name in ("Moss", "Hana", "Cole", "Priya") if name in page.content()]


def texts_of(cell):
    return " ".join(cell.inner_text().split())


@pytest.mark.parametrize("js", [True, False], ids=["script", "no-script"])
def test_three_taps_and_a_sentence_send_a_card(page_of, js):
    asha = page_of("asha", js=js)
    asha.get_by_role("link", name="Report a concern").click()
    asha.get_by_text("No, something I noticed").click()
    asha.locator("label[for=about_0]").click()
    asha.get_by_text("Saw or heard it").click()
    asha.fill("#account", "A man bought food for a frightened girl.")
    address = send(asha)
    moss = page_of("moss", js=js)
    moss.goto(address)
    moss.get_by_role("button", name="Acknowledge").click()
    moss.wait_for_load_state()
    asha.goto("/")
    assert re.search(r"Manager Has it \d\d:\d\d Head office Waiting", texts(asha))
