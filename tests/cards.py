"""Cards for tests: answers as the form hands them over, and a card sent by one of the cast."""

import uuid
from datetime import datetime

from django.utils import timezone

from concerns import actions
from concerns.encryption import encrypted_fields
from concerns.models import Concern, Note, PersonSeen, VehicleSeen
from concerns.times import LONDON

PERSON = {"looks": "13_15", "sex": "female", "name": "Kez", "description": "tall, green coat"}
VEHICLE = {"mark": "ZZ12 ?BC", "make": "grey hatchback", "company": "", "inside": "two men", "went": "bay 4"}


def card(**answers):
    """A whole card of the night before, with these answers in place of its own."""
    plain = {
        "urgency": "routine",
        "zone": "Level 2 food court",
        "seen_at": datetime(2026, 11, 20, 22, 10, tzinfo=LONDON),
        "written_at": datetime(2026, 11, 20, 22, 31, tzinfo=LONDON),
        "account": "A man bought food for a girl who looked frightened.",
        "about": ["no"],
        "basis": "self",
        "police_called": False,
    }
    return plain | answers


def send_card(author, *, key=None, people=(), vehicles=(), now=None, **answers):
    """The concern stored for this author's card, at the first of their sites where no other is given."""
    answers = card(**{"site": author.sites.first()} | answers)
    key = key or uuid.uuid4()
    return actions.submit(by=author, key=key, card=answers, people=people, vehicles=vehicles, now=now)


def add_note(concern, author, *, text="He came back at eleven.", about=("no",), key=None, people=(), vehicles=()):
    """The note stored for this person's words."""
    key = key or uuid.uuid4()
    return actions.add_note(
        concern=concern, by=author, key=key, text=text, about=about, people=people, vehicles=vehicles
    )


def answer_all(concern, by):
    """Every copy that waits is ended: this person told them all."""
    for copy in concern.deliveries.open():
        actions.record_told(delivery=copy, by=by, whom="the duty desk", at=timezone.now())


def canaries(model, *leave):
    """{encrypted column: a word that can be found again}; codes, which are not words, are left out."""
    names = {field.name for field in encrypted_fields(model)} - {"about", *leave}
    return {name: f"canary-{model._meta.model_name}-{name}" for name in names}


def send_canaries(author, **answers):
    """A concern with a canary in every encrypted column of the card, of its rows, and of a note with rows."""
    person, vehicle = PERSON | canaries(PersonSeen), VEHICLE | canaries(VehicleSeen)
    concern = send_card(author, people=[person], vehicles=[vehicle], **canaries(Concern) | answers)
    add_note(concern, author, **canaries(Note), people=[person], vehicles=[vehicle])
    return concern
