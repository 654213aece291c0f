"""Finding the row of column names in a sheet that begins with a letterhead and a title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hoithi.rules.vietnamese import fold
from hoithi.web.spreadsheets.sheet import Cell, Row, Sheet

SEARCHED_ROWS = 30


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the wanted columns stand.

    `columns` gives a column's place in every row's cells, by the caller's key; `missing` are keys
    that no cell of the row names, `unknown` cells that name nothing wanted; `rows` what follows.
    """

    row: Row
    columns: Mapping[str, int]
    missing: tuple[str, ...]
    unknown: tuple[Cell, ...]
    rows: tuple[Row, ...]

    def cell(self, row: Row, key: str) -> Cell | None:
        """The row's cell in a wanted column; None when the sheet has no such column."""
        column = self.columns.get(key)
        return None if column is None else row.cells[column]


def find_headings(sheet: Sheet, wanted: Mapping[str, Sequence[str]]) -> Headings | None:
    """The row that names most of the wanted columns; None when no row names any.

    `wanted` maps a key to the names it goes by. Case, marks, spaces and signs do not matter:
    "Họ và tên", "HO VA TEN" and "Họ và tên (*)" are the same name.
    """
    keys = {_bare(name): key for key, names in wanted.items() for name in names}
    found = [(_columns(row, keys), row) for row in sheet.rows[:SEARCHED_ROWS]]
    columns, row = max(found, key=lambda pair: len(pair[0]), default=({}, None))
    if row is None or not columns:
        return None
    places = set(columns.values())
    return Headings(
        row=row,
        columns=columns,
        missing=tuple(key for key in wanted if key not in columns),
        unknown=tuple(
            cell for place, cell in enumerate(row.cells) if cell.text and place not in places
        ),
        rows=tuple(later for later in sheet.rows if later.number > row.number),
    )


def _bare(text: str) -> str:
    """What is left of a name for comparing: "Họ và tên (*)" → "hovaten"."""
    return "".join(sign for sign in fold(text) if sign.isalnum())


def _columns(row: Row, keys: Mapping[str, str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(row.cells):
        key = keys.get(_bare(cell.text))
        if key is not None:
            columns.setdefault(key, place)
    return columns
