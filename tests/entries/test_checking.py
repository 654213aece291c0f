"""The worst lists officers send, cell by cell, and the sentence each cell is answered with."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import pytest

from hoithi.entries.cells import Weight
from hoithi.entries.checking import (
    CheckedList,
    Claims,
    Standing,
    Terms,
    check_list,
    claims_of,
    too_few,
    too_many,
)
from hoithi.entries.wording import cell_sentence
from hoithi.web.violations import explain
from tests.entries.scene import listed, people, sheet

AUDIENCES = {
    "Cán bộ": "can-bo",
    "Công chức": "cong-chuc",
    "Thành viên Tổ công nghệ số cộng đồng": "to-cnscd",
}
TERMS = Terms(
    asked=("birth", "audience", "workplace", "national_id", "phone"),
    required=frozenset({"birth", "audience", "workplace", "national_id"}),
    unique=frozenset({"national_id", "name_and_birth"}),
    audiences=AUDIENCES,
    plan_audiences=(*AUDIENCES, "Học sinh"),
    minimum_age=18,
    law_date=date(2023, 10, 15),
)
IN_TCVN3 = "NguyÔn V¨n H\xad¬ng"  # its ư is the soft hyphen
ELSEWHERE = (
    "Người có số định danh này đã có trong danh sách của đơn vị khác. Xin liên hệ Ban Tổ chức."
)
FORMULA = (
    "Ô này là công thức chưa có kết quả. Xin mở tệp bằng Excel, lưu lại rồi gửi, "
    "hoặc ghi thẳng giá trị vào ô."
)
NAMESAKE = (
    "Trùng họ tên với thành viên một bộ phận của Hội thi; xin kiểm tra có phải người khác không."
)


def told(checked: CheckedList) -> list[tuple[int, str, str, str]]:
    """Row, column, sentence, proposal."""
    return [
        (each.row, each.column, cell_sentence(each.code, each.params), each.proposal)
        for each in checked.problems
    ]


@pytest.mark.parametrize(
    ("column", "cell", "text", "proposal"),
    [
        ("name", "", "Ô này chưa điền.", ""),
        (
            "name",
            "NGUYỄN VĂN AN",
            "Họ tên viết toàn chữ hoa hoặc toàn chữ thường.",
            "Nguyễn Văn An",
        ),
        (
            "name",
            "h'ngân byă",
            "Họ tên viết toàn chữ hoa hoặc toàn chữ thường.",
            "H'Ngân Byă",
        ),
        ("name", IN_TCVN3, "Gõ bằng bảng mã cũ (TCVN3 hoặc VNI).", "Nguyễn Văn Hương"),
        ("name", "Ñaëng Thò Höông", "Gõ bằng bảng mã cũ (TCVN3 hoặc VNI).", "Đặng Thị Hương"),
        (
            "name",
            "3. Nguyễn Văn An",
            "Họ tên chỉ gồm chữ cái, khoảng trắng, dấu gạch nối và dấu nháy.",
            "Nguyễn Văn An",
        ),
        (
            "name",
            "=HYPERLINK(A1)",
            FORMULA,
            "",
        ),
        ("given_name", "Lan", "Tên gọi không có trong họ và tên.", "Chi"),
        ("birth", "", "Ô này chưa điền.", ""),
        ("birth", "31/02/1990", "Không có ngày này trong lịch.", ""),
        ("birth", "10/25/1990", "Không có ngày này trong lịch.", "25/10/1990"),
        (
            "birth",
            "5/3/80",
            "Ghi ngày sinh theo dạng ngày/tháng/năm, ví dụ 05/10/1980.",
            "05/03/1980",
        ),
        (
            "birth",
            "29500",
            "Ghi ngày sinh theo dạng ngày/tháng/năm, ví dụ 05/10/1980.",
            "06/10/1980",
        ),
        ("birth", "tháng 3", "Ghi ngày sinh theo dạng ngày/tháng/năm, ví dụ 05/10/1980.", ""),
        ("birth", "01/01/2024", "Ngày sinh sau ngày tổ chức Hội thi.", ""),
        (
            "birth",
            "16/10/2005",
            "Người dự thi 17 tuổi; hình thức thi này yêu cầu từ đủ 18 tuổi.",
            "",
        ),
        (
            "birth",
            "2005",
            "Chỉ có năm sinh thì chưa rõ đã đủ 18 tuổi; xin ghi đủ ngày, tháng, năm.",
            "",
        ),
        (
            "birth",
            "01/01/1905",
            "Theo ngày sinh này, người dự thi đã 118 tuổi; xin xem lại.",
            "",
        ),
        ("audience", "Nông dân", "Không có đối tượng này trong kế hoạch.", ""),
        ("audience", "Công chứt", "Không có đối tượng này trong kế hoạch.", "Công chức"),
        ("audience", "học sinh", "Đối tượng này không thuộc hình thức thi đang đăng ký.", ""),
        ("workplace", "", "Ô này chưa điền.", ""),
        ("workplace", "x" * 201, "Dài hơn 200 ký tự.", ""),
        (
            "workplace",
            "Phßng V¨n hãa",
            "Gõ bằng bảng mã cũ (TCVN3 hoặc VNI).",
            "Phòng Văn hóa",
        ),
        (
            "national_id",
            "67091000123",
            "Mất số 0 ở đầu do Excel coi là số.",
            "067091000123",
        ),
        (
            "national_id",
            "1091000123",
            "Mất số 0 ở đầu do Excel coi là số.",
            "001091000123",
        ),
        (
            "national_id",
            "12345",
            "Số định danh có 12 chữ số (chứng minh nhân dân cũ có 9).",
            "",
        ),
        ("national_id", "chưa có", "Số định danh chỉ gồm chữ số.", ""),
        (
            "phone",
            "900000001",
            "Mất số 0 ở đầu số điện thoại do Excel coi là số.",
            "0900000001",
        ),
        (
            "phone",
            "0123",
            "Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09.",
            "",
        ),
        ("phone", "không", "Số điện thoại chỉ gồm chữ số.", ""),
    ],
)
def test_a_bad_cell_is_named_with_its_reason_and_what_may_be_meant(
    column: str, cell: str, text: str, proposal: str
) -> None:
    checked = check_list(sheet(listed(1), listed(2) | {column: cell}), TERMS)
    assert told(checked) == [(8, column, text, proposal)]
    assert [person.row for person in checked.people] == [7]


def test_what_looks_the_same_is_put_in_order_and_only_noted() -> None:
    apart = unicodedata.normalize("NFD", "Nguyễn Thị Hoà")
    checked = check_list(
        sheet(listed(1, name=apart), listed(2, name="H’Ngân  Byă", birth="1990")), TERMS
    )
    text = "Đã viết lại chữ có dấu và dấu nháy theo chuẩn; nội dung không đổi."
    assert told(checked) == [(7, "name", text, "Nguyễn Thị Hoà"), (8, "name", text, "H'Ngân Byă")]
    assert [(each.name, each.given_name) for each in checked.people] == [
        ("Nguyễn Thị Hoà", "Hoà"),
        ("H'Ngân Byă", "Ngân"),
    ]
    assert checked.bad == ()


def test_good_cells_come_out_in_their_normal_form() -> None:
    row = listed(
        1,
        name="Y Blô Niê",
        given_name="blô",
        birth="5-3-1990",
        audience=" CONG CHUC ",
        national_id="000 190 000 001",
        phone="+84 900 000 001",
    )
    (person,) = check_list(sheet(row), TERMS).people
    assert (person.given_name, person.birth, person.audience) == ("Blô", "1990-03-05", "cong-chuc")
    assert (person.national_id, person.phone) == ("000190000001", "0900000001")
    assert "000190000001" not in repr(person)


def test_every_row_of_a_duplicate_names_the_others() -> None:
    rows = sheet(
        listed(1),
        listed(2, national_id="000190000001"),
        listed(3),
        listed(4, national_id="000 190 000 001"),
    )
    checked = check_list(rows, TERMS)
    assert told(checked) == [
        (7, "national_id", "Trùng số định danh với dòng 8, 10.", ""),
        (8, "national_id", "Trùng số định danh với dòng 7, 10.", ""),
        (10, "national_id", "Trùng số định danh với dòng 7, 8.", ""),
    ]
    assert [person.row for person in checked.people] == [9]


def test_one_name_and_birth_with_two_numbers_is_only_a_doubt() -> None:
    twin = {"name": "Trần Thị Lan", "birth": "05/03/1990"}
    checked = check_list(sheet(listed(1, **twin), listed(2, **twin)), TERMS)
    assert told(checked) == [
        (7, "name", "Trùng họ tên và ngày sinh với dòng 8.", ""),
        (8, "name", "Trùng họ tên và ngày sinh với dòng 7.", ""),
    ]
    assert {each.weight for each in checked.problems} == {Weight.DOUBT}
    assert len(checked.people) == 2
    without = replace(TERMS, required=frozenset({"birth"}))
    again = check_list(sheet(listed(1, **twin), listed(2, **twin, national_id="")), without)
    assert {each.weight for each in again.problems} == {Weight.BAD}


def test_who_stands_elsewhere_or_holds_a_seat_is_told_without_a_name() -> None:
    standing = Standing(
        national_ids=frozenset({"000190000001"}),
        names=frozenset({("tran thi anh chi", "1990-03-03")}),
        barred_ids=frozenset({"000190000003"}),
        seat_names=frozenset({"tran thi anh giang"}),
    )
    rows = sheet(*(listed(number) for number in (1, 2, 3, 4, 5)))
    checked = check_list(rows, replace(TERMS, standing=standing))
    assert told(checked) == [
        (
            7,
            "national_id",
            ELSEWHERE,
            "",
        ),
        (
            8,
            "name",
            "Người trùng họ tên và ngày sinh đã có trong danh sách của đơn vị khác; xin xem lại.",
            "",
        ),
        (
            9,
            "national_id",
            "Người này là thành viên một bộ phận của Hội thi nên không dự thi.",
            "",
        ),
        (
            10,
            "name",
            NAMESAKE,
            "",
        ),
    ]
    assert [person.row for person in checked.people] == [8, 10, 11]


def test_what_a_list_claims_is_read_for_looking_up() -> None:
    rows = sheet(listed(1, phone="900000001"), listed(2, national_id="12", birth="31/02/1990"))
    assert claims_of(rows) == Claims(
        national_ids=frozenset({"000190000001"}),
        phones=frozenset({"0900000002"}),
        names=frozenset({("tran thi anh binh", "1990-03-02")}),
    )


def test_lines_that_are_no_people_are_left_out() -> None:
    rows = sheet(
        {"ordinal": "(1)", "name": "(2)", "birth": "(3)"},
        listed(1),
        {"ordinal": "2", "name": "", "birth": ""},
        listed(3),
        {"ordinal": "Tổng số: 02 người"},
        {"workplace": "Gia Nghĩa, ngày 02 tháng 10 năm 2023"},
        {"workplace": "NGƯỜI LẬP BIỂU"},
    )
    checked = check_list(rows, TERMS)
    assert checked.rows == (8, 10)
    assert checked.problems == ()


@pytest.mark.parametrize("ordinal", ["", "31"])
def test_a_name_alone_that_follows_the_last_person_is_a_person(ordinal: str) -> None:
    checked = check_list(sheet(listed(1), {"ordinal": ordinal, "name": "Lê Thị Bình"}), TERMS)
    assert (checked.rows, checked.below) == ((7, 8), ())
    assert {each.row for each in checked.bad} == {8}


@pytest.mark.parametrize(
    "line",
    [
        {"name": "Tổng cộng: 02 người"},
        {"name": "NGƯỜI LẬP BIỂU"},
        {"name": "Người lập biểu"},
        {"name": "Tổng"},
        {"workplace": "Lê Thị Bình"},
        {"ordinal": "Danh sách này có 02 người"},
    ],
)
def test_lines_below_the_list_are_told_with_the_signature_under_them(line: dict[str, str]) -> None:
    checked = check_list(sheet(listed(1), listed(2), {}, line, {"name": "Trần Văn Ký"}), TERMS)
    assert (checked.rows, checked.below) == ((7, 8), (10, 11))
    assert checked.problems == ()


@pytest.mark.parametrize("column", ["name", "given_name", "birth", "workplace", "national_id"])
@pytest.mark.parametrize("cell", ["=B9", "=", " =IF(A1;B1)", "#N/A", "#REF!", "=Lê\nThị"])
def test_a_formula_without_a_result_is_told_as_one(column: str, cell: str) -> None:
    checked = check_list(sheet(listed(1) | {column: cell}), TERMS)
    assert told(checked) == [
        (
            7,
            column,
            FORMULA,
            "",
        )
    ]


@pytest.mark.parametrize("length", [101, 200, 300, 20_000])
def test_a_name_that_is_too_long_is_told_so(length: int) -> None:
    name = ("Nguyễn Thị " * 2_000)[:length].strip() + "a"
    checked = check_list(sheet(listed(1, name=name)), TERMS)
    assert [each[2] for each in told(checked)] == ["Dài hơn 100 ký tự."]


def test_a_numbered_row_with_a_name_alone_is_a_person_who_lacks_the_rest() -> None:
    checked = check_list(sheet({"ordinal": "1.", "name": "Lê Thị Bình"}), TERMS)
    assert [each.column for each in checked.problems] == [
        "birth",
        "audience",
        "workplace",
        "national_id",
    ]


def test_twenty_nine_of_thirty_are_one_too_few() -> None:
    checked = check_list(people(30)[:29], TERMS)
    assert (len(checked.people), checked.missing(30)) == (29, 1)
    wrong = too_few(29, 30)
    assert wrong is not None
    assert (wrong.code, wrong.params["missing"]) == ("too_few", 1)
    assert explain(wrong) == "Thiếu 1 người so với tối thiểu 30."
    assert too_few(30, 30) is None


def test_a_form_without_a_minimum_still_needs_somebody_and_zero_is_no_maximum() -> None:
    assert too_few(0, 0) is not None
    assert too_few(1, 0) is None
    assert too_many(1000, 0) is None
    over = too_many(13, 12)
    assert over is not None
    assert explain(over) == "Thừa 1 người so với tối đa 12."
