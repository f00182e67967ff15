"""Figures of how soon recipients answer: what they say, and that nobody can work out one that is hidden."""

from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.figures import (
    EDGE,
    FEWEST,
    FEWEST_TOGETHER,
    HEIGHT,
    LONGEST,
    TICKS,
    TOGETHER,
    WAITING,
    WIDTH,
    Cell,
    Figure,
    chart,
    level,
    month_of,
    percentile,
    table,
    whole_months,
    within,
)
from concerns.times import LONDON

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
SITES = ["station", "centre", "services", "hotel", "arcade", None]


def answers(*times, site="station", recipient="manager", month=OCTOBER):
    return [(Cell(site, recipient, month), minutes) for minutes in times]


def cell(site="station", recipient="manager", month=OCTOBER):
    return Cell(site, recipient, month)


# --- What a figure says -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "percent", "expected"),
    [
        ([7], 50, 7),
        ([3, 1, 2, 4], 50, 2),  # the nearest rank is always one of them, never a time between two
        ([5, 4, 3, 2, 1], 50, 3),
        ([1, 2, 3, 4, 5], 90, 5),
        (range(1, 11), 90, 9),
        (range(1, 12), 90, 10),
        (range(1, 101), 50, 50),
        (range(1, 101), 90, 90),
        ([1, 1, WAITING], 50, 1),
        ([1, WAITING, WAITING], 50, WAITING),
    ],
)
def test_a_percentile_is_the_nearest_rank(times, percent, expected):
    assert percentile(times, percent) == expected


def test_each_site_recipient_and_month_has_a_figure_of_its_own():
    rows = answers(1, 2, 3, 4, 9) + answers(10, 20, 30, 40, 90, recipient="customer")
    rows += answers(5, 5, 5, 5, 5, month=NOVEMBER) + answers(7, 7, 7, 8, 8, site="centre")
    assert table(rows) == {
        cell(): Figure(3, 9),
        cell(recipient="customer"): Figure(30, 90),
        cell(month=NOVEMBER): Figure(5, 5),
        cell("centre"): Figure(7, 8),
    }


def test_whoever_never_answered_took_longer_than_everybody():
    assert table(answers(1, 2, 3, 4, WAITING)) == {cell(): Figure(3, WAITING)}


def test_four_answers_are_hidden_and_five_are_shown():
    assert table(answers(1, 2, 3, 4)) == {}
    assert table(answers(1, 2, 3, 4, 5)) == {cell(): Figure(3, 5)}


def test_small_sites_have_a_figure_together_and_a_large_one_is_not_in_it():
    rows = answers(*range(100, 105), site="arcade")
    for number, site in enumerate(SITES[:4]):
        rows += answers(*[number * 4 + n for n in range(4)], site=site)
    assert table(rows) == {cell("arcade"): Figure(102, 104), cell(TOGETHER): Figure(7, 14)}


def test_three_small_sites_are_hidden_even_together():
    rows = [row for site in SITES[:3] for row in answers(0, 0, 0, 0, site=site)]
    assert table(rows) == {}
    assert table(rows + answers(0, site="hotel")) == {cell(TOGETHER): Figure(0, 0)}


def test_recipients_and_months_are_never_put_together():
    rows = [row for site in SITES[:4] for row in answers(1, 1, site=site)]
    rows += [row for site in SITES[:4] for row in answers(1, 1, site=site, recipient="customer")]
    rows += [row for site in SITES[:4] for row in answers(1, 1, site=site, month=NOVEMBER)]
    assert table(rows) == {}


# --- Nobody can work out what is hidden ---------------------------------------------------------------------------


@pytest.mark.parametrize("sites", [2, 3, 4])
def test_whoever_tries_every_possible_month_still_cannot_tell(sites):
    """An attacker who knows how many small sites there are and which two times are possible goes through all cases."""
    possible = [times for n in range(FEWEST) for times in combinations_with_replacement((0, 1), n)]
    worlds = defaultdict(list)
    for world in product(possible, repeat=sites):
        rows = [row for site, times in zip(SITES, world, strict=False) for row in answers(*times, site=site)]
        worlds[tuple(table(rows).items())].append(world)
    assert len(worlds) > (1 if sites > 3 else 0)
    for alike in worlds.values():
        for site in range(sites):
            found = [world[site] for world in alike]
            assert len({len(times) for times in found}) > 1, "the number of its answers is known"
            assert not set.intersection(*map(set, found)), "one of its answers is known"


CELLS = [cell(site, recipient) for site, recipient in product(SITES, ["manager", "customer"])]
TIME = st.sampled_from([0, 0, 0, 1, 14, 15, 600, WAITING])
TIMES = st.lists(TIME, max_size=FEWEST + 1) | st.lists(TIME, min_size=FEWEST - 2, max_size=FEWEST - 1)
months = st.fixed_dictionaries(dict.fromkeys(CELLS, TIMES)).map(
    lambda found: [(where, minutes) for where, times in found.items() for minutes in times]
)


def others_that_look_the_same(rows, hidden):
    """Three months that show the same table as these answers, but for what happened in the hidden cell."""
    shown = table(rows)
    together = hidden._replace(site=TOGETHER)
    elsewhere = [row for row in rows if row[0] in shown or row[0]._replace(site=TOGETHER) != together]
    if together not in shown:
        return [elsewhere + [(hidden, minutes) for minutes in times] for times in ([], [3], [8, WAITING])]
    half, most = shown[together]
    low, high = [0] + [half] * 6, [most] * 5 + [WAITING if most == WAITING else most + 1]
    assert low[0] != high[-1]
    theirs = [hidden, *[cell for cell in small_cells(rows, together) if cell != hidden][:3]]
    worlds = []
    for mine in ([low[0]], [high[-1]], low[:4]):
        rest = list((Counter(low + high) - Counter(mine)).elements())
        dealt = [rest[n::3] for n in range(3)]
        rows_of_all = zip(theirs, [mine, *dealt], strict=True)
        worlds.append(elsewhere + [(cell, minutes) for cell, times in rows_of_all for minutes in times])
    return worlds


def small_cells(rows, together):
    counts = Counter(cell for cell, _ in rows)
    every = [together._replace(site=site) for site in SITES]
    return [cell for cell in every if counts[cell] < FEWEST]


@given(months)
def test_every_hidden_cell_could_as_well_hold_something_else(rows):
    """The best that an attacker can do: ask what other answers show the very same table. They differ in everything."""
    shown = table(rows)
    for hidden in set(CELLS) - set(shown):
        worlds = others_that_look_the_same(rows, hidden)
        assert all(table(world) == shown for world in worlds)
        found = [[minutes for where, minutes in world if where == hidden] for world in worlds]
        assert len({len(times) for times in found}) > 1
        assert not set.intersection(*map(set, found))


@given(months, months)
def test_a_figure_depends_on_no_other_site_that_is_shown(rows, more):
    """However the answers of other sites change, a site's own figure stays: there is no total to subtract them from."""
    own = [row for row in rows if row[0].site == "station"]
    others = [row for row in more if row[0].site != "station"]
    assert {c: f for c, f in table(own + others).items() if c.site == "station"} == table(own)


@given(months)
def test_every_figure_stands_on_answers_enough(rows):
    counts = Counter(where for where, _ in rows)
    for where in table(rows):
        small = sum(counts[cell] for cell in small_cells(rows, where._replace(site=TOGETHER)))
        assert small >= FEWEST_TOGETHER if where.site == TOGETHER else counts[where] >= FEWEST


# --- Months -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        ((2026, 11, 21), (2025, 11), (2026, 10)),
        ((2026, 1, 1), (2025, 1), (2025, 12)),
        ((2026, 12, 31), (2025, 12), (2026, 11)),
    ],
)
def test_the_last_twelve_months_are_those_that_are_over(now, first, last):
    months = whole_months(datetime(*now, 12, tzinfo=LONDON), 12)
    assert (len(months), months[0], months[-1]) == (12, date(*first, 1), date(*last, 1))
    assert months == sorted(set(months))


def test_a_month_begins_and_ends_in_london():
    assert month_of(datetime.fromisoformat("2026-06-30T23:30Z")) == date(2026, 7, 1)
    assert month_of(datetime.fromisoformat("2026-10-31T23:30Z")) == date(2026, 10, 1)


# --- Words and the chart ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, "1 min"),
        (0.2, "1 min"),
        (44.1, "45 min"),
        (59.5, "1 h"),
        (125, "2 h 5 min"),
        (600, "10 h"),
        (601, "11 h"),
        (72 * 60, "72 h"),
        (72 * 60 + 1, "4 days"),
        (WAITING, "still waiting"),
    ],
)
def test_a_time_is_rounded_up_so_that_within_stays_true(minutes, expected):
    assert within(minutes) == expected


def test_a_chart_has_a_place_for_every_month_and_a_bar_where_there_is_a_figure():
    october, november = chart({NOVEMBER: Figure(60, 240)}, [OCTOBER, NOVEMBER])
    assert (october.figure, november.figure) == (None, Figure(60, 240))
    assert (november.half, november.most) == (level(60), level(240))
    assert november.height == level(60) - level(240)


def test_a_chart_rises_with_the_minutes_from_the_bottom_to_the_top():
    levels = [level(minutes) for minutes in (0, 1, *TICKS, LONGEST, WAITING)]
    assert levels == sorted(levels, reverse=True)
    assert len(set(levels)) == len(TICKS) + 2
    assert (levels[0], levels[-1]) == (HEIGHT, 0)


@pytest.mark.parametrize(("most", "waiting"), [(240, False), (WAITING, True)])
def test_a_bar_says_whether_somebody_is_still_waiting(most, waiting):
    (column,) = chart({OCTOBER: Figure(60, most)}, [OCTOBER])
    assert column.is_waiting == waiting


@given(st.lists(st.tuples(st.floats(0, 99_999), st.floats(0, 99_999) | st.just(WAITING)), min_size=1, max_size=12))
def test_no_bar_leaves_its_chart_or_lies_on_another(pairs):
    months = whole_months(datetime(2026, 11, 21, tzinfo=LONDON), len(pairs))
    shown = {month: Figure(*sorted(pair)) for month, pair in zip(months, pairs, strict=True)}
    end = EDGE
    for column in chart(shown, months):
        assert end <= column.x < column.x + column.width <= WIDTH
        assert 0 <= column.most <= column.half <= HEIGHT
        assert column.height > 0
        end = column.x + column.width
