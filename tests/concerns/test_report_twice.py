"""The same form sent again: one card, and no word of a second version lost."""

import uuid

import pytest

from accounts.models import Site
from concerns.models import Concern, Note
from tests.pages import Page, typed, typed_fully

pytestmark = pytest.mark.usefixtures("clock")
OTHER = {
    "account": {"account": "He came back with another man."},
    "urgency": {"urgency": "prompt"},
    "about": {"about": ["office"]},
    "time": {"seen_time": "2240"},
    "exact words": {"exact_words": "She said: no."},
    "a person more": {"people-2-name": "Dee"},
    "a person fewer": {"people-1-name": "", "people-1-description": "", "people-1-looks": "", "people-1-sex": ""},
    "a plate": {"vehicles-0-mark": "ZZ99"},
}


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def form(site):
    return typed_fully(site) | {"submission_key": str(uuid.uuid4()), "written_at": "2026-11-21T23:20:00+00:00"}


@pytest.fixture
def send(sign_in):
    return lambda posted, who="asha": sign_in(who).post("/report/", posted)


@pytest.fixture
def both(send, form):
    """The page that answers the same form with other words."""
    send(form)
    return Page(send(form | {"account": "He came back.", "people-0-name": "Dee"}))


def test_the_same_form_twice_is_one_card_and_the_same_page(send, form):
    first, second = send(form), send(form)
    assert (first.status_code, first.url) == (second.status_code, second.url)
    assert Concern.objects.count() == 1


@pytest.mark.parametrize("changed", [
    {"written_at": "2026-11-21T23:25:00+00:00"},
    {"account": "the account\r\n"},
    {"people-3-name": ""},
    {"submission_key": "UPPER"},
])  # fmt: skip
def test_what_is_no_word_of_the_author_makes_no_second_version(send, form, changed):
    first = send(form)
    if changed.get("submission_key"):
        changed = {"submission_key": form["submission_key"].upper()}
    assert send(form | changed).url == first.url
    assert Concern.objects.count() == 1


@pytest.mark.parametrize("changed", OTHER.values(), ids=OTHER)
def test_other_words_are_neither_stored_nor_lost(send, form, changed):
    send(form)
    response = send(form | changed)
    assert (response.status_code, Concern.objects.count(), Note.objects.count()) == (409, 1, 0)
    for at in (0, 1):
        kept = Page(response).posted("/report/", at)
        own = {name: value for name, value in (form | changed).items() if name != "submission_key"}
        assert {name: kept[name] for name in own} == {n: v if isinstance(v, list) else [v] for n, v in own.items()}


def test_both_texts_stand_on_the_page_and_a_link_to_the_card(both):
    assert "the account" in both.text
    assert "He came back." in both.text
    assert f"/concerns/{Concern.objects.get()}/" in [link["href"] for link in both.all("a")]
    assert "They are not stored yet." in both.text


def test_the_page_is_blanked_when_somebody_leaves_it(both):
    assert "data-private" in both.all("body")[0].attrs


@pytest.mark.parametrize("presses", [1, 2, 3])
def test_add_as_a_note_adds_one_note(both, send, presses):
    note = both.posted("/report/", 0) | {"conflict": "note"}
    answers = {send(note).url for _ in range(presses)}
    assert answers == {f"/concerns/{Concern.objects.get()}/"}
    assert Note.objects.get().people.first().name == "Dee"


@pytest.mark.parametrize("presses", [1, 2, 3])
def test_send_as_a_new_card_sends_one_card(both, send, presses):
    card = both.posted("/report/", 1)
    answers = {send(card).url for _ in range(presses)}
    assert len(answers) == 1
    assert sorted(concern.account for concern in Concern.objects.all()) == ["He came back.", "the account"]


def test_both_buttons_one_after_the_other_do_both(both, send):
    send(both.posted("/report/", 1))
    send(both.posted("/report/", 0) | {"conflict": "note"})
    assert (Concern.objects.count(), Note.objects.count()) == (2, 1)


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"urgency": "prompt"}, "Urgency: This shift"),
        ({"seen_time": "2240"}, "Seen: Saturday 21 November, about 22:40 to about 23:10"),
        ({"exact_words": "She said: no."}, "Exact words: She said: no."),
        ({"still_there": "yes", "went": "by the lifts"}, "Still there: Yes: by the lifts"),
        ({"natures": ["missing"]}, "Kind of thing: Child may be missing"),
        ({"basis": "camera"}, "How the author knows: On camera"),
        ({"police_log": "413"}, "log 413"),
        ({"place": "behind the lifts"}, "Place: behind the lifts"),
        ({"site": "elsewhere"}, "Where: Somewhere else"),
        ({"camera": "C9"}, "Camera: C9, 22:45 to 23:15"),
        ({"police_may_ring": "no"}, "Police may ring: No"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_the_note_keeps_every_answer_that_changed(send, form, changed, kept):
    send(form)
    page = Page(send(form | changed))
    assert kept in page.text
    send(page.posted("/report/", 0) | {"conflict": "note"})
    assert kept in Note.objects.get().text


@pytest.mark.parametrize(("may_ring", "told"), [("yes", True), ("no", False), (None, False)])
def test_the_note_tells_the_police_no_number_that_they_may_not_have(send, form, may_ring, told):
    form = {name: value for name, value in form.items() if name != "police_may_ring" or may_ring}
    form |= {"police_may_ring": may_ring} if may_ring else {}
    send(form)
    page = Page(send(form | {"account": "He came back."}))
    send(page.posted("/report/", 0) | {"conflict": "note"})
    assert ("020 7946 0123" in Note.objects.get().text) == told


def test_a_note_that_says_more_narrows_who_is_told(send, form):
    send(form)
    page = Page(send(form | {"about": ["office"]}))
    send(page.posted("/report/", 0) | {"conflict": "note"})
    told = {copy.recipient for copy in Concern.objects.get().deliveries.filter(withheld_at=None)}
    assert told == {"police_call", "standards", "lead"}


def test_the_same_key_from_somebody_else_shows_nothing(send, form):
    first = send(form)
    response = send(typed(form["site"], submission_key=form["submission_key"], account="Mine."), who="moss")
    assert (response.status_code, Concern.objects.count()) == (302, 2)
    assert response.url != first.url


def test_a_note_button_without_a_first_card_sends_a_card(send, form):
    assert send(form | {"conflict": "note", "note_key": "x"}).url.endswith("/sent/")
    assert (Concern.objects.count(), Note.objects.count()) == (1, 0)
