"""Files of questions: the template, and reading what comes back."""

from __future__ import annotations

from collections.abc import Mapping

from hoithi.bank.importing import COLUMNS, CellProblem, ReadItems, read_items
from hoithi.rules.errors import RuleViolation
from hoithi.web.spreadsheets.headings import find_headings
from hoithi.web.spreadsheets.reading import read_sheet
from hoithi.web.spreadsheets.writing import Column, Kind, Table, write_workbook

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5_000
_DAYS = frozenset({"Hiệu lực từ", "Hiệu lực đến", "Ngày kiểm tra"})
_WIDE = frozenset({"Câu hỏi", "A", "B", "C", "D", "Giải thích", "Văn bản"})


def read_bank_file(
    content: bytes, name: str, *, topics: Mapping[str, str], levels: Mapping[str, str]
) -> ReadItems:
    """Questions and bad cells of a spreadsheet or CSV. Topics and levels are name → key.

    Raises RuleViolation `no_headings`, and those of `read_sheet`.
    """
    sheet = read_sheet(content, name, max_bytes=MOST_BYTES, max_rows=MOST_ROWS)
    headings = find_headings(sheet, {column: (column,) for column in COLUMNS})
    if headings is None:
        raise RuleViolation("no_headings", name=name)
    if headings.missing:
        row = headings.row.number
        return ReadItems((), tuple(CellProblem(row, key, "no_column") for key in headings.missing))
    places = headings.columns
    rows = (
        (row.number, {column: row.cells[place].text for column, place in places.items()})
        for row in headings.rows
    )
    return read_items(rows, topics=topics, levels=levels)


def bank_template(topics: Mapping[str, str], levels: Mapping[str, str]) -> bytes:
    """An empty workbook with the columns, and lists to choose topic, level and key from."""
    choices = {"Chủ đề": tuple(topics), "Mức độ": tuple(levels), "Đáp án": ("A", "B", "C", "D")}
    columns = tuple(
        Column(
            column,
            kind=Kind.DAY if column in _DAYS else Kind.TEXT,
            width=40 if column in _WIDE else 16,
            choices=choices.get(column, ()),
        )
        for column in COLUMNS
    )
    return write_workbook([Table("Câu hỏi", columns, spare=500)])
