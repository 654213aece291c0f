"""An officer's sheet, from the file to rows, with what is mended over it."""

from __future__ import annotations

from datetime import date

import pytest

from hoithi.entries.cells import Weight
from hoithi.entries.checking import Problem
from hoithi.entries.sheets import (
    StagedSheet,
    rows_of,
    staged_sheet,
    with_cell,
    with_proposals,
    with_row,
    without_row,
)
from hoithi.rules.errors import RuleViolation
from hoithi.web.spreadsheets import read_sheet
from hoithi.web.violations import explain
from tests.entries.scene import listed
from tests.entries.workbooks import KEYS, TITLES, workbook

LACKING = (
    "Bảng không có cột: Đối tượng, Nơi công tác, Số định danh. "
    "Xin dùng tệp mẫu hoặc thêm các cột này."
)
REQUIRED = ("birth", "audience", "workplace", "national_id")


def staged(content: bytes) -> StagedSheet:
    sheet = read_sheet(content, "ds.xlsx", max_bytes=10**6, max_rows=1000)
    return staged_sheet(sheet, required=REQUIRED)


def test_rows_keep_their_numbers_below_letterhead_and_titles() -> None:
    read = staged(workbook([listed(1), listed(2)]))
    assert read.heading == 5
    assert [number for number, _ in rows_of(read)] == [6, 7]
    assert rows_of(read)[0][1] == listed(1)


@pytest.mark.parametrize(
    ("titles", "columns"),
    [
        (
            ("TT", "HỌ TÊN", "Năm sinh", "Đối tượng dự thi", "Đơn vị công tác", "CCCD", "SĐT"),
            list(KEYS),
        ),
        # TCVN3, as in .VnTime
        (
            ("STT", "Hä vµ tªn", "Ngµy sinh", "§èi t\xadîng", "N¬i c«ng t¸c", "Sè CCCD", "§T"),
            list(KEYS),
        ),
    ],
)
def test_columns_are_known_by_many_names(titles: tuple[str, ...], columns: list[str]) -> None:
    assert list(staged(workbook([listed(1)], titles=titles)).columns) == columns


def test_a_name_in_two_columns_is_one_name() -> None:
    titles = ("STT", "Họ và tên đệm", "Tên", *TITLES[2:])
    row: dict[str, str | int] = {**listed(1), "family": "Trần Thị", "given": "Ánh"}
    read = staged(workbook([row], titles=titles, keys=("ordinal", "family", "given", *KEYS[2:])))
    assert rows_of(read)[0][1]["name"] == "Trần Thị Ánh"


def test_a_number_that_lost_its_zero_comes_as_it_is_seen() -> None:
    read = staged(workbook([{**listed(1), "national_id": 67091000123, "phone": 900000001}]))
    cells = rows_of(read)[0][1]
    assert (cells["national_id"], cells["phone"]) == ("67091000123", "900000001")


def test_the_soft_hyphen_of_an_old_encoding_is_kept() -> None:
    read = staged(workbook([{**listed(1), "name": "NguyÔn V¨n H\xad¬ng"}]))
    assert rows_of(read)[0][1]["name"] == "NguyÔn V¨n H\xad¬ng"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            workbook([listed(1)], titles=("A", "B", "C", "D", "E", "F", "G")),
            "Không tìm thấy dòng tên cột (như “Họ và tên”, “Ngày sinh”). Xin dùng tệp mẫu.",
        ),
        (
            workbook([listed(1)], titles=("STT", "Họ tên", "Ngày sinh", "", "", "", "SĐT")),
            LACKING,
        ),
        (
            workbook([{"ordinal": 1}, {"ordinal": 2}]),
            "Dưới dòng tên cột chưa có người nào.",
        ),
    ],
)
def test_a_sheet_that_is_no_list_is_answered_with_what_it_lacks(
    content: bytes, sentence: str
) -> None:
    with pytest.raises(RuleViolation) as raised:
        staged(content)
    assert explain(raised.value) == sentence


def problem(row: int, column: str, proposal: str, weight: Weight = Weight.BAD) -> Problem:
    return Problem(row, column, "name_form", "", proposal, weight)


def test_a_mended_cell_lies_over_the_one_that_was_sent() -> None:
    read = staged(workbook([listed(1), listed(2)]))
    changed = with_proposals(
        with_cell(read, 6, "name", "Lê Thị An"),
        [
            problem(7, "name", "Lê Thị Bình"),
            problem(7, "birth", ""),
            problem(7, "phone", "0900000009", Weight.DOUBT),
        ],
    )
    assert [cells["name"] for _, cells in rows_of(changed)] == ["Lê Thị An", "Lê Thị Bình"]
    assert rows_of(changed)[1][1]["phone"] == "0900000002"
    assert changed.rows == read.rows


def test_a_row_is_left_out_and_taken_in_again() -> None:
    read = staged(workbook([listed(1), listed(2)]))
    without = without_row(read, 6)
    assert [number for number, _ in rows_of(without)] == [7]
    assert with_row(without, 6) == read


@pytest.mark.parametrize(("row", "column"), [(99, "name"), (6, "given_name")])
def test_a_cell_that_is_not_there_is_not_mended(row: int, column: str) -> None:
    with pytest.raises(RuleViolation) as raised:
        with_cell(staged(workbook([listed(1)])), row, column, "x")
    assert raised.value.code == "no_such_cell"


def test_days_of_excel_come_day_first() -> None:
    read = staged(workbook([{**listed(1), "birth": date(1980, 10, 5)}]))
    assert rows_of(read)[0][1]["birth"] == "05/10/1980"
