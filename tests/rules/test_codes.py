"""Codes are derived, checked and read as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoithi.rules import codes
from hoithi.rules.codes import ALPHABET, access_code, read_code

CODES = [access_code(b"key", bytes([number]) * 16, 1) for number in range(20)]


def test_the_published_vector_holds() -> None:
    assert access_code(b"k" * 32, bytes(16), 1) == "V27VSXBGPZ1"


def test_a_new_issue_gives_another_code() -> None:
    assert access_code(b"key", bytes(16), 1) != access_code(b"key", bytes(16), 2)


@pytest.mark.parametrize("code", CODES)
def test_every_single_wrong_character_is_found(code: str) -> None:
    for at, letter in enumerate(code):
        for other in ALPHABET:
            wrong = code[:at] + other + code[at + 1 :]
            assert (read_code(wrong) is None) == (other != letter)


@pytest.mark.parametrize("code", CODES)
def test_every_exchange_of_two_characters_is_found(code: str) -> None:
    for first in range(len(code)):
        for second in range(first + 1, len(code)):
            letters = list(code)
            letters[first], letters[second] = letters[second], letters[first]
            same = code[first] == code[second]
            assert (read_code("".join(letters)) == code) == same


@given(st.binary(min_size=16, max_size=16), st.integers(1, 2**32 - 1))
def test_a_printed_code_reads_back(entry: bytes, issue: int) -> None:
    code = access_code(b"key", entry, issue)
    assert read_code(codes.grouped(code)) == code
    assert read_code(f" {code[:4].lower()} {code[4:].lower()} ") == code


def test_look_alikes_are_read_as_what_was_printed() -> None:
    code = next(
        code
        for code in (access_code(b"k", bytes([n]) * 16, 1) for n in range(99))
        if "0" in code and "1" in code
    )
    assert read_code(code.replace("0", "O").replace("1", "l")) == code
    assert read_code(code.replace("1", "I")) == code


@pytest.mark.parametrize("text", ["", "ABC", "U" * 11, "ABCD-EFGH-JKM-N", "Đ" * 11, "0" * 12])
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert read_code(text) is None
