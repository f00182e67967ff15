"""What to say to the police: a disclosed card in the order in which a call-taker asks, to read aloud. Pure.

Whoever rings may know more than the police may, such as who wrote the card. None of that is in it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from accounts.roles import Role
from concerns import facts, wording
from concerns.checklist import had_it, involved, kept_out, listed
from concerns.disclosure import Addition, Copy, Footage, Reader, disclose
from concerns.models import Basis, Nature, PersonSeen, StillThere, VehicleSeen
from concerns.routing import Party, Recipient, Urgency

Card = Mapping[str, Any]


class Part(NamedTuple):
    """One thing that a call-taker asks: what to read aloud, and before it what is for the caller alone."""

    heading: str
    say: Sequence[str]
    mind: Sequence[str] = ()


def script(card: Card, *, code_word: str = "", is_author: bool = False) -> list[Part]:
    """What to say about this disclosed card, as far as the police may know it; nothing where it holds no account."""
    if "account" not in card:
        return []
    known = disclose(card, {Reader.POLICE})
    told = {copy.recipient: copy for copy in card["told"]}
    parts = [
        _what(known, told, code_word),
        _where(known),
        _still_there(known),
        _risk(known),
        Part("Who?", _rows("people", known)),
        _anybody_here(known),
        Part("Which vehicles?", _rows("vehicles", known)),
        _happened(known),
        _known_how(known, is_author),
        _cameras(known, {kept.recipient for kept in card.get("kept_out", ())}),
        _author(known, told, is_author),
        _who_knows(card),
        _LOG,
    ]
    return [part for part in parts if part.say]


_LOG = Part(
    "Before you ring off",
    ["What is the log number, please?", "Who am I speaking to?"],
    ["Write both down, and the time. If they give no number, write “none given”."],
)


def _what(known: Card, told: Mapping[str, Copy], code_word: str) -> Part:
    officer = Party.POLICE in involved(known)
    word = f"{code_word}." if code_word and Recipient.POLICE in told else ""  # it leads to the local desk
    first = "Please put me through to professional standards." if officer else word
    concern = "I have a concern about a child. It may be child sexual exploitation."
    say = [first, concern, f"Our reference is {known['reference']}.", _told_before(known, told)]
    mind = ["Do not tell the local desk what it is about, unless a child is in danger now."] if officer else []
    return Part("What is it?", _said(say), mind)


def _told_before(known: Card, told: Mapping[str, Copy]) -> str:
    call = told.get(Recipient.POLICE_CALL)
    if known["police_called"]:
        before = f"log number {known['police_log']}"
    elif call and call.status == "told":
        before = call.whom
    else:
        return ""
    return f"You have been told before: {before}." if before else "You have been told before."


def _where(known: Card) -> Part:
    site, zone = known["site"], known["zone"]
    if not site:
        return Part("Where?", _said(["It was not at one of our sites.", known["place"]]))
    address = f"The address is {site.address}, {site.postcode}."
    railway = "It is on the railway." if site.is_railway else ""
    return Part("Where?", _said([f"At {', '.join(_said([str(site), zone]))}.", known["place"], address, railway]))


_STILL = {
    StillThere.YES: "When this was written, on {}, they were still there.",
    StillThere.GONE: "When this was written, on {}, they had gone.",
}


def _still_there(known: Card) -> Part:
    still = _STILL.get(known["still_there"], "Nobody has written down whether they are still there.")
    say = [still.format(wording.moment(known["written_at"])), known["went"], f"It was seen on {facts.seen(known)}."]
    return Part("Are they still there?", _said(say), ["If you know more by now, say that first."])


_RISK = {
    Urgency.EMERGENCY: "A child was in danger when this was written.",
    Urgency.PROMPT: "It could not wait beyond this shift when it was written.",
    Urgency.ROUTINE: "No child was in danger at that moment, as far as we know.",
}
_WORSE = {Nature.MISSING: "A child may be missing.", Nature.DRUNK_OR_HURT: "A child was drunk, drugged or hurt."}


def _risk(known: Card) -> Part:
    worse = [sentence for nature, sentence in _WORSE.items() if nature in known["natures"]]
    mind = ["If a child is in danger now, ring 999 and not another number."]
    return Part("Is anybody in danger now?", [_RISK[known["urgency"]], *worse], mind)


def _rows(kind: str, known: Card) -> list[str]:
    """Everybody, or everything, of the card and then of its notes, each with its answers one below the other."""
    later = [_row(row, note) for note in known["notes"] for row in getattr(note, kind)]
    return [_row(row) for row in known[kind]] + later


def _row(row: PersonSeen | VehicleSeen, note: Addition | None = None) -> str:
    title = f"{row}, added {wording.moment(note.at)}" if note else str(row)
    return "\n".join([title, *(f"{name}: {answer}" for name, answer in facts.answers_about(row) if answer)])


_INVOLVED = {
    Party.SITE: "Somebody who works for the site may be involved.",
    Party.GUARD: "A guard or a security manager there may be involved.",
    Party.OFFICE: "Somebody at the security company’s head office may be involved.",
    Party.POLICE: "A police officer may be involved.",
    Party.UNSURE: "Whether anybody who works there is involved, the author is not sure.",
}


def _anybody_here(known: Card) -> Part:
    parties = involved(known)
    say = [sentence for party, sentence in _INVOLVED.items() if party in parties]
    if not say and "about" in known:
        say = ["Nobody who works there, as far as the author knows."]
    return Part("Is anybody who works there involved?", say)


def _happened(known: Card) -> Part:
    words = ["These words were spoken:", known["exact_words"]] if known["exact_words"] else []
    more = [
        _answer("What kind of thing", ". ".join(Nature(nature).label for nature in known["natures"])),
        _answer("Seen before", known["seen_before"]),
        _answer("Who else saw it", known["witnesses"]),
        _answer("What was done", known["action_taken"]),
    ]
    notes = [f"Added {wording.moment(note.at)}:\n{note.text}" for note in known["notes"]]
    return Part("What happened?", _said([known["account"], *words, *more, *notes]), ["Read it as it is written."])


_BASIS = {
    Basis.SELF: ("I saw or heard it.", "The person who wrote it saw or heard it."),
    Basis.CHILD: ("A child told me.", "A child told the person who wrote it."),
    Basis.CAMERA: ("I saw it on camera.", "The person who wrote it saw it on camera."),
    Basis.WITNESS: ("Somebody who saw it told me.", "Somebody who saw it told the person who wrote it."),
    Basis.TALK: ("I heard talk. I do not know where it comes from.", "It is talk. Nobody knows where it comes from."),
}


def _known_how(known: Card, is_author: bool) -> Part:
    mine, theirs = _BASIS[known["basis"]]
    doubts = "I have doubts." if is_author else "They have doubts."
    say = [mine if is_author else theirs, _answer("Who said so", known["source"]), doubts if known["doubts"] else ""]
    return Part("How is it known?", _said(say))


def _cameras(known: Card, kept_out: Collection[str]) -> Part:
    camera, footage = dict(facts.what_was_seen(known))["Camera"], known.get("footage")
    say = [
        f"Camera: {camera}" if camera else "The card names no camera.",
        _kept(footage) if footage else "",
        "Please secure the footage yourselves. Do not ask the site for it." if Recipient.CUSTOMER in kept_out else "",
    ]
    return Part("Is there footage?", _said(say))


def _kept(footage: Footage) -> str:
    if footage.saved_on:
        return f"It is saved: {', '.join(_said([footage.saved_whom, footage.saved_where]))}."
    if footage.lost:
        return "By now it is overwritten, as far as we know."
    guess = "" if footage.days_are_known else f" We count {footage.days} days, because nobody knows."
    when = f" It is overwritten on {wording.moment(footage.kept_until)}.{guess}" if footage.kept_until else ""
    return f"Nobody has saved it.{when}"


def _author(known: Card, told: Mapping[str, Copy], is_author: bool) -> Part:
    """Their name and number only as they agreed; else the police ask head office, or the lead in its place."""
    office = "our head office" if Recipient.HEAD_OFFICE in told else "our safeguarding lead"
    name, phone = known.get("author_name"), known.get("phone")
    role = f"{_role(known['author_role'])} of {known['company']}"
    them, their = ("me", "my") if is_author else ("them", "their")
    say = [
        f"{'I am' if is_author else 'It was written by'} {f'{name}, {role}' if name else role}.",
        "" if name else f"I cannot give you {their} name. If you need it, ask {office}.",
        f"You may ring {them} on {phone}." if phone else _reach(them, office, known["company_phone"]),
    ]
    mind = [] if name or is_author else ["Do not say who wrote it, even if you know."]
    return Part("Who reports it?", _said(say), mind)


def _role(code: str) -> str:
    return "somebody at the head office" if code == Role.HEAD_OFFICE else f"a {wording.role(code)}"


def _reach(them: str, office: str, number: object) -> str:
    """Through the company, by the number that it answers at any hour."""
    return f"To reach {them}, ask {office}{f', at any hour, on {number}' if number else ''}."


_OTHERS = {
    Recipient.MANAGER: "the manager",
    Recipient.HEAD_OFFICE: "head office",
    Recipient.LEAD: "the safeguarding lead",
    Recipient.CUSTOMER: "the customer",
    Recipient.POLICE: "your own desk, in writing",
    Recipient.STANDARDS: "your professional standards desk, in writing",
}


def _who_knows(card: Card) -> Part:
    """By their roles, as far as whoever rings may see. The police see no copy but their own: it says nothing."""
    states = {copy.recipient: copy.status for copy in card["told"]}
    knows = [name for recipient, name in _OTHERS.items() if states.get(recipient) in ("has_it", "told")]
    waiting = [name for recipient, name in _OTHERS.items() if states.get(recipient) == "waiting"]
    say = [
        f"These have it: {listed(knows)}." if knows else "",
        f"These have not answered yet: {listed(waiting)}." if waiting else "",
        *(f"{name.capitalize()} does not know. Please do not tell them." for name in kept_out(card, had_it=False)),
        f"{had} Please do not speak to them about it." if (had := had_it(card)) else "",
        *(f"Please do not speak to {name} about it." for name in kept_out(card, had_it=None)),
    ]
    return Part("Who else knows?", [] if "others" in card else _said(say))


def _answer(name: str, text: str) -> str:
    return f"{name}: {text}" if text else ""


def _said(sentences: Iterable[str]) -> list[str]:
    return [sentence for sentence in sentences if sentence]
