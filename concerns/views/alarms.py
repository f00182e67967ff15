"""What stands above a queue because it cannot wait: the police are not told, or footage is about to be lost."""

from typing import NamedTuple

from django.utils import timezone

from accounts.roles import Role
from concerns import reading, wording
from concerns.models import Status
from concerns.pending import RISK
from concerns.police import Telling, how_to_tell
from concerns.routing import Urgency
from concerns.telling import OF_THE_POLICE, may_tell

FEW = 5  # are named; a list of its own has the others


class Untold(NamedTuple):
    """A concern that the police should know of by now."""

    reference: str
    urgency: str
    late: str
    telling: Telling | None  # whom to ring and what to say; an officer is not asked to ring
    ends: str  # whose copy "I told them" ends; empty for whoever may not say that


class AtRisk(NamedTuple):
    """A concern whose footage is about to be overwritten."""

    reference: str
    left: str


def police_not_told(copies, user):
    """None for a customer, who sees no state of the police."""
    found = copies.police_not_told()
    return found.none() if user.role == Role.CUSTOMER else found


def above(copies, user, sites):
    """The boxes above the queue: these copies are all of this reader's, whatever the page is filtered by."""
    untold = _most_urgent(police_not_told(copies, user), sites)
    at_risk = list(copies.footage_at_risk(RISK).page(FEW + 1, sites))
    return {
        "untold": [_untold(copy, user) for copy in untold[:FEW]],
        "more_untold": len(untold) > FEW,
        "at_risk": [_at_risk(copy, user) for copy in at_risk[:FEW]],
        "more_at_risk": len(at_risk) > FEW,
        "is_customer": user.role == Role.CUSTOMER,
    }


def _most_urgent(late, sites):
    """The most urgent first, then the longest late. Only where they are many is each urgency asked for by itself."""
    found = list(late.page(FEW + 1, sites))
    if len(found) > FEW:
        return list(late.most_urgent(FEW + 1, sites))
    return sorted(found, key=lambda copy: Urgency.values.index(copy.urgency))


def _untold(copy, user):
    card = reading.line(copy.concern, user, copy)
    late = wording.length(timezone.now() - copy.police_due_at)
    if user.role == Role.POLICE:
        return Untold(card["reference"], card["urgency"], late, None, "")
    tells = may_tell(card, own=copy.recipient, is_author=reading.is_author(copy.concern, user))
    asked = [other.recipient for other in tells if other.recipient in OF_THE_POLICE and other.status == Status.WAITING]
    ends = asked[0] if asked else ""
    return Untold(card["reference"], card["urgency"], late, how_to_tell(card, copy.concern.force), ends)


def _at_risk(copy, user):
    card = reading.line(copy.concern, user, copy)
    return AtRisk(card["reference"], wording.countdown(copy.footage_until, timezone.now()))
