"""How soon each recipient answers, by site and month, with whatever is too small hidden. Pure: no database, no clock.

Every answer stands in one figure at most: that of its own site, or, where that has too few, that of all such sites
together. There are no totals, no counts and no other periods, so that there is nothing to subtract from.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from concerns.times import LONDON

FEWEST = 5  # answers that a site's own figure stands on, at least
# More than three small sites can have, so that at least four share the figure: how many answers each of them has stays
# open, and so does whose it is that lies beyond "nine in ten".
FEWEST_TOGETHER = 3 * (FEWEST - 1) + 1
TOGETHER = "together"  # where the sites would stand of which none has enough answers alone

WAITING = math.inf  # minutes until an answer that never came


class Cell(NamedTuple):
    """What a figure is of: a site (or TOGETHER, or None for somewhere else), a recipient, and a month's first day."""

    site: Hashable
    recipient: str
    month: date


class Figure(NamedTuple):
    """Minutes within which half of the answers came, and nine in ten; WAITING where so many have not come at all."""

    half: float
    most: float


def table(answers: Iterable[tuple[Cell, float]]) -> dict[Cell, Figure]:
    """{cell: figure} of all that may be shown, from (cell, minutes until an answer); what is hidden is not there."""
    alone: defaultdict[Cell, list[float]] = defaultdict(list)
    for cell, minutes in answers:
        alone[cell].append(minutes)
    together: defaultdict[Cell, list[float]] = defaultdict(list)
    for cell, times in alone.items():
        if len(times) < FEWEST:
            together[cell._replace(site=TOGETHER)] += times
    enough = {cell: times for cell, times in alone.items() if len(times) >= FEWEST}
    enough |= {cell: times for cell, times in together.items() if len(times) >= FEWEST_TOGETHER}
    return {cell: Figure(percentile(times, 50), percentile(times, 90)) for cell, times in enough.items()}


def percentile(times: Iterable[float], percent: int) -> float:
    """The nearest rank: the shortest of these times within which so many in a hundred of them are."""
    ordered = sorted(times)
    return ordered[math.ceil(len(ordered) * percent / 100) - 1]


def month_of(at: datetime) -> date:
    """The first day of the month that a calendar in London showed."""
    return at.astimezone(LONDON).date().replace(day=1)


def whole_months(now: datetime, number: int) -> list[date]:
    """The first days of the last months that are over: one that is not could be subtracted from day to day."""
    this = month_of(now)
    counted = (this.year * 12 + this.month - 1 - back for back in range(number, 0, -1))
    return [date(months // 12, months % 12 + 1, 1) for months in counted]


def within(minutes: float) -> str:
    """45 min, 2 h 5 min, 31 h, 4 days; rounded up, so that it stays true that the answer came within it."""
    if minutes == WAITING:
        return "still waiting"
    whole = max(1, math.ceil(minutes))
    if whole < 60:
        return f"{whole} min"
    if whole <= 24 * 60:
        return f"{whole // 60} h {whole % 60} min".removesuffix(" 0 min")
    hours = math.ceil(whole / 60)
    return f"{hours} h" if hours <= 72 else f"{math.ceil(hours / 24)} days"


# --- The chart ----------------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 320, 96
TOPS = [15, 30, 60, 120, 240, 480, 720, 1440, 2880, 4320, 10080, 20160, 40320]


class Bar(NamedTuple):
    y: int
    height: int


class Column(NamedTuple):
    """One month of a chart: its two bars, or nothing where there is nothing to show."""

    month: date
    figure: Figure | None
    x: int
    middle: int
    width: int
    half: Bar
    most: Bar


class Chart(NamedTuple):
    """One recipient's months, the oldest first, as a chart of this top in minutes."""

    recipient: str
    top: float
    columns: list[Column]


def top_of(figures: Iterable[Figure]) -> float:
    """A round number of minutes that the longest of these stays under."""
    longest = max((minutes for figure in figures for minutes in figure if minutes != WAITING), default=0)
    return next((top for top in TOPS if top >= longest), longest)


def chart(recipient: str, shown: Mapping[date, Figure], months: Sequence[date], top: float) -> Chart:
    slot = WIDTH // len(months)
    width = min(slot * 2 // 3, 28)
    columns = []
    for number, month in enumerate(months):
        figure = shown.get(month)
        half, most = (_bar(minutes, top) for minutes in figure or (0, 0))
        middle = number * slot + slot // 2
        columns.append(Column(month, figure, middle - width // 2, middle, width, half, most))
    return Chart(recipient, top, columns)


def _bar(minutes: float, top: float) -> Bar:
    """Never so low that it cannot be seen; to the top where the answer never came."""
    height = max(2, round(min(minutes / top, 1) * HEIGHT))
    return Bar(HEIGHT - height, height)
