from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hoithi.documents.render.decree import Head, Signer
from hoithi.documents.render.results_list import ResultRow, ResultsList, results_pdf
from tests.documents.render.reading import MARKUP, page_texts

FIRST = ResultRow(1, "012", "H'Ngân Byă", "Xã Đắk Wil", Decimal("887.83"), "Giải Nhất", "")
TIED = ResultRow(2, "007", "Điểu K'Rứ", "Xã Quảng Khê", Decimal("880.00"), "", "Ít thời gian hơn")
ABSENT = ResultRow(None, "003", "Y Blô Niê Kđăm", "Xã Đắk Wil", None, "", "Không dự thi")
RESULTS = ResultsList(
    head=Head("UBND tỉnh", "Ban Tổ chức", "TB-BTC", "Đắk Nông", 12, date(2023, 10, 15)),
    title="Thông báo",
    subtitle="Kết quả vòng thi trực tuyến",
    basis=("Căn cứ Thể lệ Hội thi",),
    rows=(FIRST, TIED, ABSENT),
    closing_text="Trên đây là kết quả vòng thi.",
    signers=(Signer(("TM. Ban Tổ chức", "Trưởng ban"), "Trần Văn Mẫu"),),
    recipients=("Các đơn vị dự thi", "Lưu: VT"),
    version=2,
    fingerprint="0123456789abcdef" * 4,
    check_url="https://hoithi.example.vn/ket-qua/2",
)


def text_of(results: ResultsList) -> str:
    (text,) = page_texts(results_pdf(results))
    return text


def test_the_list_says_all_it_was_given_in_the_order_of_the_form() -> None:
    assert text_of(RESULTS) == (
        "UBND TỈNH BAN TỔ CHỨC CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc "
        "Số: 12/TB-BTC Đắk Nông, ngày 15 tháng 10 năm 2023 THÔNG BÁO Kết quả vòng thi trực tuyến "
        "Căn cứ Thể lệ Hội thi. Hạng SBD Họ và tên Đơn vị Điểm Giải Ghi chú "
        "1 012 H'Ngân Byă Xã Đắk Wil 887,83 Giải Nhất "
        "2 007 Điểu K'Rứ Xã Quảng Khê 880,00 Ít thời gian hơn "
        "003 Y Blô Niê Kđăm Xã Đắk Wil Không dự thi Trên đây là kết quả vòng thi./. "
        "Nơi nhận: - Các đơn vị dự thi; - Lưu: VT. TM. BAN TỔ CHỨC TRƯỞNG BAN Trần Văn Mẫu "
        "Bản công bố lần 2. Ai cũng tính lại được thứ hạng từ hồ sơ kiểm chứng tại: "
        "hoithi.example.vn/ket-qua/2 Vân tay của bản này (SHA-256), như trang Niêm phong ghi khi "
        "bản có hiệu lực: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
    )


def test_columns_that_no_row_fills_are_left_out() -> None:
    plain = replace(FIRST, prize="")

    assert "Họ và tên Đơn vị Điểm 1 012" in text_of(replace(RESULTS, rows=(plain,)))
    of_teams = replace(RESULTS, rows=(plain,), of_teams=True)
    assert "Hạng Số đội Đội Đơn vị Điểm 1 012" in text_of(of_teams)


def test_a_list_without_rows_says_so() -> None:
    text = text_of(replace(RESULTS, rows=()))

    assert "Hạng SBD Họ và tên Đơn vị Điểm Không có thí sinh nào trong danh sách. Trên" in text


def test_a_list_not_yet_published_has_no_check_and_an_open_date() -> None:
    draft = replace(
        RESULTS,
        head=replace(RESULTS.head, number=None, issued_on=None, year=2023),
        fingerprint="",
        check_url="",
        closing_text="",
    )
    text = text_of(draft)

    assert "Số: …/TB-BTC Đắk Nông, ngày … tháng … năm 2023" in text
    assert text.endswith(
        "Không dự thi Nơi nhận: - Các đơn vị dự thi; - Lưu: VT. "
        "TM. BAN TỔ CHỨC TRƯỞNG BAN Trần Văn Mẫu"
    )


def test_the_mark_that_ends_the_text_is_set_once() -> None:
    endings = ("Hết", "Hết.", "Hết./.")

    assert [
        text_of(replace(RESULTS, closing_text=ending)).count("Hết./. Nơi nhận")
        for ending in endings
    ] == [1, 1, 1]


def test_the_longest_rows_stay_in_their_columns_and_on_their_pages() -> None:
    text = " ".join((MARKUP * 9)[:200].split())
    worst = ResultRow(1, "9" * 200, text, text, Decimal("887.83"), text, text)
    endless = replace(worst, name="Ậ" * 200, unit="Ậ" * 200, prize="Ậ" * 200, reason="Ậ" * 200)
    pages = page_texts(results_pdf(replace(RESULTS, rows=(worst, endless) * 3)))

    printed = "".join(pages).replace(" ", "")
    assert [printed.count("Ậ"), printed.count("9"), printed.count("#let")] == [
        4 * 200 * 3,
        200 * 6 + 4,  # the fingerprint has four nines
        text.count("#let") * 4 * 3,
    ]


def test_a_thousand_rows_keep_their_order_under_repeated_heads() -> None:
    numbers = [f"A{place:03d}" for place in range(1000)]
    rows = tuple(replace(TIED, number=number) for number in numbers)
    pages = page_texts(results_pdf(replace(RESULTS, rows=rows)))

    assert [word for page in pages for word in page.split() if word in numbers] == numbers
    assert [page.count("Họ và tên") for page in pages[:-1]] == [1] * (len(pages) - 1)


def test_the_same_list_gives_the_same_bytes_however_its_letters_are_composed() -> None:
    pieces = replace(TIED, name=unicodedata.normalize("NFD", TIED.name))

    assert results_pdf(replace(RESULTS, rows=(FIRST, pieces, ABSENT))) == results_pdf(RESULTS)
