"""Papers as Word files: read back paragraph by paragraph, as whoever corrects them reads them."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.shared import Pt
from docx.text.paragraph import Paragraph as WordParagraph

from hoithi.documents.render.decree import Column, Heading, Paragraph, Picture, Signer, Table
from hoithi.documents.render.word import paper_docx
from tests.documents.render.reading import MARKUP, lines
from tests.documents.render.test_decree import MINUTES

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 80">'
    '<rect width="200" height="80" fill="#ccddee"/></svg>'
)


def opened(content: bytes) -> WordDocument:
    return Document(BytesIO(content))


def only(document: WordDocument, text: str) -> WordParagraph:
    (found,) = [each for each in document.paragraphs if each.text == text]
    return found


def test_a_word_file_says_what_the_pdf_says_in_the_same_order() -> None:
    assert list(lines(opened(paper_docx(MINUTES)))) == [
        "UBND TỈNH ĐẮK NÔNG",
        "BAN TỔ CHỨC HỘI THI",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Số: 05/BB-BTC",
        "Đắk Nông, ngày 09 tháng 02 năm 2024",
        "BIÊN BẢN",
        "Bốc thăm thứ tự thi",
        "Căn cứ Thể lệ Hội thi;",
        "Căn cứ Kế hoạch số 05/KH-STTTT.",
        "I. THÀNH PHẦN",
        "Ông Trần Văn Mẫu, Trưởng ban.",
        "Đội",
        "Thứ tự",
        "Đội K'Rứ",
        "2",
        "Đội H'Ngân",
        "1",
        "Điều 2. Biên bản lập thành 02 bản./.",
        "THƯ KÝ",
        "Lê Thị Mẫu",
        "TM. BAN TỔ CHỨC",
        "TRƯỞNG BAN",
        "Mẫu",
        "Nơi nhận:",
        "- Ban Tổ chức;",
        "- Lưu: VT.",
    ]


def test_page_and_letters_have_the_measures_of_the_decree() -> None:
    document = opened(paper_docx(MINUTES))
    (section,) = document.sections

    measures = (
        (section.page_width, section.page_height),
        (section.left_margin, section.right_margin),
        (section.top_margin, section.bottom_margin),
    )
    assert [tuple(round(each.mm) for each in pair if each) for pair in measures] == [
        (210, 297),
        (30, 15),
        (20, 20),
    ]
    normal = document.styles["Normal"]
    assert (normal.font.name, normal.font.size) == ("Times New Roman", Pt(13))
    assert section.different_first_page_header_footer is True
    assert (
        section.first_page_header.paragraphs[0].text,
        "PAGE" in section.header._element.xml,
    ) == (
        "",
        True,
    )
    indent = only(document, "Ông Trần Văn Mẫu, Trưởng ban.").paragraph_format.first_line_indent
    assert indent is not None
    assert 10 <= indent.mm <= 12.7


def test_a_table_is_as_wide_as_the_page_leaves_and_repeats_its_head() -> None:
    table = opened(paper_docx(MINUTES)).tables[1]

    assert [round(cell.width.mm) for cell in table.rows[0].cells if cell.width] == [140, 25]
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert [("w:cantSplit" in row._tr.xml) for row in table.rows[1:]] == [True, True]


def test_the_last_paragraph_stays_with_the_signatures() -> None:
    document = opened(paper_docx(MINUTES))

    held = only(document, "Điều 2. Biên bản lập thành 02 bản./.").paragraph_format
    assert held.keep_with_next is True


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

    said = list(lines(opened(paper_docx(letter))))

    assert said[4:10] == [
        "Số: 05/BB-BTC",
        "V/v mời dự bốc thăm",
        "Đắk Nông, ngày 09 tháng 02 năm 2024",
        "Kính gửi: - Các sở, ban, ngành;",
        "- UBND các xã.",
        "Ban Tổ chức mời./.",
    ]
    # One signer stands beside the recipients.
    assert said[10:] == [
        "Nơi nhận:",
        "- Ban Tổ chức;",
        "- Lưu: VT.",
        "TRƯỞNG BAN",
        "Trần Văn Mẫu",
    ]


def test_made_up_data_say_so_at_the_foot_of_every_page() -> None:
    (section,) = opened(paper_docx(replace(MINUTES, sample=True))).sections

    feet = (section.first_page_footer, section.footer)
    assert [foot.paragraphs[0].text for foot in feet] == ["DỮ LIỆU MẪU", "DỮ LIỆU MẪU"]


def test_a_drawing_becomes_a_picture_that_is_told_to_who_cannot_see_it() -> None:
    content = paper_docx(replace(MINUTES, body=(Picture("Tiến độ", DRAWING, "Cột điểm"),)))

    with ZipFile(BytesIO(content)) as parts:
        pictures = [parts.read(name) for name in parts.namelist() if name.startswith("word/media/")]
    assert [picture[:8] for picture in pictures] == [b"\x89PNG\r\n\x1a\n"]
    assert 'descr="Cột điểm"' in opened(content).element.xml


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("<b>Đội</b> & ]]>", "<b>Đội</b> & ]]>"),
        (MARKUP, MARKUP),
        ("D\x00\x0bo\u0302\u0323i\x1b\ufffe\ud800 thi", "D ội thi"),
        ("rất" * 400, "rất" * 400),
    ],
    ids=["markup", "typst", "control", "long"],
)
def test_whatever_is_typed_stands_there_as_text(typed: str, read: str) -> None:
    paper = replace(
        MINUTES,
        summary=typed,
        body=(Heading(typed), Paragraph(typed, lead=typed), Table((Column(typed),), ((typed,),))),
        signers=(Signer((typed,), typed),),
    )

    (cell,) = opened(paper_docx(paper)).tables[1].rows[1].cells
    assert cell.text == read


def test_an_empty_table_says_so() -> None:
    paper = replace(MINUTES, body=(Table((Column("Đội"), Column("Điểm", 20)), ()),))

    assert "Không có dòng nào." in list(lines(opened(paper_docx(paper))))


def test_the_same_paper_is_the_same_file() -> None:
    made = paper_docx(MINUTES)
    assert made == paper_docx(MINUTES)
    with ZipFile(BytesIO(made)) as parts:  # also where a second went by between the two
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
