"""Sheets are read as their sender sees them, with the references the sender knows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from unicodedata import normalize

import pytest

from hoithi.web.spreadsheets import Cell, Sheet, Value, read_sheet
from tests.web.spreadsheets import files

NAMES = "Họ và tên,Điện thoại\r\nLê Thị Mẫu,0912345678\r\nTrần Văn Thử,0987654321\r\n"
TONES = "\u0300\u0301\u0303\u0309\u0323"
READ = [
    ["Họ và tên", "Điện thoại"],
    ["Lê Thị Mẫu", "0912345678"],
    ["Trần Văn Thử", "0987654321"],
]


def read(content: bytes, name: str = "a.xlsx") -> Sheet:
    return read_sheet(content, name, max_bytes=10**6, max_rows=1000)


def texts(sheet: Sheet) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in sheet.rows]


def cell(value: files.Stored, number_format: str | None = None) -> Cell:
    """How one cell of a workbook comes out."""
    book, sheet = files.workbook()
    sheet["A1"] = value
    if number_format is not None:
        sheet["A1"].number_format = number_format
    return read(files.saved(book)).rows[0].cells[0]


def test_rows_and_cells_have_the_numbers_of_the_senders_sheet() -> None:
    book, sheet = files.workbook()
    sheet["B3"] = "Họ và tên"
    sheet["C7"] = "Lê Thị Mẫu"
    found = read(files.saved(book))
    assert [row.number for row in found.rows] == [3, 7]
    assert [[one.reference for one in row.cells] for row in found.rows] == [
        ["A3", "B3", "C3"],
        ["A7", "B7", "C7"],
    ]
    assert found.rows[1].cells[2] == Cell("C7", "Lê Thị Mẫu", "Lê Thị Mẫu")
    assert found.rows[1].cells[0] == Cell("A7", None, "")


def test_columns_past_z_have_two_letters() -> None:
    book, sheet = files.workbook()
    sheet["AB1"] = "x"
    assert [one.reference for one in read(files.saved(book)).rows[0].cells[24:]] == [
        "Y1",
        "Z1",
        "AA1",
        "AB1",
    ]


@pytest.mark.parametrize(
    ("stored", "value", "text"),
    [
        (1.0, 1, "1"),
        (12.5, 12.5, "12,5"),
        (0.6666666666666666, 0.6666666666666666, "0,666666666666667"),
        (67185001234, 67185001234, "67185001234"),
        (True, True, "TRUE"),
        (date(1980, 5, 1), date(1980, 5, 1), "01/05/1980"),
        (datetime(2023, 10, 5, 8, 0), datetime(2023, 10, 5, 8, 0), "05/10/2023 08:00"),  # noqa: DTZ001
        (time(8, 30), "08:30", "08:30"),
        (timedelta(hours=30, minutes=5), "30:05", "30:05"),
        ("01/02/1979", "01/02/1979", "01/02/1979"),
        ("0912345678", "0912345678", "0912345678"),
    ],
)
def test_a_value_is_seen_as_a_person_sees_it(stored: files.Stored, value: Value, text: str) -> None:
    assert cell(stored) == Cell("A1", value, text)


def test_a_date_that_is_a_serial_number_is_a_date() -> None:
    assert cell(45204, "dd/mm/yyyy") == Cell("A1", date(2023, 10, 5), "05/10/2023")


@pytest.mark.parametrize(
    ("number_format", "text"),
    [
        ("0000000000", "0912345678"),
        ('"0"#########', "0912345678"),
        ('"0"0', "0912345678"),
        ("\\0#########", "0912345678"),
        ("0000000000;-0;@", "0912345678"),
        ("0", "912345678"),
        ("#,##0", "912345678"),
        ("General", "912345678"),
    ],
)
def test_a_zero_in_front_that_the_format_shows_is_kept(number_format: str, text: str) -> None:
    assert cell(912345678, number_format) == Cell("A1", 912345678, text)


def test_an_error_of_a_formula_is_seen_and_not_taken_for_an_empty_cell() -> None:
    content = files.changed(
        files.xlsx(["a", 1]),
        "xl/worksheets/sheet1.xml",
        '<c r="B1" t="n"><v>1</v>',
        '<c r="B1" t="e"><v>#N/A</v>',
    )
    assert read(content).rows[0].cells[1] == Cell("B1", "#N/A", "#N/A")


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ('<c r="B1"><f>A1+1</f></c>', "=A1+1"),
        ('<c r="B1"><f>A1+1</f><v></v></c>', "=A1+1"),
        ('<c r="B1"><f t="shared" si="0"/><v/></c>', "="),
        ('<c r="B1"><f>A1+1</f><v>2</v></c>', "2"),
        ('<c r="B1" t="str"><f>A1&amp;"x"</f><v>ax</v></c>', "ax"),
        ('<c r="B1" t="str"><f>IF(A1="","",A1)</f><v></v></c>', ""),
        ('<c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
    ],
)
def test_a_formula_is_its_result_or_itself_where_none_is_stored(stored: str, text: str) -> None:
    content = files.changed(
        files.xlsx(["a", 1]), "xl/worksheets/sheet1.xml", '<c r="B1" t="n"><v>1</v></c>', stored
    )
    assert read(content).rows[0].cells[1].text == text


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("  Lê   Thị\u00a0Mẫu ", "Lê Thị Mẫu"),
        ("Lê\u200b Thị\ufeff Mẫu", "Lê Thị Mẫu"),
        (normalize("NFD", "Lê Thị Mẫu"), "Lê Thị Mẫu"),
        ("Lê Thị Mẫu\n\n  xã Thử ", "Lê Thị Mẫu\nxã Thử"),
    ],
)
def test_text_is_made_regular(stored: str, text: str) -> None:
    assert cell(stored).text == text


def test_a_cell_of_blanks_is_empty_and_so_is_its_row() -> None:
    found = read(files.xlsx(["a"], [" \u00a0\u200b"], ["b"]))
    assert [row.number for row in found.rows] == [1, 3]


def test_merged_cells_are_told_and_their_text_stands_first() -> None:
    book, sheet = files.workbook()
    sheet["A1"] = "DANH SÁCH"
    sheet.merge_cells("A1:C1")
    sheet["A2"] = "Huyện Mẫu"
    sheet.merge_cells("A2:A4")
    sheet["C4"] = "x"
    found = read(files.saved(book))
    assert found.merged == ("A1:C1", "A2:A4")
    assert texts(found) == [["DANH SÁCH", "", ""], ["Huyện Mẫu", "", ""], ["", "", "x"]]


def test_the_first_visible_sheet_that_holds_anything_is_read() -> None:
    book, hidden = files.workbook()
    hidden["A1"] = "x"
    hidden.sheet_state = "hidden"
    book.create_sheet("Trống")
    book.create_sheet("Đội thi & cổ động viên")["A1"] = "Họ và tên"
    book.create_sheet("Khác")["A1"] = "y"
    found = read(files.saved(book))
    assert (found.name, texts(found)) == ("Đội thi & cổ động viên", [["Họ và tên"]])
    assert found.others == ("Trống", "Khác")


def test_cells_without_references_are_counted() -> None:
    content = files.changed(files.xlsx(["a", "b"]), "xl/worksheets/sheet1.xml", ' r="A1"', "")
    content = files.changed(content, "xl/worksheets/sheet1.xml", ' r="B1"', "")
    content = files.changed(content, "xl/worksheets/sheet1.xml", '<row r="1"', "<row")
    assert texts(read(content)) == [["a", "b"]]


def test_an_old_workbook_is_read_whatever_its_name() -> None:
    content = files.xls({(0, 0): "Họ và tên", (2, 0): "Lê Thị Mẫu", (2, 1): 912345678.0})
    found = read(content, "danh-sach.xlsx")
    assert found.name == "Danh sách"
    assert [row.number for row in found.rows] == [1, 3]
    assert found.rows[1].cells == (
        Cell("A3", "Lê Thị Mẫu", "Lê Thị Mẫu"),
        Cell("B3", 912345678, "912345678"),
    )


def test_an_opendocument_sheet_is_read_with_its_repetitions_and_merges() -> None:
    name = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    wide = ' table:number-columns-spanned="2" table:number-rows-spanned="1"'
    found = read(
        files.ods(
            '<table:table table:name="Trống"/><table:table table:name="Danh sách">'
            f"<table:table-row>{name.format(wide, 'DANH SÁCH')}<table:covered-table-cell/>"
            '<table:table-cell table:number-columns-repeated="16382"/></table:table-row>'
            '<table:table-row table:number-rows-repeated="2">'
            f"{name.format('', 'Lê Thị Mẫu')}"
            '<table:table-cell office:value-type="date" office:date-value="1980-05-01"/>'
            "</table:table-row>"
            '<table:table-row table:number-rows-repeated="1048573">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
            "</table:table>"
        )
    )
    assert (found.name, found.merged) == ("Danh sách", ("A1:B1",))
    assert texts(found) == [
        ["DANH SÁCH", ""],
        ["Lê Thị Mẫu", "01/05/1980"],
        ["Lê Thị Mẫu", "01/05/1980"],
    ]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8-sig", b""),
        ("utf-16", b""),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("utf-16-be", b"\xfe\xff"),
    ],
)
def test_a_text_table_is_read_in_every_unicode(encoding: str, mark: bytes) -> None:
    assert texts(read(mark + NAMES.encode(encoding), "a.csv")) == READ


def tone_apart(sign: str) -> str:
    """As the code page writes a letter: its tone as a sign of its own behind it."""
    parts = normalize("NFD", sign)
    tone = "".join(mark for mark in parts if mark in TONES)
    return normalize("NFC", "".join(mark for mark in parts if mark not in TONES)) + tone


def test_a_text_table_of_a_vietnamese_windows_is_read() -> None:
    content = "".join(tone_apart(sign) for sign in NAMES).encode("cp1258")
    assert texts(read(content, "a.csv")) == READ


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found(separator: str) -> None:
    content = NAMES.replace(",", separator).encode()
    assert texts(read(content, "a.txt")) == READ


def test_a_comma_inside_quotes_is_no_separator() -> None:
    content = 'Họ và tên;"Chức vụ, đơn vị"\nLê Thị Mẫu;"Phó phòng, xã Thử"\n'.encode()
    assert texts(read(content, "a.csv")) == [
        ["Họ và tên", "Chức vụ, đơn vị"],
        ["Lê Thị Mẫu", "Phó phòng, xã Thử"],
    ]


def test_a_declared_separator_is_believed_and_its_line_counted() -> None:
    found = read(b"sep=;\r\na;b,c\r\nd;e,f\r\n", "a.csv")
    assert texts(found) == [["a", "b,c"], ["d", "e,f"]]
    assert [row.number for row in found.rows] == [2, 3]


def test_a_text_table_named_as_a_workbook_is_read() -> None:
    assert texts(read(NAMES.replace(",", "\t").encode(), "danh-sach.xls")) == READ


def test_short_records_are_filled_up() -> None:
    assert texts(read(b"a,b,c\nd\n\n,e\n", "a.csv")) == [
        ["a", "b", "c"],
        ["d", "", ""],
        ["", "e", ""],
    ]


def test_a_break_inside_quotes_stays_in_its_cell() -> None:
    found = read(b'a,"b\nc"\nd,e\n', "a.csv")
    assert texts(found) == [["a", "b\nc"], ["d", "e"]]
    assert [row.number for row in found.rows] == [1, 2]


def test_numbers_of_a_text_table_stay_text() -> None:
    assert read(b"ten,so\nMau,0912\n", "a.csv").rows[1].cells[1] == Cell("B2", "0912", "0912")
