"""A sheet as the general reader lays it out: one block of values from A1."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypedDict

from hoithi.rules.errors import RuleViolation
from hoithi.web.spreadsheets.package import MAX_COLUMNS, check_reach
from hoithi.web.spreadsheets.sheet import Value, reference

_PROGRAM = Path(__file__).with_name("workbook_process.py")
_SECONDS = 30

Corner = tuple[int, int]


class _Answer(TypedDict, total=False):
    fault: str
    reach: tuple[int, int]
    title: str
    visible: list[str]
    merged: list[tuple[Corner, Corner]]
    rows: list[list[str | int | float | bool | dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Block:
    """`titles` are all visible sheets in order; `merged` are ranges such as "A1:C1"."""

    title: str
    titles: tuple[str, ...]
    merged: tuple[str, ...]
    rows: list[list[Value]]


def unfold(content: bytes, name: str, *, max_rows: int, title: str | None = None) -> Block:
    """The sheet called `title`, or the first visible one that holds anything.

    Raises RuleViolation: file_empty, file_password, too_many_rows, too_many_columns; file_damaged
    also when reading the workbook took more memory or time than any real list needs.
    """
    asked = json.dumps([max_rows, MAX_COLUMNS, title])
    try:
        done = subprocess.run(  # noqa: S603 - our own program; what is asked is one argument
            [sys.executable, "-P", str(_PROGRAM), asked],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
        )
    except subprocess.SubprocessError as error:
        raise RuleViolation("file_damaged", name=name) from error
    answer: _Answer = json.loads(done.stdout)
    if "fault" in answer:
        raise RuleViolation(answer["fault"], name=name)
    columns, rows = answer["reach"]
    check_reach(columns - 1, rows, name, max_rows)
    return Block(
        title=answer["title"],
        titles=tuple(answer["visible"]),
        merged=tuple(
            f"{reference(left, top + 1)}:{reference(right, bottom + 1)}"
            for (top, left), (bottom, right) in answer["merged"]
        ),
        rows=[[_value(plain) for plain in row] for row in answer["rows"]],
    )


def _value(plain: str | float | dict[str, str]) -> Value:
    match plain:
        case {"day": text}:
            return date.fromisoformat(text)
        case {"moment": text}:
            return datetime.fromisoformat(text)
        case str() | bool() | int() | float():
            return plain
    raise TypeError(plain)
