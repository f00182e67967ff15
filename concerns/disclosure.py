"""What each reader may see of a concern. One table; every field of the card has a row. Pure.

Templates, exports, messages and JSON render only what `disclose` returns, so that none of them can leak. A name that is
not in the table is shown to nobody. The whole of it stands as a table in tests/concerns/disclosure.csv.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from concerns import times
from concerns.routing import Recipient


class Reader(StrEnum):
    """In what capacity somebody reads. A person may have two, and then sees what either may see."""

    AUTHOR = "author"
    COMPANY = "company"  # manager, head office, safeguarding lead
    DECIDES = "decides"  # one of those three besides: head office, or the lead where head office is withheld
    RELEASED = "released"  # one of those three, with a copy that was first withheld from them
    POLICE = "police"
    RELEASED_POLICE = "released_police"  # with a copy that was first withheld from them
    CUSTOMER = "customer"


class Show(StrEnum):
    """How much of a field a reader sees, least first. Who reads in two capacities gets the later of two."""

    NO = "no"
    OWN = "own"  # their own organisation's
    OWN_AND_LEFT = "own, and a leaver’s"  # and those that wait for an author who works there no longer
    REST = "own, and that others exist"
    LATER = "added since release"  # only what was added after this reader's copy was released
    FOUR = "the usual four"  # without those who are told only because of who may be involved
    ROLES = "roles, not names"
    LINE = "one line"  # what came of it, in words that say nothing of anybody
    UNNAMED = "without whom it is kept from"
    WIDENED = "widened"  # outward to the quarter hour
    IF_CAMERA = "the clock if the camera’s times are given"  # widened as they are
    CUSTOMER = "the customer alone"  # and of what they had before only while they are on hold
    IF_AGREED = "if agreed"  # where the author said that the police may know it
    YES = "yes"


class Row(NamedTuple):
    author: Show
    company: Show
    released: Show
    police: Show
    released_police: Show
    customer: Show
    decides: Show = Show.NO  # besides what the company sees


_ALL = Row(Show.YES, Show.YES, Show.YES, Show.YES, Show.YES, Show.YES)
_NOT_CUSTOMER = _ALL._replace(customer=Show.NO)
_AGREED = _NOT_CUSTOMER._replace(police=Show.IF_AGREED, released_police=Show.IF_AGREED)

TABLE: dict[str, Row] = {
    "reference": _ALL,
    "urgency": _ALL,
    "site": _ALL,
    "zone": _ALL,
    "due_at": _ALL,
    "camera": _ALL,
    "camera_from": _ALL._replace(customer=Show.WIDENED),
    "camera_until": _ALL._replace(customer=Show.WIDENED),
    "footage": _ALL._replace(customer=Show.IF_CAMERA),
    "hold": _NOT_CUSTOMER._replace(author=Show.NO),
    "author_role": _ALL,
    "company": _ALL,
    "company_phone": _ALL,
    "seen_at": _NOT_CUSTOMER,
    "until_at": _NOT_CUSTOMER,
    "time_is_approximate": _NOT_CUSTOMER,
    "written_at": _NOT_CUSTOMER,
    "received_at": _NOT_CUSTOMER,
    "still_there": _NOT_CUSTOMER,
    "went": _NOT_CUSTOMER,
    "place": _NOT_CUSTOMER,
    "natures": _NOT_CUSTOMER,
    "account": _NOT_CUSTOMER,
    "exact_words": _NOT_CUSTOMER,
    "basis": _NOT_CUSTOMER,
    "source": _NOT_CUSTOMER,
    "doubts": _NOT_CUSTOMER,
    "people": _NOT_CUSTOMER,
    "vehicles": _NOT_CUSTOMER,
    "seen_before": _NOT_CUSTOMER,
    "witnesses": _NOT_CUSTOMER,
    "action_taken": _NOT_CUSTOMER,
    "police_called": _NOT_CUSTOMER,
    "police_log": _NOT_CUSTOMER,
    "police_may_ring": _NOT_CUSTOMER,
    "police_may_know_name": _NOT_CUSTOMER,
    "notes": Row(Show.YES, Show.YES, Show.LATER, Show.YES, Show.LATER, Show.NO),
    "about": Row(Show.YES, Show.YES, Show.NO, Show.YES, Show.NO, Show.NO),
    "questions": Row(Show.YES, Show.OWN, Show.LATER, Show.OWN, Show.LATER, Show.NO, Show.OWN_AND_LEFT),
    "outcome": Row(Show.LINE, Show.YES, Show.LINE, Show.YES, Show.LINE, Show.NO),
    "decisions": Row(Show.NO, Show.UNNAMED, Show.NO, Show.NO, Show.NO, Show.NO, Show.YES),
    "withheld": Row(Show.NO, Show.NO, Show.NO, Show.NO, Show.NO, Show.NO, Show.YES),
    "kept_out": Row(Show.YES, Show.YES, Show.CUSTOMER, Show.NO, Show.NO, Show.NO),
    "earlier": Row(Show.NO, Show.NO, Show.NO, Show.NO, Show.NO, Show.NO, Show.YES),
    "author_name": _AGREED,
    "phone": _AGREED,
    "signatures": _AGREED,
    "told": Row(Show.ROLES, Show.YES, Show.FOUR, Show.REST, Show.REST, Show.OWN),
    "others": Row(Show.NO, Show.NO, Show.NO, Show.YES, Show.YES, Show.NO),
    "reads": Row(Show.NO, Show.OWN, Show.OWN, Show.OWN, Show.OWN, Show.NO),
}

# Which answer on the card lets the police know it.
AGREEMENT = {"author_name": "police_may_know_name", "signatures": "police_may_know_name", "phone": "police_may_ring"}

# Told only because of who may be involved: to see that they were told is to see the answer.
REVEALING = {Recipient.LEAD, Recipient.STANDARDS}
KEEP_FROM = "keep_from"  # the kind of decision that names somebody it is kept from


class Closing(NamedTuple):
    """What came of it, as far as its reader may know it."""

    outcome: str  # empty where the reader may know no more than the line, or than that it is closed
    at: datetime
    line: str = ""
    text: str = ""
    reference: str = ""
    by: str = ""


class Decided(NamedTuple):
    """A decision about the concern: a hold, a release, a further reader, somebody it is kept from, its end."""

    kind: str
    at: datetime
    by: str
    recipient: str = ""
    person: str = ""
    outcome: str = ""
    text: str = ""
    reference: str = ""
    until: datetime | None = None
    by_id: object = None


class Hold(NamedTuple):
    """That the police may ask for the customer not to be told yet; and who asked, where they have."""

    until: datetime | None = None  # when somebody must look at it again; None where nobody has asked
    at: datetime | None = None
    officer: str = ""
    reference: str = ""
    had_it: bool = False  # the customer, before


class KeptOut(NamedTuple):
    """One of the usual three, to whom nothing of it is shown now: their copy is withheld, or on hold for the police."""

    recipient: str
    on_hold: bool
    had_it: bool | None  # before: it was sent to them, or they opened it or were told. None where that may not be known


class Footage(NamedTuple):
    """The clock on the CCTV, and who has saved it."""

    kept_until: datetime | None  # None where it would tell its reader a time that they may not know
    days: int
    days_are_known: bool
    saved_on: datetime | None = None
    saved_whom: str = ""
    saved_where: str = ""
    saved_by_organisation: object = None
    lost: bool = False
    ask_the_site: bool = True  # not where the customer is withheld or on hold: then nobody asks the site


class Copy(NamedTuple):
    """One recipient's copy, as far as its reader may know it."""

    recipient: str
    organisation: object
    status: str
    due_at: datetime
    at: datetime | None = None  # when it was acknowledged, or they were told
    by: str = ""  # the name of who did that
    by_author: bool = False
    by_organisation: object = None
    by_id: object = None
    whom: str = ""  # how they were told, whom they reached, the police log number
    sent_at: datetime | None = None
    unsent: bool = False  # no message about it has left yet
    received_at: datetime | None = None  # by a duty desk, and who there said so
    received_by: str = ""
    escalated_at: datetime | None = None
    held_until: datetime | None = None
    failed: Collection[str] = ()  # addresses that refuse messages


class Addition(NamedTuple):
    """A note, as far as its reader may know it."""

    text: str
    at: datetime
    signature: str
    role: str
    company: object
    by_author: bool
    about: Collection[str]
    people: Collection[Any]
    vehicles: Collection[Any]
    by_id: object = None


class Asked(NamedTuple):
    """A question to the author and the answer, as far as its reader may know them."""

    id: object
    text: str
    at: datetime
    role: str
    company: object  # of whoever asked
    name: str
    left: bool = False  # the author has: whoever decides answers, or has answered
    answer: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    answered_role: str = ""
    answered_company: object = None


class Deed(NamedTuple):
    """One event of the history, as far as its reader may know it."""

    at: datetime
    who: str
    what: str
    recipient: str  # whose copy it is about; empty where it is about none
    to: str = ""  # who was told in turn


class Read(NamedTuple):
    """That somebody opened the concern."""

    at: datetime
    name: str
    organisation: object
    by_id: object = None


def disclose(
    facts: Mapping[str, Any],
    readers: Collection[Reader],
    *,
    organisation: object = None,
    released_at: datetime | None = None,
) -> dict[str, Any]:
    """What somebody may see of these facts about a concern, in one or more capacities; what they may not is absent.

    `facts` has names of TABLE as keys; `organisation` is the reader's, `released_at` when their copy was released.
    """
    shown = {name: _most(name, readers) for name in TABLE if name in facts}
    agreed = {name: show for name, show in shown.items() if show != Show.IF_AGREED or facts[AGREEMENT[name]]}
    card = {name: facts[name] for name, show in agreed.items() if show != Show.NO}
    if card.get("footage") and shown["footage"] == Show.IF_CAMERA:
        card["footage"] = _for_the_customer(facts["footage"], bool(facts["camera_from"]), organisation)
    if shown.get("camera_from") == Show.WIDENED:
        card["camera_from"], card["camera_until"] = times.widened(facts["camera_from"], facts["camera_until"])
    if "notes" in card:
        later = shown["notes"] == Show.LATER
        notes = [note for note in facts["notes"] if not later or (released_at and note.at > released_at)]
        card["notes"] = [_note(note, "signatures" in card, "about" in card, organisation) for note in notes]
    if "questions" in card:
        questions = _questions(card["questions"], shown["questions"], organisation, released_at)
        card["questions"] = [_asked(asked, "signatures" in card, organisation) for asked in questions]
    if card.get("outcome"):
        card["outcome"] = _outcome(card["outcome"], shown["outcome"], "signatures" in card)
    if shown.get("decisions") == Show.UNNAMED:
        card["decisions"] = [decided for decided in card["decisions"] if decided.kind != KEEP_FROM]
    if shown.get("kept_out") == Show.CUSTOMER:
        card["kept_out"] = _the_customer(facts["kept_out"])
    if "told" in card:
        card["told"] = _told(facts["told"], shown["told"], organisation)
    if "reads" in card:
        card["reads"] = [read for read in facts["reads"] if read.organisation == organisation]
    return card


def for_the_police(card: Mapping[str, Any]) -> dict[str, Any]:
    """What a company hands to the police of a card that it may see: no more of the author than the police may know."""
    kept_back = {name for name, answer in AGREEMENT.items() if not card[answer]} | {
        "questions",
        "decisions",
        "withheld",
        "reads",
    }
    handed = {name: value for name, value in card.items() if name not in kept_back}
    if "author_name" in kept_back:
        handed["notes"] = [note._replace(signature="") if note.by_author else note for note in card["notes"]]
        handed["told"] = [copy._replace(by="") if copy.by_author else copy for copy in card["told"]]
    return handed


def _most(name: str, readers: Collection[Reader]) -> Show:
    order = list(Show)
    return max((getattr(TABLE[name], reader) for reader in readers), key=order.index, default=Show.NO)


def _note(note: Addition, signed: bool, involved: bool, organisation: object) -> Addition:
    """A note with no more of its author than the reader may know, and no more of who may be involved."""
    name = note.signature if signed or note.company == organisation else ""
    return note._replace(signature=name, about=note.about if involved else ())


def _told(copies: Collection[Copy], show: Show, organisation: object) -> list[Copy]:
    copies = [copy for copy in copies if copy.status != "withheld"]
    if show == Show.YES:
        return copies
    if show == Show.ROLES:
        return [_plain(copy)._replace(by="", whom=copy.whom if copy.by_author else "") for copy in copies]
    usual = [copy for copy in copies if copy.recipient not in REVEALING]
    if show == Show.FOUR:
        return usual
    own = [_plain(copy) for copy in usual if copy.organisation == organisation]
    return [copy if copy.by_organisation == organisation else copy._replace(by="") for copy in own]


def _the_customer(kept_out: Collection[KeptOut]) -> list[KeptOut]:
    """That a withheld one had it would say that a note closed it to them: a released copy has no earlier notes."""
    customer = [kept for kept in kept_out if kept.recipient == Recipient.CUSTOMER]
    return [kept if kept.on_hold else kept._replace(had_it=None) for kept in customer]


def _for_the_customer(footage: Footage, times_are_given: bool, organisation: object) -> Footage:
    """With no more of when it began than the widened camera times say, and no name that is not their own people's."""
    if footage.saved_by_organisation != organisation:
        footage = footage._replace(saved_whom="", saved_where="")
    if not times_are_given:
        return footage._replace(kept_until=None, lost=False)
    return footage._replace(kept_until=times.widened(footage.kept_until, None)[0])


def _plain(copy: Copy) -> Copy:
    """Without what the company alone needs to chase it: refused addresses, holds, who was told in turn."""
    return copy._replace(failed=(), escalated_at=None, held_until=None, received_by="", sent_at=None, unsent=False)


def _outcome(closing: Closing, show: Show, signed: bool) -> Closing:
    """All of it, but for the name of whoever closed it where no names are known; or the line alone."""
    if show == Show.LINE:
        return Closing(outcome="", at=closing.at, line=closing.line)
    return closing if signed else closing._replace(by="")


def _questions(
    questions: Collection[Asked], show: Show, organisation: object, released_at: datetime | None
) -> list[Asked]:
    """The author sees all; the police their own, the company the company's, and neither the other's.

    What anybody asked of an author who has left is for whoever decides.
    """
    if show == Show.YES:
        return list(questions)
    left = show == Show.OWN_AND_LEFT
    own = [asked for asked in questions if asked.company == organisation or (left and asked.left)]
    return [asked for asked in own if show != Show.LATER or (released_at and asked.at > released_at)]


def _asked(asked: Asked, signed: bool, organisation: object) -> Asked:
    """A question with the names of their own organisation's people; the answer signed as a note is."""
    name = asked.name if asked.company == organisation else ""
    signature = asked.answered_by if signed or asked.answered_company == organisation else ""
    return asked._replace(name=name, answered_by=signature)
