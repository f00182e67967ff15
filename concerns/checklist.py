"""What must be minded where somebody here may be involved, and to whom nobody speaks of a concern. Pure."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from accounts.models import Nation
from concerns.police import NI_DUTY
from concerns.routing import Party, Recipient


class Point(NamedTuple):
    """One thing to do or to leave alone, and how."""

    do: str
    how: str


# Usually told.
_USUAL: dict[str, str] = {
    Recipient.MANAGER: "the manager",
    Recipient.HEAD_OFFICE: "head office",
    Recipient.CUSTOMER: "the customer",
}

_STAFF = {Party.SITE, Party.GUARD, Party.OFFICE, Party.UNSURE}
_LICENSED = _STAFF - {Party.SITE}

_WHERE = "This is for anybody whose work brings them to children. If you are not sure, ask them."

# Whom to tell about somebody who works with children, and how soon where a source says so.
# England: m.luton.gov.uk, "Reporting a concern about an adult who works with children" (LADO, one working day).
# Wales: safeguarding.wales, section 5, "Overarching principles" (24 hours; out of office hours the next working day).
# Scotland: nspcc.org.uk, "Child protection in Scotland: reporting your concerns" (the council's social work team).
# Northern Ireland: nidirect.gov.uk, "Reporting child abuse and neglect" (Gateway teams). Neither of these gives a time.
_CHILDRENS: dict[str, Point] = {
    Nation.ENGLAND: Point(
        "Tell the local authority’s designated officer within one working day",
        f"They are often called the LADO. {_WHERE}",
    ),
    Nation.WALES: Point(
        "Tell the local authority’s designated officer for safeguarding within 24 hours",
        f"Where that is out of office hours, on the next working day. {_WHERE}",
    ),
    Nation.SCOTLAND: Point(
        "Tell the council’s children’s social work team", f"Do it as soon as you have told the police. {_WHERE}"
    ),
    Nation.NORTHERN_IRELAND: Point(
        "Tell the Gateway team of the Health and Social Care Trust",
        f"Every new concern about a child goes to it first. Do it as soon as you have told the police. {_WHERE}",
    ),
}
_NO_NATION = Point(
    "Tell the local authority’s children’s services",
    f"In England that is the designated officer (LADO), within one working day. {_WHERE}",
)

# The SIA takes reports of crimes and concerns about licence holders: gov.uk, "Investigations of SIA licence holders not
# showing their licence" (2023).
_SIA = Point(
    "Tell the SIA if the person may hold a licence",
    "Ask the police when you may. Then send the SIA a report of a concern. What becomes of the licence is for the SIA.",
)

_AUTHOR = Point(
    "Protect the author",
    "Say to nobody who wrote the card. Do not ask why they did not speak sooner. Leave their shifts and their site as "
    "they are, unless they ask for a change. A card that was honest and wrong is nobody’s fault.",
)


def checklist(*, about: Collection[str], nation: str = "") -> list[Point]:
    """What head office minds, or the lead where head office is withheld; empty where nobody here may be involved.

    `about` is every Party that the card and its notes name, `nation` the site's Nation, empty where there is no site.
    """
    parties = set(about) - {Party.NO}
    if not parties:
        return []
    points = [_police(parties, nation), _leave_alone(parties)]
    if parties & _STAFF:
        points.append(_CHILDRENS.get(nation, _NO_NATION))
    if parties & _LICENSED:
        points.append(_SIA)
    return [*points, _AUTHOR]


def _police(parties: set[str], nation: str) -> Point:
    how = "Say that somebody here may be involved, and ask what you may do and when."
    if Party.POLICE in parties:
        how = f"Ask for professional standards, not the local desk, nor an officer whom you know. {how}"
    if nation == Nation.NORTHERN_IRELAND:
        how += f" {NI_DUTY}"
    return Point("Police first, before anything else", how)


def _leave_alone(parties: set[str]) -> Point:
    """An employer must not investigate or lead a witness: perfectchildcarecompany.com, "Safeguarding children"."""
    duties = ", or change their duties" if parties & _STAFF else ""
    return Point(
        "No interview, no suspension and no viewing of footage before the police advise it",
        f"Do not question or warn anybody{duties}. It is not yours to look into. Promise nobody to keep it secret. "
        "If a child may be in danger from them now, ring 999.",
    )


def involved(card: Mapping[str, Any]) -> set[str]:
    """Every Party that a disclosed card and its notes name; empty where nobody may be, or the reader may not know."""
    named = {*card.get("about", ()), *(party for note in card.get("notes", ()) for party in note.about)}
    return named - {Party.NO}


def kept_out(card: Mapping[str, Any], *, had_it: bool | None) -> list[str]:
    """Who of those that are usually told is shown nothing now, by a disclosed card: the manager.

    `had_it` says which: who does not know of it, who had it before, or None for whom the reader may not know that of.
    """
    return [_USUAL[kept.recipient] for kept in card.get("kept_out", ()) if kept.had_it is had_it]


def do_not_tell(card: Mapping[str, Any]) -> str:
    """For whoever may speak to them: The customer does not know. Do not tell them. Empty where everybody is told."""
    unaware, either = kept_out(card, had_it=False), kept_out(card, had_it=None)
    had = had_it(card)
    said = [
        f"{_capital(unaware)} {'do' if len(unaware) > 1 else 'does'} not know. Do not tell them." if unaware else "",
        f"{had} Do not speak to them about it." if had else "",
        f"Do not speak to {listed(either)} about it." if either else "",
    ]
    return " ".join(filter(None, said))


def had_it(card: Mapping[str, Any]) -> str:
    """The manager had it before. Nothing more is shown to them. Empty where nobody had it who is shown nothing now."""
    names = kept_out(card, had_it=True)
    return f"{_capital(names)} had it before. Nothing more is shown to them." if names else ""


def _capital(names: Collection[str]) -> str:
    return listed(names).capitalize()


def listed(names: Collection[str]) -> str:
    """the manager, head office and the customer"""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
