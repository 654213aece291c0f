"""Columns of many rows as PostgreSQL's binary arrays.

The driver makes an array value by value. A batch has a dozen columns, and packing each of them with
one call of `struct` takes a tenth of the time.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import ClassVar

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEAD = struct.Struct(">5i")
_SIZE = struct.Struct(">i")


class Column:
    """A one-dimensional array without nulls, packed. `oid` is the array's type."""

    __slots__ = ("content",)

    oid: ClassVar[int]
    element: ClassVar[int]

    def __init__(self, count: int, packed: bytes) -> None:
        head = (1, 0, self.element, count, 1) if count else (0, 0, self.element, 0, 0)
        self.content = _HEAD.pack(*head)[: 20 if count else 12] + packed


class Bytes(Column):
    """bytea[]"""

    __slots__ = ()
    oid = 1001
    element = 17

    def __init__(self, values: Sequence[bytes]) -> None:
        pack = _SIZE.pack
        super().__init__(
            len(values), b"".join([part for each in values for part in (pack(len(each)), each)])
        )


class _Numbers(Column):
    """`form` is the struct of one element, `size` its bytes."""

    __slots__ = ()
    form: ClassVar[str]
    size: ClassVar[int]

    def __init__(self, values: Sequence[int]) -> None:
        flat = [part for each in values for part in (self.size, each)]
        super().__init__(len(values), struct.pack(">" + f"i{self.form}" * len(values), *flat))


class Bigints(_Numbers):
    """bigint[]"""

    __slots__ = ()
    oid = 1016
    element = 20
    form = "q"
    size = 8


class Integers(_Numbers):
    """integer[]"""

    __slots__ = ()
    oid = 1007
    element = 23
    form = "i"
    size = 4


class Booleans(_Numbers):
    """boolean[]"""

    __slots__ = ()
    oid = 1000
    element = 16
    form = "?"
    size = 1


class _Dumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Column) -> Buffer:
        return obj.content


def register(adapters: psycopg.adapt.AdaptersMap) -> None:
    """Let a connection take columns as parameters."""
    for kind in (Bytes, Bigints, Integers, Booleans):
        dumper = type(f"{kind.__name__}Dumper", (_Dumper,), {"oid": kind.oid})
        adapters.register_dumper(kind, dumper)
