"""Files as people send them, made here: good ones with openpyxl, odd ones by hand."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Stored = str | float | bool | date | datetime | time | timedelta
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
_SECTOR = 512
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def workbook() -> tuple[Workbook, Worksheet]:
    """A new workbook with its one sheet, called "Danh sách"."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Danh sách"
    return book, sheet


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xlsx(*rows: Sequence[Stored]) -> bytes:
    book, sheet = workbook()
    for row in rows:
        sheet.append(tuple(row))
    return saved(book)


def package(members: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def changed(content: bytes, member: str, old: str, new: str) -> bytes:
    """The package with one text of one member replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in members[member]
    members[member] = members[member].replace(old.encode(), new.encode())
    return package(members)


def ods(body: str) -> bytes:
    """An OpenDocument spreadsheet with the given tables."""
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES}>'
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return package({"mimetype": _SPREADSHEET, "META-INF/manifest.xml": "", "content.xml": content})


def docx() -> bytes:
    return package({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"})


def compound(streams: Mapping[str, bytes]) -> bytes:
    """The old Office container with whole-sector streams, one file allocation table sector."""
    table: list[int] = [_TABLE, _END]
    body = b""
    entries = [_entry("Root Entry", 5, _END, 0, child=1 if streams else _FREE)]
    for place, (name, content) in enumerate(streams.items(), start=1):
        padded = content.ljust(max(4096, -(-len(content) // _SECTOR) * _SECTOR), b"\0")
        first, count = len(table), len(padded) // _SECTOR
        table += [*range(first + 1, first + count), _END]
        body += padded
        following = place + 1 if place < len(streams) else _FREE
        entries.append(_entry(name, 2, first, len(padded), right=following))
    header = OLE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    header += struct.pack("<108I", *[_FREE] * 108)
    allocation = struct.pack("<128I", *table, *[_FREE] * (128 - len(table)))
    return header + allocation + b"".join(entries).ljust(_SECTOR, b"\0") + body


def _entry(
    name: str, kind: int, start: int, size: int, *, child: int = _FREE, right: int = _FREE
) -> bytes:
    letters = f"{name}\0".encode("utf-16-le")
    return (
        letters.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(letters), kind, 1, _FREE, right, child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def xls(cells: Mapping[tuple[int, int], str | float], *, extra: bytes = b"") -> bytes:
    """A BIFF8 workbook with one sheet; cells by (row, column) counted from 0."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)
    name = "Danh sách".encode("utf-16-le")
    head = _record(0x0809, begin) + extra
    bound = _record(0x0085, struct.pack("<IHBB", 0, 0, 9, 1) + name)
    offset = len(head) + len(bound) + 4
    bound = _record(0x0085, struct.pack("<IHBB", offset, 0, 9, 1) + name)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for (row, column), value in cells.items():
        place = struct.pack("<HHH", row, column, 0)
        if isinstance(value, str):
            text = value.encode("utf-16-le")
            sheet += _record(0x0204, place + struct.pack("<HB", len(value), 1) + text)
        else:
            sheet += _record(0x0203, place + struct.pack("<d", value))
    return compound(
        {"Workbook": head + bound + _record(0x000A, b"") + sheet + _record(0x000A, b"")}
    )


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content
