"""What came of a concern, in words: one line for its author, and a sentence for each decision. Pure."""

from concerns.disclosure import Decided, Deed
from concerns.models import Decision, Outcome
from concerns.routing import Recipient

# What the author is told. Nothing of staff, of anybody who was suspected, of who checked, or of another card: a guard
# who sees the same line twice cannot tell which of two things happened.
_DEALT_WITH = "It has been dealt with. Thank you: you were right to write it down."
LINES: dict[str, str] = {
    Outcome.WITH_POLICE: "The police have it. Thank you.",
    Outcome.POLICE_FINISHED: "The police have looked into it and have finished. Thank you.",
    Outcome.INNOCENT: _DEALT_WITH,
    Outcome.STAFF: _DEALT_WITH,
    Outcome.DUPLICATE: _DEALT_WITH,
    Outcome.MISTAKE: "This card is closed. Thank you.",
}

_TITLES: dict[str, str] = {
    Decision.Kind.HOLD: "On hold: the police ask that the customer is not told yet",
    Decision.Kind.END_HOLD: "The hold has ended",
    Decision.Kind.RELEASE: "Released to {recipient}",
    Decision.Kind.PASS_ON: "Passed on to {person}",
    Decision.Kind.KEEP_FROM: "Kept from {person}",
    Decision.Kind.PROPOSE: "Proposed to close: {outcome}",
    Decision.Kind.CLOSE: "Closed: {outcome}",
}
_OF_A_COPY = {
    Recipient.MANAGER: "the manager",
    Recipient.HEAD_OFFICE: "head office",
    Recipient.CUSTOMER: "the customer",
    Recipient.POLICE: "the police",
}


def name(outcome: str) -> str:
    """With the police. Empty where the reader may not know it."""
    return str(Outcome(outcome).label) if outcome else ""


def recipient(code: str) -> str:
    """the manager, head office: a recipient in the middle of a sentence."""
    return _OF_A_COPY.get(Recipient(code), str(Recipient(code).label).lower())


def decided(decision: Decided) -> str:
    """Released to the customer. The reason stands beside it."""
    named = {"recipient": recipient(decision.recipient) if decision.recipient else "", "person": decision.person}
    return _TITLES[decision.kind].format(outcome=name(decision.outcome), **named).removesuffix(": ")


def done(deed: Deed) -> str:
    """Message sent (the customer): one line of a history, with whose copy it is about and who was told in turn."""
    turn = [recipient(link) for link in deed.to.split(",") if link]
    whose = f"{deed.what} ({recipient(deed.recipient)})" if deed.recipient else deed.what
    return f"{whose}: {' and '.join(turn)}" if turn else whose
