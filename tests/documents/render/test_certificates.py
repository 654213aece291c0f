from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date

import pytest

from hoithi.documents.render.certificates import Certificate, certificates_pdf
from tests.documents.render.reading import MARKUP, page_sizes, page_texts

ANH = Certificate(
    name="Nguyễn Thị Ngọc Ánh",
    unit="Phường Bắc Gia Nghĩa",
    prize="Giải Nhất",
    contest="Hội thi tìm hiểu về chuyển đổi số năm 2023",
    round_or_form="Hình thức thi trực tuyến",
    issuer_parent="UBND tỉnh Đắk Nông",
    issuer="Ban Tổ chức Hội thi",
    place="Đắk Nông",
    issued_on=date(2023, 10, 5),
    signer_title="TM. Ban Tổ chức\nTrưởng ban",
    signer_name="Trần Văn Mẫu",
    number="012/GCN-BTC",
    check_url="https://hoithi.example.vn/gcn/7KQ4",
)


def filled(text: str) -> Certificate:
    """A certificate that says the same in every place."""
    return Certificate(
        name=text,
        unit=text,
        prize=text,
        contest=text,
        round_or_form=text,
        issuer_parent=text,
        issuer=text,
        place=text,
        issued_on=date(2023, 10, 5),
        signer_title=text,
        signer_name=text,
        number=text,
        check_url=text,
    )


def test_a_certificate_says_all_it_was_given_in_order() -> None:
    (text,) = page_texts(certificates_pdf([ANH]))

    assert text == (
        "UBND TỈNH ĐẮK NÔNG BAN TỔ CHỨC HỘI THI CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM "
        "Độc lập - Tự do - Hạnh phúc GIẤY CHỨNG NHẬN Chứng nhận Nguyễn Thị Ngọc Ánh "
        "Phường Bắc Gia Nghĩa đã đạt GIẢI NHẤT Hội thi tìm hiểu về chuyển đổi số năm 2023 "
        "Hình thức thi trực tuyến Số: 012/GCN-BTC Kiểm tra giấy này tại "
        "hoithi.example.vn/gcn/7KQ4 Đắk Nông, ngày 05 tháng 10 năm 2023 "
        "TM. BAN TỔ CHỨC TRƯỞNG BAN Trần Văn Mẫu"
    )


def test_each_certificate_has_an_a4_page_across() -> None:
    names = ["Y Blô Niê Kđăm", "H'Ngân Byă", "Điểu K'Rứ"]
    pdf = certificates_pdf([replace(ANH, name=name) for name in names])

    assert page_sizes(pdf) == [(297, 210)] * 3
    assert [name in text for name, text in zip(names, page_texts(pdf), strict=True)] == [True] * 3


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Hoàng Công Tằng Tôn Nữ Ngọc Phương Thảo Uyên Đỗ Quyên Anh",
        (MARKUP * 9)[:200].strip(),
    ],
)
def test_the_longest_texts_stay_on_their_page(text: str) -> None:
    longest = filled(text)

    pages = page_texts(certificates_pdf([longest, ANH]))

    assert len(pages) == 2
    # Name, unit, contest, form, number, address, place and signer; in capitals prize, both
    # issuers and post.
    once = " ".join(text.split())
    assert [pages[0].count(once), pages[0].count(once.upper())] == [8, 4]


def test_words_without_end_stay_on_their_page() -> None:
    endless = filled("Ậ" * 200)

    pages = page_texts(certificates_pdf([endless]))

    assert len(pages) == 1
    assert pages[0].replace(" ", "").count("Ậ") == 12 * 200 + 1  # and one in the title


def test_empty_texts_leave_a_page() -> None:
    empty = replace(filled(""), check_url="https://a.vn/1")

    assert page_sizes(certificates_pdf([empty])) == [(297, 210)]


def test_names_written_in_pieces_are_printed_whole() -> None:
    pieces = replace(ANH, name=unicodedata.normalize("NFD", "Điểu  K'Rứ\u00a0Ngọc\x00\n"))

    pdf = certificates_pdf([pieces])

    assert pdf == certificates_pdf([replace(ANH, name="Điểu K'Rứ Ngọc")])


def test_the_same_certificates_give_the_same_bytes() -> None:
    pair = [ANH, replace(ANH, name="H'Ngân Byă")]

    assert certificates_pdf(pair) == certificates_pdf(list(pair))


def test_made_up_people_are_marked() -> None:
    pages = page_texts(certificates_pdf([replace(ANH, sample=True), ANH]))

    assert ["DỮ LIỆU MẪU" in page for page in pages] == [True, False]


def test_no_certificates_are_an_error() -> None:
    with pytest.raises(ValueError, match="no certificates to print"):
        certificates_pdf([])
