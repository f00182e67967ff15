"""What time does: first messages, reminders, the next in line, warnings about footage, and what became of a message.

A worker claims a row and calls one of these. Each writes the row's next moment in the same transaction as what it did,
so that a worker may be killed at any instruction; and only while the lease is still its own.
"""

import random
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.roles import Role
from concerns import routing
from concerns.actions.cards import new_copy, organisations
from concerns.actions.pressing import lock, press
from concerns.disclosure import REVEALING
from concerns.models import Channel, Delivery, Event, Footage, Kind, Message, record
from concerns.models.message import LONGEST_WAIT
from concerns.routing import DESKS_OF_THE_POLICE, Recipient
from concerns.times import LONDON

FIRST_WAIT = timedelta(seconds=5)


# --- Whom a message goes to -----------------------------------------------------------------------------------------


def tell(
    copy: Delivery, kind: Kind, *, about: Delivery, now: datetime, people: Collection[User] | None = None
) -> list[Message]:
    """Make a message for each person who reads this copy, and for its duty desk; or for these people alone.

    Whoever has no e-mail address cannot be sent one.
    """
    readers = copy.readers().exclude(email=None) if people is None else [person for person in people if person.email]
    to: list[tuple[str, User | None]] = [(Channel.EMAIL, person) for person in readers]
    if people is None:
        to += [(channel, None) for channel in copy.desk()]
    return Message.objects.bulk_create(
        [
            Message(kind=kind, channel=channel, delivery=copy, about=about, person=person, made_at=now, act_at=now)
            for channel, person in to
        ]
    )


# --- A copy ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def proceed(*, delivery: Delivery, now: datetime) -> None:
    """Do what is due for a copy: its first messages; later a reminder and the next in line, again and again."""
    lock(delivery.concern_id)
    copy = Delivery.objects.in_hand(delivery).select_related("concern__site").first()
    if copy is None or copy.act_at is None or copy.act_at > now:
        return  # somebody answered meanwhile, or another worker has it
    Footage.objects.watch(copy.concern)
    is_first = not (copy.held_until or copy.notified_at or copy.recipient == Recipient.POLICE_CALL)
    is_reminder = copy.held_until or now >= copy.due_at
    if is_first:
        _send_first(copy, now)
    elif is_reminder and (rest := _rested(copy, now)) > now:
        copy.act_at = rest
    elif copy.held_until:
        _remind_of_hold(copy, now)
    else:
        _escalate(copy, now)
    copy.leased_until = None
    copy.save(update_fields=["act_at", "leased_until", "notified_at", "escalations", "escalated_at"])


def _rested(copy: Delivery, at: datetime) -> datetime:
    return routing.rested(at, recipient=copy.recipient, urgency=copy.urgency)


def _send_first(copy: Delivery, now: datetime) -> None:
    """The first messages; where there is nobody to send one to, the next in line at once."""
    copy.notified_at = now
    if tell(copy, Kind.FIRST, about=copy, now=now):
        late = max(copy.due_at, now + routing.SHORTEST_PAUSE)  # where the workers were silent, they have some time too
        copy.act_at = _rested(copy, late)
    else:
        _escalate(copy, now)


def _escalate(copy: Delivery, now: datetime) -> None:
    """Remind them, and tell the next in line. A link with nobody to send to is passed over."""
    if copy.recipient != Recipient.POLICE_CALL and (copy.recipient not in DESKS_OF_THE_POLICE or not copy.escalations):
        tell(copy, Kind.REMINDER, about=copy, now=now)
    told = _tell_next(copy, Kind.ESCALATION, now)
    copy.escalations += 1
    copy.escalated_at = now
    copy.act_at = _again(copy, now)
    detail = {"recipient": copy.recipient, "to": told}
    record(Event.Verb.ESCALATED, copy.concern, at=now, detail=detail)


def _again(copy: Delivery, now: datetime) -> datetime:
    return _rested(copy, now + routing.pause(copy.allowed, received=copy.received_at is not None))


def _tell_next(copy: Delivery, kind: Kind, now: datetime) -> str:
    """Tell the link that is next, or the nearest beyond it that can be reached, or one before; who it was.

    Once the end of the line was told, the whole line is, each time: no single address may be all that is left.
    """
    copies = {other.recipient: other for other in Delivery.objects.filter(concern=copy.concern_id)}
    line = routing.links(copy.recipient, {other.recipient for other in copies.values() if other.withheld_at})
    step, told = copy.escalations, []
    for link in [*line[step:], *reversed(line[:step])]:
        theirs = copies.get(link) or _lead_copy(copy, link, now)
        if theirs and not _would_reveal(copy, theirs) and tell(theirs, kind, about=copy, now=now):
            told.append(link)
            if step < len(line):
                break
    return ",".join(told)


def _lead_copy(copy: Delivery, link: Recipient, now: datetime) -> Delivery | None:
    """A copy for the lead, where the chain has come to them: nobody is asked about what they cannot see."""
    if link != Recipient.LEAD:
        return None
    concern = copy.concern
    allowed = routing.TIME_ALLOWED[concern.urgency][Recipient.HEAD_OFFICE]
    lead = new_copy(concern, organisations(concern), link, allowed, now)
    lead.save(force_insert=True)
    press(concern)
    return lead


def _would_reveal(copy: Delivery, theirs: Delivery) -> bool:
    """That this recipient was told at all says who may be involved, which a released copy does not say."""
    return copy.recipient in REVEALING and theirs.released_at is not None


def _remind_of_hold(copy: Delivery, now: datetime) -> None:
    """Somebody must look at the hold again; every day until they do."""
    _tell_next(copy, Kind.HOLD, now)
    copy.escalations += 1
    copy.act_at = now + routing.LONGEST_PAUSE


@transaction.atomic
def catch_up(*, delivery: Delivery, now: datetime) -> None:
    """The clock was set back since this copy was chased: it waits no longer than it would have."""
    lock(delivery.concern_id)
    copy = Delivery.objects.chased_ahead_of(now).filter(pk=delivery.pk).first()
    if copy is None:
        return
    if copy.escalated_at:
        copy.escalated_at, copy.act_at = now, min(copy.act_at, _again(copy, now))
    else:
        copy.act_at = max(copy.due_at, now + routing.SHORTEST_PAUSE)
    copy.save(update_fields=["escalated_at", "act_at"])


# --- Footage --------------------------------------------------------------------------------------------------------


@transaction.atomic
def warn(*, footage: Footage, now: datetime) -> None:
    """Warn at half the time and with a day left; when it is over, write down that nobody had said that it is saved."""
    lock(footage.concern_id)
    clock = Footage.objects.in_hand(footage).select_for_update(of=("self",)).select_related("concern").first()
    if clock is None or clock.act_at is None or clock.act_at > now:
        return
    if now >= clock.kept_until:
        clock.lost_at, clock.act_at = now, None
        Delivery.objects.filter(concern=clock.concern_id).update(footage_until=None)
        record(Event.Verb.FOOTAGE_LOST, clock.concern, at=now)
    else:
        _ask_to_save(clock, now)
        later = [at for at in [*clock.warned_at(), clock.kept_until] if at > now]
        clock.warnings, clock.act_at = clock.warnings + 1, later[0]
    clock.leased_until = None
    clock.save(update_fields=["act_at", "leased_until", "warnings", "lost_at"])


@transaction.atomic
def correct(*, footage: Footage, now: datetime) -> None:
    """Somebody has corrected how long the site keeps its CCTV: the clock and all copies go by that."""
    lock(footage.concern_id)
    clock = Footage.objects.out_of_step().select_for_update(of=("self",)).filter(pk=footage.pk).first()
    if clock is None:
        return
    kept = clock.concern.footage_kept
    assert kept
    clock.kept_until, clock.days = kept[1], (kept[1] - kept[0]).days
    if clock.kept_until > now:  # also where it had passed for lost
        clock.lost_at = None
    if clock.lost_at is None:  # a warning that would have been given by now is given now
        given = [at for at in clock.warned_at() if at <= now][: clock.warnings]
        clock.act_at = next(at for at in [*clock.warned_at(), clock.kept_until] if at not in given)
    clock.leased_until = None
    clock.save(update_fields=["kept_until", "days", "lost_at", "act_at", "leased_until"])
    press(clock.concern)


def _ask_to_save(clock: Footage, now: datetime) -> None:
    """The customer and the manager; where the customer may not know, head office and the police.

    A customer who knows no time of the camera cannot be asked: then the company has to find out.
    """
    copies = {copy.recipient: copy for copy in Delivery.objects.filter(concern=clock.concern_id)}
    may = {recipient: copy for recipient, copy in copies.items() if not (copy.withheld_at or copy.held_until)}
    customer = copies.get(Recipient.CUSTOMER)
    if customer and Recipient.CUSTOMER not in may:
        asked = [Recipient.HEAD_OFFICE, Recipient.POLICE, Recipient.STANDARDS]
    elif customer and customer.footage_until:
        asked = [Recipient.CUSTOMER, Recipient.MANAGER]
    else:
        asked = [Recipient.MANAGER]
    reached = {recipient for recipient in asked if recipient in may and _warn(may[recipient], now)}
    for above in (Recipient.HEAD_OFFICE, Recipient.LEAD):  # somebody in the company always knows of it
        if not reached & _COMPANY and above in may and above not in asked and _warn(may[above], now):
            reached.add(above)


_COMPANY = {Recipient.MANAGER, Recipient.HEAD_OFFICE, Recipient.LEAD}


def _warn(copy: Delivery, now: datetime) -> bool:
    return bool(tell(copy, Kind.FOOTAGE, about=copy, now=now))


# --- What became of a message ---------------------------------------------------------------------------------------


@transaction.atomic
def sent(*, message: Message, address: str, now: datetime) -> None:
    """It has left. A copy whose first message this was counts as sent."""
    copy = message.delivery
    if not _finish(message, sent_at=now, address=address) or message.kind != Kind.FIRST or copy is None:
        return
    if Delivery.objects.filter(pk=copy.pk, sent_at=None).update(sent_at=now):
        record(Event.Verb.SENT, copy.concern, at=now, detail={"recipient": copy.recipient})


@transaction.atomic
def dropped(*, message: Message, now: datetime) -> None:
    """Nobody should get it any more."""
    if _finish(message, dropped_at=now):
        _mind_the_last(message, now)


@transaction.atomic
def not_to_them(*, message: Message, now: datetime) -> None:
    """Not to this address any more: to the one that they have by now, or to nobody."""
    if message.where():
        _write(message)  # it is due: whoever looks next sends it there
    else:
        dropped(message=message, now=now)


@transaction.atomic
def refused(*, message: Message, address: str, why: str, now: datetime) -> None:
    """This address will never take it. Where nobody else is left to reach, the next in line is told at once."""
    copy = message.delivery
    if not _finish(message, failed_at=now, address=address, refusal=why[:200]) or copy is None:
        return
    _mind_the_last(message, now)
    if not Message.objects.refused().filter(delivery=copy, person=message.person_id).exclude(pk=message.pk).exists():
        record(Event.Verb.REFUSED, copy.concern, at=now, detail={"recipient": copy.recipient})


def _mind_the_last(message: Message, now: datetime) -> None:
    """Where none of those who were told last, in one go, can be reached any more, the next moment of the copy is now.

    At the end of the line there is nobody else: then the ordinary pause.
    """
    copy = message.about
    if copy is None or message.kind not in (Kind.FIRST, Kind.ESCALATION):
        return
    if message.kind == Kind.ESCALATION and copy.escalations >= len(routing.CHAIN[copy.recipient]):
        return
    with_it = Message.objects.filter(about=copy, kind=message.kind, made_at=message.made_at)
    if not with_it.filter(failed_at=None, dropped_at=None).exists():
        only_first = Q(notified_at=message.made_at, escalated_at=None)
        last = only_first if message.kind == Kind.FIRST else Q(escalated_at=message.made_at)
        Delivery.objects.filter(last, pk=copy.pk).open().update(act_at=now)


@transaction.atomic
def put_off(*, message: Message, address: str, why: str, now: datetime) -> None:
    """Not now: try again after seconds, then minutes, 15 at most, never all at the same moment."""
    wait = min(FIRST_WAIT * 2 ** min(message.attempts, 10), LONGEST_WAIT)
    message.attempts, message.act_at = message.attempts + 1, now + wait * random.uniform(0.5, 1)  # noqa: S311
    _write(message, address=address, refusal=why[:200])


def _finish(message: Message, **how: object) -> bool:
    message.act_at = None
    return _write(message, **how)


def _write(message: Message, **how: object) -> bool:
    """Keep what became of it, unless its lease ran out and another worker has it."""
    mine = Message.objects.in_hand(message).select_for_update().first()
    if mine is None:
        return False
    for name, value in {"act_at": message.act_at, "attempts": message.attempts, "leased_until": None, **how}.items():
        setattr(mine, name, value)
    mine.save(update_fields=["act_at", "attempts", "leased_until", *how])
    return True


# --- The daily digest -----------------------------------------------------------------------------------------------


def plan_digests(now: datetime) -> None:
    """One digest in wait for everybody at head office, for seven o'clock of the next morning that has none yet.

    One for a later day was planned by a clock that was set back since: it takes nobody's place.
    """
    local = now.astimezone(LONDON)
    day = local.date() + timedelta(days=1 if local.time() >= routing.MORNING else 0)
    waiting = Message.objects.filter(kind=Kind.DIGEST, act_at__isnull=False, day__lte=day).values("person")
    office = User.objects.active().filter(role=Role.HEAD_OFFICE).exclude(email=None).exclude(pk__in=waiting)
    at = datetime.combine(day, routing.MORNING, LONDON)
    Message.objects.bulk_create(
        [Message(kind=Kind.DIGEST, person=person, day=day, made_at=now, act_at=at) for person in office],
        ignore_conflicts=True,
    )
