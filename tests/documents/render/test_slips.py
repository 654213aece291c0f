from __future__ import annotations

from dataclasses import replace

import pytest

from hoithi.documents.render.slips import Slip, slips_pdf
from tests.documents.render.reading import MARKUP, page_sizes, page_texts

UNIT = "Phường Bắc Gia Nghĩa"
ANH = Slip(
    name="Nguyễn Thị Ngọc Ánh",
    unit=UNIT,
    number="012",
    code="7KQ49M2X3AB",
    hall_url="https://thi.example.vn/thi/",
    contest="Hội thi năm 2023",
    opens_text="Mở từ 08h00 ngày 05/10/2023",
    sample=False,
)
SAID_ONCE = (
    "Hội thi năm 2023 Nguyễn Thị Ngọc Ánh Phường Bắc Gia Nghĩa Số báo danh: 012 "
    "7KQ4-9M2X-3AB Vào thi tại: thi.example.vn/thi Mở từ 08h00 ngày 05/10/2023"
)
HEADER = (
    "Phiếu mã dự thi: Phường Bắc Gia Nghĩa {count} phiếu, trang {page} Cắt theo đường đứt, trao "
    "tận tay. Giữ kín mã: ai có mã đều vào thi được thay người có tên trên phiếu. "
)


def test_a_slip_says_all_it_was_given_under_the_name_of_the_unit() -> None:
    assert page_texts(slips_pdf(UNIT, [ANH])) == [HEADER.format(count=1, page="1/1") + SAID_ONCE]


@pytest.mark.parametrize(
    ("count", "on_pages"), [(1, [1]), (8, [8]), (9, [8, 1]), (30, [8, 8, 8, 6])]
)
def test_eight_slips_go_on_a_page(count: int, on_pages: list[int]) -> None:
    pdf = slips_pdf(UNIT, [ANH] * count)

    assert [page.count("7KQ4-9M2X-3AB") for page in page_texts(pdf)] == on_pages
    assert page_sizes(pdf) == [(210, 297)] * len(on_pages)


def test_slips_keep_the_order_of_the_list() -> None:
    names = ["Y Blô Niê Kđăm", "H'Ngân Byă", "Điểu K'Rứ", "K'Brêm"]
    (text,) = page_texts(slips_pdf(UNIT, [replace(ANH, name=name) for name in names]))

    assert sorted(names, key=text.index) == names


def test_a_unit_without_slips_gets_a_page_that_says_so() -> None:
    assert page_texts(slips_pdf(UNIT, [])) == [
        HEADER.format(count=0, page="1/1") + "Đơn vị chưa có phiếu nào."
    ]


def test_slips_of_made_up_people_are_marked() -> None:
    (text,) = page_texts(slips_pdf(UNIT, [ANH, replace(ANH, sample=True), ANH]))

    assert text.count("DỮ LIỆU MẪU") == 1


@pytest.mark.parametrize("text", [" ".join((MARKUP * 9)[:200].split()), "Ậ" * 200])
def test_the_longest_texts_do_not_push_a_slip_off_its_page(text: str) -> None:
    worst = Slip(text, text, text, "7KQ49M2X3AB", text, text, text, sample=True)
    pages = page_texts(slips_pdf(text, [worst] * 8))

    assert len(pages) == 1
    assert pages[0].replace(" ", "").count(text.replace(" ", "")) == 6 * 8 + 1


def test_the_same_slips_give_the_same_bytes() -> None:
    assert slips_pdf(UNIT, [ANH]) == slips_pdf(UNIT, [ANH])
