"""One list as text tables of every encoding that offices send: read right, or asked about."""

from __future__ import annotations

from unicodedata import normalize

import pytest

from hoithi.entries.cells import doubtful_texts
from hoithi.entries.checking import CheckedList, check_list
from hoithi.entries.sheets import StagedSheet, rows_of, staged_sheet, with_proposals
from hoithi.web.spreadsheets import read_sheet
from tests.entries.test_checking import TERMS

_TONES = "\u0300\u0301\u0303\u0309\u0323"
NAMES = ("Nguyễn Có", "Trần Dũng", "Nguyễn Văn An", "Đặng Thị Hương", "Mai Có", "Hoa Lan")
UNICODE = "\r\n".join(
    (
        "UBND HUYỆN KRÔNG NÔ;;;;;;",
        "STT;Họ và tên;Ngày sinh;Đối tượng;Nơi công tác;Số định danh;Điện thoại",
        *(
            f"{row};{name};05/10/1980;Công chức;UBND xã Nam Đà;00018000000{row};090000000{row}"
            for row, name in enumerate(NAMES, start=1)
        ),
    )
)
# Typed with the fonts .VnTime and VNI-Times: every sign is one byte.
TCVN3 = "\r\n".join(
    (
        "UBND huyÖn Kr«ng N«;;;;;;",
        "STT;Hä vµ tªn;Ngµy sinh;§èi t\xadîng;N¬i c«ng t¸c;Sè ®Þnh danh;§iÖn tho¹i",
        "1;NguyÔn Cã;05/10/1980;C«ng chøc;UBND x· Nam §µ;000180000001;0900000001",
        "2;TrÇn Dòng;05/10/1980;C«ng chøc;UBND x· Nam §µ;000180000002;0900000002",
        "3;NguyÔn V¨n An;05/10/1980;C«ng chøc;UBND x· Nam §µ;000180000003;0900000003",
        "4;§Æng ThÞ H\xad¬ng;05/10/1980;C«ng chøc;UBND x· Nam §µ;000180000004;0900000004",
        "5;Mai Cã;05/10/1980;C«ng chøc;UBND x· Nam §µ;000180000005;0900000005",
        "6;Hoa Lan;05/10/1980;C«ng chøc;UBND x· Nam §µ;000180000006;0900000006",
    )
)
VNI = "\r\n".join(
    (
        "UBND HUYEÄN KROÂNG NOÂ;;;;;;",
        "STT;Hoï vaø teân;Ngaøy sinh;Ñoái töôïng;Nôi coâng taùc;Soá ñònh danh;Ñieän thoaïi",
        "1;Nguyeãn Coù;05/10/1980;Coâng chöùc;UBND xaõ Nam Ñaø;000180000001;0900000001",
        "2;Traàn Duõng;05/10/1980;Coâng chöùc;UBND xaõ Nam Ñaø;000180000002;0900000002",
        "3;Nguyeãn Vaên An;05/10/1980;Coâng chöùc;UBND xaõ Nam Ñaø;000180000003;0900000003",
        "4;Ñaëng Thò Höông;05/10/1980;Coâng chöùc;UBND xaõ Nam Ñaø;000180000004;0900000004",
        "5;Mai Coù;05/10/1980;Coâng chöùc;UBND xaõ Nam Ñaø;000180000005;0900000005",
        "6;Hoa Lan;05/10/1980;Coâng chöùc;UBND xaõ Nam Ñaø;000180000006;0900000006",
    )
)


def windows_1258(text: str) -> bytes:
    """As a Vietnamese Windows saves it: tones as signs of their own behind their letters."""
    signs = []
    for sign in text:
        parts = normalize("NFD", sign)
        letter = normalize("NFC", "".join(part for part in parts if part not in _TONES))
        signs.append(letter + "".join(part for part in parts if part in _TONES))
    return "".join(signs).encode("cp1258")


def staged(content: bytes) -> StagedSheet:
    sheet = read_sheet(content, "danh-sach.csv", max_bytes=10**6, max_rows=1000)
    return staged_sheet(sheet, required=TERMS.required)


def names_of(checked: CheckedList) -> tuple[str, ...]:
    return tuple(person.name for person in checked.people)


@pytest.mark.parametrize(
    "content",
    [
        UNICODE.encode(),
        UNICODE.encode("utf-8-sig"),
        UNICODE.encode("utf-16"),
        UNICODE.encode("utf-16-le"),
        normalize("NFD", UNICODE).encode(),
        windows_1258(UNICODE),
    ],
    ids=["utf-8", "utf-8 with BOM", "utf-16", "utf-16 without BOM", "decomposed", "cp1258"],
)
def test_a_list_in_unicode_or_of_a_vietnamese_windows_is_read_as_it_is(content: bytes) -> None:
    checked = check_list(rows_of(staged(content)), TERMS)
    assert (names_of(checked), checked.bad) == (NAMES, ())


@pytest.mark.parametrize("content", [TCVN3, VNI], ids=["TCVN3", "VNI"])
def test_a_list_in_an_old_encoding_is_asked_about_and_read_after_consent(content: str) -> None:
    sheet = staged(content.encode("latin-1"))
    asked = check_list(rows_of(sheet), TERMS)
    assert names_of(asked) == ()
    proposed = {(each.row, each.column): each.proposal for each in asked.bad}
    assert proposed == {
        **{(row, "name"): name for row, name in enumerate(NAMES[:-1], start=3)},
        **{(row, "audience"): "Công chức" for row in range(3, 9)},
        **{(row, "workplace"): "UBND xã Nam Đà" for row in range(3, 9)},
    }
    consented = check_list(rows_of(with_proposals(sheet, asked.problems)), TERMS)
    assert (names_of(consented), consented.bad) == (NAMES, ())


def test_what_can_be_read_in_two_ways_is_asked_only_among_old_texts() -> None:
    old = ["NguyÔn V¨n An", "TrÇn Dòng", "Mai Cã"]
    assert doubtful_texts(old) == {"Mai Cã": "Mai Có"}
    assert doubtful_texts(["Nguyễn Văn An", "Trần Dũng", "Mai Cã", "NguyÔn V¨n An"]) == {}


def test_quotation_marks_of_a_word_processor_do_not_make_unicode_of_an_old_text() -> None:
    sheet = TCVN3.replace("UBND x· Nam §µ", "“UBND” x· Nam §µ", 1).encode("cp1252")
    checked = check_list(rows_of(staged(sheet)), TERMS)
    assert [each.proposal for each in checked.bad if (each.row, each.column) == (3, "workplace")]
