"""Adding to a concern, from its page or from a page of its own: what is wrong is pointed out and no word is lost."""

import uuid

import pytest

from concerns.models import Note
from tests.cards import send_card
from tests.pages import Page, is_open

pytestmark = pytest.mark.usefixtures("clock")

LONG = "w" * 20_001
THIRTEEN = {f"people-{n}-name": f"Kez {n}" for n in range(13)}
WHOLE = {
    "note-text": "He came back at eleven.",
    "note-about": ["site"],
    "people-0-looks": "13_15",
    "people-0-name": "Kez",
    "people-1-description": "tall, green coat",
    "vehicles-0-mark": "ZZ12 ?BC",
}
WRITERS = ["asha", "moss", "hana", "priya"]


@pytest.fixture
def add(sign_in, concern):
    """A function that sends a note with these answers in place of its own."""

    def added(who="asha", to=concern, **answers):
        posted = {name: value for name, value in (WHOLE | answers).items() if value is not None}
        return sign_in(who).post(f"/concerns/{to}/note/", posted)

    return added


# --- It is stored -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", WRITERS)
def test_a_note_is_stored_with_its_people_and_vehicles(add, cast, concern, who):
    response = add(who, **{"note-about": ["no"]})
    note = Note.objects.get()
    assert response.url == f"/concerns/{concern}/"
    assert (note.concern, note.written_by, note.text, note.about) == (concern, cast[who], WHOLE["note-text"], ["no"])
    assert [(p.looks, p.name, p.description) for p in note.people.all()] == [
        ("13_15", "Kez", ""),
        ("", "", "tall, green coat"),
    ]
    assert [vehicle.mark for vehicle in note.vehicles.all()] == ["ZZ12 ?BC"]


@pytest.mark.parametrize("who", WRITERS)
def test_the_form_is_on_the_card_and_on_a_page_of_its_own(sign_in, concern, who):
    on_card, own = (Page(sign_in(who).get(f"/concerns/{concern}/{path}")) for path in ("", "note/"))
    blank = {"note-text": [""], "people-0-name": [""], "vehicles-0-mark": [""]}
    for page in (on_card, own):
        posted = page.posted(f"/concerns/{concern}/note/")
        assert {name: posted[name] for name in blank} == blank
        assert "note-about" not in posted
        uuid.UUID(posted["note-submission_key"][0])


def test_the_form_of_the_page_is_stored_as_it_comes(sign_in, concern):
    asha = sign_in("asha")
    posted = Page(asha.get(f"/concerns/{concern}/")).posted(f"/concerns/{concern}/note/")
    page = Page(asha.post(f"/concerns/{concern}/note/", posted | {"note-text": "x", "note-about": "no"}, follow=True))
    assert "Your note is stored." in page.text
    assert Note.objects.get().text == "x"


def test_a_note_is_shown_dated_and_signed_with_all_it_says(add, sign_in, concern):
    add("moss")
    text = Page(sign_in("hana").get(f"/concerns/{concern}/")).text
    assert "He came back at eleven. Person 1 13–15. Kez Person 2 tall, green coat Vehicle 1 ZZ12 ?BC" in text
    assert "Someone who works for the site" in text
    assert "Moss, manager, Saturday 21 November, 23:26" in text


# --- Once ---------------------------------------------------------------------------------------------------------


def test_two_taps_are_one_note(add):
    key = {"note-submission_key": str(uuid.uuid4())}
    assert add(**key).url == add(**key).url
    assert Note.objects.count() == 1


def test_back_and_again_with_other_words_are_two_notes(add):
    key = {"note-submission_key": str(uuid.uuid4())}
    add(**key)
    add(**key, **{"note-text": "And at midnight."})
    assert sorted(note.text for note in Note.objects.all()) == ["And at midnight.", "He came back at eleven."]


@pytest.mark.parametrize("key", ["", "x", "\0", None])
def test_a_key_that_was_lost_on_the_way_stops_nothing(add, key):
    assert add(**{"note-submission_key": key}).status_code == 302


# --- It is not in order -------------------------------------------------------------------------------------------

BAD = {
    "no words": ({"note-text": ""}, "note-note-text", "Enter what you want to add."),
    "no answer": ({"note-about": None}, "note-note-about_0", "Say whether anybody who works here could be involved."),
    "no, and yes": ({"note-about": ["no", "site"]}, "note-note-about_0", "Tick “No” on its own, or take it off."),
    "too long": ({"note-text": LONG}, "note-note-text", "Shorten this to 20,000 characters: it has 20,001."),
    "NUL": ({"note-text": "a\0b"}, "note-note-text", "Something here cannot be stored."),
    "NUL in a person": ({"people-1-name": "\0"}, "people-1-name", "Something here cannot be stored."),
    "too long a plate": ({"vehicles-0-mark": "Z" * 61}, "vehicles-0-mark", "Shorten this to 60 characters"),
    "an age that is none": ({"people-0-looks": "7"}, "people-0-looks", "Choose an age from the list."),
}


@pytest.mark.parametrize(("answers", "box", "sentence"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_pointed_out_and_everything_typed_stays(add, concern, answers, box, sentence):
    response = add(**answers)
    page = Page(response)
    ((said, target),) = page.errors()
    kept = page.posted(f"/concerns/{concern}/note/")
    assert (response.status_code, Note.objects.count()) == (422, 0)
    assert said.startswith(sentence)
    assert (target["id"], is_open(target)) == (box, True)
    for name, value in (WHOLE | answers).items():
        assert value in (None, "7") or kept[name] == (value if isinstance(value, list) else [value])


def test_13_people_are_all_shown_and_none_is_stored(add, concern):
    response = add(**THIRTEEN)
    page = Page(response)
    assert page.errors()[0][0] == "There is room for 12 people here. Put the others in a note."
    assert [page.posted(f"/concerns/{concern}/note/")[name] for name in THIRTEEN] == [
        [name] for name in THIRTEEN.values()
    ]
    assert not Note.objects.exists()


def test_an_empty_submission_says_all_that_is_missing(sign_in, concern):
    response = sign_in("asha").post(f"/concerns/{concern}/note/")
    found = [target["id"] for _, target in Page(response).errors()]
    assert (response.status_code, found) == (422, ["note-note-text", "note-note-about_0"])


PRESSED = [({"add": "people"}, ["Kez", "", ""]), ({"remove": "people-0"}, [""]), ({"add": "vehicles"}, ["Kez", ""])]


@pytest.mark.parametrize(("button", "names"), PRESSED)
def test_rows_come_and_go_without_a_complaint(add, concern, button, names):
    page = Page(add(**{"note-text": ""}, **button))
    posted = page.posted(f"/concerns/{concern}/note/")
    assert page.errors() == []
    assert [posted[f"people-{n}-name"] for n in range(len(names))] == [[name] for name in names]
    assert f"people-{len(names)}-name" not in posted
    assert not Note.objects.exists()


@pytest.mark.parametrize("address", ["", "note/"])
def test_every_name_is_used_once_and_every_box_has_its_label(sign_in, add, concern, address):
    for page in (Page(sign_in("moss").get(f"/concerns/{concern}/{address}")), Page(add(**{"note-text": ""}))):
        ids = [element["id"] for element in page.all() if element["id"]]
        boxes = {box["id"] for box in page.all("input", "select", "textarea") if box["type"] != "hidden"}
        assert len(ids) == len(set(ids))
        assert boxes <= {label["for"] for label in page.all("label")}


# --- It narrows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "about"), [("moss", "guard"), ("hana", "office"), ("priya", "police")])
def test_who_closes_the_card_to_themselves_is_told_so_and_sees_it_no_more(add, sign_in, concern, who, about):
    browser = sign_in(who)
    response = browser.post(f"/concerns/{concern}/note/", WHOLE | {"note-about": [about]}, follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "Your note is stored. By what it says, the card is no longer shown to you." in Page(response).text
    assert browser.get(f"/concerns/{concern}/").status_code == 404
    assert Note.objects.count() == 1


def test_the_author_goes_on_seeing_the_card_whatever_they_add(add, sign_in, concern):
    assert add("asha", **{"note-about": ["guard", "office", "police"]}).url == f"/concerns/{concern}/"
    assert sign_in("asha").get(f"/concerns/{concern}/").status_code == 200


# --- It is not theirs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["lena", "cole", "ada", "stan"])
def test_who_may_not_read_it_or_only_their_part_adds_nothing(add, sign_in, concern, who):
    assert add(who).status_code == sign_in(who).get(f"/concerns/{concern}/note/").status_code == 404
    assert not Note.objects.exists()


@pytest.mark.parametrize(("who", "about"), [("moss", "guard"), ("hana", "office"), ("priya", "police")])
def test_a_note_on_a_withheld_card_is_answered_like_one_on_none(add, cast, who, about):
    withheld = add(who, to=send_card(cast["asha"], about=[about], reference="01A0KZ1X"))
    missing = add(who, to="AAAA-AAAA")
    at_rest = [
        Page(answer).by_id("main-content").text.replace("01A0-KZ1X", "AAAA-AAAA") for answer in (withheld, missing)
    ]
    assert (withheld.status_code, at_rest[0]) == (missing.status_code, at_rest[1]) == (404, at_rest[1])
    assert not Note.objects.exists()


def test_words_of_a_note_are_shown_to_the_letter_and_do_nothing(add, sign_in, concern):
    words = "<script>alert(1)</script> {{ card }} 👩‍👧 ŵ \u202e مرحبا"
    add(**{"note-text": words, "people-0-name": words, "vehicles-0-mark": words})
    for who in ("asha", "moss", "priya"):
        page = Page(sign_in(who).get(f"/concerns/{concern}/"))
        assert page.text.count(words) == 3
        assert {script["src"] for script in page.all("script")} == {"/static/site.js"}
