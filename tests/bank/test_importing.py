"""Files of questions as people send them: every bad cell with its sentence, nothing half saved."""

from __future__ import annotations

import csv
import io

import pytest
from django.utils import translation
from openpyxl import Workbook

from hoithi.bank.importing import COLUMNS, LONGEST, CellProblem
from hoithi.bank.models import Item, ItemVersion
from hoithi.bank.sheets import bank_template, read_bank_file
from hoithi.bank.wording import cell_sentence
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope
from hoithi.rules.errors import RuleViolation
from hoithi.web.spreadsheets.reading import read_sheet
from tests import factories
from tests.people.desk import account, signed_in

TOPICS = {"Kinh tế số": "kinh-te-so"}
LEVELS = {"Nhận biết": "nhan-biet"}
GOOD = {
    "Mã": "K-1",
    "Chủ đề": "Kinh tế số",
    "Mức độ": "Nhận biết",
    "Câu hỏi": "Câu nào đúng?",
    "A": "Một",
    "B": "Hai",
    "C": "Ba",
    "D": "Bốn",
    "Đáp án": "B",
    "Giải thích": "Vì vậy.",
    "Văn bản": "Quyết định số 411/QĐ-TTg",
    "Điều khoản": "",
    "Số sự kiện": "97",
    "Hiệu lực từ": "31/03/2022",
    "Hiệu lực đến": "",
    "Ngày kiểm tra": "22/11/2026",
}


def table(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def said(*rows: dict[str, str]) -> list[tuple[int, str, str]]:
    read = read_bank_file(table(*rows), "x.csv", topics=TOPICS, levels=LEVELS)
    with translation.override("vi"):
        return [(each.row, each.column, cell_sentence(each)) for each in read.problems]


def test_no_cell_is_longer_than_its_column() -> None:
    columns = {
        "Mã": Item.code.field,
        "Văn bản": ItemVersion.source.field,
        "Điều khoản": ItemVersion.article.field,
        "Số sự kiện": ItemVersion.fact.field,
    }
    assert {name: LONGEST[name] for name in columns} == {
        name: column.max_length for name, column in columns.items()
    }


def test_a_good_row_is_read_whole() -> None:
    read = read_bank_file(table(GOOD), "x.csv", topics=TOPICS, levels=LEVELS)
    (item,) = read.items
    assert read.problems == ()
    assert (item.code, item.topic, item.level, item.options, item.key) == (
        "K-1",
        "kinh-te-so",
        "nhan-biet",
        ("Một", "Hai", "Ba", "Bốn"),
        1,
    )


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"Mã": ""}, [("Mã", "Không được để trống.")]),
        ({"Câu hỏi": "  "}, [("Câu hỏi", "Không được để trống.")]),
        ({"Chủ đề": "Kinh te"}, [("Chủ đề", "Kế hoạch của hội thi không có chủ đề này.")]),
        ({"Mức độ": "Khó"}, [("Mức độ", "Kế hoạch của hội thi không có mức độ này.")]),
        ({"B": "một"}, [("A", "Có hai phương án giống nhau.")]),
        (
            {"Đáp án": "E"},
            [("Đáp án", "Phải là chữ A, B, C hoặc D của một phương án đã điền.")],
        ),
        (
            {"D": "", "Đáp án": "D"},
            [("Đáp án", "Phải là chữ A, B, C hoặc D của một phương án đã điền.")],
        ),
        (
            {"Hiệu lực từ": "31/02/2022"},
            [("Hiệu lực từ", "Không phải ngày. Hãy ghi như 05/10/2023.")],
        ),
        (
            {"Hiệu lực đến": "01/01/2020"},
            [("Hiệu lực đến", "Ngày hết hiệu lực trước ngày có hiệu lực.")],
        ),
        ({"Văn bản": ""}, [("Văn bản", "Không được để trống.")]),
        ({"Điều khoản": "x" * 201}, [("Điều khoản", "Dài hơn 200 ký tự.")]),
        ({"Câu hỏi": "x" * 2001}, [("Câu hỏi", "Dài hơn 2000 ký tự.")]),
        (
            {"Giải thích": "C©u nµo ®óng?"},
            [
                (
                    "Giải thích",
                    "Gõ bằng bảng mã cũ (TCVN3 hoặc VNI). Vui lòng chuyển tệp sang Unicode.",
                )
            ],
        ),
        ({"Giải thích": "Dài 10 µm, 20 °C"}, []),
    ],
)
def test_each_bad_cell_is_told(change: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert said(GOOD | change) == [(2, column, text) for column, text in expected]


def test_what_stands_twice_is_told_at_the_second_place() -> None:
    assert said(GOOD, GOOD) == [
        (3, "Mã", "Mã bị trùng. Mỗi câu hỏi có một mã riêng."),
        (3, "Câu hỏi", "Câu hỏi này đã có ở dòng khác."),
    ]


def test_marks_case_and_order_of_columns_do_not_matter() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["BỘ CÂU HỎI"])
    sheet.append(list(reversed(COLUMNS)))
    small = GOOD | {"Chủ đề": "KINH TẾ SỐ", "Mức độ": "nhan biet", "Đáp án": "b"}
    sheet.append([small[column] for column in reversed(COLUMNS)])
    out = io.BytesIO()
    book.save(out)
    read = read_bank_file(out.getvalue(), "x.xlsx", topics=TOPICS, levels=LEVELS)
    assert read.problems == ()
    assert [item.key for item in read.items] == [1]


def test_missing_columns_are_named() -> None:
    content = "Mã,Chủ đề,Câu hỏi\nK-1,Kinh tế số,Gì?\n".encode()
    read = read_bank_file(content, "x.csv", topics=TOPICS, levels=LEVELS)
    assert read.items == ()
    assert read.problems[0] == CellProblem(1, "Mức độ", "no_column")
    assert len(read.problems) == len(COLUMNS) - 3


def test_a_file_without_headings_is_refused() -> None:
    with pytest.raises(RuleViolation) as refused:
        read_bank_file(b"1,2\n3,4\n", "x.csv", topics=TOPICS, levels=LEVELS)
    assert refused.value.code == "no_headings"


def test_the_template_comes_back_empty() -> None:
    content = bank_template(TOPICS, LEVELS)
    sheet = read_sheet(content, "m.xlsx", max_bytes=1_000_000, max_rows=2000)
    assert tuple(cell.text for cell in sheet.rows[0].cells) == COLUMNS
    read = read_bank_file(content, "m.xlsx", topics=TOPICS, levels=LEVELS)
    assert (read.items, read.problems) == ((), ())


@pytest.mark.django_db
def test_the_page_saves_a_good_file_and_nothing_of_a_bad_one() -> None:
    contest = factories.contest()
    client = signed_in(account("an", (Role.QUESTIONS, contest_scope(contest.key))))
    address = f"/ban-to-chuc/{contest.key}/ngan-hang/"
    bad = io.BytesIO(table(GOOD, GOOD | {"Mã": "K-2", "Đáp án": "E"}))
    bad.name = "x.csv"
    page = client.post(address, {"file": bad}).content.decode()
    assert "Phải là chữ A, B, C hoặc D của một phương án đã điền." in page
    assert ItemVersion.objects.count() == 0
    good = io.BytesIO(table(GOOD))
    good.name = "x.csv"
    assert client.post(address, {"file": good}).status_code == 302
    assert "Đã thêm hoặc sửa 1 câu hỏi." in client.get(address).content.decode()
    assert ItemVersion.objects.count() == 1


@pytest.mark.django_db
def test_a_stranger_does_not_see_the_bank() -> None:
    contest = factories.contest()
    client = signed_in(account("an", (Role.OBSERVER, contest_scope(contest.key))))
    assert client.get(f"/ban-to-chuc/{contest.key}/ngan-hang/").status_code == 403
