"""The clock on the CCTV: what each reader is shown of it and asked to do, and who says that it is saved."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Site
from concerns import actions
from concerns.models import Event, Footage
from concerns.times import LONDON
from tests.cards import send_card
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("clock")

AT = datetime(2026, 11, 21, 22, 50, tzinfo=LONDON)
CAMERA = {"camera": "C4, car park", "camera_from": AT, "camera_until": AT + timedelta(minutes=20)}
SAVED = {
    "whom": "Jo, control room",
    "on-day": "21",
    "on-month": "11",
    "on-year": "2026",
    "clock": "2310",
    "where": "Locked drawer, disk 12",
}
SECURE = "Do not ask the site for it"


@pytest.fixture
def sites(cast):
    """{first word: site}: Wexmoor keeps its CCTV 7 days, Quillgate 30, and of Harrowmere nobody knows."""
    return {site.name.split()[0]: site for site in Site.objects.all()}


@pytest.fixture
def card(cast, sites):
    return lambda **answers: send_card(cast["asha"], **{"site": sites["Wexmoor"], "zone": ""} | CAMERA | answers)


@pytest.fixture
def page(sign_in):
    return lambda who, concern, path="": Page(sign_in(who).get(f"/concerns/{concern}/{path}"))


@pytest.fixture
def save(sign_in):
    return lambda who, concern, **typed: sign_in(who).post(f"/concerns/{concern}/saved/", SAVED | typed)


def box(page, name="footage"):
    (found,) = [part for part in page.all("section") if part["aria-labelledby"] == name]
    return found


def links(element):
    return [link["href"] for link in element.all("a")]


# --- The clock ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["asha", "moss", "hana", "priya"])
def test_the_page_counts_down_and_says_when_it_is_overwritten(card, page, who):
    text = box(page(who, card())).text
    assert text.startswith("CCTV: 6 days and 23 hours left It is overwritten on Saturday 28 November, 22:50.")
    assert "Nobody has said that it is saved." in text
    assert "our guess" not in text


@pytest.mark.parametrize(
    ("moment", "left"),
    [((2026, 11, 27, 22, 0), "24 hours left"), ((2026, 11, 28, 21, 30), "80 minutes left")],
)
def test_it_counts_in_hours_and_minutes_towards_the_end(card, page, clock, moment, left):
    concern = card()
    clock(*moment)
    assert left in box(page("moss", concern)).text


def test_seven_days_are_called_a_guess_where_nobody_knows(card, page, sites):
    concern = card(site=sites["Harrowmere"])
    for name, element in (("moss", box(page("moss", concern))), ("cole", box(page("cole", concern), "cctv"))):
        assert "7 days is our guess: nobody has told us how long" in element.text, name


def test_without_a_camera_the_clock_begins_when_it_was_seen(card, page):
    concern = card(camera="", camera_from=None, camera_until=None)
    text = box(page("moss", concern)).text
    assert "overwritten on Friday 27 November, 22:10" in text
    assert "The card names no camera." in text


@pytest.mark.parametrize("who", ["moss", "priya"])
def test_what_is_overwritten_is_said_to_be_lost(card, page, clock, who):
    concern = card()
    clock(2026, 11, 28, 22, 50)
    text = box(page(who, concern)).text
    assert text.startswith("CCTV: lost, as far as we know It was overwritten on Saturday 28 November, 22:50.")
    assert "left" not in text
    assert SECURE not in text


# --- Who is asked -------------------------------------------------------------------------------------------------


def test_the_customer_is_asked_plainly_and_told_no_more_than_the_widened_times(card, page):
    text = box(page("cole", card()), "cctv").text
    assert "Camera C4, car park From Saturday 21 November, 22:45 To Saturday 21 November, 23:15" in text
    assert "Save it. Do not view, copy or discuss it." in text
    assert "6 days and 23 hours left: it is overwritten on Saturday 28 November, 22:45." in text
    assert "22:50" not in text


def test_without_camera_times_the_customer_sees_no_clock_but_may_say_that_it_is_saved(card, page, save):
    concern = card(camera_from=None, camera_until=None)
    asked = box(page("cole", concern), "cctv")
    assert "overwritten" not in asked.text
    assert links(asked) == [f"/concerns/{concern}/saved/"]
    assert save("cole", concern).status_code == 302


def test_where_the_customer_is_told_the_others_are_told_that_they_are_asked(card, page):
    concern = card()
    for who in ("moss", "hana", "asha"):
        text = box(page(who, concern)).text
        assert "The customer’s copy asks them to save it" in text
        assert SECURE not in text
    assert "customer" not in box(page("priya", concern)).text


@pytest.mark.parametrize(
    ("about", "secure", "leave"),
    [("site", ["hana", "priya"], ["moss", "asha"]), ("office", ["lena", "priya"], ["asha"])],
)
def test_where_the_customer_is_not_told_nobody_asks_the_site(card, page, about, secure, leave):
    concern = card(about=[about])
    for who in secure:
        assert "Secure the footage yourselves" in box(page(who, concern)).text
        assert SECURE in box(page(who, concern)).text
    for who in leave:
        text = box(page(who, concern)).text
        assert "Do not speak to the site about it." in text
        assert "Secure" not in text
        assert "copy asks them" not in text


def test_nor_while_the_police_hold_it_from_the_customer(card, cast, page):
    concern = card()
    customers = concern.deliveries.get(recipient="customer")
    until = AT + timedelta(days=5)
    actions.hold(delivery=customers, by=cast["priya"], officer="PC Pell", reference="1", until=until)
    for who in ("hana", "priya"):
        assert SECURE in box(page(who, concern)).text
    assert "Do not speak to the site about it." in box(page("moss", concern)).text


def test_somewhere_else_the_police_are_asked(card, page):
    text = box(page("hana", card(site=None, place="the street"))).text
    assert "The card names none of our sites. Ask the police to secure it." in text
    assert SECURE not in text


def test_somewhere_else_the_police_are_not_told_to_ask_themselves(card, page):
    text = box(page("priya", card(site=None, place="the street"))).text
    assert "The card names none of the company’s sites." in text
    assert "Ask the police" not in text


# --- It is saved --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["moss", "hana", "cole", "priya"])
def test_whoever_has_a_copy_says_that_it_is_saved_and_the_clock_stops(card, cast, save, page, who):
    concern = card()
    response = save(who, concern)
    kept = Footage.objects.get(concern=concern)
    assert response.url == f"/concerns/{concern}/"
    assert (kept.saved_by, kept.saved_whom, kept.saved_where) == (cast[who], SAVED["whom"], SAVED["where"])
    assert (f"{kept.saved_on:%d %H:%M}", kept.act_at) == ("21 23:10", None)
    assert not concern.deliveries.exclude(footage_until=None).exists()
    text = box(page("hana", concern)).text
    assert text == "CCTV: saved By Jo, control room, Saturday 21 November, 23:10. Kept: Locked drawer, disk 12."


def test_the_lead_says_it_too(card, save):
    assert save("lena", card(about=["office"])).status_code == 302


def test_the_customer_reads_who_of_their_own_saved_it_and_of_the_others_only_that_it_is(card, save, page):
    ours, theirs = card(), card()
    save("cole", ours)
    save("moss", theirs)
    assert "saved by Jo, control room" in box(page("cole", ours), "cctv").text
    text = box(page("cole", theirs), "cctv").text
    assert "It is written down that it is saved, Saturday 21 November, 23:10." in text
    assert "Jo" not in text


def test_the_first_answer_stands_and_the_words_of_the_second_are_shown(card, save):
    concern = card()
    save("moss", concern)
    response = save("hana", concern, whom="Kim", where="Elsewhere")
    assert response.status_code == 409
    assert "Elsewhere" in Page(response).text
    assert Footage.objects.get(concern=concern).saved_whom == "Jo, control room"
    assert Event.objects.filter(concern_id=concern.pk, verb="saved").count() == 1


@pytest.mark.parametrize("who", ["moss", "cole", "priya"])
def test_the_same_words_twice_are_one_and_end_like_the_first(card, save, who):
    concern = card()
    answers = [save(who, concern) for _ in range(2)]
    assert [answer.url for answer in answers] == [f"/concerns/{concern}/"] * 2
    assert Event.objects.filter(concern_id=concern.pk, verb="saved").count() == 1


def test_a_customer_who_adds_no_notes_is_sent_to_none(card, save):
    concern = card()
    save("moss", concern)
    assert "a note" in Page(save("hana", concern)).text
    assert "a note" not in Page(save("cole", concern)).by_id("main-content").text


BEFORE = "That is before it was seen. Check the day and the time."


@pytest.mark.parametrize("who", ["moss", "hana", "priya", "cole"])
@pytest.mark.parametrize("typed", [{"on-month": "1", "on-day": "1"}, {"clock": "2244"}])
def test_what_was_not_seen_yet_cannot_be_saved(card, save, who, typed):
    concern = card(seen_at=AT)
    response = save(who, concern, **typed)
    assert response.status_code == 422
    assert [(said, box["id"]) for said, box in Page(response).errors()] == [(BEFORE, "on-day")]
    assert not Footage.objects.exclude(saved_at=None).exists()


@pytest.mark.parametrize(("who", "first"), [("moss", "2248"), ("priya", "2248"), ("cole", "2245")])
def test_a_customer_cannot_find_the_exact_time_by_trying(card, save, who, first):
    """The card says 22:48; the camera's 22:50 is shown to them as 22:45."""
    concern = card(seen_at=AT - timedelta(minutes=2))
    tried = [f"22{minute}" for minute in range(40, 51)]
    taken = next(clock for clock in tried if save(who, concern, clock=clock).status_code == 302)
    assert taken == first


def test_without_camera_times_a_customer_finds_no_more_than_the_day(card, save):
    concern = card(seen_at=AT, camera_from=None, camera_until=None)
    assert save("cole", concern, **{"on-day": "20", "clock": "2359"}).status_code == 422
    assert save("cole", concern, clock="0000").status_code == 302


def test_it_may_be_said_after_it_was_counted_as_lost(card, save, clock, page):
    concern = card()
    clock(2026, 11, 30, 9, 0)
    assert save("cole", concern).status_code == 302
    assert "CCTV: saved" in box(page("moss", concern)).text


@pytest.mark.parametrize("who", ["asha", "lena", "ada", "stan"])
def test_nobody_else_says_so(card, save, sign_in, who):
    concern = card()
    assert save(who, concern).status_code == 404
    assert sign_in(who).get(f"/concerns/{concern}/saved/").status_code == 404
    assert not Footage.objects.exclude(saved_at=None).exists()


@pytest.mark.parametrize(("about", "who"), [("site", "cole"), ("guard", "moss")])
def test_whoever_may_be_involved_finds_nothing_to_save(card, save, sign_in, about, who):
    concern = card(about=[about])
    missing = sign_in(who).get("/concerns/AAAA-AAAA/saved/")
    seen = sign_in(who).get(f"/concerns/{concern}/saved/")
    assert (seen.status_code, seen.content) == (404, missing.content)
    assert save(who, concern).status_code == 404


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"whom": ""}, {"whom"}),
        ({"where": ""}, {"where"}),
        ({"clock": "2345"}, {"on-day"}),
        ({"on-day": "22"}, {"on-day"}),
        ({"on-year": "2016"}, {"on-day"}),
        ({"on-month": "soon"}, {"on-day"}),
        ({"clock": "x"}, {"clock"}),
        ({"where": "D" * 501, "whom": "D\0"}, {"where", "whom"}),
    ],
)
def test_what_is_wrong_is_pointed_out_and_kept(card, save, typed, errors):
    concern = card()
    response = save("moss", concern, **typed)
    shown = Page(response)
    assert response.status_code == 422
    assert {target["id"] for _, target in shown.errors()} == errors
    posted = shown.posted(f"/concerns/{concern}/saved/")
    assert {name: posted[name] for name in SAVED} == {name: [value] for name, value in (SAVED | typed).items()}
    assert not Footage.objects.exclude(saved_at=None).exists()


def test_the_form_opens_with_this_minute(card, page):
    concern = card()
    posted = page("cole", concern, "saved/").posted(f"/concerns/{concern}/saved/")
    assert [posted[name] for name in ("on-day", "on-month", "on-year", "clock")] == [
        ["21"],
        ["11"],
        ["2026"],
        ["23:26"],
    ]


def test_nothing_can_be_uploaded(card, page):
    concern = card()
    for path in ("", "saved/"):
        for who in ("moss", "cole", "priya"):
            assert not [element for element in page(who, concern, path).all("input") if element["type"] == "file"]


def test_signed_out_while_typing_keeps_every_answer(client, card, cast):
    at = f"/concerns/{card()}/saved/"
    response = client.post(at, SAVED | {"writer": str(cast["cole"].pk)})
    posted = Page(response).posted(at)
    assert response.status_code == 403
    assert {name: posted[name] for name in SAVED} == {name: [value] for name, value in SAVED.items()}
    client.force_login(cast["cole"])
    assert client.post(at, posted).status_code == 302
