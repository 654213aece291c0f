"""What the general reader does not tell about an .xlsx sheet: its reach, its errors, its zeros."""

from __future__ import annotations

import posixpath
import re
from zipfile import ZipFile

from hoithi.web.spreadsheets.package import Attributes, check_reach, walk
from hoithi.web.spreadsheets.sheet import position

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_STYLES = "xl/styles.xml"
_PADDED = re.compile(r'(?:"(?P<literal>0+)"|\\(?P<escaped>0))?(?P<digits>[0#]+)')
_CONTENT = frozenset({"v", "is", "f"})


Texts = dict[tuple[int, int], str]


def visible_sheets(package: ZipFile, name: str) -> dict[str, str]:
    """The package member that holds each visible worksheet, by the sheet's title, in order."""
    ids: dict[str, str] = {}
    members: dict[str, str] = {}

    def sheet(tag: str, attributes: Attributes) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            ids[attributes.get("name", "")] = relation

    def relation(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", "")))
            members[attributes.get("Id", "")] = target.lstrip("/")

    walk(package, _WORKBOOK, name, sheet)
    walk(package, _RELATIONS, name, relation)
    return {title: members[key] for title, key in ids.items() if key in members}


def padded_formats(package: ZipFile, name: str) -> dict[str, str]:
    """Number formats made of zeros, by the style index that cells name.

    A phone stored as the number 912345678 under "0000000000" is seen as 0912345678.
    """
    codes: dict[str, str] = {}
    cell_formats: list[str] = []
    inside = ""

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal inside
        if tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag in {"cellXfs", "cellStyleXfs", "dxfs"}:
            inside = tag
        elif tag == "xf" and inside == "cellXfs":
            cell_formats.append(attributes.get("numFmtId", "0"))

    if _STYLES not in package.namelist():
        return {}
    walk(package, _STYLES, name, start)
    return {
        str(index): code
        for index, number in enumerate(cell_formats)
        if _pads(code := codes.get(number, "").split(";")[0])
    }


def inspect(
    package: ZipFile, member: str, name: str, *, max_rows: int, padded: dict[str, str]
) -> Texts | None:
    """Texts of cells that are seen but not stored so, by (column from 0, row from 1); None when
    the sheet is empty. A formula whose result was never stored is told as itself: "=A1".

    Raises RuleViolation: too_many_rows, too_many_columns, file_damaged.
    """
    scan = _Scan(name, max_rows, padded)
    walk(package, member, name, scan.start, scan.end, scan.text)
    return None if scan.is_empty else scan.texts


class _Scan:
    """Where the walk stands; cells may leave out their reference, which then goes on by one."""

    def __init__(self, name: str, max_rows: int, padded: dict[str, str]) -> None:
        self.texts: Texts = {}
        self.is_empty = True
        self._name = name
        self._max_rows = max_rows
        self._padded = padded
        self._row = 0
        self._column = -1
        self._format: str | None = None
        self._stored: list[str] | None = None
        self._formula: str | None = None
        self._kind = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
        elif tag == "c":
            self._cell(attributes)
        elif tag in _CONTENT:
            self.is_empty = False
            check_reach(self._column, self._row, self._name, self._max_rows)
            is_told = tag == "f" or self._format is not None or self._formula is not None
            self._stored = [] if is_told and tag != "is" else None

    def end(self, tag: str) -> None:
        if tag == "f":
            self._formula, self._stored = "".join(self._stored or ()), None
        elif tag == "v" and any(self._stored or ()):
            self._formula = None
        elif tag == "c" and self._formula is not None and self._kind != "str":
            self.texts[(self._column, self._row)] = f"={self._formula}"
        if tag == "v" and self._stored is not None and self._format is not None:
            stored = "".join(self._stored)
            text = stored if self._format == "" else _padded_text(stored, self._format)
            if text is not None:
                self.texts[(self._column, self._row)] = text
            self._stored = None

    def text(self, text: str) -> None:
        if self._stored is not None:
            self._stored.append(text)

    def _cell(self, attributes: Attributes) -> None:
        self._column, self._row = (
            position(attributes["r"]) if "r" in attributes else (self._column + 1, self._row)
        )
        kind = attributes.get("t", "n")
        self._kind, self._format, self._formula = kind, None, None
        if kind == "e":
            self._format = ""
        elif kind == "n":
            self._format = self._padded.get(attributes.get("s", ""))


def _pads(code: str) -> bool:
    match = _PADDED.fullmatch(code)
    return match is not None and (
        match["literal"] is not None or match["escaped"] is not None or match["digits"][:2] == "00"
    )


def _padded_text(stored: str, code: str) -> str | None:
    match = _PADDED.fullmatch(code)
    number = stored.removesuffix(".0")
    if match is None or not number.isdecimal():
        return None
    return (match["literal"] or match["escaped"] or "") + number.zfill(match["digits"].count("0"))
