"""People and vehicles come and go without JavaScript, and no answer is lost, whatever the counters say."""

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Site
from concerns.forms import CardForm
from concerns.models import Concern
from concerns.sheet import Sheet
from tests.pages import PERSON, VEHICLE, Page, typed, typed_fully

PARTS = {"people": ["looks", "sex", *PERSON], "vehicles": VEHICLE}
WRITTEN = st.text("abc é😟<&\"'\n", max_size=8)
PERSONS = st.fixed_dictionaries(
    {
        "looks": st.sampled_from(["", "10_12"]),
        "sex": st.sampled_from(["", "male"]),
        "name": WRITTEN,
        "description": WRITTEN,
    }
)
VEHICLES = st.fixed_dictionaries(dict.fromkeys(VEHICLE, WRITTEN))
ROWS = {"people": st.lists(PERSONS, min_size=1, max_size=5), "vehicles": st.lists(VEHICLES, min_size=1, max_size=5)}
PRESSES = st.lists(
    st.tuples(st.sampled_from(["add", "remove"]), st.sampled_from(["people", "vehicles"]), st.integers(0, 8)),
    max_size=8,
)


def query(data):
    posted = QueryDict(mutable=True)
    for name, value in data.items():
        posted.setlist(name, value if isinstance(value, list) else [value])
    return posted


def as_posted(rows):
    """{name: answer} of {"people": [row, …], "vehicles": [row, …]}; an empty radio posts nothing."""
    return {
        f"{kind}-{n}-{part}": answer
        for kind, answers in rows.items()
        for n, row in enumerate(answers)
        for part, answer in row.items()
        if part != "sex" or answer
    }


def rows_of(sheet):
    """The rows as the page that is shown next has them."""
    formsets = {"people": sheet.people, "vehicles": sheet.vehicles}
    return {
        kind: [{part: form[part].value() or "" for part in PARTS[kind]} for form in formset.forms]
        for kind, formset in formsets.items()
    }


def press(rows, button, kind, number):
    """What the page must have after this button was pressed."""
    blank = dict.fromkeys(PARTS[kind], "")
    if button == "add":
        return rows | {kind: [*rows[kind], blank]}
    if number >= len(rows[kind]):  # there is no such button
        return rows
    left = rows[kind][:number] + rows[kind][number + 1 :]
    return rows | {kind: left or [blank]}


@given(rows=st.fixed_dictionaries(ROWS), presses=PRESSES)
def test_adding_and_removing_keeps_every_other_answer(rows, presses):
    for button, kind, number in presses:
        value = kind if button == "add" else f"{kind}-{number}"
        sheet = Sheet.typed(CardForm, query(as_posted(rows) | {button: value, "account": "what he said"})).unchecked()
        rows = press(rows, button, kind, number)
        assert rows_of(sheet) == rows
        assert sheet.form["account"].value() == "what he said"


COUNTERS = [None, "", "x", "0", "1", "-3", "12", "99999999999", "1\0", "9" * 5000]


@pytest.mark.parametrize("counter", COUNTERS, ids=lambda value: str(value)[:12])
def test_a_garbled_counter_loses_no_row(counter):
    rows = {"people": [dict.fromkeys(PERSON, f"p{n}") for n in range(3)], "vehicles": [dict.fromkeys(VEHICLE, "v")]}
    counters = {
        f"{kind}-{name}_FORMS": counter for kind in PARTS for name in ("TOTAL", "INITIAL") if counter is not None
    }
    sheet = Sheet.typed(CardForm, query(as_posted(rows) | counters))
    assert sheet.people.is_valid()
    assert sheet.vehicles.is_valid()
    assert [row["name"] for row in sheet.people.rows()] == ["p0", "p1", "p2"]
    assert [row["mark"] for row in sheet.vehicles.rows()] == ["v"]


def test_gaps_between_the_numbers_lose_no_row_and_take_no_room():
    names = {f"people-{n * 7}-name": f"p{n}" for n in range(12)}
    sheet = Sheet.typed(CardForm, query(names))
    assert sheet.people.is_valid(), sheet.people.non_form_errors()
    assert [row["name"] for row in sheet.people.rows()] == [f"p{n}" for n in range(12)]


def test_rows_left_empty_take_no_room():
    names = {f"people-{n}-name": f"p{n}" if n % 2 else "" for n in range(24)}
    sheet = Sheet.typed(CardForm, query(names))
    assert sheet.people.is_valid(), sheet.people.non_form_errors()
    assert len(sheet.people.rows()) == 12


@pytest.mark.parametrize(
    "remove", ["people-99", "people-", "people", "people-x", "people-0-name", "cars-0", "people-1\0"]
)
def test_a_button_that_is_not_there_takes_nothing_away(remove):
    rows = {"people": [dict.fromkeys(PERSON, "p")] * 2, "vehicles": [dict.fromkeys(VEHICLE, "v")]}
    sheet = Sheet.typed(CardForm, query(as_posted(rows) | {"remove": remove})).unchecked()
    assert [row["name"] for row in rows_of(sheet)["people"]] == ["p", "p"]


# --- On the page --------------------------------------------------------------------------------------------------


@pytest.fixture
def site(cast):
    return Site.objects.get(name="Quillgate Shopping Centre")


@pytest.fixture
def tap(sign_in):
    """A function that posts a form with one more button pressed, and gives the page that comes next."""
    return lambda posted, **button: Page(sign_in("asha").post("/report/", posted | button))


@pytest.mark.parametrize(("button", "people", "vehicles"), [
    ({"add": "people"}, 3, 1),
    ({"add": "vehicles"}, 2, 2),
    ({"remove": "people-0"}, 1, 1),
    ({"remove": "vehicles-0"}, 2, 1),
])  # fmt: skip
def test_the_page_comes_back_with_every_answer_and_no_complaint(tap, site, button, people, vehicles):
    posted = typed_fully(site) | {"account": ""}
    page = tap(posted, **button)
    kept = page.posted("/report/")
    assert page.errors() == []
    assert (len([n for n in kept if "-looks" in n]), len([n for n in kept if "-mark" in n])) == (people, vehicles)
    own = {name: value for name, value in posted.items() if not name.startswith(("people-", "vehicles-"))}
    assert {name: kept[name] for name in own} == {n: v if isinstance(v, list) else [v] for n, v in own.items()}
    assert not Concern.objects.exists()


def test_removing_the_first_person_leaves_the_second_in_their_place(tap, site):
    kept = tap(typed_fully(site), remove="people-0").posted("/report/")
    assert kept["people-0-name"] == ["the name of people-1"]
    assert kept["people-0-looks"] == ["50_over"]


@pytest.mark.parametrize(("rows", "hidden"), [(10, False), (11, True), (13, True)])
def test_there_is_a_button_to_add_until_the_list_is_full(tap, site, rows, hidden):
    page = tap(typed(site, **{f"people-{n}-name": "Kez" for n in range(rows)}), add="people")
    (button,) = [b for b in page.all("button") if b["name"] == "add" and b["value"] == "people"]
    assert ("hidden" in button.attrs) == hidden


def test_a_card_built_row_by_row_is_sent_whole(sign_in, tap, site):
    posted = typed(site, **{"people-0-name": "Kez"})
    for n in (1, 2):
        posted = tap(posted, add="people").posted("/report/") | {f"people-{n}-name": f"Kez {n}"}
    posted = tap(posted, add="vehicles").posted("/report/") | {"vehicles-1-mark": "ZZ?"}
    posted = tap(posted, remove="people-1").posted("/report/")
    assert sign_in("asha").post("/report/", posted).status_code == 302
    concern = Concern.objects.get()
    assert [person.name for person in concern.people.all()] == ["Kez", "Kez 2"]
    assert [vehicle.mark for vehicle in concern.vehicles.all()] == ["ZZ?"]


def test_somebody_who_is_signed_out_keeps_every_row_too(client, site):
    kept = Page(client.post("/report/", typed_fully(site))).posted("/report/")
    assert kept["people-1-name"] == ["the name of people-1"]
    assert kept["vehicles-0-went"] == ["the went of vehicles-0"]
