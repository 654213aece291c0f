"""Vietnamese text: the forms people really type, against values worked out by hand."""

from __future__ import annotations

import unicodedata

import pytest

from hoithi.rules.legacy_text import from_legacy, legacy_encoding
from hoithi.rules.vietnamese import (
    Reading,
    capitalise_name,
    fold,
    given_name,
    is_name,
    name_sort_key,
    read_birth,
    read_national_id,
    read_phone,
    sort_key,
    tidy,
)


def test_tidying_composes_and_trims() -> None:
    typed = unicodedata.normalize("NFD", "  Nguyễn\u00a0Thị\u200b  Hoà ")
    assert tidy(typed) == "Nguyễn Thị Hoà"
    assert tidy("H’Ngân Byă") == "H'Ngân Byă"
    assert tidy("An\x00\x1b\tBình\n") == "An Bình"
    assert tidy("H`Ngân\ufeff K´Bri\u200b\u0306") == "H'Ngân K'Brĭ"


def test_folding_makes_both_ways_of_writing_equal() -> None:
    assert fold("HOÀ ĐẶNG") == "hoa dang"
    assert fold("Hòa Đặng") == "hoa dang"


def test_letters_sort_in_vietnamese_order_and_tones_after_them() -> None:
    words = ["mạ", "mã", "mả", "mà", "má", "ma", "măn", "mân", "man", "đa", "da", "ea", "ơn", "ôn"]
    expected = ["da", "đa", "ea", "ma", "mà", "mả", "mã", "má", "mạ", "man", "măn", "mân"]
    assert sorted(words, key=sort_key) == [*expected, "ôn", "ơn"]


def test_people_sort_by_given_name_first() -> None:
    people = ["Trần Văn Bình", "Đỗ Thị Ánh", "Lê Thị Bình", "Y Blô Niê", "H'Ngân Byă"]
    ordered = sorted(people, key=lambda name: name_sort_key(name, given_name(name)))
    assert ordered == ["Đỗ Thị Ánh", "Lê Thị Bình", "Trần Văn Bình", "Y Blô Niê", "H'Ngân Byă"]


@pytest.mark.parametrize(
    ("name", "given"),
    [("Nguyễn Văn An", "An"), ("Y Blô Niê", "Blô"), ("H'Ngân Byă", "Ngân"), ("Điểu K'Rứ", "K'Rứ")],
)
def test_the_proposed_given_name(name: str, given: str) -> None:
    assert given_name(name) == given


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nguyễn Văn An", True),
        ("H'Ngân Byă", True),
        ("Y Blô Niê Kđăm", True),
        ("Ng. Văn An", True),
        ("Y Bhơ̆m Niê", True),
        ("H'Ê̆n Čil", True),
        ("\u0306An", False),
        ("An\u0301h", False),
        ("An 2", False),
        ("=1+1", False),
        ("A", False),
        ("", False),
        ("Nguyễn@An", False),
    ],
)
def test_what_can_be_a_name(text: str, expected: bool) -> None:
    assert is_name(text) is expected


def test_capitals_are_written_as_a_name_and_mixed_case_is_left() -> None:
    assert capitalise_name("NGUYỄN THỊ ÁNH") == "Nguyễn Thị Ánh"
    assert capitalise_name("nguyễn văn an") == "Nguyễn Văn An"
    assert capitalise_name("H'Ngân Byă") == "H'Ngân Byă"
    assert capitalise_name("Y BHƠ̆M") == "Y Bhơ̆m"


@pytest.mark.parametrize(
    ("text", "encoding", "meant"),
    [
        ("hép møt tÕt", "tcvn3", "hộp mứt tết"),
        ("NguyÔn V¨n An", "tcvn3", "Nguyễn Văn An"),
        ("Xin chaøo caùc baïn", "vni", "Xin chào các bạn"),
        ("Nguyeãn Vaên Anh", "vni", "Nguyễn Văn Anh"),
        ("Ñaëng Thò Höông", "vni", "Đặng Thị Hương"),
        ("Nguyễn Văn An", "", "Nguyễn Văn An"),
        ("Lê Quý Đôn, Hoà, Thuý, khoé, quá", "", ""),
        ("Hồ Thị Tuyết Sương", "", ""),
    ],
)
def test_old_encodings_are_recognised_and_read(text: str, encoding: str, meant: str) -> None:
    assert legacy_encoding(text) == encoding
    if encoding:
        assert from_legacy(text, encoding) == meant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("067091000123", Reading("067091000123")),
        ("067 091 000 123", Reading("067091000123")),
        ("245123456", Reading("245123456")),
        ("67091000123", Reading(code="id_lost_zeros", proposal="067091000123")),
        ("1091000123", Reading(code="id_lost_zeros", proposal="001091000123")),
        ("12345", Reading(code="id_length")),
        ("06709100012A", Reading(code="id_not_digits")),
        ("٠٦٧٠٩١٠٠٠١٢٣", Reading(code="id_not_digits")),
        ("", Reading(code="id_not_digits")),
    ],
)
def test_national_ids(text: str, expected: Reading) -> None:
    assert read_national_id(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0912345678", Reading("0912345678")),
        ("+84 912 345 678", Reading("0912345678")),
        ("84912345678", Reading("0912345678")),
        ("0261.3543.210", Reading("02613543210")),
        ("912345678", Reading(code="phone_lost_zero", proposal="0912345678")),
        ("01612345678", Reading(code="phone_form")),
        ("09123", Reading(code="phone_form")),
        ("khong co", Reading(code="phone_not_digits")),
    ],
)
def test_phones(text: str, expected: Reading) -> None:
    assert read_phone(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5/3/1980", Reading("1980-03-05")),
        ("05-03-1980", Reading("1980-03-05")),
        ("1980-03-05", Reading("1980-03-05")),
        ("1980", Reading("1980")),
        ("29/02/2000", Reading("2000-02-29")),
        ("31/02/1980", Reading(code="birth_no_such_day")),
        ("5/3/80", Reading(code="birth_form")),
        ("tháng 3", Reading(code="birth_form")),
    ],
)
def test_days_of_birth(text: str, expected: Reading) -> None:
    assert read_birth(text) == expected
