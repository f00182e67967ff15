"""New keys for old: seals every value again with the newest key, and changes nothing else.

May be stopped at any moment and run again, beside the running service and beside another run of itself.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import ExpressionWrapper, F, TextField, Value
from django.db.models.lookups import Exact

from concerns import encryption
from concerns.encryption import Sealed, Unreadable

AT_A_TIME = 200


def sealed_models() -> list[type[models.Model]]:
    """Every model with something sealed in it."""
    return [model for model in apps.get_app_config("concerns").get_models() if encryption.encrypted_fields(model)]


def rotate(model: type[models.Model]) -> tuple[int, list[Unreadable]]:
    """How many rows of this model were sealed again, and which values could not be opened."""
    changed, unreadable = 0, []
    for rows in _batches(model):
        with transaction.atomic():
            for pk, values in rows:
                fresh, broken = _sealed_anew(model, pk, values)
                changed += _replace(model, pk, values, fresh)
                unreadable += broken
    return changed, unreadable


def _batches(model: type[models.Model]) -> Iterator[list[tuple[Any, dict[str, str]]]]:
    """[(primary key, {column: what is stored under an older key})] of the rows that have any, some at a time."""
    names = [field.name for field in encryption.encrypted_fields(model)]
    newest = f"{encryption.VERSION}.{encryption.newest_key_id()}."
    ordered, last = model._default_manager.order_by("pk").values_list("pk", *names), None
    while rows := list((ordered.filter(pk__gt=last) if last else ordered)[:AT_A_TIME]):
        older = [(pk, _older(zip(names, values, strict=True), newest)) for pk, *values in rows]
        yield [(pk, tokens) for pk, tokens in older if tokens]
        last = rows[-1][0]


def _older(values: Iterable[tuple[str, Sealed | None]], newest: str) -> dict[str, str]:
    return {name: value.token for name, value in values if value and not value.token.startswith(newest)}


def _sealed_anew(
    model: type[models.Model], pk: Any, values: dict[str, str]
) -> tuple[dict[str, Sealed], list[Unreadable]]:
    fresh, unreadable = {}, []
    for name, token in values.items():
        place = {"table": model._meta.db_table, "column": name, "row": pk}
        try:
            fresh[name] = Sealed(encryption.seal(encryption.unseal(token, **place), **place))
        except Unreadable as error:
            unreadable.append(error)
    return fresh, unreadable


def _replace(model: type[models.Model], pk: Any, old: dict[str, str], fresh: dict[str, Sealed]) -> int:
    """1 where what was read still stood and was replaced; 0 where somebody else was quicker."""
    still = [Exact(ExpressionWrapper(F(name), output_field=TextField()), Value(old[name])) for name in fresh]
    return model._default_manager.filter(*still, pk=pk).update(**fresh) if fresh else 0
