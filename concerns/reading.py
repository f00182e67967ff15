"""What one person sees of a concern: its facts, through the disclosure table. Pages show nothing else."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from concerns import disclosure, outcomes
from concerns.deciding import decides
from concerns.disclosure import Addition, Asked, Closing, Copy, Decided, Deed, Footage, Hold, KeptOut, Read, Reader
from concerns.models import DAYS_WHERE_UNKNOWN, Concern, Decision, Delivery, Event, Outcome, Question, Status
from concerns.ringing import number_to_ask
from concerns.routing import Recipient
from concerns.telling import OF_THE_POLICE

_CARD = [name for name in disclosure.TABLE if name in {field.name for field in Concern._meta.concrete_fields}]
_OF_A_COPY = {Event.Verb.ACKNOWLEDGED, Event.Verb.TOLD, Event.Verb.SENT, Event.Verb.RECEIVED_BY}
_OF_THE_COMPANY = {
    Event.Verb.REFUSED,
    Event.Verb.ESCALATED,
    Event.Verb.HELD,
    Event.Verb.HOLD_ENDED,
    Event.Verb.RELEASED,
    Event.Verb.PASSED_ON,
    Event.Verb.PROPOSED,
}
MOST_ASKED = 10  # questions on somebody's home
_READS = (Event.Verb.OPENED, Event.Verb.PRINTED)
_USUAL = (Recipient.MANAGER, Recipient.HEAD_OFFICE, Recipient.CUSTOMER)
_LINE = ["urgency", "site", "zone", "seen_at", "until_at", "time_is_approximate", "still_there"]


def whole_card(concern: Concern, user: User, *, events: Collection[Event] = ()) -> dict[str, Any]:
    """Everything that this person may see of the concern, by name; what they may not is not there."""
    copy = own_copy(concern, user)
    withheld = [copy.recipient for copy in concern.deliveries.all() if copy.withheld_at]
    kept_out = _kept_out(concern, events or traces([concern])[concern.pk])
    facts = _facts(concern, _CARD, whom=True) | {
        "company_phone": number_to_ask(concern),
        "author_name": concern.reported_by.get_full_name(),
        "signatures": True,
        "due_at": copy and copy.due_at,
        "people": list(concern.people.all()),
        "vehicles": list(concern.vehicles.all()),
        "notes": [_addition(note, concern) for note in concern.notes.all()],
        "questions": [_asked(question, concern) for question in _questions(concern)],
        "outcome": _closing(concern, user),
        "decisions": [_decision(decision, user) for decision in concern.decisions.all()],
        "withheld": withheld,
        "kept_out": kept_out,
        "earlier": withheld,
        "footage": _footage(concern),
        "hold": _hold(concern, kept_out),
        "reads": [Read(e.at, e.by_name, e.by_organisation_id, e.by_id) for e in events if e.verb in _READS],
    }
    return _disclose(facts, concern, user, copy)


def has_left(concern: Concern) -> bool:
    """Whether the author works for that company no longer: head office answers for them."""
    author = concern.reported_by
    return not author.is_active or author.organisation_id != concern.company_id


def own_copy(concern: Concern, user: User) -> Delivery | None:
    """The copy that they read; the one that says more where they have several."""
    copies = Delivery.objects.addressed_to(user).filter(concern=concern)
    return copies.order_by(F("released_at").asc(nulls_first=True), "pk").first()


def _questions(concern):
    """Without those that nobody would read the answer to: the concern was closed to whoever asked."""
    closed = {copy.recipient for copy in concern.deliveries.all() if copy.withheld_at}
    return [q for q in concern.questions.all() if q.author_role not in closed or hasattr(q, "answer")]


def _asked(question, concern, *, words=True):
    answer = getattr(question, "answer", None)
    said = answer and {
        "answer": answer.text if words else "",
        "answered_at": answer.at,
        "answered_by": answer.answered_by.get_full_name(),
        "answered_role": answer.get_author_role_display(),
        "answered_company": answer.company_id,
    }
    return Asked(
        id=question.pk,
        text=question.text if words else "",
        at=question.at,
        role=question.get_author_role_display(),
        company=question.company_id,
        name=question.asked_by.get_full_name(),
        left=answer.answered_by_id != concern.reported_by_id if answer else has_left(concern),
        **(said or {}),
    )


def _closing(concern, user, *, words=True):
    """What came of it, while it is closed. Without `words` only what the author is told: nothing sealed is opened."""
    if not any(copy.closed_at for copy in concern.deliveries.all()):
        return None
    end = [decision for decision in concern.decisions.all() if decision.kind == Decision.Kind.CLOSE][-1]
    line = outcomes.LINES[end.outcome]
    if not words:
        return Closing("", end.at, line)
    outcome, reference = _known(end, user)
    return Closing(outcome, end.at, line, end.text, reference, end.by.get_full_name())


def _known(decision, user):
    """(outcome, reference); the reference of another card only where this reader may open that one."""
    if decision.outcome != Outcome.DUPLICATE:
        return decision.outcome, decision.reference
    seen = Concern.objects.visible_to(user).with_reference(decision.reference).exists()
    return decision.outcome, decision.reference if seen else ""


def _decision(decision, user):
    outcome, reference = _known(decision, user)
    return Decided(
        kind=decision.kind,
        at=decision.at,
        by=decision.by.get_full_name(),
        recipient=decision.recipient,
        person=decision.person.get_full_name() if decision.person else "",
        outcome=outcome,
        text=decision.text,
        reference=reference,
        until=decision.until,
        by_id=decision.by_id,
    )


def _footage(concern, *, words=True):
    """The clock on its CCTV; None where no camera can have seen it."""
    if concern.footage_kept is None:
        return None
    _, kept_until = concern.footage_kept
    clock = getattr(concern, "footage", None)
    known = concern.site.cctv_days if concern.site else None
    saved_on = clock.saved_on if clock else None
    customer = [copy for copy in concern.deliveries.all() if copy.recipient == Recipient.CUSTOMER]
    return Footage(
        kept_until=kept_until,
        days=known or DAYS_WHERE_UNKNOWN,
        days_are_known=bool(known),
        lost=saved_on is None and kept_until <= timezone.now(),
        ask_the_site=bool(customer) and not (customer[0].withheld_at or customer[0].held_until),
        saved_on=saved_on,
        saved_whom=(words and clock and clock.saved_whom) or "",
        saved_where=(words and clock and clock.saved_where) or "",
        saved_by_organisation=clock and clock.saved_by and clock.saved_by.organisation_id,
    )


def _hold(concern, kept_out):
    """Whether the customer's copy is on hold, or could be; None where they have it, were told, or have none."""
    copy = next((copy for copy in concern.deliveries.all() if copy.recipient == Recipient.CUSTOMER), None)
    if copy is None or not (copy.held_until or copy.is_open):
        return None
    holds = [decision for decision in concern.decisions.all() if decision.kind == Decision.Kind.HOLD]
    asked = holds[-1] if copy.status == Status.HELD and holds else None
    had_it = any(kept.had_it for kept in kept_out if kept.recipient == Recipient.CUSTOMER)
    return Hold(copy.held_until, asked.at, asked.text, asked.reference, had_it) if asked else Hold()


def traces(concerns: Collection[Concern]) -> dict[UUID, list[Event]]:
    """{concern: the events that show who had it}, where somebody is shown nothing of it now; in one query."""
    found: dict[UUID, list[Event]] = {concern.pk: [] for concern in concerns}
    kept_out = Delivery.objects.filter(
        Q(withheld_at__isnull=False) | Q(held_until__isnull=False), concern__in=found, recipient__in=_USUAL
    )
    events = Event.objects.filter(concern_id__in=kept_out.values("concern"), verb__in=[*_OF_A_COPY, *_READS])
    for event in events:
        found[event.concern_id].append(event)
    return found


def _kept_out(concern, events):
    closed = {copy.recipient: copy for copy in concern.deliveries.all() if copy.withheld_at or copy.held_until}
    copies = [closed[recipient] for recipient in _USUAL if recipient in closed]
    return [KeptOut(copy.recipient, copy.status == Status.HELD, _had_it(copy, concern, events)) for copy in copies]


def _had_it(copy, concern, events):
    """Whether anything of it was sent to them, or they opened it, answered or were told; of a copy begun anew too."""
    on_it = (copy.sent_at, copy.received_at, copy.acknowledged_at, copy.told_at)
    return any(on_it) or any(_is_theirs(event, copy, concern) for event in events)


def _is_theirs(event, copy, concern):
    """Whether it shows that they had this copy: not that one of them wrote the card, or was passed another copy."""
    if event.verb in _OF_A_COPY:
        return bool(event.detail["recipient"] == copy.recipient)
    passed_on = [d for d in concern.decisions.all() if d.kind == Decision.Kind.PASS_ON]
    others = {concern.reported_by_id, *(d.person_id for d in passed_on if d.recipient != copy.recipient)}
    theirs = (event.by_role, event.by_organisation_id) == (copy.recipient, copy.organisation_id)
    return event.verb in _READS and theirs and event.by_id not in others


def is_author(concern: Concern, user: User) -> bool:
    """Whether they wrote it, for the company that they still work for."""
    return (concern.reported_by_id, concern.company_id) == (user.pk, user.organisation_id)


def line(concern: Concern, user: User, copy: Delivery | None = None) -> dict[str, Any]:
    """What a list may show of the concern: to its author, or to the reader of a copy."""
    facts = _facts(concern, _LINE) | {"due_at": copy and copy.due_at}
    if copy is None:
        facts["outcome"] = _closing(concern, user, words=False)
    return _disclose(facts, concern, user, copy)


def outline(concern: Concern, user: User, copy: Delivery, traces: Collection[Event]) -> dict[str, Any]:
    """What a handover may show of the concern to the reader of a copy: as a list does, and that something was added,
    asked, decided or saved, and by whom; no sealed word of it.
    """
    facts = _facts(concern, [*_LINE, "received_at"]) | {
        "author_name": concern.reported_by.get_full_name(),
        "signatures": True,
        "due_at": copy.due_at,
        "account": "",  # whoever may read it is told so, and nothing of it
        "notes": [_addition(note, concern, words=False) for note in concern.notes.all()],
        "questions": [_asked(question, concern, words=False) for question in _questions(concern)],
        "outcome": None,
        "decisions": [],
        "kept_out": _kept_out(concern, traces),
        "footage": _footage(concern, words=False),
    }
    return _disclose(facts, concern, user, copy)


class Waiting(NamedTuple):
    """A question that waits for somebody's answer, as a list shows it: neither its words nor who asks."""

    id: object
    reference: str
    role: str
    left: bool


def to_answer(user: User) -> list[Waiting]:
    """What this person is asked, the oldest first: about their own cards, or a leaver's where they decide."""
    questions = Question.objects.addressed_to(user).unanswered().select_related("concern")
    return [
        Waiting(asked.pk, str(asked.concern), asked.get_author_role_display(), asked.concern.reported_by_id != user.pk)
        for asked in questions[:MOST_ASKED]
    ]


def history(concern: Concern, events: Sequence[Event], card: Mapping[str, Any]) -> list[tuple[datetime, str, str]]:
    """[(when, who, what)] of the events that this reader may know of, the newest first."""
    return [(deed.at, deed.who, outcomes.done(deed)) for deed in reversed(deeds(concern, events, card))]


def deeds(concern: Concern, events: Sequence[Event], card: Mapping[str, Any]) -> list[Deed]:
    """The events that this reader may know of, in their order."""
    known = [event for event in events if _may_know(event, card)]
    named = _named(concern, card, known)
    return [
        Deed(e.at, _who(e, named), e.get_verb_display(), e.detail.get("recipient", ""), e.detail.get("to", ""))
        for e in known
    ]


def events_of(concerns: Collection[Concern], **which: Any) -> dict[UUID, list[Event]]:
    """{concern: its events in their order}, each event with the name of who did it; in two queries."""
    found: dict[UUID, list[Event]] = {concern.pk: [] for concern in concerns}
    events = list(Event.objects.filter(concern_id__in=found, **which).order_by("number"))
    names = dict(User.objects.filter(pk__in={event.by_id for event in events}).values_list("pk", "name"))
    for event in events:
        event.by_name = names.get(event.by_id, "") if event.by_id else ""
        found[event.concern_id].append(event)
    return found


def _may_know(event, card):
    if event.verb == Event.Verb.RECEIVED:
        return "received_at" in card
    if event.verb == Event.Verb.NOTED:
        return event.at in {note.at for note in card.get("notes", ())}
    if event.verb in _OF_A_COPY:
        return event.detail["recipient"] in {copy.recipient for copy in card["told"]} or _is_earlier(event, card)
    if event.verb in _OF_THE_COMPANY:
        return "decisions" in card and event.detail.get("recipient", "") in {"", *(c.recipient for c in card["told"])}
    if event.verb == Event.Verb.KEPT_FROM:
        return "withheld" in card
    if event.verb in (Event.Verb.ASKED, Event.Verb.ANSWERED):
        known = {str(asked.id) for asked in card.get("questions", ())}
        return event.detail.get("question", event.detail["of"]) in known
    if event.verb in (Event.Verb.FOOTAGE_SAVED, Event.Verb.FOOTAGE_LOST):
        return bool(card.get("footage"))
    if event.verb in (Event.Verb.CLOSED, Event.Verb.REOPENED):
        return "outcome" in card
    return (event.at, event.by_id) in {(read.at, read.by_id) for read in card.get("reads", ())}


def _is_earlier(event, card):
    """Whether it is about a copy that is withheld by now, for whoever may know of that."""
    return event.verb in _OF_A_COPY and event.detail["recipient"] in card.get("earlier", ())


def _named(concern, card, events):
    """Whose names this reader sees elsewhere on the page, or would see there of a copy that is withheld by now."""
    author = {concern.reported_by_id} if "author_name" in card else set()
    told = {copy.by_id for copy in card["told"] if copy.by}
    signed = {note.by_id for note in card.get("notes", ()) if note.signature}
    decided = {decision.by_id for decision in card.get("decisions", ())}
    earlier = {event.by_id for event in events if _is_earlier(event, card)} - {concern.reported_by_id}
    return author | told | signed | decided | earlier | {read.by_id for read in card.get("reads", ())}


def _who(event, named):
    """The name of who did it where this reader may know it, else their role."""
    return event.by_name if event.by_id in named else Role(event.by_role).label if event.by_role else ""


def _facts(concern, names, *, whom=False):
    copies = [_copy(delivery, concern, whom) for delivery in concern.deliveries.all()]
    return {name: getattr(concern, name) for name in names} | {
        "reference": str(concern),
        "told": sorted(copies, key=lambda copy: list(Recipient).index(Recipient(copy.recipient))),
        "others": len({copy.organisation for copy in copies}) > 1,
    }


def _disclose(facts, concern, user, copy):
    return disclosure.disclose(
        facts,
        _readers(concern, user, copy),
        organisation=user.organisation_id,
        released_at=copy and copy.released_at,
    )


def _readers(concern, user, copy):
    readers = set()
    if is_author(concern, user):
        readers.add(Reader.AUTHOR)
    if copy and user.role == Role.CUSTOMER:
        readers.add(Reader.CUSTOMER)
    elif copy and user.role == Role.POLICE:
        readers.add(Reader.RELEASED_POLICE if copy.released_at else Reader.POLICE)
    elif copy:
        readers.add(Reader.RELEASED if copy.released_at else Reader.COMPANY)
        readers |= {Reader.DECIDES} if decides(user, copy, concern.deliveries.all()) else set()
    return readers


def _copy(delivery, concern, whom):
    by = delivery.acknowledged_by or delivery.told_by
    refused = [message.address for message in delivery.messages.all() if message.failed_at] if whom else []
    return Copy(
        recipient=delivery.recipient,
        organisation=delivery.organisation_id,
        status=delivery.status,
        due_at=delivery.due_at,
        at=delivery.acknowledged_at or delivery.told_at,
        by=by.get_full_name() if by else "",
        by_id=by and by.pk,
        by_organisation=by and by.organisation_id,
        by_author=delivery.told_by_id == concern.reported_by_id,
        whom=_whom(delivery) if whom else "",  # a list opens no sealed word
        sent_at=delivery.sent_at,
        unsent=delivery.is_open and not delivery.sent_at and delivery.recipient != Recipient.POLICE_CALL,
        received_at=delivery.received_at,
        received_by=(delivery.received_by or "") if whom else "",
        escalated_at=delivery.escalated_at,
        held_until=delivery.held_until,
        failed=sorted(set(refused)) if delivery.is_open else (),
    )


def _whom(delivery):
    """How they were told, whom somebody reached, the log number: 101, Dee, log 412."""
    asked = delivery.told_how and delivery.recipient in OF_THE_POLICE
    log = f"log {delivery.told_log}" if delivery.told_log else "no log number given" if asked else ""
    return ", ".join(filter(None, [delivery.get_told_how_display(), delivery.told_whom, log]))


def _addition(note, concern, *, words=True):
    return Addition(
        text=note.text if words else "",
        at=note.received_at,
        signature=note.written_by.get_full_name(),
        by_id=note.written_by_id,
        role=note.get_author_role_display(),
        company=note.company_id,
        by_author=note.written_by_id == concern.reported_by_id,
        about=note.about if words else (),
        people=list(note.people.all()) if words else (),
        vehicles=list(note.vehicles.all()) if words else (),
    )
