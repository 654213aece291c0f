"""A sheet in memory: rows and cells with the numbers and letters that its sender sees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from hoithi.rules.vietnamese import tidy

Value = str | int | float | bool | date | datetime | None

_MOST_DIGITS = 15
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Cell:
    """`reference` is "C7"; `text` is what a person sees, `value` what the file stores."""

    reference: str
    value: Value
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row with its number as Excel shows it; cells from column A, as many in every row."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that hold anything; `merged` are ranges ("A1:C1"), `others` the names not read."""

    name: str
    rows: tuple[Row, ...]
    merged: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def reference(column: int, row: int) -> str:
    """Counted from 0 and 1: (2, 7) → "C7"."""
    letters = ""
    rest = column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def position(ref: str) -> tuple[int, int]:
    """The way back: "C7" → (2, 7). Raises ValueError for anything else."""
    match = re.fullmatch(r"([A-Z]{1,3})([1-9]\d{0,6})", ref)
    if match is None:
        raise ValueError(ref)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1, int(match[2])


def cell(column: int, row: int, stored: Value, shown: str | None = None) -> Cell:
    """A cell of what a reader found; `shown` overrules the text where more is seen than stored,
    and stands for the value where the reader found none (#N/A)."""
    value = shown if stored == "" else stored
    text = text_of(value) if shown is None else shown
    return Cell(reference(column, row), value if text else None, text)


def text_of(value: Value) -> str:
    """As it is seen: 1.0 → "1", 12.5 → "12,5", dates 05/10/2023, spaces and marks made regular."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str():
            return clean(value)
        case datetime() if value.time() != _MIDNIGHT:
            return f"{value:%d/%m/%Y %H:%M}"
        case date():
            return f"{value:%d/%m/%Y}"
        case int():
            return str(value)
    return f"{value:.{_MOST_DIGITS}g}".replace(".", ",")


def clean(text: str) -> str:
    """Every line tidied as Vietnamese text is everywhere; empty lines go."""
    lines = (tidy(line) for line in text.replace("\r", "\n").split("\n"))
    return "\n".join(line for line in lines if line)
