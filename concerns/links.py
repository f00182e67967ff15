"""The link that a duty desk is sent: signed, for one copy and one address, dead once either changed or ended."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError

from concerns.models import Delivery

SALT = "concerns.links"
LIVES = timedelta(days=14)


def token(delivery: Delivery, channel: str, address: str) -> str:
    """What stands in the link that this address is sent."""
    return signing.dumps(
        [str(delivery.pk), channel, _short(address), delivery.generation], key=settings.LINK_KEY, salt=SALT
    )


def copy_of(token: str) -> Delivery | None:
    """The open copy that a token is for; None where it was never made here, ran out, or its address or copy changed."""
    try:
        pk, channel, address, generation = signing.loads(
            token, key=settings.LINK_KEY, fallback_keys=[], salt=SALT, max_age=LIVES
        )
        copy = Delivery.objects.open().select_related("concern", "site", "organisation").get(pk=pk)
    except (signing.BadSignature, Delivery.DoesNotExist, ValidationError, ValueError, TypeError):
        return None
    same = copy.generation == generation and _short(copy.desk().get(channel, "")) == address
    return copy if same else None


def _short(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:16]
