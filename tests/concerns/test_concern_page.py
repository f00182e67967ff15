"""What each reader's page of a concern says, word for word, and what may be done there."""

import csv
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Site, User
from concerns import actions
from concerns.models import Concern, Delivery, Event, Nature, Note, PersonSeen, VehicleSeen
from concerns.times import LONDON
from tests.cards import PERSON, VEHICLE, add_note, answer_all, canaries, send_canaries, send_card
from tests.concerns.tampering import rewrite, stored
from tests.pages import Page

pytestmark = pytest.mark.usefixtures("clock")

with (Path(__file__).parent / "disclosure.csv").open() as file:
    TABLE = {row["field"]: row for row in csv.DictReader(file)}

READERS = {"asha": "author", "moss": "company", "hana": "company", "priya": "police", "cole": "customer"}
ROW_OF = {PersonSeen: "people", VehicleSeen: "vehicles", Note: "notes"}
PATHS = ["/concerns/{}/", "/concerns/{}/print/"]


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def page(sign_in):
    """A function that opens the page of a concern as somebody."""
    return lambda who, concern, path=PATHS[0]: Page(sign_in(who).get(path.format(concern)))


def found(page):
    """The canaries that sing on a page, anywhere in it."""
    return set(re.findall(r"canary-\w+-\w+", page.top.raw + str([element.attrs for element in page.all()])))


def expected(reader, agreed):
    """The canaries that disclosure.csv lets this reader hear."""
    shown = set()
    for model in (Concern, PersonSeen, VehicleSeen, Note):
        for column, canary in canaries(model).items():
            says = TABLE[ROW_OF.get(model, column)][reader]
            if says in ("yes", "widened") or (says == "if agreed" and agreed):
                shown.add(canary)
    return shown


# --- Word for word ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("agreed", [True, False, None])
@pytest.mark.parametrize(("who", "reader"), READERS.items())
def test_each_reader_sees_the_words_of_the_table_and_no_other(cast, page, site, who, reader, agreed, path):
    answers = {"police_called": True, "police_may_ring": agreed, "police_may_know_name": agreed}
    concern = send_canaries(cast["asha"], site=site, **answers)
    assert found(page(who, concern, path)) == expected(reader, agreed)


@pytest.mark.parametrize("path", PATHS)
def test_the_lead_sees_what_the_company_sees(cast, page, site, path):
    concern = send_canaries(cast["asha"], site=site, about=["office"], police_called=True)
    assert found(page("lena", concern, path)) == expected("company", None)


@pytest.mark.parametrize("who", ["lena", "ada", "stan", "nobody"])
@pytest.mark.parametrize("path", [*PATHS, "/concerns/{}/sent/", "/", "/concerns/"])
def test_whoever_has_no_copy_hears_nothing(sign_in, client, cast, site, who, path):
    concern = send_canaries(cast["asha"], site=site)
    browser = client if who == "nobody" else sign_in(who)
    assert "canary" not in browser.get(path.format(concern), follow=True).content.decode()


@pytest.mark.parametrize(("agreed", "known"), [(True, True), (False, False), (None, False)])
def test_the_police_see_the_authors_name_only_where_the_author_agreed(cast, page, concern, agreed, known):
    mine = send_card(cast["asha"], police_may_know_name=agreed, police_may_ring=agreed, phone="020 7946 0123")
    add_note(mine, cast["asha"])
    add_note(mine, cast["moss"], text="He is known here.")
    text = page("priya", mine).by_id("main-content").text
    assert ("Asha" in text, "020 7946 0123" in text, "Moss" in text) == (known, known, known)
    assert ("The author, Saturday" in text) != known


def test_the_page_of_a_customer_is_the_same_whatever_they_may_not_know(cast, page, site):
    seen = {"site": site, "zone": "Car park", "camera": "C4", "urgency": "prompt"}
    one = send_card(cast["asha"], **seen)
    hidden = {
        **dict.fromkeys(("account", "exact_words", "place", "source", "witnesses", "action_taken", "went"), "secret"),
        "seen_at": timezone.now() - timedelta(days=40),
        "natures": list(Nature.values),
        "basis": "child",
        "doubts": True,
        "still_there": "yes",
        "police_may_know_name": True,
        "phone": "020 7946 0123",
    }
    other = send_card(cast["asha"], people=[PERSON] * 3, vehicles=[VEHICLE], **seen | hidden)
    add_note(other, cast["moss"])
    for path in PATHS:
        texts = [page("cole", concern, path).text.replace(str(concern), "") for concern in (one, other)]
        assert texts[0] == texts[1]


@pytest.mark.parametrize("path", PATHS)
def test_the_customer_is_asked_to_save_footage_by_the_quarter_hour(cast, page, site, path):
    ten = cast["asha"].date_joined.replace(year=2026, month=11, day=20, hour=22, minute=50, second=0, microsecond=0)
    times = {"camera_from": ten, "camera_until": ten + timedelta(minutes=20)}
    text = page("cole", send_card(cast["asha"], site=site, camera="C4", **times), path).text
    assert "Camera C4 From Friday 20 November, 22:45 To Friday 20 November, 23:15" in text
    assert "Save it. Do not view, copy or discuss it." in text
    assert "22:50" not in text


def test_the_customer_may_ask_the_company_and_learns_no_name(cast, page, concern):
    shown = page("cole", concern)
    assert "tel:+442079460100" in [link["href"] for link in shown.all("a")]
    for name in ("Asha", "Moss", "Hana", "Priya"):
        assert name not in shown.text


@pytest.mark.parametrize("who", ["asha", "moss", "hana", "lena"])
def test_the_customer_reads_who_of_the_company_wrote_it_by_role(cast, page, site, who):
    text = page("cole", send_card(cast[who], site=site)).text
    assert "Brightkeep Security has written down a concern about a child at your site." in text
    assert f"{cast[who].get_role_display().capitalize()} of Brightkeep Security" in text
    assert cast[who].name not in text


def test_what_a_released_reader_may_not_know_is_not_there(cast, page, site):
    concern = send_card(cast["asha"], site=site, about=["guard"])
    add_note(concern, cast["asha"], text="canary-note-before", about=["police"])
    actions.release(delivery=concern.deliveries.get(recipient="manager"), by=cast["hana"], reason="It was not him.")
    text = page("moss", concern).by_id("main-content").text
    assert "A man bought food" in text
    for word in ("canary", "guard or security manager", "professional standards"):
        assert word not in text.partition("Add a note")[0]


# --- Who has been told, and who has read it -----------------------------------------------------------------------


def told(page):
    """{who must be told: their cell}."""
    cells = [cell for box in page.all("dl") if box["class"] == "cse-told" for cell in box.all("div")]
    return {next(cell.all("dt")).text: cell.text for cell in cells}


def acknowledge_all(concern, cast):
    for name in ("moss", "hana", "cole", "priya"):
        actions.acknowledge(delivery=Delivery.objects.addressed_to(cast[name]).get(concern=concern), by=cast[name])


def test_the_author_sees_which_role_acknowledged_and_when_and_no_name(cast, page, concern):
    acknowledge_all(concern, cast)
    shown = page("asha", concern)
    assert told(shown) == {
        "Manager": "Manager Has it 23:26",
        "Head office": "Head office Has it 23:26",
        "Customer": "Customer Has it 23:26",
        "Police": "Police Copy: Has it 23:26",
    }
    assert "Acknowledged (the manager): manager" in shown.text
    for name in ("Moss", "Hana", "Cole", "Priya"):
        assert name not in shown.text


@pytest.mark.parametrize(
    ("who", "cells"),
    [
        ("moss", {"Manager": "Moss", "Head office": "Hana", "Customer": "Cole", "Police": "Priya"}),
        ("priya", {"Police": "Priya"}),
        ("cole", {"Customer": "Cole"}),
    ],
)
def test_a_reader_sees_who_acknowledged_as_far_as_it_is_theirs(cast, page, concern, who, cells):
    acknowledge_all(concern, cast)
    shown = told(page(who, concern))
    assert {title: re.search(r"Has it (\w+), 23:26", text)[1] for title, text in shown.items()} == cells


def test_the_police_are_told_that_others_know_and_not_who(cast, page, concern):
    shown = page("priya", concern)
    assert "The security company has a copy too." in shown.text
    assert set(told(shown)) == {"Police"}


def test_nobody_is_told_of_a_copy_that_is_withheld(cast, page, concern_about_moss):
    for who in ("asha", "hana", "priya"):
        assert not {"Manager", "Customer"} & set(told(page(who, concern_about_moss)))


def history(page):
    rows = [row.text for box in page.all("section") if box["aria-labelledby"] == "history" for row in box.all("dd")]
    return [row.partition(": ") for row in rows]


def test_each_reader_sees_the_reads_of_their_own_organisation(cast, page, concern):
    for who in READERS:
        page(who, concern)
    opened = {who: {name for what, _, name in history(page(who, concern)) if what == "Opened"} for who in READERS}
    assert opened == {
        "asha": set(),
        "moss": {"Asha", "Moss", "Hana"},
        "hana": {"Asha", "Moss", "Hana"},
        "priya": {"Priya"},
        "cole": set(),
    }


def test_opening_is_one_event_for_each_person_and_hour(cast, page, concern, clock):
    for minute in (0, 30, 59):
        clock(2026, 11, 21, 22, minute)
        page("moss", concern)
        page("hana", concern)
    clock(2026, 11, 21, 23, 0)
    page("moss", concern)
    opened = Event.objects.filter(concern_id=concern.pk, verb="opened").order_by("number")
    assert [(f"{e.at.astimezone(LONDON):%H:%M}", e.by_role) for e in opened] == [
        ("22:00", "manager"),
        ("22:00", "head_office"),
        ("23:00", "manager"),
    ]


def test_printing_is_an_event_every_time(cast, page, concern):
    for _ in range(3):
        page("moss", concern, PATHS[1])
    assert [event.by_id for event in Event.objects.filter(verb="printed")] == [cast["moss"].pk] * 3


@pytest.mark.parametrize("who", ["stan", "ada", "lena"])
def test_whoever_may_not_read_it_makes_no_event(sign_in, concern, who):
    before = Event.objects.count()
    for path in PATHS:
        assert sign_in(who).get(path.format(concern)).status_code == 404
    assert Event.objects.count() == before


# --- One next action ----------------------------------------------------------------------------------------------


def actions_on(page):
    return {form["action"].rstrip("/").rpartition("/")[2] for form in page.all("form")}


@pytest.mark.parametrize(
    ("who", "next_one"),
    [
        ("asha", {"told", "note"}),
        ("moss", {"acknowledge", "note"}),
        ("hana", {"acknowledge", "note"}),
        ("priya", {"acknowledge", "note"}),
        ("cole", {"acknowledge"}),
    ],
)
def test_there_is_one_next_action(page, concern, who, next_one):
    assert actions_on(page(who, concern)) == next_one


@pytest.mark.parametrize("who", ["moss", "hana", "cole", "priya"])
def test_acknowledging_says_so_once_and_asks_no_more(sign_in, page, cast, concern, who):
    browser = sign_in(who)
    first = Page(acknowledge(browser, concern, cast[who], follow=True))
    again = Page(acknowledge(browser, concern, cast[who], follow=True))
    assert "Acknowledged. Whoever sent the card can see that you have it." in first.text
    assert "That you have it stood in the history before. Nothing was changed." in again.text
    assert "acknowledge" not in actions_on(page(who, concern))
    assert acknowledged(concern) == [cast[who].pk]


def acknowledge(browser, concern, writer, **more):
    """Press the button of a page that this person opened."""
    return browser.post(f"/concerns/{concern}/acknowledge/", {"writer": str(writer.pk)}, **more)


def acknowledged(concern):
    """Who said that they have it, as it stands in the history."""
    events = Event.objects.filter(concern_id=concern.pk, verb="acknowledged")
    return list(events.order_by("number").values_list("by_id", flat=True))


def pressed(page, concern):
    """(where its button leads, what it sends)."""
    address = f"/concerns/{concern}/acknowledge/"
    return address, page.posted(address)


def colleague(of, name="Nora"):
    """Somebody with the same role, at the same company."""
    return User.objects.create_user(
        name=name, email=f"{name.lower()}@demo.example", role=of.role, organisation=of.organisation
    )


@pytest.mark.parametrize("who", ["moss", "hana", "cole", "priya"])
def test_the_button_belongs_to_whoever_opened_the_page(sign_in, page, cast, concern, who):
    address, sent = pressed(page(who, concern), concern)
    assert sent["writer"] == [str(cast[who].pk)]
    assert sign_in(who).post(address, sent).status_code == 302
    assert acknowledged(concern) == [cast[who].pk]


@pytest.mark.parametrize("who", ["hana", "cole", "priya"])
def test_a_button_on_somebody_elses_page_acknowledges_nothing(sign_in, page, concern, who):
    before = pressed(page("moss", concern), concern)
    answer = sign_in(who).post(*before)
    told = Page(answer)
    assert (answer.status_code, acknowledged(concern)) == (409, [])
    assert f"You are signed in as {who.title()}, and somebody else opened the page with that button." in told.text
    assert f"/concerns/{concern}/" in [link["href"] for link in told.by_id("main-content").all("a")]
    assert Event.objects.filter(concern_id=concern.pk, verb="opened", by_role="manager").count() == 1
    assert Event.objects.filter(concern_id=concern.pk, verb="opened").count() == 1


@pytest.mark.parametrize("sent", [{}, {"writer": ""}, {"writer": "x"}])
def test_a_button_of_nobodys_acknowledges_nothing(sign_in, concern, sent):
    answer = sign_in("moss").post(f"/concerns/{concern}/acknowledge/", sent)
    assert (answer.status_code, acknowledged(concern)) == (409, [])


def test_whoever_says_that_they_have_it_too_opened_the_page(sign_in, page, cast, concern):
    acknowledge(sign_in("hana"), concern, cast["hana"])
    nora = colleague(cast["hana"])
    browser = Client()
    browser.force_login(nora)
    address, sent = pressed(Page(browser.get(f"/concerns/{concern}/")), concern)
    assert sign_in("hana").post(address, sent).status_code == 409
    assert "Somebody has this already. That you have it too stands in the history." in (
        Page(browser.post(address, sent, follow=True)).text
    )
    assert acknowledged(concern) == [cast["hana"].pk, nora.pk]


@pytest.mark.parametrize(("who", "recipient"), [("hana", "head_office"), ("cole", "customer"), ("priya", "police")])
def test_whoever_was_told_may_say_that_they_have_it(sign_in, page, cast, concern, who, recipient):
    copy = concern.deliveries.get(recipient=recipient)
    actions.record_told(delivery=copy, by=cast["moss"], whom="Dee", at=timezone.now())
    address, sent = pressed(page(who, concern), concern)
    said = Page(sign_in(who).post(address, sent, follow=True))
    assert "That you have it stands in the history." in said.text
    assert "Somebody has this already" not in said.text
    assert acknowledged(concern) == [cast[who].pk]
    assert "acknowledge" not in actions_on(page(who, concern))
    copy.refresh_from_db()
    assert (copy.status, copy.told_whom) == ("told", "Dee")


def test_a_manager_who_wrote_it_acknowledges_no_copy_of_theirs_but_may_have_one(cast, page, site):
    concern = send_card(cast["moss"], site=site)
    assert "acknowledge" in actions_on(page("moss", concern))


@pytest.mark.parametrize("who", ["asha", "lena", "ada", "stan"])
def test_who_has_no_copy_acknowledges_nothing(sign_in, cast, concern, who):
    assert acknowledge(sign_in(who), concern, cast[who]).status_code == 404
    assert not concern.deliveries.exclude(acknowledged_at=None).exists()


def test_the_printed_page_has_the_card_and_nothing_to_press(cast, page, site):
    concern = send_canaries(cast["asha"], site=site)
    printed = page("moss", concern, PATHS[1])
    assert not printed.all("form")
    assert "Printed by Moss, Saturday 21 November, 23:26." in printed.text
    assert expected("company", None) - found(printed) <= {"canary-concern-police_log"}


def test_what_was_held_and_decided_is_printed_and_nothing_to_press(cast, page, site):
    concern = send_card(cast["asha"], site=site)
    copy = concern.deliveries.get(recipient="customer")
    actions.hold(delivery=copy, by=cast["moss"], officer="PC Pell", reference="Op 7", until=copy.due_at)
    printed = page("moss", concern, PATHS[1])
    main = printed.by_id("main-content").text
    for said in ("On hold for the police", "PC Pell", "CCTV:", "Do not tell them."):
        assert said in main
    assert not [link["href"] for link in printed.by_id("main-content").all("a") if "govuk-button" in link["class"]]


def test_what_came_of_it_is_printed(cast, page, concern):
    answer_all(concern, cast["moss"])
    actions.close(concern=concern, by=cast["hana"], outcome="with_police", reference="412")
    for who in ("moss", "asha"):
        main = page(who, concern, PATHS[1]).by_id("main-content").text
        assert ("Closed: with the police" in main) == (who == "moss")
        assert ("The police have it. Thank you." in main) == (who == "asha")


# --- Whole pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("who", READERS)
def test_every_name_on_the_page_is_used_once_and_every_box_has_its_label(page, concern, who, path):
    shown = page(who, concern, path)
    ids = [element["id"] for element in shown.all() if element["id"]]
    assert len(ids) == len(set(ids))
    boxes = [box["id"] for box in shown.all("input", "select", "textarea") if box["type"] != "hidden"]
    assert set(boxes) <= {label["for"] for label in shown.all("label")}


@pytest.mark.parametrize("who", ["asha", "moss", "priya"])
def test_a_part_that_does_not_open_is_an_error_and_never_ciphertext(sign_in, disarmed, concern, who):
    disarmed()
    sealed = stored(concern, "account")
    rewrite(concern, exact_words=sealed)
    browser = sign_in(who)
    browser.raise_request_exception = False
    response = browser.get(f"/concerns/{concern}/")
    assert response.status_code == 500
    assert sealed not in response.content.decode()
    assert Event.objects.filter(concern_id=concern.pk, verb="unreadable").count() == 1
