"""A sheet as its officer sent it, with what has been mended since.

Pure. The rows keep the numbers that Excel shows; a mended cell lies over the one that was sent, so
that both can be seen until the list is saved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from hoithi.entries.cells import Weight
from hoithi.entries.checking import COLUMNS, Problem, SheetRow, people_rows
from hoithi.rules.errors import RuleViolation
from hoithi.rules.legacy_text import from_legacy
from hoithi.web.spreadsheets import Cell, Headings, Row, Sheet, find_headings

# The first name of each column is the one in the template; the others are met in real lists.
TITLES: Mapping[str, tuple[str, ...]] = {
    "ordinal": ("STT", "TT", "Số TT", "Số thứ tự"),
    "name": (
        "Họ và tên",
        "Họ tên",
        "Họ và tên thí sinh",
        "Họ tên thí sinh",
        "Họ và tên người dự thi",
    ),
    "given_name": ("Tên gọi (để xếp)", "Tên gọi"),
    "birth": ("Ngày sinh", "Năm sinh", "Ngày tháng năm sinh", "Sinh ngày", "Ngày, năm sinh"),
    "audience": ("Đối tượng", "Đối tượng dự thi", "Thuộc đối tượng"),
    "workplace": (
        "Nơi công tác",
        "Đơn vị công tác",
        "Cơ quan công tác",
        "Cơ quan, đơn vị",
        "Cơ quan, đơn vị công tác",
        "Đơn vị",
        "Cơ quan",
    ),
    "national_id": (
        "Số định danh",
        "Số định danh cá nhân",
        "Số CCCD",
        "CCCD",
        "Số CCCD/CMND",
        "Số CMND/CCCD",
        "CMND/CCCD",
        "Căn cước công dân",
        "Số căn cước công dân",
        "Số căn cước",
    ),
    "phone": ("Điện thoại", "Số điện thoại", "SĐT", "Số ĐT", "ĐT", "Di động", "Điện thoại di động"),
}
# A name in two columns, as many offices keep it.
_PARTS = {
    "family": ("Họ và tên đệm", "Họ và đệm", "Họ đệm", "Họ lót", "Họ và chữ lót", "Họ"),
    "given": ("Tên",),
}
_SEARCHED = 30
_FEWEST = 2  # a title that happens to name a column is no row of column names
_ENCODINGS = ("tcvn3", "vni")


class StagedSheet(msgspec.Struct, frozen=True):
    """`titles` are the cells of the row of column names, which has the number `heading`; `columns`
    gives the place of each column in `rows`. `mended` maps "row:column" to what stands there now;
    `dropped` are row numbers; `answers` say by row whether somebody is the one of that name on
    another list of the unit (`Kin`), until anything of the row is changed."""

    heading: int
    titles: list[str]
    columns: dict[str, int]
    rows: list[tuple[int, list[str]]]
    mended: dict[str, str]
    dropped: list[int]
    answers: dict[str, str] = {}


def staged_sheet(sheet: Sheet, *, required: Iterable[str]) -> StagedSheet:
    """The rows below the column names, as they were sent.

    Raises RuleViolation: `headings_missing`, `columns_missing` (with their titles), and
    `nobody_listed`.
    """
    headings = _headings(sheet)
    if headings is None:
        raise RuleViolation("headings_missing")
    columns = {key: place for key, place in headings.columns.items() if key in COLUMNS}
    rows = [(row.number, [_raw(cell) for cell in row.cells]) for row in headings.rows]
    titles = [cell.text for cell in headings.row.cells]
    if "name" not in columns and {"family", "given"} <= headings.columns.keys():
        family, given = headings.columns["family"], headings.columns["given"]
        columns["name"] = family
        titles[family] = TITLES["name"][0]
        for _, cells in rows:
            cells[family] = f"{cells[family]} {cells[given]}".strip()
    needed = {"name", *required}
    missing = [TITLES[key][0] for key in COLUMNS if key in needed and key not in columns]
    if missing:
        raise RuleViolation("columns_missing", columns=", ".join(missing))
    staged = StagedSheet(headings.row.number, titles, columns, rows, {}, [])
    if not people_rows(rows_of(staged)):
        raise RuleViolation("nobody_listed")
    return staged


def _headings(sheet: Sheet) -> Headings | None:
    """The column names, also where the whole sheet is typed in an old encoding."""
    wanted = {**TITLES, **_PARTS}
    readings = [sheet, *(_decoded(sheet, encoding) for encoding in _ENCODINGS)]
    found = [each for reading in readings if (each := find_headings(reading, wanted))]
    best = max(found, key=lambda each: len(each.columns), default=None)
    if best is None or len(best.columns) < _FEWEST:
        return None
    return replace(best, rows=tuple(row for row in sheet.rows if row.number > best.row.number))


def _decoded(sheet: Sheet, encoding: str) -> Sheet:
    """The top of a sheet with its texts read as an old encoding, to find the column names by."""
    return replace(sheet, rows=tuple(_decoded_row(row, encoding) for row in sheet.rows[:_SEARCHED]))


def _decoded_row(row: Row, encoding: str) -> Row:
    cells = (replace(cell, text=from_legacy(_raw(cell), encoding)) for cell in row.cells)
    return Row(row.number, tuple(cells))


def _raw(cell: Cell) -> str:
    """What was typed: tidying would lose the ư of TCVN3, which is a soft hyphen."""
    return cell.value if isinstance(cell.value, str) else cell.text


def rows_of(staged: StagedSheet) -> list[SheetRow]:
    """The rows as they stand now, for checking."""
    return [
        (number, {column: text_at(staged, number, cells, column) for column in staged.columns})
        for number, cells in staged.rows
        if number not in staged.dropped
    ]


def text_at(staged: StagedSheet, number: int, cells: Sequence[str], column: str) -> str:
    """What stands in a cell now."""
    return staged.mended.get(f"{number}:{column}", cells[staged.columns[column]])


def row_seen(
    upload: int,
    staged: StagedSheet,
    row: int,
    cells: Sequence[str],
    problems: Iterable[Problem],
) -> str:
    """What the page carries that shows a row of an upload: another one as soon as anything of the
    row is another, left out or taken in included, or what is said of it (`problems`): of two rows
    of one person the second stops being one too many when the first is left out."""
    texts = [*cells, *(text_at(staged, row, cells, column) for column in staged.columns if cells)]
    told = [
        [each.column, each.code, each.params, each.proposal, each.weight]
        for each in problems
        if each.weight is not Weight.NOTE
    ]
    content = msgspec.json.encode(
        [row, texts, row in staged.dropped, answer_at(staged, row), told], order="deterministic"
    )
    return f"{upload}.{hashlib.sha256(content).hexdigest()[:16]}"


def with_cell(staged: StagedSheet, row: int, column: str, text: str) -> StagedSheet:
    """With another text in a cell. Raises RuleViolation: `no_such_cell`."""
    if column not in staged.columns or row not in {number for number, _ in staged.rows}:
        raise RuleViolation("no_such_cell")
    mended = {**staged.mended, f"{row}:{column}": text}
    return msgspec.structs.replace(staged, mended=mended, answers=_without(staged, {str(row)}))


def with_proposals(staged: StagedSheet, problems: Iterable[Problem]) -> StagedSheet:
    """With every proposal for a bad cell taken."""
    taken = {
        f"{problem.row}:{problem.column}": problem.proposal
        for problem in problems
        if problem.proposal and problem.weight is Weight.BAD and problem.column in staged.columns
    }
    rows = {place.partition(":")[0] for place in taken}
    return msgspec.structs.replace(
        staged, mended={**staged.mended, **taken}, answers=_without(staged, rows)
    )


def _without(staged: StagedSheet, rows: Collection[str]) -> dict[str, str]:
    return {row: answer for row, answer in staged.answers.items() if row not in rows}


def answer_at(staged: StagedSheet, row: int) -> str:
    """What the officer has answered about a row."""
    return staged.answers.get(str(row), "")


def answers_of(staged: StagedSheet) -> dict[int, str]:
    """By row, for checking."""
    return {int(row): answer for row, answer in staged.answers.items()}


def with_answer(staged: StagedSheet, row: int, answer: str) -> StagedSheet:
    """With the officer's word on a row. Raises RuleViolation: `no_such_cell`."""
    if row not in {number for number, _ in staged.rows}:
        raise RuleViolation("no_such_cell")
    return msgspec.structs.replace(staged, answers={**staged.answers, str(row): answer})


def without_row(staged: StagedSheet, row: int) -> StagedSheet:
    """Without somebody; the row stays to be seen and can come back."""
    return msgspec.structs.replace(staged, dropped=sorted({*staged.dropped, row}))


def with_row(staged: StagedSheet, row: int) -> StagedSheet:
    """With a row that had been left out."""
    kept = [number for number in staged.dropped if number != row]
    return msgspec.structs.replace(staged, dropped=kept)
