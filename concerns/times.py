"""What a guard types for a time, and which moment in London it was. Pure."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
_TIME = re.compile(r"^(\d{1,2})(?:[:.,;h \-]?(\d{2}))?$")
_DIGITS = str.maketrans({digit: str(int(digit)) for digit in "٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯"})


class NoSuchTime(ValueError):
    """The clocks went forward over it."""


class HappenedTwice(ValueError):
    """The clocks went back over it, and nobody has said which of the two is meant."""


def read_time(text: str) -> time:
    """The time of day in 24-hour text: 2310, 23.10, 23:10, 905 and 9 are times. Raises ValueError for anything else."""
    match = _TIME.match(text.strip().translate(_DIGITS))
    if not match:
        raise ValueError(text)
    hour, minute = match.groups()
    return time(int(hour), int(minute or 0))


def moment(day: date, clock: time, *, which: int | None = None) -> datetime:
    """That wall-clock time of that day in London, as UTC, so that moments of an hour that happens twice compare.

    `which` is 0 for the first and 1 for the second where the hour happens twice. Raises NoSuchTime where the clocks
    went forward over it, and HappenedTwice where it happened twice and `which` is None.
    """
    first, second = _both(day, clock)
    if first > second:
        raise NoSuchTime(clock)
    if first < second and which is None:
        raise HappenedTwice(clock)
    return second if which else first


def came_twice(day: date, clock: time) -> bool:
    """Whether the clocks went back over that time on that day."""
    first, second = _both(day, clock)
    return first < second


def _both(day: date, clock: time) -> tuple[datetime, datetime]:
    """As told by a clock before it was changed and after: one moment on all but two nights a year."""
    wall = datetime.combine(day, clock.replace(fold=0), LONDON)
    return wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)


def widened(start: datetime | None, end: datetime | None, minutes: int = 15) -> tuple[datetime | None, datetime | None]:
    """Both ends moved outward to the quarter hour: 22:50 to 23:10 becomes 22:45 to 23:15."""
    step = timedelta(minutes=minutes)
    return (start and start - _past(start, step), end and end + (-_past(end, step) % step))


def _past(at: datetime, step: timedelta) -> timedelta:
    """How far `at` is past the last full step of its hour."""
    return timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond) % step
