from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hoithi.documents.render.decree import (
    Column,
    Head,
    Heading,
    Paper,
    Paragraph,
    Signer,
    Table,
    paper_pdf,
)
from tests.documents.render.reading import MARKUP, page_sizes, page_texts

HEAD = Head(
    issuer_parent="UBND tỉnh Đắk Nông",
    issuer="Ban Tổ chức Hội thi",
    symbol="BB-BTC",
    place="Đắk Nông",
    number=5,
    issued_on=date(2024, 2, 9),
)
MINUTES = Paper(
    head=HEAD,
    kind="Biên bản",
    summary="Bốc thăm thứ tự thi",
    basis=("Căn cứ Thể lệ Hội thi", "Căn cứ Kế hoạch số 05/KH-STTTT;"),
    body=(
        Heading("I. THÀNH PHẦN"),
        Paragraph("Ông Trần Văn Mẫu, Trưởng ban."),
        Table(
            columns=(Column("Đội"), Column("Thứ tự", 25, align="center")),
            rows=(("Đội K'Rứ", "2"), ("Đội H'Ngân", "1")),
        ),
        Paragraph("Biên bản lập thành 02 bản./.", lead="Điều 2."),
    ),
    signers=(Signer(("Thư ký",), "Lê Thị Mẫu"), Signer(("TM. Ban Tổ chức", "Trưởng ban"), "Mẫu")),
    recipients=("Ban Tổ chức", "Lưu: VT"),
)


def test_a_fingerprint_is_copied_out_as_it_is_and_breaks_within_the_page() -> None:
    seal = "2549acffe6aa9ad201e7a01e080e63015b00c2be663992a62d07a79dd7c29e44"
    body = (Paragraph(f"Vân tay {seal}, 299 giây."), Table((Column("Vân tay", 20),), ((seal,),)))

    (text,) = page_texts(paper_pdf(replace(MINUTES, body=body)))

    assert f"Vân tay {seal}, 299 giây." in text
    narrow = "2549acff e6aa9ad2 01e7a01e 080e6301 5b00c2be 663992a6 2d07a79d d7c29e44"
    assert f"Vân tay {narrow} THƯ KÝ" in text


def test_a_paper_says_its_parts_in_the_order_of_the_form() -> None:
    (text,) = page_texts(paper_pdf(MINUTES))

    assert text == (
        "UBND TỈNH ĐẮK NÔNG BAN TỔ CHỨC HỘI THI CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM "
        "Độc lập - Tự do - Hạnh phúc Số: 05/BB-BTC Đắk Nông, ngày 09 tháng 02 năm 2024 "
        "BIÊN BẢN Bốc thăm thứ tự thi Căn cứ Thể lệ Hội thi; Căn cứ Kế hoạch số 05/KH-STTTT. "
        "I. THÀNH PHẦN Ông Trần Văn Mẫu, Trưởng ban. Đội Thứ tự Đội K'Rứ 2 Đội H'Ngân 1 "
        "Điều 2. Biên bản lập thành 02 bản./. THƯ KÝ Lê Thị Mẫu "
        "TM. BAN TỔ CHỨC TRƯỞNG BAN Mẫu Nơi nhận: - Ban Tổ chức; - Lưu: VT."
    )


def test_number_and_date_not_given_stay_open_for_the_pen() -> None:
    draft = replace(HEAD, number=None, issued_on=None, year=2024)
    (text,) = page_texts(paper_pdf(replace(MINUTES, head=draft)))

    assert "Số: …/BB-BTC Đắk Nông, ngày … tháng … năm 2024 BIÊN BẢN" in text


def test_a_letter_has_its_subject_under_the_number_and_names_whom_it_addresses() -> None:
    letter = replace(
        MINUTES,
        kind="",
        summary="mời dự bốc thăm",
        addressees=("Các sở, ban, ngành", "UBND các xã"),
        basis=(),
        body=(Paragraph("Ban Tổ chức mời./."),),
        signers=(Signer(("Trưởng ban",), "Trần Văn Mẫu"),),
    )
    (text,) = page_texts(paper_pdf(letter))

    assert text.split("Hạnh phúc ")[1] == (
        "Số: 05/BB-BTC V/v mời dự bốc thăm Đắk Nông, ngày 09 tháng 02 năm 2024 "
        "Kính gửi: - Các sở, ban, ngành; - UBND các xã. Ban Tổ chức mời./. "
        "Nơi nhận: - Ban Tổ chức; - Lưu: VT. TRƯỞNG BAN Trần Văn Mẫu"
    )


def test_pages_are_upright_and_numbered_from_the_second_on() -> None:
    long = replace(MINUTES, body=tuple(Paragraph(f"Đoạn {place} " * 40) for place in range(30)))
    pdf = paper_pdf(long)
    texts = page_texts(pdf)

    assert len(texts) > 2
    assert page_sizes(pdf) == [(210, 297)] * len(texts)
    assert texts[0].startswith("UBND")
    assert [text.split(" ", 1)[0] for text in texts[1:]] == [
        str(page) for page in range(2, len(texts) + 1)
    ]


def test_signatures_take_the_last_paragraph_to_their_page() -> None:
    for paragraphs in range(8, 40):
        body = (*(Paragraph("Đoạn."),) * paragraphs, Paragraph("Hết./."))
        last = page_texts(paper_pdf(replace(MINUTES, basis=(), body=body)))[-1]
        assert last.index("Hết./.") < last.index("THƯ KÝ")


def test_a_whole_committee_signs_over_several_pages() -> None:
    names = [f"Ủy viên thứ {place:02d}" for place in range(25)]
    signers = tuple(Signer(("Ủy viên",), name) for name in names)
    pages = page_texts(paper_pdf(replace(MINUTES, signers=signers)))

    assert [sum(page.count(name) for page in pages) for name in names] == [1] * 25


def test_the_head_of_a_table_is_repeated_on_every_page() -> None:
    table = Table(
        columns=(Column("Cột một"), Column("Cột hai", 30)),
        rows=tuple((f"Dòng {place}", str(place)) for place in range(90)),
    )
    pages = page_texts(paper_pdf(replace(MINUTES, body=(table,))))

    assert [page.count("Cột một Cột hai") for page in pages] == [1] * len(pages)
    assert len(pages) > 2


def test_an_empty_table_says_so() -> None:
    table = Table(columns=(Column("Đội"), Column("Điểm")), rows=(), when_empty="Chưa có đội nào.")
    (text,) = page_texts(paper_pdf(replace(MINUTES, body=(table,))))

    assert "Đội Điểm Chưa có đội nào." in text


def test_a_row_that_lacks_a_text_is_an_error() -> None:
    table = Table(columns=(Column("Đội"), Column("Điểm")), rows=(("Đội K'Rứ",),))

    with pytest.raises(ValueError, match="zip"):
        paper_pdf(replace(MINUTES, body=(table,)))


def test_a_row_longer_than_a_page_goes_on_overleaf() -> None:
    table = Table(columns=(Column("Ý kiến", 20), Column("Đội")), rows=(("Ậ" * 900, "K'Rứ"),))
    pages = page_texts(paper_pdf(replace(MINUTES, summary="", basis=(), body=(table,))))

    assert sum(page.count("Ậ") for page in pages) == 900


def test_markup_in_a_text_is_printed_as_it_is() -> None:
    text = " ".join((MARKUP * 8).split())
    paper = Paper(
        head=replace(HEAD, issuer=text, issuer_parent=text, symbol=text, place=text),
        kind=text,
        summary=text,
        basis=(text,),
        addressees=(text,),
        body=(Heading(text), Paragraph(text, lead=text), Table((Column(text),), ((text,),))),
        signers=(Signer((text,), text),),
        recipients=(text,),
    )
    printed = "".join(page_texts(paper_pdf(paper))).replace(" ", "")

    sought = text.replace(" ", "")
    # Symbol, place, summary, basis, addressee, heading, lead, paragraph, column, cell, signer and
    # recipient; in capitals both issuers, the kind and the post.
    assert [printed.count(sought), printed.count(sought.upper())] == [12, 4]


def test_a_paper_without_anything_is_still_a_page() -> None:
    empty = Paper(
        head=Head("", "", "", ""), kind="", summary="", body=(), signers=(), recipients=()
    )

    assert page_sizes(paper_pdf(empty)) == [(210, 297)]


def test_made_up_data_are_marked_on_every_page() -> None:
    long = replace(MINUTES, body=(Paragraph("Đoạn. " * 2000),), sample=True)
    pages = page_texts(paper_pdf(long))

    assert [page.count("DỮ LIỆU MẪU") for page in pages] == [1] * len(pages)


def test_a_folder_without_fonts_changes_nothing(tmp_path: Path) -> None:
    assert paper_pdf(MINUTES, fonts=tmp_path) == paper_pdf(MINUTES)
