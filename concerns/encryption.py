"""Text that is unreadable in the database: AES-256-GCM, bound to its table, column and row.

A value is `1.<key id>.<base64url of nonce and ciphertext>`. Copied into another row, column or table it does not open.
Keys come from FIELD_KEYS, the newest first; the newest encrypts, all of them decrypt.
"""

from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from accounts import sealing
from accounts.sealing import VERSION, newest_key_id

__all__ = ["VERSION", "EncryptedCodesField", "EncryptedTextField", "Sealed", "Unreadable", "newest_key_id"]


class Unreadable(Exception):
    """A stored value does not open: its key is not here, or somebody changed it. Says where, never what."""

    def __init__(self, *, table: str, column: str, row: object):
        super().__init__(f"{table}.{column} of {row} cannot be read")
        self.table, self.column, self.row = table, column, row


def _bound_to(table: str, column: str, row: object) -> bytes:
    return f"{table}.{column}.{row}".encode()


def seal(text: str, *, table: str, column: str, row: object) -> str:
    """`text` encrypted with the newest key, to be opened only for that table, column and row."""
    return sealing.seal(text, _bound_to(table, column, row))


def unseal(token: str, *, table: str, column: str, row: object) -> str:
    """The text of a sealed value. Raises Unreadable for a missing key, a changed value, or one from elsewhere."""
    try:
        return sealing.unseal(token, _bound_to(table, column, row))
    except sealing.BROKEN as error:
        raise Unreadable(table=table, column=column, row=row) from error


class Sealed:
    """A value as the database holds it. It has no text, so that it cannot reach a page by mistake."""

    def __init__(self, token: str):
        self.token = token

    def __str__(self) -> str:
        raise TypeError("a sealed value is read through its row")

    __repr__ = object.__repr__


class _Opened(DeferredAttribute):
    """Opens a sealed value the first time that it is read."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.from_text(unseal(value.token, **self.field.place(instance)))
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField[Any, Any]):
    """Text that only its own row can open. The database can be asked nothing about it but whether it is there."""

    descriptor_class = _Opened
    _pyi_private_set_type: Any  # for mypy: what may be assigned

    def place(self, instance: Any) -> dict[str, Any]:
        return {"table": instance._meta.db_table, "column": self.column, "row": instance.pk}

    def to_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> Any:
        return text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: Any, add: bool) -> Sealed | None:
        value = model_instance.__dict__[self.attname]
        if value is None or isinstance(value, Sealed):
            return value
        return Sealed(seal(self.to_text(value), **self.place(model_instance)))

    def get_prep_value(self, value: Any) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise FieldError(f"{self.name} is encrypted: save it through its row")
        return value.token

    def get_db_prep_save(self, value: Any, connection: Any) -> str | None:
        if hasattr(value, "as_sql"):  # another column's text, or plain text: the database cannot seal either
            raise FieldError(f"{self.name} is encrypted: save it through its row")
        return self.get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.name} is encrypted: back up the database, a dump of its models would open it")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: it cannot be looked up")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is encrypted: it cannot be looked up")


class EncryptedCodesField(EncryptedTextField):
    """A list of codes, encrypted as a whole."""

    def to_text(self, value: Any) -> str:
        return ",".join(sorted(value))

    def from_text(self, text: str) -> list[str]:
        return text.split(",") if text else []


def encrypted_fields(model: type[models.Model]) -> list[EncryptedTextField]:
    """The encrypted columns of a model."""
    return [field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
