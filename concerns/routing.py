"""Who must hear of a concern, and how soon. Pure: no database, no clock.

Everybody is told unless the concern may be about them; the police always are, by one desk or the other. The whole of it
stands as a table in tests/concerns/routing.csv.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.db.models import TextChoices

from concerns.times import LONDON


class Urgency(TextChoices):
    """Is a child in danger? An emergency is for 999; prompt is for 101, or 61016 on the railway, this shift."""

    EMERGENCY = "emergency", "Child in danger"
    PROMPT = "prompt", "This shift"
    ROUTINE = "routine", "Something noticed"


class Party(TextChoices):
    """Could anybody who works here be involved? What the author may tick; NO stands alone."""

    NO = "no", "No"
    SITE = "site", "Someone who works for the site (hotel, shop, cleaners, taxis)"
    GUARD = "guard", "A guard or security manager here"
    OFFICE = "office", "Someone at our head office"
    POLICE = "police", "A police officer"
    UNSURE = "unsure", "Not sure"


class Recipient(TextChoices):
    """Whose copy a delivery is. All but the call and the standards desk are also roles that people sign in with."""

    MANAGER = "manager", "Manager"
    HEAD_OFFICE = "head_office", "Head office"
    CUSTOMER = "customer", "Customer"
    POLICE_CALL = "police_call", "Police call"
    POLICE = "police", "Police"
    LEAD = "lead", "Safeguarding lead"
    STANDARDS = "standards", "Police professional standards"


_R = Recipient

WITHHELD: dict[str, frozenset[Recipient]] = {
    Party.NO: frozenset(),
    Party.SITE: frozenset({_R.CUSTOMER}),
    Party.GUARD: frozenset({_R.MANAGER, _R.CUSTOMER}),
    Party.OFFICE: frozenset({_R.MANAGER, _R.HEAD_OFFICE, _R.CUSTOMER}),
    Party.POLICE: frozenset({_R.POLICE}),
    Party.UNSURE: frozenset({_R.MANAGER, _R.CUSTOMER}),
}

TOLD_BESIDES: dict[str, frozenset[Recipient]] = {
    Party.OFFICE: frozenset({_R.LEAD}),
    Party.POLICE: frozenset({_R.STANDARDS}),
}


def _minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


def _hours(n: int) -> timedelta:
    return timedelta(hours=n)


# Counted from receipt. The lead has the head office's time, the standards desk that of the police copy.
TIME_ALLOWED: dict[str, dict[Recipient, timedelta]] = {
    Urgency.EMERGENCY: {
        _R.POLICE_CALL: _minutes(15),
        _R.POLICE: _hours(4),
        _R.MANAGER: _minutes(15),
        _R.HEAD_OFFICE: _hours(1),
        _R.CUSTOMER: _hours(4),
    },
    Urgency.PROMPT: {
        _R.POLICE_CALL: _hours(1),
        _R.POLICE: _hours(24),
        _R.MANAGER: _hours(1),
        _R.HEAD_OFFICE: _hours(4),
        _R.CUSTOMER: _hours(12),
    },
    Urgency.ROUTINE: {
        _R.POLICE: _hours(72),
        _R.MANAGER: _hours(12),
        _R.HEAD_OFFICE: _hours(24),
        _R.CUSTOMER: _hours(24),
    },
}

# Where anybody here may be involved, at most this, whatever the urgency; "not sure" counts as may be.
AT_MOST: dict[Recipient, timedelta] = {
    _R.POLICE_CALL: _hours(4),
    _R.POLICE: _hours(24),
    _R.HEAD_OFFICE: _hours(1),
}


def withheld(about: Collection[str]) -> set[Recipient]:
    """The recipients whom a concern may be about, and who are therefore not told."""
    return set().union(*(WITHHELD[party] for party in about))


def times_allowed(*, urgency: str, about: Collection[str]) -> dict[Recipient, timedelta]:
    """{recipient: time allowed}, those included from whom it is withheld: what they have once it is released."""
    times = dict(TIME_ALLOWED[urgency])
    if set(about) != {Party.NO}:
        times |= {recipient: min(times.get(recipient, most), most) for recipient, most in AT_MOST.items()}
    for extra in set().union(*(TOLD_BESIDES.get(party, frozenset()) for party in about)):
        times[extra] = times[_R.HEAD_OFFICE if extra == _R.LEAD else _R.POLICE]
    return times


def route(*, urgency: str, about: Collection[str], has_site: bool = True) -> dict[Recipient, timedelta]:
    """{recipient: time allowed from receipt} for everybody whom the concern cannot be about.

    `about` is a set of Party values, never empty: {"no"} where nobody here could be involved. Without a site (an agency
    guard, the street outside) there is no manager and no customer of it to tell. Raises ValueError if `about` is empty.
    """
    if not about:
        raise ValueError("say whether anybody who works here could be involved")
    times = times_allowed(urgency=urgency, about=about)
    absent = withheld(about) | (set() if has_site else {_R.MANAGER, _R.CUSTOMER})
    return {recipient: time for recipient, time in times.items() if recipient not in absent}


# --- What follows when nobody answers ------------------------------------------------------------------------------

_ABOVE_THE_SITE = (_R.MANAGER, _R.HEAD_OFFICE, _R.LEAD)

# Who is told, one after the other, where a recipient has not answered in time.
CHAIN: dict[str, tuple[Recipient, ...]] = {
    _R.CUSTOMER: _ABOVE_THE_SITE,
    _R.POLICE_CALL: _ABOVE_THE_SITE,
    _R.POLICE: _ABOVE_THE_SITE,
    _R.STANDARDS: _ABOVE_THE_SITE,
    _R.MANAGER: (_R.HEAD_OFFICE, _R.LEAD),
    _R.HEAD_OFFICE: (_R.LEAD,),
    _R.LEAD: (),
}
DESKS_OF_THE_POLICE = frozenset({_R.POLICE, _R.STANDARDS})  # sent one message and one reminder, and no more
CUSTOMER_WAITS = _hours(1)  # for the police call of an emergency or prompt card, at most
SHORTEST_PAUSE, LONGEST_PAUSE = _minutes(15), _hours(24)
NIGHT, MORNING = time(21), time(7)  # when reminders of routine cards rest, by the clock in London

# A first message is due before it was addressed: it goes before all that is late, and a clock set back delays none.
AT_ONCE = _hours(2)


def links(recipient: str, withheld: Collection[str]) -> list[Recipient]:
    """The next in line for a recipient, the nearest first; those who are withheld are skipped."""
    return [link for link in CHAIN[recipient] if link not in withheld]


def pause(allowed: timedelta, *, received: bool = False) -> timedelta:
    """How long until somebody is reminded again: the time allowed, 15 minutes at least and 24 hours at most.

    Twice that, in the same bounds, where a duty desk has said that it `received` the message.
    """
    return min(max(allowed * (2 if received else 1), SHORTEST_PAUSE), LONGEST_PAUSE)


def first_message_at(
    recipient: str, received_at: datetime, *, call_waits: bool, footage: tuple[datetime, datetime] | None
) -> datetime:
    """When the first message to a recipient leaves: at once, but for a customer while the police call waits.

    They wait an hour at most, and no longer than half the time (seen, overwritten) that their CCTV is kept.
    """
    at_once = received_at - AT_ONCE
    if recipient != Recipient.CUSTOMER or not call_waits:
        return at_once
    halves = [seen + (overwritten - seen) / 2 for seen, overwritten in ([footage] if footage else [])]
    latest = min([received_at + CUSTOMER_WAITS, *halves])
    return latest if latest > received_at else at_once


def rested(at: datetime, *, recipient: str, urgency: str) -> datetime:
    """The moment itself; 07:00 where it would remind somebody of a routine card between 21:00 and 07:00.

    The police call never rests.
    """
    local = at.astimezone(LONDON)
    if urgency != Urgency.ROUTINE or recipient == Recipient.POLICE_CALL or MORNING <= local.time() < NIGHT:
        return at
    day = local.date() + timedelta(days=1 if local.time() >= NIGHT else 0)
    return datetime.combine(day, MORNING, LONDON).astimezone(at.tzinfo)
