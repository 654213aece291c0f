"""Workbooks we hand out: text stays text, templates check what is filled in."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from hoithi.web.spreadsheets import Column, Kind, Table, read_sheet, write_workbook

COLUMNS = (
    Column("Họ và tên"),
    Column("CCCD", help="12 chữ số"),
    Column("Ngày sinh", Kind.DAY),
    Column("Điểm", Kind.MARKS),
    Column("Giải thưởng", Kind.MONEY),
    Column("Lúc", Kind.MOMENT),
    Column("Đơn vị", choices=("Huyện Mẫu", "Thành phố Thử, phường 1")),
)
ROW = (
    "Lê Thị Mẫu",
    "067185001234",
    date(1980, 5, 1),
    Decimal("87.50"),
    5_000_000,
    datetime(2023, 10, 5, 1, 0, tzinfo=UTC),
    "Huyện Mẫu",
)


def opened(*tables: Table) -> list[Worksheet]:
    book = load_workbook(io.BytesIO(write_workbook(tables)))
    return [sheet for sheet in book.worksheets if isinstance(sheet, Worksheet)]


def test_values_are_written_as_their_columns_say() -> None:
    sheet, lists = opened(Table("Danh sách", COLUMNS, [ROW]))
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    assert [cell.value for cell in sheet[2]] == [
        "Lê Thị Mẫu",
        "067185001234",
        datetime(1980, 5, 1),  # noqa: DTZ001 - the file knows no zone
        87.5,
        5_000_000,
        datetime(2023, 10, 5, 8, 0),  # noqa: DTZ001
        "Huyện Mẫu",
    ]
    assert [cell.number_format for cell in sheet[2]] == [
        "@",
        "@",
        "dd/mm/yyyy",
        "#,##0.00",
        "#,##0",
        "hh:mm dd/mm/yyyy",
        "@",
    ]
    assert lists.sheet_state == "hidden"


@pytest.mark.parametrize(
    "text", ["=1+1", "+84912345678", "-x", "@SUM(A1)", "=HYPERLINK(0)", "{=1}"]
)
@pytest.mark.parametrize("kind", list(Kind))
def test_no_text_becomes_a_formula(text: str, kind: Kind) -> None:
    (sheet,) = opened(Table("A", (Column(text, kind),), [(text,)], title=(text,)))
    assert [(cell.value, cell.data_type) for cell in sheet["A"] if cell.value is not None] == [
        (text, "s")
    ] * 3


def test_an_address_is_no_link() -> None:
    (sheet,) = opened(Table("A", (Column("x"),), [("http://example.invalid/",)]))
    assert (sheet["A2"].value, sheet["A2"].hyperlink) == ("http://example.invalid/", None)


def test_a_number_in_a_text_column_is_text() -> None:
    (sheet,) = opened(Table("A", (Column("Số"),), [(42,)]))
    assert sheet["A2"].value == "42"


def test_titles_stand_above_and_the_heading_stays_in_sight() -> None:
    (sheet,) = opened(Table("A", (Column("x"),), [("y",)], title=("DANH SÁCH", "Ngày 05/10/2023")))
    assert [sheet.cell(row, 1).value for row in range(1, 6)] == [
        "DANH SÁCH",
        "Ngày 05/10/2023",
        None,
        "x",
        "y",
    ]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A5", "A4:A5")
    assert sheet.print_title_rows == "$4:$4"


def test_a_template_checks_what_is_filled_in() -> None:
    sheet, lists = opened(Table("Mẫu", COLUMNS, spare=50))
    rules = {
        str(rule.sqref): (rule.type, rule.formula1, rule.prompt)
        for rule in sheet.data_validations.dataValidation
    }
    assert rules == {
        "B2:B51": (None, None, "12 chữ số"),
        "C2:C51": ("date", "1", None),
        "G2:G51": ("list", f"{lists.title}!$A$1:$A$2", None),
    }
    assert [cell.value for cell in lists["A"]] == ["Huyện Mẫu", "Thành phố Thử, phường 1"]
    assert {sheet.cell(row, 2).number_format for row in (2, 51)} == {"@"}


def test_equal_lists_of_choices_are_written_once() -> None:
    choices = ("Có", "Không")
    sheet, lists = opened(
        Table("A", (Column("a", choices=choices), Column("b", choices=choices)), spare=1)
    )
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == [
        "_danh_muc!$A$1:$A$2"
    ] * 2
    assert lists.max_column == 1


def test_sheet_names_are_made_such_as_excel_takes() -> None:
    long = "Danh sách thí sinh dự thi vòng trực tuyến"
    names = [long, long, "A/B [1]: *?", "a/b [1]: *?", "  "]
    assert [sheet.title for sheet in opened(*(Table(name, (Column("x"),)) for name in names))] == [
        "Danh sách thí sinh dự thi vòng",
        "Danh sách thí sinh dự thi v (2)",
        "A B  1",
        "a b  1 (2)",
        "1",
    ]


def test_a_row_of_the_wrong_length_is_our_fault_and_loud() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        write_workbook([Table("A", (Column("x"), Column("y")), [("only one",)])])


def test_equal_input_gives_equal_bytes() -> None:
    table = Table("Danh sách", COLUMNS, [ROW] * 3)
    assert write_workbook([table]) == write_workbook([table])


def test_what_is_written_reads_back() -> None:
    content = write_workbook([Table("Danh sách", COLUMNS, [ROW])])
    sheet = read_sheet(content, "a.xlsx", max_bytes=10**6, max_rows=10)
    assert [cell.text for cell in sheet.rows[1].cells] == [
        "Lê Thị Mẫu",
        "067185001234",
        "01/05/1980",
        "87,5",
        "5000000",
        "05/10/2023 08:00",
        "Huyện Mẫu",
    ]
    assert sheet.others == ()
