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
    hours = math.ceil(whole / 60)
    if whole < 60:
        return f"{whole} min"
    if hours <= 10:
        return f"{whole // 60} h {whole % 60} min".removesuffix(" 0 min")
    return f"{hours} h" if hours <= 72 else f"{math.ceil(hours / 24)} days"


# --- The chart: every one to the same scale, whose steps are some times the one before ------------------------------

EDGE, WIDTH, HEIGHT = 34, 180, 100
LONGEST = 7 * 24 * 60  # minutes; whatever took longer is drawn at the top
TICKS = (15, 60, 4 * 60, 24 * 60, 72 * 60)


class Column(NamedTuple):
    """One month of a chart: a bar from where half of the answers had come down to where nine in ten had."""

    month: date
    figure: Figure | None
    x: int
    middle: int
    width: int
    half: int
    most: int

    @property
    def height(self) -> int:
        """Never so low that it cannot be seen."""
        return max(2, self.half - self.most)

    @property
    def is_waiting(self) -> bool:
        return self.figure is not None and self.figure.most == WAITING


def chart(shown: Mapping[date, Figure], months: Sequence[date]) -> list[Column]:
    """A column for each of these months, the oldest first, whether there is a figure to show or not."""
    slot = (WIDTH - EDGE) // len(months)
    width = min(slot * 2 // 3, 18)
    columns = []
    for number, month in enumerate(months):
        middle = EDGE + number * slot + slot // 2
        half, most = (level(minutes) for minutes in shown.get(month, (0, 0)))
        columns.append(Column(month, shown.get(month), middle - width // 2, middle, width, half, most))
    return columns


def level(minutes: float) -> int:
    """How far from the top so many minutes are drawn."""
    return round(HEIGHT * (1 - math.log(min(max(minutes, 1), LONGEST)) / math.log(LONGEST)))
