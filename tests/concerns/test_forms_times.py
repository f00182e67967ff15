"""Days and times as guards type them, and which moment in London they were."""

from datetime import UTC, datetime

import pytest

from accounts.models import Site
from concerns.forms import CardForm
from concerns.telling_forms import ToldForm
from concerns.times import LONDON
from tests.pages import typed

BACK = {"seen_on-day": "25", "seen_on-month": "10", "seen_on-year": "2026"}  # the clocks went back at 2
FORWARD = {"seen_on-day": "29", "seen_on-month": "3", "seen_on-year": "2026"}  # and forward at 1
TWICE = "The clocks went back that night and this time came twice. Choose which."
NEVER = "The clocks went forward over that time. Check it."


@pytest.fixture
def form(cast, clock):
    """A function that gives the form of a card with these answers, filled in on 21 November 2026 at 23:26."""
    site = Site.objects.filter(staff=cast["asha"]).first()
    return lambda **answers: CardForm(typed(site, **answers), sites=[site])


def day(*parts):
    return dict(zip(("seen_on-day", "seen_on-month", "seen_on-year"), parts, strict=True))


def london(*parts, fold=0):
    return datetime(*parts, tzinfo=LONDON, fold=fold).astimezone(UTC)


def answer(form, name):
    assert form.is_valid(), form.errors
    value = form.cleaned_data[name]
    return value and value.astimezone(UTC)


# --- Days ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("month", ["11", "nov", "NOV", "November", "november"])
@pytest.mark.parametrize("year", ["2026", "26"])
def test_a_month_may_be_a_word_and_a_year_two_figures(form, month, year):
    assert answer(form(**day("20", month, year)), "seen_at").date() == datetime(2026, 11, 20).date()


@pytest.mark.parametrize(
    "parts",
    [
        ("31", "2", "2026"),
        ("31", "feb", "2026"),
        ("0", "11", "2026"),
        ("20", "13", "2026"),
        ("20", "11", "0"),
        ("20", "11", "9" * 30),
        ("20", "11", "9" * 5000),
        ("x", "11", "2026"),
        ("2\0", "11", "2026"),
        ("٢٠", "blah", "2026"),
    ],
    ids=lambda parts: "-".join(parts)[:20],
)
def test_a_day_that_never_was_is_pointed_out(form, parts):
    assert form(**day(*parts)).errors["seen_on"] == ["There is no such day. Check the day, the month and the year."]


@pytest.mark.parametrize("parts", [("", "", ""), ("20", "", "2026"), ("", "11", "2026"), ("20", "11", " ")])
def test_a_day_that_is_left_out_is_asked_for(form, parts):
    assert form(**day(*parts)).errors["seen_on"] == ["Enter the day, the month and the year."]


@pytest.mark.parametrize("parts", [("22", "11", "2026"), ("1", "1", "2027"), ("31", "12", "9999")])
def test_a_day_in_the_future_is_pointed_out(form, parts):
    wrong = form(**day(*parts), until_time="0100", camera_from="0100", camera_until="0050").errors
    assert wrong["seen_on"] == ["That is in the future. Check the day and the time."]


@pytest.mark.parametrize("parts", [("20", "11", "2025"), ("21", "11", "1926"), ("1", "1", "1"), ("1", "1", "0026")])
def test_a_day_years_ago_is_pointed_out(form, parts):
    wrong = form(**day(*parts), camera_from="2300", camera_until="2310").errors
    assert wrong["seen_on"][0].startswith("That is more than a year ago. Check the year.")


@pytest.mark.parametrize(("clock_time", "allowed"), [("2326", True), ("2331", True), ("2332", False), ("2359", False)])
def test_a_phone_may_be_five_minutes_fast(form, clock_time, allowed):
    assert form(**day("21", "11", "2026"), seen_time=clock_time).is_valid() == allowed


# --- Times --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2310", 23, 10),
        ("23.10", 23, 10),
        ("23:10", 23, 10),
        ("23 10", 23, 10),
        ("23h10", 23, 10),
        (" 2310 ", 23, 10),
        ("٢٣١٠", 23, 10),
        ("905", 9, 5),
        ("9:05", 9, 5),
        ("0905", 9, 5),
        ("9", 9, 0),
        ("23", 23, 0),
        ("0000", 0, 0),
        ("0", 0, 0),
    ],
)
def test_a_time_is_read_as_guards_type_it(form, text, hour, minute):
    assert answer(form(**day("20", "11", "2026"), seen_time=text), "seen_at") == london(2026, 11, 20, hour, minute)


@pytest.mark.parametrize("text", ["24:00", "99", "2360", "12345", "half ten", "11pm", "-1", "9\0", "9" * 5000])
def test_what_is_no_time_is_pointed_out(form, text):
    wrong = form(seen_time=text, until_time=text, camera_from=text, camera_until=text).errors
    for name in ("seen_time", "until_time", "camera_from", "camera_until"):
        assert wrong[name] == ["Enter a 24-hour time, such as 2310 or 23:10."]


def test_a_time_that_is_left_out_is_asked_for(form):
    assert form(seen_time="").errors["seen_time"] == ["Enter the time, such as 2310."]


# --- Until --------------------------------------------------------------------------------------------------------


def test_an_end_after_the_beginning_is_the_same_day(form):
    ended = answer(form(**day("20", "11", "2026"), seen_time="2250", until_time="2310"), "until_at")
    assert ended == london(2026, 11, 20, 23, 10)


def test_an_end_before_the_beginning_is_the_next_day(form):
    ended = answer(form(**day("20", "11", "2026"), seen_time="2350", until_time="0010"), "until_at")
    assert ended == london(2026, 11, 21, 0, 10)


def test_an_end_in_the_future_is_pointed_out(form):
    wrong = form(**day("21", "11", "2026"), seen_time="2300", until_time="0100").errors
    assert wrong["until_time"] == ["That is in the future. If it is still going on, leave it empty."]


def test_no_end_is_no_error(form):
    assert answer(form(until_time=""), "until_at") is None


# --- The clocks go back, and forward ------------------------------------------------------------------------------


@pytest.mark.parametrize("clock_time", ["0100", "0130", "0159"])
def test_an_hour_that_came_twice_asks_which(form, clock_time):
    assert form(**BACK, seen_time=clock_time).errors == {"seen_which": [TWICE]}


@pytest.mark.parametrize("which", ["0", "1"])
def test_an_hour_that_came_twice_is_the_one_that_was_chosen(form, which):
    seen = answer(form(**BACK, seen_time="0130", seen_which=which), "seen_at")
    assert seen == datetime(2026, 10, 25, int(which), 30, tzinfo=UTC)


@pytest.mark.parametrize("clock_time", ["0059", "0200"])
def test_the_minutes_beside_that_hour_ask_nothing(form, clock_time):
    assert form(**BACK, seen_time=clock_time).is_valid()


@pytest.mark.parametrize("clock_time", ["0100", "0130", "0159"])
def test_an_hour_that_never_came_is_pointed_out(form, clock_time):
    assert form(**FORWARD, seen_time=clock_time).errors == {"seen_time": [NEVER]}


def test_an_end_the_next_day_in_the_hour_that_came_twice_asks_which(form):
    answers = day("24", "10", "2026") | {"seen_time": "2350", "until_time": "0130"}
    assert form(**answers).errors == {"until_which": [TWICE]}
    assert answer(form(**answers, until_which="1"), "until_at") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_from_the_first_to_the_second_of_one_hour(form):
    answers = BACK | {"seen_time": "0150", "seen_which": "0", "until_time": "0110", "until_which": "1"}
    assert answer(form(**answers), "until_at") == datetime(2026, 10, 25, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize("beginning", [{"seen_time": "2300"}, {"seen_time": "0150", "seen_which": "1"}])
def test_an_end_the_night_after_the_clocks_went_back_asks_nothing(form, beginning):
    assert answer(form(**BACK | beginning, until_time="0110"), "until_at") == london(2026, 10, 26, 1, 10)


def test_an_end_before_the_beginning_within_that_hour_is_pointed_out(form):
    answers = BACK | {"seen_time": "0110", "seen_which": "1", "until_time": "0150", "until_which": "0"}
    assert form(**answers).errors == {"until_time": ["“Until” is before “from”. Check both."]}


def test_an_end_in_the_hour_that_never_came_is_pointed_out(form):
    answers = day("28", "3", "2026") | {"seen_time": "2350", "until_time": "0130"}
    assert form(**answers).errors == {"until_time": [NEVER]}


@pytest.mark.parametrize("which", ["2", "x", "\0"])
def test_a_forged_which_asks_again(form, which):
    assert set(form(**BACK, seen_time="0130", seen_which=which).errors) == {"seen_which"}


# --- The camera ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "start", "end", "expected"),
    [
        ("2250", "2240", "2310", ((20, 22, 40), (20, 23, 10))),
        ("2350", "2340", "0010", ((20, 23, 40), (21, 0, 10))),
        ("0010", "2350", "0020", ((19, 23, 50), (20, 0, 20))),
        ("2250", "2240", "", ((20, 22, 40), None)),
        ("2250", "", "2310", (None, (20, 23, 10))),
    ],
)
def test_the_cameras_times_are_those_nearest_to_what_was_seen(form, seen, start, end, expected):
    card = form(**day("20", "11", "2026"), seen_time=seen, camera_from=start, camera_until=end)
    found = (answer(card, "camera_from"), answer(card, "camera_until"))
    assert found == tuple(when and london(2026, 11, *when) for when in expected)


def test_the_camera_reaches_outward_where_an_hour_came_twice(form):
    card = form(**BACK, seen_time="0130", seen_which="1", camera_from="0125", camera_until="0135")
    assert answer(card, "camera_from") == datetime(2026, 10, 25, 0, 25, tzinfo=UTC)
    assert answer(card, "camera_until") == datetime(2026, 10, 25, 1, 35, tzinfo=UTC)


@pytest.mark.parametrize("date", ["28", "30"])
def test_the_hour_that_never_came_is_no_matter_on_the_days_beside_it(form, date):
    card = form(**day(date, "3", "2026"), seen_time="0140", camera_from="0130", camera_until="0150")
    assert answer(card, "camera_from") == london(2026, 3, int(date), 1, 30)


def test_a_camera_in_the_hour_that_never_came_is_pointed_out(form):
    wrong = form(**FORWARD, seen_time="0230", camera_from="0130", camera_until="0145").errors
    assert (wrong["camera_from"], wrong["camera_until"]) == ([NEVER], [NEVER])


# --- When they were told ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [("2320", (21, 23, 20)), ("2326", (21, 23, 26)), ("2330", (21, 23, 26)), ("2332", (20, 23, 32))],
)
def test_told_at_is_the_last_time_that_it_was_that_time(clock, said, expected):
    form = ToldForm({"told_whom": "Dee, control room", "told_at": said})
    assert form.is_valid()
    assert form.told()["at"].replace(microsecond=0) == london(2026, 11, *expected)
