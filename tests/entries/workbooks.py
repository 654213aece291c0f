"""Workbooks as officers send them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

TITLES = (
    "STT",
    "Họ và tên",
    "Ngày sinh",
    "Đối tượng",
    "Nơi công tác",
    "Số CCCD",
    "Điện thoại",
)
KEYS = ("ordinal", "name", "birth", "audience", "workplace", "national_id", "phone")
LETTERHEAD = (("UBND THÀNH PHỐ GIA NGHĨA",), (), ("DANH SÁCH ĐĂNG KÝ DỰ THI",), ())


def sheet_of(workbook: Workbook) -> Worksheet:
    active = workbook.active
    assert isinstance(active, Worksheet)
    return active


def workbook(
    rows: Sequence[Mapping[str, str | int | date]],
    *,
    titles: Sequence[str] = TITLES,
    keys: Sequence[str] = KEYS,
) -> bytes:
    """A letterhead of four rows, the titles in the fifth, people from the sixth on."""
    made = Workbook()
    sheet = sheet_of(made)
    for line in LETTERHEAD:
        sheet.append(line)
    sheet.append(list(titles))
    for row in rows:
        sheet.append([row.get(key, "") for key in keys])
    return saved(made)


def filled(template: bytes, rows: Sequence[Mapping[str, str]], keys: Sequence[str]) -> bytes:
    """Our own template with rows typed below its titles."""
    made = load_workbook(BytesIO(template))
    sheet = sheet_of(made)
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == "STT")
    assert top is not None
    for number, row in enumerate(rows, start=top + 1):
        for place, key in enumerate(keys, start=1):
            if key in row:
                sheet.cell(number, place, row[key])
    return saved(made)


def saved(made: Workbook) -> bytes:
    buffer = BytesIO()
    made.save(buffer)
    return buffer.getvalue()
