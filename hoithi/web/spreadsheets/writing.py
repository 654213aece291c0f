"""Workbooks for Excel: lists to keep, templates to fill in. Equal input gives equal bytes.

Text is written as text whatever it begins with, so that "=…", "+…" and "@…" in a name or a phone
number are never run as a formula, and ids keep the zero in front.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from hoithi.web.wording import ZONE

CellValue = str | int | Decimal | date | datetime | None

_BRAND = "#0B3D78"
_LINE = "#C3CCD8"
_FONT = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
_NAME_LENGTH = 31
_NARROWEST, _WIDEST = 8, 48
_HELP_LENGTH = 255
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - the file format knows no zone
_LISTS = "_danh_muc"

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Kind(StrEnum):
    """How a column is written and, where it is to be filled in, what it accepts."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    MARKS = "marks"
    DAY = "day"
    MOMENT = "moment"


_FORMATS = {
    Kind.TEXT: {"num_format": "@", "align": "left"},
    Kind.NUMBER: {"num_format": "#,##0"},
    Kind.MONEY: {"num_format": "#,##0"},
    Kind.MARKS: {"num_format": "#,##0.00"},
    Kind.DAY: {"num_format": "dd/mm/yyyy", "align": "center"},
    Kind.MOMENT: {"num_format": "hh:mm dd/mm/yyyy", "align": "center"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """`width` in characters, found from the content when not given; `choices` make a list to pick
    from; `help` is shown while a cell of the column is selected."""

    title: str
    kind: Kind = Kind.TEXT
    width: int | None = None
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: lines of title, the row of column names, rows, and `spare` rows ready to fill."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[CellValue]] = ()
    title: tuple[str, ...] = ()
    spare: int = 0


def write_workbook(tables: Sequence[Table]) -> bytes:
    """An .xlsx with one sheet a table.

    Raises ValueError when a row has not as many values as its table has columns.
    """
    buffer = BytesIO()
    workbook = Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": _CREATED})
    writer = _Writer(workbook)
    names = _sheet_names([table.name for table in tables])
    sheets = [workbook.add_worksheet(name) for name in names]
    for sheet, table in zip(sheets, tables, strict=True):
        writer.write(sheet, table)
    writer.finish()
    workbook.close()
    return buffer.getvalue()


class _Writer:
    """One workbook under construction: its formats, and the hidden sheet with lists of choices."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._title = workbook.add_format({**_FONT, "bold": True, "font_size": 14})
        self._heading = workbook.add_format(
            {
                **_FONT,
                "bold": True,
                "font_color": "#FFFFFF",
                "bg_color": _BRAND,
                "border": 1,
                "border_color": _LINE,
                "align": "center",
                "text_wrap": True,
            }
        )
        self._below = workbook.add_format({"num_format": "@"})
        self._cells = {kind: self._cell_format(kind) for kind in Kind}
        self._choices: dict[tuple[str, ...], int] = {}

    def write(self, sheet: Worksheet, table: Table) -> None:
        top = len(table.title) + 1 if table.title else 0
        for line, text in enumerate(table.title):
            sheet.write_string(line, 0, text, self._title)
        for place, column in enumerate(table.columns):
            sheet.write_string(top, place, column.title, self._heading)
        for number, row in enumerate(table.rows, start=top + 1):
            for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                self._write_cell(sheet, number, place, column, value)
        last = top + len(table.rows) + table.spare
        for place, column in enumerate(table.columns):
            # Below the rows text needs its format too: there a pasted phone keeps its zero.
            below = self._below if column.kind is Kind.TEXT else None
            sheet.set_column(place, place, _width(column, table.rows, place), below)
            for number in range(top + 1 + len(table.rows), last + 1):
                sheet.write_blank(number, place, None, self._cells[column.kind])
            self._validate(sheet, top + 1, last, place, column)
        sheet.freeze_panes(top + 1, 0)
        sheet.repeat_rows(top)
        if table.rows:
            sheet.autofilter(top, 0, top + len(table.rows), len(table.columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def finish(self) -> None:
        """Put the lists of choices on a sheet of their own: written in place they may have no
        comma and no more than 255 characters."""
        if not self._choices:
            return
        sheet = self._workbook.add_worksheet(_LISTS)
        sheet.hide()
        for choices, place in self._choices.items():
            for number, choice in enumerate(choices):
                sheet.write_string(number, place, choice)

    def _cell_format(self, kind: Kind) -> Format:
        return self._workbook.add_format(
            {**_FONT, "border": 1, "border_color": _LINE, "text_wrap": True, **_FORMATS[kind]}
        )

    def _write_cell(
        self, sheet: Worksheet, row: int, place: int, column: Column, value: CellValue
    ) -> None:
        style = self._cells[column.kind]
        if value is None or value == "":
            sheet.write_blank(row, place, None, style)
        elif isinstance(value, str) or column.kind is Kind.TEXT:
            sheet.write_string(row, place, str(value), style)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, place, value.astimezone(ZONE).replace(tzinfo=None), style)
        elif isinstance(value, date):
            sheet.write_datetime(row, place, value, style)
        else:
            sheet.write_number(row, place, value, style)

    def _validate(
        self, sheet: Worksheet, first: int, last: int, place: int, column: Column
    ) -> None:
        options: dict[str, str | date] = {"validate": "any"}
        if column.choices:
            options = {"validate": "list", "source": self._source(column.choices)}
        elif column.kind is Kind.DAY:
            options = {"validate": "date", "criteria": ">", "value": date(1900, 1, 1)}
        if column.help:
            options["input_title"] = column.title[:32]
            options["input_message"] = column.help[:_HELP_LENGTH]
        if last >= first and (column.choices or column.help or column.kind is Kind.DAY):
            sheet.data_validation(first, place, last, place, options)

    def _source(self, choices: tuple[str, ...]) -> str:
        """The range on the hidden sheet where these choices will stand; equal lists share one."""
        place = self._choices.setdefault(choices, len(self._choices))
        last = xl_rowcol_to_cell(len(choices) - 1, place, row_abs=True, col_abs=True)
        return f"={_LISTS}!{xl_rowcol_to_cell(0, place, row_abs=True, col_abs=True)}:{last}"


def _width(column: Column, rows: Iterable[Sequence[CellValue]], place: int) -> int:
    """Wide enough for the content, and for a title of two lines."""
    if column.width is not None:
        return column.width
    content = max((len(str(row[place])) for row in rows if row[place] is not None), default=0)
    return min(_WIDEST, max(_NARROWEST, content + 3, len(column.title) // 2 + 4))


def _sheet_names(names: Iterable[str]) -> list[str]:
    """Names that Excel takes: 31 signs, none of []:*?/\\, no two alike whatever their case."""
    taken = {_LISTS}
    result = []
    for name in names:
        base = re.sub(r"[\[\]:*?/\\]", " ", name).strip(" '") or "1"
        unique, copy = base[:_NAME_LENGTH].rstrip(), 1
        while unique.casefold() in taken:
            copy += 1
            ending = f" ({copy})"
            unique = base[: _NAME_LENGTH - len(ending)].rstrip() + ending
        taken.add(unique.casefold())
        result.append(unique)
    return result
