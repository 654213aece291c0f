"""The roster that names nobody: what a sitting commits to when it is opened (docs/decisions/0003).

The desk publishes its hash before anybody may start, the hall holds the roster it read against that
hash, and every writer's chain begins with it. In the end the roster itself is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Annotated

import msgspec

from hoithi.hall.formats import Hex16
from hoithi.hall.store.api import PublishedLine

FORMAT = "hoithi/roster/1"


class RosterLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line by pseudonym; `entry_key` draws its papers."""

    line: Annotated[int, msgspec.Meta(ge=1)]
    entry: Hex16
    entry_key: Hex16
    unit: str
    category: str
    barred: bool


class Roster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    sitting: Hex16
    lines: list[RosterLine]


def roster_bytes(sitting: bytes, lines: Iterable[PublishedLine]) -> bytes:
    """The roster of these lines in order of their numbers, byte for byte as it is published."""
    public = [
        RosterLine(
            line=each.line,
            entry=each.entry.hex(),
            entry_key=each.entry_key.hex(),
            unit=each.unit_code,
            category=each.category,
            barred=each.barred,
        )
        for each in sorted(lines, key=lambda each: each.line)
    ]
    return msgspec.json.encode(Roster(FORMAT, sitting.hex(), public), order="sorted")


def roster_sha256(sitting: bytes, lines: Iterable[PublishedLine]) -> bytes:
    """What is committed of a roster."""
    return hashlib.sha256(roster_bytes(sitting, lines)).digest()
