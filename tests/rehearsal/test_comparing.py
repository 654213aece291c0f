"""What was acknowledged against what was written, one difference after the other."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from hoithi.hall import formats
from hoithi.hall.formats import Kind, Row, opened_row, receipt_text, start_data
from hoithi.rehearsal.comparing import compare
from hoithi.rehearsal.report import Kept
from hoithi.rehearsal.script import Answer

ATTEMPT = bytes(range(16))
NONCE = bytes(16)
ROSTER = bytes(32)
NOW = 1_700_000_000_000


@dataclass
class Somebody:
    attempt: str = ATTEMPT.hex()
    epoch: int = 1
    acknowledged: int = 3
    receipt: str = ""
    sent: list[Answer] = field(
        default_factory=lambda: [Answer(0, 0, 2), Answer(0, 1, 0), Answer(0, 0, 3)]
    )


def answer(number: int, position: int, option: int, attempt: bytes = ATTEMPT) -> Row:
    return Row(attempt, 1, number, Kind.ANSWER, position, option, NOW + number)


START = Row(ATTEMPT, 1, 0, Kind.START, 1, 1, NOW, -1, start_data(NOW + 60_000, bytes(8)))
SUBMIT = Row(ATTEMPT, 1, 4, Kind.SUBMIT, -1, -1, NOW + 9, -1, NONCE)
GIVEN = [answer(1, 0, 2), answer(2, 1, 0), answer(3, 0, 3)]
RECEIPT = receipt_text(
    formats.receipt(nonce=NONCE, attempt=ATTEMPT, submitted_ms=NOW + 9, answers=(3, 0))
)


def compared(somebody: Somebody, answers: list[Row], *more: Row) -> Kept:
    return compare(
        [somebody],
        [opened_row(ROSTER, NOW), START, *answers, *more],
        items=2,
        grace_ms=10_000,
        roster=ROSTER,
    )


def test_a_journal_that_has_everything_is_whole() -> None:
    kept = compared(Somebody(receipt=RECEIPT), GIVEN, SUBMIT)
    assert kept == Kept(3, 0, 0, 0, 1, 0, 0)
    assert kept.is_whole


def test_what_was_not_acknowledged_may_be_there_or_not() -> None:
    assert compared(Somebody(acknowledged=2), GIVEN).is_whole
    assert compared(Somebody(acknowledged=2), GIVEN[:2]).is_whole


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (GIVEN[:2], (1, 0, 0)),
        ([GIVEN[0], GIVEN[1], answer(3, 0, 1)], (1, 0, 1)),
        ([*GIVEN, GIVEN[2]], (0, 1, 0)),
        ([*GIVEN, answer(4, 1, 1)], (0, 0, 1)),
        ([*GIVEN, answer(1, 0, 2, bytes(16))], (0, 0, 1)),
    ],
    ids=["lost", "changed", "twice", "never sent", "of nobody"],
)
def test_every_difference_is_found(answers: list[Row], expected: tuple[int, int, int]) -> None:
    kept = compared(Somebody(), answers)
    assert (kept.lost, kept.twice, kept.foreign) == expected
    assert not kept.is_whole


def test_a_receipt_that_is_not_that_of_the_rows_is_found() -> None:
    assert compared(Somebody(receipt="AAAA-AAAA-AAAA-AAAA"), GIVEN, SUBMIT).wrong_receipts == 1
    assert compared(Somebody(receipt=RECEIPT), GIVEN).wrong_receipts == 1
