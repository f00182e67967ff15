"""The queue: what is addressed to a reader, by the time that is left, page by page, and no more than they may see."""

import re
from datetime import timedelta
from html import unescape
from itertools import chain

import pytest
from django.utils import timezone

from accounts.models import Site
from concerns import actions
from concerns.models import Concern, Delivery
from tests.cards import add_note, send_card
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("clock")

READERS = ["moss", "hana", "cole", "priya"]


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def queue(sign_in):
    """A function that opens the queue as somebody."""
    return lambda who="moss", query="": Page(sign_in(who).get(f"/concerns/{query}"))


def rows(page, heading="waiting"):
    """The lines of one of the two lists."""
    return [line for box in page.all("ul") if box["aria-labelledby"] == heading for line in box.all("li")]


def references(page, heading="waiting"):
    return [next(line.all("a")).text for line in rows(page, heading)]


def more(page, text):
    return [unescape(link["href"]) for link in page.all("a") if link.text == text]


def chips(page):
    """{what a chip says: how many it counts}"""
    links = [link for box in page.all("ul") if box["class"] == "cse-chips" for link in box.all("a")]
    counts = [next((span.text for span in link.all("span")), "") for link in links]
    return {link.text.removesuffix(f" {count}"): count for link, count in zip(links, counts, strict=True)}


def acknowledge(concern, by):
    copy = Delivery.objects.addressed_to(by).get(concern=concern)
    actions.acknowledge(delivery=copy, by=by)


# --- Order --------------------------------------------------------------------------------------------------------


def test_what_is_due_first_comes_first(cast, queue):
    now = timezone.now()
    sent = {
        "later": send_card(cast["asha"], urgency="routine", now=now),
        "overdue": send_card(cast["asha"], urgency="emergency", now=now - timedelta(hours=5)),
        "soon": send_card(cast["asha"], urgency="prompt", now=now - timedelta(minutes=30)),
        "long overdue": send_card(cast["asha"], urgency="routine", now=now - timedelta(days=9)),
    }
    order = ["long overdue", "overdue", "soon", "later"]
    for who in READERS:
        assert references(queue(who)) == [str(sent[name]) for name in order], who


def test_each_line_says_how_much_time_is_left(cast, queue):
    now = timezone.now()
    send_card(cast["asha"], urgency="emergency", now=now - timedelta(minutes=34))
    send_card(cast["asha"], urgency="prompt", now=now - timedelta(minutes=21))
    send_card(cast["asha"], urgency="routine", now=now)
    late, soon, later = rows(queue())
    assert late.text.startswith("19 min overdue due 23:07")
    assert soon.text.startswith("39 min left due 00:05")
    assert later.text.startswith("12 h left due")
    assert [line["class"] for line in (late, soon, later)] == ["cse-queue__late", "cse-queue__soon", ""]


def test_each_line_says_what_it_is_and_who_has_not_been_told(cast, queue, site):
    concern = send_card(cast["asha"], urgency="prompt", site=site, zone="Car park", still_there="gone")
    acknowledge(concern, cast["hana"])
    (line,) = rows(queue())
    assert f"{concern} Quillgate Shopping Centre, Car park" in line.text
    assert "Friday 20 November, 22:10. Gone" in line.text
    assert line.text.endswith(
        "This shift Waiting for you, customer, police call, police CCTV lost in 28 days and 22 hours"
    )


def test_a_line_without_a_site_says_so(cast, queue):
    send_card(cast["asha"], site=None, zone="", place="the street")
    assert "Somewhere else" in rows(queue("hana"))[0].text
    assert "the street" not in queue("hana").text


# --- Pages --------------------------------------------------------------------------------------------------------


@pytest.fixture
def sixty(cast, site):
    """Sixty cards of one minute: every due time is a tie."""
    return [send_card(cast["asha"], site=site, now=timezone.now()) for _ in range(60)]


def leaf_through(open_page, first, text, heading="waiting"):
    """[[reference, …] of each page], by the links that lead on."""
    pages, address = [], first
    while address is not None:
        page = open_page(address)
        pages.append(references(page, heading))
        address = next(iter(more(page, text)), None)
    return pages


@pytest.mark.parametrize("query", ["", "?urgency=routine", "?urgency=routine&site=SITE"])
def test_pages_over_ties_have_every_card_once(sign_in, sixty, site, query):
    moss = sign_in("moss")
    query = query.replace("SITE", str(site.pk))
    found = leaf_through(lambda q: Page(moss.get(f"/concerns/{q}")), query, "More waiting for you")
    assert [len(page) for page in found] == [25, 25, 10]
    assert sorted(chain(*found)) == sorted(map(str, sixty))


def test_pages_of_the_second_list_have_every_card_once(sign_in, cast, sixty):
    for concern in sixty:
        acknowledge(concern, cast["moss"])
    moss = sign_in("moss")
    found = leaf_through(lambda q: Page(moss.get(f"/concerns/{q}")), "?show=had", "More that you have", "had")
    assert [len(page) for page in found] == [25, 25, 10]
    assert sorted(chain(*found)) == sorted(map(str, sixty))


def test_below_what_waits_is_a_little_of_the_second_list(cast, queue, sixty):
    for concern in sixty[:6]:
        acknowledge(concern, cast["moss"])
    page = queue(query="?urgency=routine")
    assert len(rows(page, "had")) == 5
    assert more(page, "More that you have") == ["?urgency=routine&show=had"]


def test_pages_of_their_own_cards_have_every_card_once(sign_in, sixty):
    asha, found, address = sign_in("asha"), [], "/"
    while address:
        page = Page(asha.get(address))
        found += [ref.text for box in page.all("article") for ref in box.all("span") if ref["class"] == "cse-ref"]
        address = next((f"/{link}" for link in more(page, "Older cards")), None)
    assert sorted(found) == sorted(map(str, sixty))


def test_filters_stay_in_the_address_of_the_next_page(queue, sixty, site):
    (address,) = more(queue(query=f"?urgency=routine&site={site.pk}&x=1"), "More waiting for you")
    assert f"urgency=routine&site={site.pk}" in address
    assert re.search(r"after=2026-11-22T11%3A26%3A00%2B00%3A00_[0-9a-f-]{36}$", address)


def test_a_card_that_is_answered_meanwhile_moves_no_page(sign_in, cast, sixty):
    moss = sign_in("moss")
    first = Page(moss.get("/concerns/"))
    acknowledge(Concern.objects.get(reference=references(first)[0].replace("-", "")), cast["moss"])
    (address,) = more(first, "More waiting for you")
    assert not set(references(Page(moss.get(f"/concerns/{address}")))) & set(references(first))


def test_exactly_one_page_leads_nowhere(cast, queue):
    for _ in range(25):
        send_card(cast["asha"])
    assert len(rows(queue())) == 25
    assert not more(queue(), "More waiting for you")


@pytest.mark.parametrize(("cards", "count"), [(1, "1"), (99, "99"), (100, "99+")])
def test_a_count_stops_at_99(cast, queue, cards, count):
    for _ in range(cards):
        send_card(cast["asha"])
    assert chips(queue())["Waiting for you"] == count


# --- Filters ------------------------------------------------------------------------------------------------------


def test_filters_leave_what_they_say(cast, queue, site):
    other = Site.objects.get(name="Harrowmere Services")
    prompt = send_card(cast["asha"], urgency="prompt", site=site)
    send_card(cast["asha"], urgency="routine", site=site)
    elsewhere = send_card(cast["asha"], urgency="prompt", site=other, zone="Hotel")
    assert set(references(queue(query="?urgency=prompt"))) == {str(prompt), str(elsewhere)}
    assert references(queue(query=f"?site={other.pk}")) == [str(elsewhere)]
    assert references(queue(query=f"?urgency=prompt&site={site.pk}")) == [str(prompt)]


def test_what_was_chosen_is_still_chosen(queue, site, concern):
    posted = queue(query=f"?urgency=prompt&site={site.pk}").posted("/concerns/")
    assert posted == {"site": [str(site.pk)], "urgency": ["prompt"]}


def test_the_sites_to_choose_from_are_the_readers(queue, site):
    assert {option.text for option in queue("stan").by_id("f-site").all("option")} == {"Any site", "Pellmoor Arcade"}
    for who in READERS:
        assert "Quillgate Shopping Centre" in {option.text for option in queue(who).by_id("f-site").all("option")}


def test_a_site_of_another_company_filters_everything_out(cast, queue, concern):
    page = queue(query=f"?site={cast['stan'].sites.get().pk}")
    assert not rows(page)
    assert "Nothing more is waiting here." in page.text
    assert "Pellmoor" not in page.text


UUID = "00000000-0000-0000-0000-000000000000"
GARBAGE = [
    "?urgency=x",
    "?urgency=routine\0",
    "?urgency=",
    "?site=x",
    "?site=\0",
    "?site=" + "9" * 5000,
    "?after=x",
    "?after=_",
    f"?after=2026-11-21_{UUID}",
    f"?after=2026-11-21T00:00:00_{UUID}",
    f"?after=2026-11-21T00:00:00%2B00:00_{UUID}\0",
    f"?after=2026-11-21T00:00:00%2B00:00_{'0' * 31}",
    "?show=x&older=x",
    "?after=x&after=y",
    "?x=1&%00=%00",
]


@pytest.mark.parametrize("query", GARBAGE, ids=lambda query: query[:30])
def test_garbage_is_left_aside(queue, concern, query):
    assert references(queue(query=query)) == [str(concern)]


FAR = ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B00:00"]


@pytest.mark.parametrize("name", ["after", "show=had&after", "older"])
@pytest.mark.parametrize("moment", FAR)
def test_a_page_at_the_end_of_time_is_a_page(sign_in, concern, name, moment):
    assert sign_in("moss").get(f"/concerns/?{name}={moment}_{UUID}").status_code == 200


# --- Two lists, or none -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", READERS)
def test_a_card_that_was_acknowledged_moves_to_the_second_list(cast, queue, concern, who):
    acknowledge(concern, cast[who])
    page = queue(who)
    assert (references(page), references(page, "had")) == ([], [str(concern)])
    assert rows(page, "had")[0].text.startswith("You have it 23:26")


def test_a_card_that_they_were_told_of_is_in_the_second_list(sign_in, queue, concern):
    sign_in("asha").post(f"/concerns/{concern}/told/", {"told_whom": "Dee", "told_at": "2320"})
    assert rows(queue(), "had")[0].text.startswith("You were told 23:20")


@pytest.mark.parametrize("who", ["moss", "hana", "lena", "cole", "priya", "stan"])
def test_an_empty_queue_says_so(queue, who):
    page = queue(who)
    assert "Nothing is waiting for you" in page.text
    assert not [heading for heading in page.all("h2") if heading["id"] == "had"]


@pytest.mark.parametrize("answered", [False, True])
def test_a_note_takes_it_out_of_both_lists(cast, queue, concern, answered):
    if answered:
        acknowledge(concern, cast["cole"])
    add_note(concern, cast["asha"], about=["site"])
    assert "Nothing is waiting for you" in queue("cole").text
    assert str(concern) not in queue("cole").text


def test_the_queue_has_what_is_addressed_to_them_and_nothing_else(cast, queue, concern, concern_about_moss):
    seen = {who: set(references(queue(who))) for who in (*READERS, "lena", "stan")}
    both, one = {str(concern), str(concern_about_moss)}, {str(concern)}
    assert seen == {"moss": one, "hana": both, "cole": one, "priya": both, "lena": set(), "stan": set()}


def test_below_the_queue_are_the_cards_that_they_wrote(cast, queue, site):
    own = send_card(cast["moss"], site=site, about=["guard"])
    page = queue()
    assert references(page) == []
    assert str(own) in [link.text for link in page.all("span") if link["class"] == "cse-ref"]


# --- What a line tells the customer and the police ----------------------------------------------------------------


def test_a_customers_line_has_no_time_and_nobody_else(cast, queue, site):
    send_card(cast["asha"], site=site, zone="Car park", urgency="prompt", still_there="yes")
    (line,) = rows(queue("cole"))
    assert line.text.endswith("Quillgate Shopping Centre, Car park This shift Waiting for you")
    for word in ("November, 22:10", "still be there", "manager", "police"):
        assert word not in line.text


def test_an_officers_line_names_no_other_recipient(cast, queue, site):
    send_card(cast["asha"], site=site, urgency="prompt")
    (line,) = rows(queue("priya"))
    assert line.text.endswith("This shift Waiting for you, police call CCTV lost in 28 days and 22 hours")


# --- Looking a reference up ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [
    str,
    str.lower,
    lambda text: text.replace("-", ""),
    lambda text: " ".join(text),
    lambda text: text.replace("0", "O").replace("1", "I"),
    lambda text: text.replace("0", "o").replace("1", "l"),
    lambda text: f"\t{text}.",
])  # fmt: skip
def test_a_reference_is_found_however_it_is_typed(sign_in, cast, change):
    concern = send_card(cast["asha"], reference="01A0KZ1X")
    response = sign_in("moss").get("/concerns/find/", {"reference": change(str(concern))})
    assert response.url == "/concerns/01A0-KZ1X/"
    assert sign_in("moss").get(f"/concerns/{change(str(concern))}/").status_code in (200, 404)


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA", "01A0-KZ1", "01A0-KZ1X9", "\0", "%", "é" * 9, "0" * 41, "0" * 9000])
def test_what_is_not_found_is_the_same_404(sign_in, concern, typed):
    moss = sign_in("moss")
    response = moss.get("/concerns/find/", {"reference": typed})
    assert (response.status_code, response.content) == (404, moss.get("/concerns/BBBB-BBBB/").content)
