"""Workbooks that are zip packages of XML: .xlsx and .ods, opened without trusting them.

Before a package reaches the reader its declared size is bounded, every member is unpacked once
against its checksum, and the sheet is walked to see how far it reaches: the reader lays a sheet
out as one block from the first to the last used cell, and two cells in opposite corners would
otherwise ask for a block of 17 thousand million.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import NoReturn
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from hoithi.rules.errors import RuleViolation

MAX_UNPACKED = 128 * 1024 * 1024
MAX_MEMBERS = 5_000
MAX_COLUMNS = 256
_ENCRYPTED = 0x1
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_MEGABYTE = 1024 * 1024

Attributes = Mapping[str, str]
Start = Callable[[str, Attributes], None]
End = Callable[[str], None]
Text = Callable[[str], None]


def open_package(content: bytes, name: str) -> ZipFile:
    """The package, known to be of bearable size and whole.

    Raises RuleViolation: file_damaged, file_password, file_too_large.
    """
    try:
        package = ZipFile(BytesIO(content))
        members = package.infolist()
        if any(member.flag_bits & _ENCRYPTED for member in members):
            raise RuleViolation("file_password", name=name)
        unpacked = sum(member.file_size for member in members)
        if unpacked > MAX_UNPACKED or len(members) > MAX_MEMBERS:
            raise RuleViolation("file_too_large", name=name, max_mb=MAX_UNPACKED // _MEGABYTE)
        if package.testzip() is not None:
            raise RuleViolation("file_damaged", name=name)
    except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise RuleViolation("file_damaged", name=name) from error
    return package


def is_opendocument(package: ZipFile, name: str) -> bool:
    """True for .ods, False for .xlsx.

    Raises RuleViolation: file_not_spreadsheet for all other packages, file_password.
    """
    members = set(package.namelist())
    if "xl/workbook.xml" in members:
        return False
    if "mimetype" in members and package.read("mimetype").strip() == _ODS:
        manifest = "META-INF/manifest.xml"
        if manifest in members and b"encryption-data" in package.read(manifest):
            raise RuleViolation("file_password", name=name)
        return True
    found = next(
        (word for start, word in _FOUND if any(m.startswith(start) for m in members)), "ZIP"
    )
    raise RuleViolation("file_not_spreadsheet", name=name, found=found)


_FOUND = (
    ("word/", "Word"),
    ("ppt/", "PowerPoint"),
    ("xl/workbook.bin", "Excel .xlsb"),
    ("content.xml", "OpenDocument"),
)


def walk(
    package: ZipFile,
    member: str,
    name: str,
    start: Start,
    end: End | None = None,
    text: Text | None = None,
) -> None:
    """Read one XML member as a stream; names come without their prefixes.

    Raises RuleViolation file_damaged: for XML or numbers that cannot be read, and for a document
    type, which no workbook has and which is the way to make XML grow while it is read.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> NoReturn:
        raise RuleViolation("file_damaged", name=name)

    def started(tag: str, attributes: Attributes) -> None:
        start(tag.rpartition(":")[2], attributes)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = started
    if end is not None:
        ended = end
        parser.EndElementHandler = lambda tag: ended(tag.rpartition(":")[2])
    if text is not None:
        parser.CharacterDataHandler = text
    try:
        with package.open(member) as stream:
            parser.ParseFile(stream)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise RuleViolation("file_damaged", name=name) from error


def check_reach(column: int, row: int, name: str, max_rows: int) -> None:
    """`column` counted from 0, `row` from 1. Raises too_many_rows or too_many_columns."""
    if row > max_rows:
        raise RuleViolation("too_many_rows", name=name, row=row, max_rows=max_rows)
    if column >= MAX_COLUMNS:
        raise RuleViolation("too_many_columns", name=name, max_columns=MAX_COLUMNS)
