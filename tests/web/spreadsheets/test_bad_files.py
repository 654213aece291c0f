"""What people really send: each bad file gets the sentence that helps, each odd one is read."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import pytest

from hoithi.rules.errors import RuleViolation
from hoithi.web.spreadsheets import package, read_sheet
from tests.web.spreadsheets import files

ONE_CELL = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'
FILEPASS = struct.pack("<HH", 0x2F, 6) + bytes(6)
WRITEPROT = struct.pack("<HH", 0x86, 0)


def table(rows: str) -> bytes:
    return files.ods(f'<table:table table:name="A">{rows}</table:table>')


def truncated() -> bytes:
    whole = files.xlsx(["Họ và tên"])
    return whole[: len(whole) // 2]


def flipped() -> bytes:
    """A workbook with one wrong byte inside its sheet, whose checksum no longer holds."""
    whole = files.xlsx(*([f"Lê Thị Mẫu {number}"] for number in range(50)))
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        member = archive.getinfo("xl/worksheets/sheet1.xml")
    at = member.header_offset + 30 + len(member.filename) + member.compress_size // 2
    return whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]


def locked_zip() -> bytes:
    """The flag of encryption set on every member, local and central."""
    whole = bytearray(files.xlsx(["x"]))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(signature)
        while at >= 0:
            whole[at + offset] |= 1
            at = whole.find(signature, at + 4)
    return bytes(whole)


def far_cell(reference: str) -> bytes:
    book, sheet = files.workbook()
    sheet["A1"] = "Họ và tên"
    sheet[reference] = "x"
    return files.saved(book)


def beyond(row: int) -> bytes:
    """A row further than Excel itself goes, written by hand."""
    return files.changed(
        files.xlsx(["a"], ["b"]), "xl/worksheets/sheet1.xml", 'r="A2"', f'r="A{row}"'
    )


def declared_only() -> bytes:
    """Two million rows declared, two filled."""
    return files.changed(
        files.xlsx(["a"], ["b"]), "xl/worksheets/sheet1.xml", "A1:A2", "A1:XFD2000000"
    )


def grows() -> bytes:
    """A sheet with a document type, the way to make XML grow while it is read."""
    return files.changed(
        files.xlsx(["a"]),
        "xl/worksheets/sheet1.xml",
        "<worksheet",
        '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet',
    )


REFUSED = [
    ("nothing at all", b"", "file_empty", {}),
    ("blanks and a byte order mark", b"\xef\xbb\xbf \r\n\r\n", "file_empty", {}),
    ("only separators", b",,,\r\n,,,\r\n", "file_empty", {}),
    ("an empty workbook", files.xlsx(), "file_empty", {}),
    ("an empty .xls", files.xls({}), "file_empty", {}),
    ("an empty .ods", table(""), "file_empty", {}),
    ("50 MB", bytes(50 * 1024 * 1024 + 1), "file_too_large", {"max_mb": 50}),
    ("a Word file renamed", files.docx(), "file_not_spreadsheet", {"found": "Word"}),
    (
        "an old Word file renamed",
        files.compound({"WordDocument": b"text"}),
        "file_not_spreadsheet",
        {"found": "Word"},
    ),
    (
        "slides renamed",
        files.package({"ppt/presentation.xml": "<p/>"}),
        "file_not_spreadsheet",
        {"found": "PowerPoint"},
    ),
    ("a PDF renamed", b"%PDF-1.7\n%\xe2\xe3", "file_not_spreadsheet", {"found": "PDF"}),
    (
        "a photo of the list",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        "file_not_spreadsheet",
        {"found": "JPEG"},
    ),
    ("a screenshot", b"\x89PNG\r\n\x1a\n", "file_not_spreadsheet", {"found": "PNG"}),
    (
        "a page saved as .xls",
        b"\xef\xbb\xbf\r\n<html><table><tr><td>1</td></tr></table></html>",
        "file_not_spreadsheet",
        {"found": "HTML"},
    ),
    (
        "a bare table saved as .xls",
        b'<TABLE border="1"><tr><td>1</td></tr></TABLE>',
        "file_not_spreadsheet",
        {"found": "HTML"},
    ),
    ("XML of 2003", b'<?xml version="1.0"?><Workbook/>', "file_not_spreadsheet", {"found": "XML"}),
    (
        "a zip of files",
        files.package({"list.xlsx": b"x"}),
        "file_not_spreadsheet",
        {"found": "ZIP"},
    ),
    (
        "a binary workbook",
        files.package({"xl/workbook.bin": b"x"}),
        "file_not_spreadsheet",
        {"found": "Excel .xlsb"},
    ),
    (
        "an .xlsx with a password",
        files.compound({"EncryptionInfo": b"v", "EncryptedPackage": b"secret"}),
        "file_password",
        {},
    ),
    ("an .xls with a password", files.xls({(0, 0): "x"}, extra=FILEPASS), "file_password", {}),
    (
        "an .xls with a password, recommended read-only",
        files.xls({(0, 0): "x"}, extra=WRITEPROT + FILEPASS),
        "file_password",
        {},
    ),
    ("a zip with a password", locked_zip(), "file_password", {}),
    (
        "an .ods with a password",
        files.package(
            {
                "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
                "META-INF/manifest.xml": "<manifest:encryption-data/>",
                "content.xml": b"\x01\x02",
            }
        ),
        "file_password",
        {},
    ),
    ("half a workbook", truncated(), "file_damaged", {}),
    ("a workbook with a wrong byte", flipped(), "file_damaged", {}),
    ("the old container without a workbook", files.compound({}), "file_damaged", {}),
    ("half an .xls", files.xls({(0, 0): "x"})[:1600], "file_damaged", {}),
    ("bytes without meaning", bytes(range(1, 32)) * 40, "file_damaged", {}),
    ("a sheet that would grow", grows(), "file_damaged", {}),
    ("two thousand rows", files.xlsx(*([n] for n in range(2000))), "too_many_rows", {"row": 1001}),
    ("a stray cell at the end", far_cell("A1048576"), "too_many_rows", {"row": 1_048_576}),
    ("a row beyond Excel", beyond(2_000_000), "too_many_rows", {"row": 2_000_000}),
    ("a stray cell at the side", far_cell("XFD2"), "too_many_columns", {"max_columns": 256}),
    (
        "an .xls too long",
        files.xls({(0, 0): "x", (1000, 0): "y"}),
        "too_many_rows",
        {"row": 1001},
    ),
    ("a .csv too long", b"a\n" * 1001, "too_many_rows", {"row": 1001}),
    ("a .csv too wide", b"a," * 256 + b"a\n", "too_many_columns", {"max_columns": 256}),
    (
        "an .ods of repetitions",
        table(
            "<table:table-row>"
            + ONE_CELL.format(' table:number-columns-repeated="16384"')
            + "</table:table-row>"
        ),
        "too_many_columns",
        {"max_columns": 256},
    ),
    (
        "an .ods of repeated rows",
        table(
            '<table:table-row table:number-rows-repeated="1048576">'
            + ONE_CELL.format("")
            + "</table:table-row>"
        ),
        "too_many_rows",
        {"row": 1_048_576},
    ),
]


@pytest.mark.parametrize(
    ("content", "code", "facts"),
    [pytest.param(content, code, facts, id=name) for name, content, code, facts in REFUSED],
)
def test_a_bad_file_is_told_what_it_is(
    content: bytes, code: str, facts: dict[str, str | int]
) -> None:
    with pytest.raises(RuleViolation) as caught:
        read_sheet(content, "danh-sach.xlsx", max_bytes=50 * 1024 * 1024, max_rows=1000)
    limits = {"max_rows": 1000} if code == "too_many_rows" else {}
    assert (caught.value.code, caught.value.params) == (
        code,
        {"name": "danh-sach.xlsx", **limits, **facts},
    )


def test_declared_rows_do_not_count() -> None:
    sheet = read_sheet(declared_only(), "a.xlsx", max_bytes=10**6, max_rows=10)
    assert [row.cells[0].text for row in sheet.rows] == ["a", "b"]


def test_a_package_that_unpacks_to_too_much_is_refused_unread() -> None:
    bomb = files.package(
        {"xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": bytes(package.MAX_UNPACKED)}
    )
    assert len(bomb) < 1_000_000
    with pytest.raises(RuleViolation) as caught:
        read_sheet(bomb, "a.xlsx", max_bytes=10**6, max_rows=10)
    assert (caught.value.code, caught.value.params) == (
        "file_too_large",
        {"name": "a.xlsx", "max_mb": 128},
    )


def test_a_package_that_lies_about_its_size_is_damaged() -> None:
    honest = files.package({"xl/workbook.xml": b" " * 1_000_000})
    declared = (1_000_000).to_bytes(4, "little")
    with pytest.raises(RuleViolation, match="file_damaged"):
        read_sheet(
            honest.replace(declared, (100).to_bytes(4, "little")),
            "a.xlsx",
            max_bytes=10**6,
            max_rows=10,
        )


def test_a_reader_that_runs_out_of_memory_takes_nothing_with_it() -> None:
    corners = files.xls({(0, 0): "a", (65535, 255): "b"})
    with pytest.raises(RuleViolation) as caught:
        read_sheet(corners, "a.xls", max_bytes=10**6, max_rows=1000)
    assert (caught.value.code, caught.value.params) == ("file_damaged", {"name": "a.xls"})
