"""A disclosed card as questions and answers, in the order of the paper card. Pure: it sees only what was disclosed."""

from collections.abc import Iterable, Mapping
from typing import Any

from concerns import wording
from concerns.models import Basis, Looks, Nature, PersonSeen, Sex, StillThere, VehicleSeen
from concerns.routing import Party, Urgency

Answers = list[tuple[str, str]]
Card = Mapping[str, Any]


def parties(about: Iterable[str]) -> str:
    """Who may be involved, in words."""
    return "; ".join(Party(party).label for party in about)


def what_was_seen(card: Card) -> Answers:
    still = StillThere(card["still_there"]).label if card["still_there"] else ""
    return [
        ("Still there?", ": ".join(filter(None, [still, card["went"]]))),
        ("Place", card["place"]),
        ("Kind of thing", ". ".join(Nature(nature).label for nature in card["natures"])),
        ("Could anybody here be involved?", parties(card.get("about", ()))),
        ("How the author knows", Basis(card["basis"]).label),
        ("Who told the author", card["source"]),
        ("Doubts", "The author has doubts" if card["doubts"] else ""),
        ("Camera", _camera(card)),
        ("Seen before", card["seen_before"]),
        ("Who else saw it", card["witnesses"]),
    ]


def _camera(card: Card) -> str:
    times = [wording.clock(card[end]) for end in ("camera_from", "camera_until") if card[end]]
    return ", ".join(filter(None, [card["camera"], " to ".join(times)]))


def police(card: Card) -> Answers:
    called = ["Told when the card was written", f"log {card['police_log']}"] if card["police_called"] else []
    return [
        ("What the author did", card["action_taken"]),
        ("Police", ", ".join(called)),
        ("Police may ring", _agreed(card["police_may_ring"], card.get("phone", ""))),
        ("Police may know the name", _agreed(card["police_may_know_name"])),
    ]


def police_and_times(card: Card) -> Answers:
    return [
        *police(card),
        *author(card),
        ("Seen", seen(card)),
        ("Written", wording.moment(card["written_at"])),
        ("Received", wording.moment(card["received_at"])),
    ]


def author(card: Card) -> Answers:
    return [
        ("Author", ", ".join(filter(None, [card.get("author_name", ""), wording.role(card["author_role"])]))),
        ("Company", f"{card['company']}, {card['company_phone']}" if card["company_phone"] else str(card["company"])),
    ]


def in_words(card: Card) -> str:
    """Every answer of a card in one text, the account first: what a note keeps of a card that was sent again."""
    place = f"{card['site']}, {card['zone']}" if card["zone"] else str(card["site"] or "Somewhere else")
    first = [("Urgency", Urgency(card["urgency"]).label), ("Where", place), ("Seen", seen(card))]
    number = card["phone"] if card["police_may_ring"] else ""  # the police read notes
    rows = [*first, ("Exact words", card["exact_words"]), *what_was_seen(card), *police({**card, "phone": number})]
    return "\n".join([card["account"], *(f"{question.rstrip('?')}: {answer}" for question, answer in rows if answer)])


def _agreed(answer: bool | None, number: str = "") -> str:
    said = "Not answered" if answer is None else "Yes" if answer else "No"
    if not number:
        return said
    return f"{said}, on {number}" if answer else f"{said}. Number: {number}"


def seen(card: Card) -> str:
    """When it was seen, in words."""
    return wording.span(card["seen_at"], card["until_at"], card["time_is_approximate"])


def rows_seen(card: Card) -> list[tuple[str, Answers]]:
    """[(Person 1, answers), …] of everybody and everything on the card."""
    return [(str(row), answers_about(row)) for row in [*card["people"], *card["vehicles"]]]


def answers_about(row: PersonSeen | VehicleSeen) -> Answers:
    if isinstance(row, PersonSeen):
        return [
            ("Looks", Looks(row.looks).label if row.looks else ""),
            ("Sex", Sex(row.sex).label if row.sex else ""),
            ("Name heard", row.name),
            ("Description", row.description),
        ]
    return [
        ("Registration", row.mark),
        ("What it was", row.make),
        ("Company, damage", row.company),
        ("Inside", row.inside),
        ("Where to", row.went),
    ]


def described(row: PersonSeen | VehicleSeen) -> str:
    """One line about a person or a vehicle of a note."""
    return ". ".join(answer for _, answer in answers_about(row) if answer)
