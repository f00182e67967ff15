from concerns.models.concern import Basis, Concern, KeptFrom, Nature, StillThere
from concerns.models.delivery import Delivery, Status
from concerns.models.event import Event, Head, commitment, commitments, digest, record, record_opened
from concerns.models.note import Note
from concerns.models.seen import MOST, Looks, PersonSeen, Sex, VehicleSeen

__all__ = [
    "MOST",
    "Basis",
    "Concern",
    "Delivery",
    "Event",
    "Head",
    "KeptFrom",
    "Looks",
    "Nature",
    "Note",
    "PersonSeen",
    "Sex",
    "Status",
    "StillThere",
    "VehicleSeen",
    "commitment",
    "commitments",
    "digest",
    "record",
    "record_opened",
]
