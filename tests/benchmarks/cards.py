"""Cards as a browser posts them."""

import uuid

from tests.pages import PERSON, VEHICLE, typed, typed_fully

CLOCKS = ("seen_time", "until_time", "camera_from", "camera_until")


def posted(site, *, people, vehicles, **answers):
    """A card of an hour ago with its questions answered, with so many people and vehicles, and with these answers."""
    kinds = [("people", people, PERSON), ("vehicles", vehicles, VEHICLE)]
    rows = {f"{kind}-{n}-{part}": f"the {part}" for kind, most, parts in kinds for n in range(most) for part in parts}
    at = typed(site)["seen_time"]
    return typed_fully(site) | dict.fromkeys(CLOCKS, at) | rows | answers | {"submission_key": str(uuid.uuid4())}
