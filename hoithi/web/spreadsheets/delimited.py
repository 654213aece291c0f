"""Text tables (.csv, .txt): encodings and separators as programs in Viet Nam write them."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from hoithi.rules.errors import RuleViolation
from hoithi.rules.legacy_text import from_legacy, legacy_encoding, oddities
from hoithi.web.spreadsheets.package import check_reach
from hoithi.web.spreadsheets.sheet import Row, Sheet, cell

_SEPARATORS = ",;\t"
_DECLARED = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f]")
_SAMPLE_LINES = 20
_MARKED_WORD = re.compile(rb"[^\s,;\"]*[\x80-\xff][^\s,;\"]*")
_SAMPLE_WORDS = 2_000


def read_delimited(content: bytes, name: str, *, max_rows: int) -> Sheet:
    """Every value is text, so that no zero in front is lost.

    Raises RuleViolation: file_damaged when it is no text, too_many_rows, too_many_columns.
    """
    text = _decode(content, name)
    first = 1
    if declared := _DECLARED.match(text):
        separator = declared[1]
        text = text[declared.end() :]
        first = 2
    else:
        separator = _separator(text)
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise RuleViolation("file_damaged", name=name) from error
    filled = [
        (number, record)
        for number, record in enumerate(records, start=first)
        if any(field.strip() for field in record)
    ]
    width = max((len(record) for _, record in filled), default=0)
    if filled:
        check_reach(width - 1, filled[-1][0], name, max_rows)
    return Sheet(name, tuple(_row(number, record, width) for number, record in filled))


def _row(number: int, record: list[str], width: int) -> Row:
    padded = record + [""] * (width - len(record))
    return Row(number, tuple(cell(column, number, text) for column, text in enumerate(padded)))


def _decode(content: bytes, name: str) -> str:
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        encodings = ["utf-16"]
    elif content.startswith(BOM_UTF8):
        encodings = ["utf-8-sig"]
    elif b"\0" in content:
        # Vietnamese text has most of its letters below 256: the side of the zeros tells the order.
        encodings = ["utf-16-le" if content[1::2].count(0) > content[::2].count(0) else "utf-16-be"]
    else:
        encodings = ["utf-8", _single_byte(content)]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise RuleViolation("file_damaged", name=name)


def _single_byte(content: bytes) -> str:
    """The code page of a Vietnamese Windows, where it makes better Vietnamese of the text than old
    encodings do; else Latin-1, byte for byte, for who reads the cells to ask what was meant."""
    words = b" ".join(_MARKED_WORD.findall(content)[:_SAMPLE_WORDS])
    try:
        windows = oddities(words.decode("cp1258"))
    except UnicodeDecodeError:
        return "latin-1"
    as_they_are = words.decode("latin-1")
    meant = from_legacy(as_they_are, legacy_encoding(as_they_are))
    return "cp1258" if windows < oddities(meant) else "latin-1"


def _separator(text: str) -> str:
    """The sign that splits the first lines most evenly; a comma when none splits them."""
    bare = _QUOTED.sub("", text)
    lines = [line for line in bare.splitlines() if line.strip()][:_SAMPLE_LINES]

    def evenness(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(_SEPARATORS, key=evenness)
