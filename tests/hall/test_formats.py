"""The stored formats, byte by byte, against values worked out apart from the code."""

from __future__ import annotations

import hashlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoithi.hall import formats
from hoithi.hall.formats import Kind, Row

ATTEMPT = bytes(range(16))
ANSWER = Row(ATTEMPT, 1, 7, Kind.ANSWER, 12, 3, 1_696_118_400_123, 1_696_118_400_000)


def test_a_row_is_written_field_by_field_in_big_endian() -> None:
    expected = (
        "000102030405060708090a0b0c0d0e0f"  # attempt
        "0001"  # epoch
        "00000007"  # seq
        "02"  # ANSWER
        "0000000c"  # item
        "0000000000000003"  # option
        "0000018ae888e47b"  # 1 696 118 400 123 ms
        "0000018ae888e400"
        "0000"  # no data
    )
    assert formats.row_bytes(ANSWER).hex() == expected


def test_no_item_and_no_option_are_minus_one() -> None:
    row = Row(ATTEMPT, 2, 1, Kind.SUBMIT, -1, -1, 5, -1, b"n" * 16)
    expected = (
        ATTEMPT.hex()
        + "0002"
        + "00000001"
        + "04"
        + "ffffffff"
        + "ffffffffffffffff"
        + "0000000000000005"
        + "ffffffffffffffff"
        + "0010"
        + "6e" * 16
    )
    assert formats.row_bytes(row).hex() == expected


def test_a_batch_hash_binds_sitting_writer_number_previous_and_rows() -> None:
    sitting, writer, previous = b"s" * 16, b"w" * 16, b"p" * 32
    rows_hash = hashlib.sha256(formats.row_bytes(ANSWER) * 2).digest()
    expected = hashlib.sha256(
        b"hoithi/batch/1\x00"
        + sitting
        + writer
        + (9).to_bytes(8, "big")
        + previous
        + (2).to_bytes(4, "big")
        + rows_hash
    ).digest()
    head = formats.batch_hash(
        sitting=sitting, writer=writer, batch=9, previous=previous, rows=[ANSWER, ANSWER]
    )
    assert head == expected


def test_a_receipt_binds_nonce_attempt_time_and_answers() -> None:
    nonce = bytes(16)
    body = b"\x00\x02" + (3).to_bytes(4, "big") + b"\xff" * 4 + (241).to_bytes(8, "big")
    content = b"hoithi/receipt/1\x00" + nonce + ATTEMPT + (77).to_bytes(8, "big") + body
    made = formats.receipt(
        nonce=nonce, attempt=ATTEMPT, submitted_ms=77, answers=[3, -1], prediction=241
    )
    assert made == hashlib.sha256(content).digest()[:10]


def test_a_receipt_is_shown_in_sixteen_characters_in_fours() -> None:
    assert formats.receipt_text(bytes(10)) == "0000-0000-0000-0000"
    assert formats.receipt_text(b"\xff" * 10) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert formats.receipt_text(bytes(9) + b"\x21") == "0000-0000-0000-0011"


def test_the_root_of_three_receipts_carries_the_odd_one_up() -> None:
    def leaf(value: bytes) -> bytes:
        return hashlib.sha256(b"\x00" + value).digest()

    first, second, third = b"a" * 10, b"b" * 10, b"c" * 10
    pair = hashlib.sha256(b"\x01" + leaf(first) + leaf(second)).digest()
    expected = hashlib.sha256(b"\x01" + pair + leaf(third)).digest()
    assert formats.merkle_root([third, first, second]) == expected
    assert formats.merkle_root([first]) == leaf(first)
    assert formats.merkle_root([]) == hashlib.sha256(b"").digest()
    tree = formats.ReceiptTree([third, first, second])
    assert tree.path(first) == [
        formats.PathStep(is_left=False, digest=leaf(second)),
        formats.PathStep(is_left=False, digest=leaf(third)),
    ]
    assert tree.path(second)[0] == formats.PathStep(is_left=True, digest=leaf(first))
    assert tree.path(third) == [formats.PathStep(is_left=True, digest=pair)]
    with pytest.raises(LookupError):
        tree.path(b"d" * 10)


@given(st.lists(st.binary(min_size=10, max_size=10), unique=True, min_size=1, max_size=40))
def test_every_path_leads_to_the_root_and_no_other_receipt_does(receipts: list[bytes]) -> None:
    tree = formats.ReceiptTree(receipts)
    for each in receipts:
        path = tree.path(each)
        assert formats.root_by(each, path) == tree.root
        assert formats.root_by(bytes([each[0] ^ 1]) + each[1:], path) != tree.root
        assert len(path) <= (len(receipts) - 1).bit_length()


@given(st.binary(min_size=10, max_size=10))
def test_a_receipt_is_read_back_as_it_was_written(value: bytes) -> None:
    assert formats.receipt_bytes(formats.receipt_text(value)) == value


@given(st.lists(st.binary(min_size=10, max_size=10), unique=True, max_size=20), st.randoms())
def test_the_root_does_not_depend_on_the_order_of_receipts(
    receipts: list[bytes], random: Random
) -> None:
    shuffled = list(receipts)
    random.shuffle(shuffled)
    assert formats.merkle_root(shuffled) == formats.merkle_root(receipts)


def test_start_data_reads_back() -> None:
    tag = formats.device_tag(b"device")
    assert len(tag) == 8
    assert formats.read_start_data(formats.start_data(123, tag)) == (123, tag)
