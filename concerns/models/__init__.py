from concerns.models.concern import DAYS_WHERE_UNKNOWN, Basis, Concern, KeptFrom, Nature, StillThere
from concerns.models.decision import Decision, Outcome
from concerns.models.delivery import Delivery, Status, ToldHow
from concerns.models.event import Event, Head, commitment, commitments, digest, record, record_opened
from concerns.models.footage import Footage
from concerns.models.message import Channel, Heartbeat, Kind, Message
from concerns.models.note import Note
from concerns.models.question import Answer, Question
from concerns.models.seen import MOST, Looks, PersonSeen, Sex, VehicleSeen

__all__ = [
    "DAYS_WHERE_UNKNOWN",
    "MOST",
    "Answer",
    "Basis",
    "Channel",
    "Concern",
    "Decision",
    "Delivery",
    "Event",
    "Footage",
    "Head",
    "Heartbeat",
    "KeptFrom",
    "Kind",
    "Looks",
    "Message",
    "Nature",
    "Note",
    "Outcome",
    "PersonSeen",
    "Question",
    "Sex",
    "Status",
    "StillThere",
    "ToldHow",
    "VehicleSeen",
    "commitment",
    "commitments",
    "digest",
    "record",
    "record_opened",
]
