"""A reference such as 7K3M-92QF: unguessable, easy to read out over a bad line, forgiving when typed. Pure."""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O and U: they are heard or read as 1, 0 and V
LENGTH = 8
_READ_AS = str.maketrans("OIL", "011")


def new() -> str:
    """A random reference, without its hyphen: one of 2⁴⁰."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(reference: str) -> str:
    """As it is written and read out: in two halves."""
    return f"{reference[:4]}-{reference[4:]}"


def read(typed: str) -> str:
    """What was typed, as it is stored: case, spaces and hyphens do not matter; O is 0, I and L are 1."""
    return re.sub(r"[^0-9A-Z]", "", typed.upper()).translate(_READ_AS)
