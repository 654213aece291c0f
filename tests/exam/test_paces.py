"""Devices and pace of attempts, told by the rows of a journal."""

from __future__ import annotations

from msgspec import structs

from hoithi.exam.conduct import paces_of
from hoithi.hall.formats import NONE, Kind, Row, start_data
from hoithi.hall.store.signals import Pace
from tests.rules.test_paper import QUESTIONS

ONE, TWO = b"1" * 16, b"2" * 16
KEYS = {1: b"a" * 16, 2: b"b" * 16}
BEGIN = 1_700_000_000_000


def start(attempt: bytes, line: int, tag: bytes = b"first dv") -> Row:
    data = start_data(BEGIN + 1_200_000, tag)
    return Row(attempt, 1, 0, Kind.START, line, 1, BEGIN, NONE, data)


def answer(attempt: bytes, seq: int, position: int, at_s: int, epoch: int = 1) -> Row:
    """Chosen so many seconds after the start; all reach the server in one moment."""
    when_ms = BEGIN + at_s * 1000
    return Row(attempt, epoch, seq, Kind.ANSWER, position, 0, BEGIN + 900_000, when_ms)


def device(attempt: bytes, epoch: int, tag: bytes) -> Row:
    return Row(attempt, epoch, 0, Kind.DEVICE, NONE, epoch, BEGIN + 60_000, NONE, tag)


def test_answers_that_waited_for_the_network_are_not_fast() -> None:
    rows = [start(ONE, 1), *(answer(ONE, at, at - 1, at * 10) for at in range(1, 6))]
    assert paces_of(rows, QUESTIONS, KEYS) == [Pace(ONE, devices=1, answers=5, fast=0)]


def test_where_all_answer_together_an_answer_is_held_against_its_opening() -> None:
    rows = [start(ONE, 1), answer(ONE, 1, 0, 30), answer(ONE, 2, 1, 60)]
    opened_ms = [BEGIN + 20_000, BEGIN + 59_000]
    assert paces_of(rows, QUESTIONS, KEYS, opened_ms) == [Pace(ONE, 1, answers=2, fast=1)]


def test_rows_of_several_writers_are_put_in_the_order_of_the_page() -> None:
    rows = [
        answer(ONE, 2, 1, 21),  # a second after the one before it: fast
        answer(ONE, 1, 0, 20),
        device(ONE, 2, b"other dv"),
        device(ONE, 3, b"first dv"),  # back on the first: two devices all the same
        answer(ONE, 1, 2, 90, epoch=2),
        answer(ONE, 2, 2, 91, epoch=2),  # a change of mind
        start(ONE, 1),
    ]
    assert paces_of(rows, QUESTIONS, KEYS) == [Pace(ONE, devices=2, answers=3, fast=1)]


def test_rows_that_are_no_attempt_or_no_question_are_left_out() -> None:
    rows = [
        answer(ONE, 1, 0, 20),
        start(TWO, 2),
        answer(TWO, 1, 99, 1),
        answer(TWO, 2, 4, 50),
        Row(TWO, 1, 3, Kind.LATE_ANSWER, 3, 0, BEGIN, BEGIN),
    ]
    flawed = [  # a journal can be collected with them by two signatures
        structs.replace(start(b"3" * 16, 1), data=b""),
        structs.replace(start(b"4" * 16, 1), option=-1),
        start(b"5" * 16, 99),
    ]
    rows += flawed
    assert paces_of(rows, QUESTIONS, KEYS) == [Pace(TWO, devices=1, answers=1, fast=0)]
    assert paces_of([], QUESTIONS, KEYS) == []
