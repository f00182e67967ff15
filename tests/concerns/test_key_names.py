"""The name of a key stands in every value that it sealed."""

import base64
import secrets

import pytest

from concerns.encryption import seal, unseal
from cse_reports import checks

PLACE = {"table": "a", "column": "b", "row": "c"}


def pairs(*names):
    return ",".join(f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}" for name in names)


def about_names():
    return [sentence for sentence in checks.problems() if "names its keys badly" in sentence]


@pytest.mark.parametrize("names", [("2026-11",), ("second", "first"), ("A_1",), (" second", " first")])
def test_plain_names_are_accepted_and_seal(settings, names):
    settings.FIELD_KEYS = pairs(*names)
    assert about_names() == []
    assert unseal(seal("words", **PLACE), **PLACE) == "words"


@pytest.mark.parametrize("names", [("2026.11",), ("first", "first"), ("",), ("a b",), ("1'",), ("ä",)])
def test_a_name_that_would_open_nothing_stops_the_start(settings, names):
    settings.FIELD_KEYS = pairs(*names)
    assert len(about_names()) == 1
