"""What a file really is, told by its bytes: people rename files, and programs misname them."""

from __future__ import annotations

import re
from enum import StrEnum

from hoithi.rules.errors import RuleViolation

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
# Records of an .xls: two bytes of number, two of length. The globals begin with one of 16 bytes.
_GLOBALS = bytes.fromhex("0908100000060500")
_GLOBALS_LENGTH = 20
_WRITE_PROTECTED = b"\x86\x00"
_PASSWORD = b"\x2f\x00"
_ZIP = b"PK\x03\x04"
_SIGNATURES = (
    (b"{\\rtf", "RTF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
)
_MARKUP = re.compile(rb"<(!doctype html|html|head|body|table|meta|style|div)\b", re.IGNORECASE)
_FIRST = 1024


class FileKind(StrEnum):
    """How a file is to be read."""

    PACKAGE = "zip"
    XLS = "xls"
    TEXT = "text"


def file_kind(content: bytes, name: str) -> FileKind:
    """Raises RuleViolation: file_empty, file_password, file_not_spreadsheet (with `found`)."""
    start = content[:_FIRST].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start and not content.strip(b"\xef\xbb\xbf \t\r\n\xff\xfe"):
        raise RuleViolation("file_empty", name=name)
    if content.startswith(_ZIP):
        return FileKind.PACKAGE
    if content.startswith(_OLE):
        return _compound(content, name)
    found = _other(content, start)
    if found is not None:
        raise RuleViolation("file_not_spreadsheet", name=name, found=found)
    return FileKind.TEXT


def _compound(content: bytes, name: str) -> FileKind:
    """The old Office container; its streams are named in UTF-16."""

    def holds(stream: str) -> bool:
        return f"{stream}\0".encode("utf-16-le") in content

    if holds("EncryptedPackage") or _is_locked(content):
        raise RuleViolation("file_password", name=name)
    if holds("Workbook") or holds("Book"):
        return FileKind.XLS
    found = (
        "Word" if holds("WordDocument") else "PowerPoint" if holds("PowerPoint Document") else ""
    )
    if found:
        raise RuleViolation("file_not_spreadsheet", name=name, found=found)
    raise RuleViolation("file_damaged", name=name)


def _is_locked(content: bytes) -> bool:
    """Whether an .xls says FILEPASS, which stands first in its globals, at most after WRITEPROT."""
    begin = content.find(_GLOBALS)
    if begin < 0:
        return False
    place = begin + _GLOBALS_LENGTH
    if content[place : place + 2] == _WRITE_PROTECTED:
        place += 4 + int.from_bytes(content[place + 2 : place + 4], "little")
    return content[place : place + 2] == _PASSWORD


def _other(content: bytes, start: bytes) -> str | None:
    if b"%PDF-" in content[:_FIRST]:
        return "PDF"
    for signature, found in _SIGNATURES:
        if content.startswith(signature):
            return found
    if start.startswith(b"<?xml"):
        return "XML"
    return "HTML" if _MARKUP.match(start) else None
