"""Whom a reader may say that they told, and by when the police must know. Pure: it sees only a disclosed card."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from concerns.disclosure import Copy
from concerns.models.delivery import Status
from concerns.routing import DESKS_OF_THE_POLICE, Recipient

Card = Mapping[str, Any]

# Whoever reads one of these copies rings the others.
RING = frozenset({Recipient.MANAGER, Recipient.HEAD_OFFICE, Recipient.LEAD})
OF_THE_POLICE = DESKS_OF_THE_POLICE | {Recipient.POLICE_CALL}
_DONE = {Status.HAS_IT, Status.TOLD}


def may_tell(card: Card, *, own: str, is_author: bool) -> list[Copy]:
    """The copies of which this reader may say that they told them, answered ones too.

    `own` is the recipient whose copy they read, empty for none: their own they acknowledge. An author with no copy may
    say it of the police call alone. One that is on hold is told by nobody.
    """
    if own not in RING and not is_author:
        return []
    copies = [copy for copy in card["told"] if copy.recipient != own and copy.status != Status.HELD]
    if own not in RING:
        copies = [copy for copy in copies if copy.recipient == Recipient.POLICE_CALL]
    return [copy for copy in copies if copy.recipient not in OF_THE_POLICE or rings_the_police(card, own, is_author)]


def rings_the_police(card: Card, own: str, is_author: bool) -> bool:
    """Whether this reader rings the police: not one who may not know at which desk, nor the police themselves."""
    knows = any(copy.recipient in DESKS_OF_THE_POLICE for copy in card["told"])
    return knows and (own in RING or is_author)


def police_due(card: Card) -> datetime | None:
    """By when the police must have been told: by the call, or by a copy where none is asked for. None once they are, by
    either of the two.
    """
    calls = [copy for copy in card["told"] if copy.recipient == Recipient.POLICE_CALL]
    desks = [copy for copy in card["told"] if copy.recipient in DESKS_OF_THE_POLICE]
    asked = calls or desks
    if not asked or any(copy.status in _DONE for copy in [*calls, *desks]):
        return None
    return min(copy.due_at for copy in asked)
