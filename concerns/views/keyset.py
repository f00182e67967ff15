"""Pages of a list by keyset: by the time that orders it, and the row's id where two have the same."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

from django.db.models import Q


def begin(rows, after):
    """The rows in their order, from where an earlier page's address says; from the first for anything else."""
    at, newest_first = _order(rows)
    if not (start := _start(after)):
        return rows
    edge, pk = start
    beyond, than = ("lte", "lt") if newest_first else ("gte", "gt")
    further = Q(**{f"{at}__{than}": edge}) | Q(**{at: edge, f"id__{than}": pk})
    return rows.filter(**{f"{at}__{beyond}": edge}).filter(further)


def cut(rows, found, most):
    """As many of those found as make a page, and where the next begins, if there are more: never a total."""
    last = found[most - 1] if len(found) > most else None
    at, _ = _order(rows)
    return found[:most], last and f"{getattr(last, at).isoformat()}_{last.pk}"


def _order(rows):
    first = rows.query.order_by[0]
    return first.removeprefix("-"), first.startswith("-")


def _start(after):
    with suppress(ValueError, OverflowError):
        edge, _, pk = (after or "").partition("_")
        at = datetime.fromisoformat(edge)
        return (at.astimezone(UTC), UUID(pk)) if at.tzinfo else None
