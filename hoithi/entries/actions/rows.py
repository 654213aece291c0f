"""Many rows by one prepared statement.

Django's own ways of writing many rows make every statement anew, and read what they delete: that
takes ten times as long, and on SQLite nobody else can write meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from django.db import connection
from django.db.models import Model

Row: TypeAlias = tuple[Any, ...]  # whatever a database takes


class Columns:
    """Some fields of a model; every row has their values in the same order."""

    def __init__(self, model: type[Model], *names: str) -> None:
        fields = {field.name: field for field in model._meta.local_concrete_fields}
        self._model = model
        self._fields = [fields[name] for name in names]

    def row(self, values: Mapping[str, object]) -> Row:
        """Values by attribute, as the database takes them; `vars(instance)` will do."""
        return tuple(
            field.get_db_prep_save(values[field.attname], connection) for field in self._fields
        )

    def insert(self, rows: Iterable[Row]) -> None:
        """In the order of the rows; their keys ascend."""
        places = ", ".join(["%s"] * len(self._fields))
        _all(f"INSERT INTO {_table(self._model)} ({self._titles()}) VALUES ({places})", rows)  # noqa: S608 - our own names

    def update(self, rows: Iterable[tuple[Row, int]]) -> None:
        """Values, and the key of the row that gets them."""
        places = ", ".join(f"{_quoted(field.column)} = %s" for field in self._fields)
        _all(
            f"UPDATE {_table(self._model)} SET {places} WHERE {_key(self._model)} = %s",  # noqa: S608
            ((*row, key) for row, key in rows),
        )

    def _titles(self) -> str:
        return ", ".join(_quoted(field.column) for field in self._fields)


def delete(model: type[Model], keys: Iterable[int]) -> None:
    """The database itself refuses to delete what others refer to."""
    _all(f"DELETE FROM {_table(model)} WHERE {_key(model)} = %s", ((key,) for key in keys))  # noqa: S608


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _key(model: type[Model]) -> str:
    return _quoted(model._meta.pk.column)


def _quoted(name: str | None) -> str:
    return connection.ops.quote_name(str(name))


def _all(statement: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))
