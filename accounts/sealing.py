"""Sealing text for the database: AES-256-GCM under FIELD_KEYS, the newest key first. Pure but for the setting.

A sealed value is `1.<key id>.<base64url of nonce and ciphertext>`, and opens only for what it was bound to.
"""

import base64
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "1"
NONCE_BYTES = 12
BROKEN = (ValueError, KeyError, InvalidTag)  # what unseal raises: not sealed, a key that is gone, a changed value


@lru_cache(maxsize=4)
def _keys(setting: str) -> dict[str, AESGCM]:
    pairs = [pair.strip().partition(":") for pair in setting.split(",")]
    return {key_id: AESGCM(base64.b64decode(key, validate=True)) for key_id, _, key in pairs}


def newest_key_id() -> str:
    """The id of the key that new values are sealed with."""
    return next(iter(_keys(settings.FIELD_KEYS)))


def seal(text: str, bound_to: bytes) -> str:
    """`text` under the newest key, to be opened only with the same `bound_to`."""
    key_id, key = next(iter(_keys(settings.FIELD_KEYS).items()))
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = nonce + key.encrypt(nonce, text.encode(), bound_to)
    return f"{VERSION}.{key_id}.{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(token: str, bound_to: bytes) -> str:
    """The text of a sealed value. Raises one of BROKEN where it does not open."""
    version, key_id, body = token.split(".")
    if version != VERSION:
        raise ValueError(version)
    sealed = base64.b64decode(body, altchars=b"-_", validate=True)
    return _keys(settings.FIELD_KEYS)[key_id].decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to).decode()


def reseal(token: str, bound_to: bytes) -> str:
    """The same text under the newest key; the same value where it already is. Raises one of BROKEN."""
    return token if token.split(".", 2)[1] == newest_key_id() else seal(unseal(token, bound_to), bound_to)
