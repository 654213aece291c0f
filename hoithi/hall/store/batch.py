"""One batch put through the state machine: the same for every store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hoithi.hall.formats import Row, opened_row
from hoithi.hall.session import Line, Reply, step
from hoithi.hall.store.api import Work

LineKey = tuple[bytes, int]
"""Sitting and number of a line of its roster."""

_NO_FLOOR: Mapping[LineKey, int] = {}


@dataclass(slots=True)
class Folded:
    """What a batch does once it is on disk: lines as they stand then, rows to store, replies.

    `times` are those of the last command to each line.
    """

    lines: dict[LineKey, Line] = field(default_factory=dict)
    rows: dict[bytes, list[Row]] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)
    times: dict[LineKey, int] = field(default_factory=dict)


def begun(rows: list[Row], number: int, roster_sha256: bytes) -> list[Row]:
    """The rows of a writer's batch in a sitting: its first one says first which roster it read.

    Here and nowhere above, so that no row can come before it: not of a contestant who was quick,
    nor after a first batch that did not reach the disk.
    """
    if number > 1 or not rows:
        return rows
    return [opened_row(roster_sha256, rows[0].server_ms), *rows]


def fold(
    work: Sequence[Work],
    line_of: Callable[[LineKey], Line],
    not_before: Mapping[LineKey, int] = _NO_FLOOR,
) -> Folded:
    """Do all the work on copies.

    `not_before` holds the last time that is stored of a line: on several nodes a clock that is a
    little behind must not date a row before the one it follows.
    """
    folded = Folded()
    lines, rows, replies, times = folded.lines, folded.rows, folded.replies, folded.times
    for each in work:
        command = each.command
        if isinstance(command, Row):
            rows.setdefault(each.sitting, []).append(command)
            continue
        if each.terms is None:
            raise ValueError("a command needs terms")
        key = (each.sitting, each.line)
        line = lines.get(key) or line_of(key)
        now_ms = max(each.received_ms, not_before.get(key, each.received_ms))
        result = step(line, command, now_ms, each.terms)
        if result.rows:
            rows.setdefault(each.sitting, []).extend(result.rows)
        lines[key] = result.line
        times[key] = now_ms
        replies.append(result.reply)
    return folded
