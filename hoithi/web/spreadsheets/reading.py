"""From the bytes of an upload to one sheet, or to a sentence that its sender can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zipfile import ZipFile

from hoithi.rules.errors import RuleViolation
from hoithi.web.spreadsheets import opendocument, xlsx
from hoithi.web.spreadsheets.block import Block, unfold
from hoithi.web.spreadsheets.delimited import read_delimited
from hoithi.web.spreadsheets.kinds import FileKind, file_kind
from hoithi.web.spreadsheets.package import is_opendocument, open_package
from hoithi.web.spreadsheets.sheet import Row, Sheet, Value, cell

_MEGABYTE = 1024 * 1024
Texts = Mapping[tuple[int, int], str]


def read_sheet(content: bytes, name: str, *, max_bytes: int, max_rows: int) -> Sheet:
    """The first visible sheet that holds anything, of an .xlsx, .xls, .ods or text table.

    What a file is, its bytes decide; `name` is only repeated to the sender. `max_rows` bounds the
    number of the last used row. Parameters of every violation: `name` and those said here.
    Raises RuleViolation: file_empty, file_too_large (max_mb), file_not_spreadsheet (found),
    file_password, file_damaged, too_many_rows (row, max_rows), too_many_columns (max_columns).
    """
    if len(content) > max_bytes:
        raise RuleViolation("file_too_large", name=name, max_mb=max_bytes // _MEGABYTE)
    match file_kind(content, name):
        case FileKind.TEXT:
            sheet = read_delimited(content, name, max_rows=max_rows)
        case FileKind.XLS:
            sheet = _sheet(unfold(content, name, max_rows=max_rows), {})
        case FileKind.PACKAGE:
            sheet = _read_package(content, name, max_rows)
    if not sheet.rows:
        raise RuleViolation("file_empty", name=name)
    return sheet


def _read_package(content: bytes, name: str, max_rows: int) -> Sheet:
    with open_package(content, name) as package:
        if is_opendocument(package, name):
            return _read_ods(content, name, max_rows, package)
        return _read_xlsx(content, name, max_rows, package)


def _read_ods(content: bytes, name: str, max_rows: int, package: ZipFile) -> Sheet:
    filled = opendocument.inspect(package, name, max_rows=max_rows)
    for title, merged in filled.items():
        return _sheet(unfold(content, name, max_rows=max_rows, title=title), {}, merged)
    raise RuleViolation("file_empty", name=name)


def _read_xlsx(content: bytes, name: str, max_rows: int, package: ZipFile) -> Sheet:
    padded = xlsx.padded_formats(package, name)
    for title, member in xlsx.visible_sheets(package, name).items():
        shown = xlsx.inspect(package, member, name, max_rows=max_rows, padded=padded)
        if shown is not None:
            return _sheet(unfold(content, name, max_rows=max_rows, title=title), shown)
    raise RuleViolation("file_empty", name=name)


def _sheet(block: Block, texts: Texts, merged: tuple[str, ...] | None = None) -> Sheet:
    """Keep the rows that hold anything; what a person sees but the reader lost is in `texts`."""
    width = max(len(block.rows[0]), *(column + 1 for column, _ in texts)) if texts else 0
    height = max(len(block.rows), *(number for _, number in texts)) if texts else 0
    filled: list[list[Value]] = [*block.rows, *([] for _ in range(height - len(block.rows)))]
    rows = (
        _row(number, [*values, *[None] * (width - len(values))], texts)
        for number, values in enumerate(filled, start=1)
    )
    return Sheet(
        name=block.title,
        rows=tuple(row for row in rows if any(one.text for one in row.cells)),
        merged=block.merged if merged is None else merged,
        others=tuple(title for title in block.titles if title != block.title),
    )


def _row(number: int, values: Sequence[Value], texts: Texts) -> Row:
    return Row(
        number,
        tuple(
            cell(column, number, value, texts.get((column, number)))
            for column, value in enumerate(values)
        ),
    )
