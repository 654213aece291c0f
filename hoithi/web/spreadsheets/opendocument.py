"""How far the tables of an .ods reach, counting the repetitions that keep such files small."""

from __future__ import annotations

from zipfile import ZipFile

from hoithi.web.spreadsheets.package import Attributes, check_reach, walk
from hoithi.web.spreadsheets.sheet import reference

_CONTENT = "content.xml"


def inspect(package: ZipFile, name: str, *, max_rows: int) -> dict[str, tuple[str, ...]]:
    """The merged ranges of each table that holds anything, in order.

    Raises RuleViolation: too_many_rows, too_many_columns, file_damaged. Every table counts, since
    the reader unfolds them all.
    """
    scan = _Scan(name, max_rows)
    walk(package, _CONTENT, name, scan.start, scan.end)
    return {title: tuple(merged) for title, merged in scan.merged.items() if title in scan.filled}


class _Scan:
    def __init__(self, name: str, max_rows: int) -> None:
        self.merged: dict[str, list[str]] = {}
        self.filled: set[str] = set()
        self._name = name
        self._max_rows = max_rows
        self._title = ""
        self._row = self._column = 0
        self._rows = 1
        self._last = -1

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "table":
            self._title = attributes.get("table:name", "")
            self.merged[self._title] = []
            self._row = 1
        elif tag == "table-row":
            self._rows = _count(attributes, "table:number-rows-repeated")
            self._column, self._last = 0, -1
        elif tag in {"table-cell", "covered-table-cell"}:
            self._cell(attributes)

    def end(self, tag: str) -> None:
        if tag == "table-row":
            if self._last >= 0:
                self.filled.add(self._title)
                check_reach(self._last, self._row + self._rows - 1, self._name, self._max_rows)
            self._row += self._rows

    def _cell(self, attributes: Attributes) -> None:
        columns = _count(attributes, "table:number-columns-repeated")
        wide = _count(attributes, "table:number-columns-spanned")
        high = _count(attributes, "table:number-rows-spanned")
        if wide > 1 or high > 1:
            first = reference(self._column, self._row)
            last = reference(self._column + wide - 1, self._row + high - 1)
            self.merged[self._title].append(f"{first}:{last}")
        self._column += columns
        if "office:value-type" in attributes:
            self._last = self._column - 1


def _count(attributes: Attributes, key: str) -> int:
    """How often something is repeated: once unless a positive number says otherwise."""
    text = attributes.get(key, "1")
    return max(1, int(text)) if text.isdecimal() else 1
