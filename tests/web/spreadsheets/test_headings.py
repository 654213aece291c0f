"""The row of column names is found below letterhead and title, whatever the spelling."""

from __future__ import annotations

from hoithi.web.spreadsheets import Sheet, find_headings, read_sheet
from tests.web.spreadsheets import files

WANTED = {
    "name": ("Họ và tên", "Họ tên"),
    "born": ("Ngày sinh", "Năm sinh"),
    "phone": ("Số điện thoại", "Điện thoại", "SĐT"),
}


def sheet(*rows: list[files.Stored]) -> Sheet:
    return read_sheet(files.xlsx(*rows), "a.xlsx", max_bytes=10**6, max_rows=100)


def test_headings_stand_below_a_letterhead() -> None:
    found = find_headings(
        sheet(
            ["ỦY BAN NHÂN DÂN HUYỆN MẪU"],
            ["DANH SÁCH THAM GIA, kèm họ và tên"],
            ["STT", "HỌ VÀ TÊN (*)", "Năm  sinh", "sđt"],
            [1, "Lê Thị Mẫu", 1980, "0912345678"],
        ),
        WANTED,
    )
    assert found is not None
    assert (found.row.number, found.columns) == (3, {"name": 1, "born": 2, "phone": 3})
    assert (found.missing, [cell.text for cell in found.unknown]) == ((), ["STT"])
    assert [row.number for row in found.rows] == [4]
    cell = found.cell(found.rows[0], "phone")
    assert cell is not None
    assert (cell.reference, cell.text) == ("D4", "0912345678")


def test_a_column_that_is_not_there_is_missing() -> None:
    found = find_headings(sheet(["Họ tên", "Ghi chú"], ["Lê Thị Mẫu", "x"]), WANTED)
    assert found is not None
    assert found.missing == ("born", "phone")
    assert found.cell(found.rows[0], "born") is None


def test_the_first_of_two_columns_with_one_name_counts_and_the_other_is_unknown() -> None:
    found = find_headings(sheet(["Họ tên", "Họ và tên", "SĐT"], ["a", "b", "c"]), WANTED)
    assert found is not None
    assert found.columns == {"name": 0, "phone": 2}
    assert [cell.reference for cell in found.unknown] == ["B1"]


def test_a_sheet_without_any_wanted_name_has_no_headings() -> None:
    assert find_headings(sheet(["a", "b"], ["c", "d"]), WANTED) is None
