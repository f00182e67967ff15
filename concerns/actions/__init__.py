"""The verbs. Each writes all its rows and its event in one transaction, or nothing."""

from concerns.actions.answers import acknowledge, join, receive, record_told
from concerns.actions.cards import SentBefore, add_note, read, record_printed, submit
from concerns.actions.decisions import (
    Already,
    NotYet,
    close,
    end_hold,
    hold,
    keep_from,
    pass_on,
    propose,
    release,
)
from concerns.actions.footage import save_footage
from concerns.actions.questions import answer, ask

__all__ = [
    "Already",
    "NotYet",
    "SentBefore",
    "acknowledge",
    "add_note",
    "answer",
    "ask",
    "close",
    "end_hold",
    "hold",
    "join",
    "keep_from",
    "pass_on",
    "propose",
    "read",
    "receive",
    "record_printed",
    "record_told",
    "release",
    "save_footage",
    "submit",
]
