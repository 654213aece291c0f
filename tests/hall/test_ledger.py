"""What a journal's rows say about attempts."""

from __future__ import annotations

from random import Random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoithi.hall import formats
from hoithi.hall.formats import NO_ATTEMPT, Kind, Row
from hoithi.hall.ledger import AttemptFacts, Flaw, FlawCode, Ledger, read_ledger
from hoithi.verify.findings import SENTENCES

A = b"a" * 16
START = Row(A, 1, 0, Kind.START, 4, 1, 1000, -1, formats.start_data(61_000, b"t" * 8))
NONCE = b"n" * 16


def answer(seq: int, item: int, option: int, at: int, epoch: int = 1) -> Row:
    return Row(A, epoch, seq, Kind.ANSWER, item, option, at)


def read(*rows: Row) -> Ledger:
    return read_ledger(rows, items=3, grace_ms=10_000)


def only(*rows: Row) -> AttemptFacts:
    ledger = read(*rows)
    assert ledger.flaws == ()
    (attempt,) = ledger.attempts
    return attempt


def test_the_last_answer_to_a_question_counts_whatever_order_writers_are_read_in() -> None:
    first, second = answer(1, 0, 2, 2000), answer(2, 0, 1, 3000)
    moved = answer(1, 0, 3, 4000, epoch=2)
    assert only(START, first, second).answers == (1, -1, -1)
    assert only(START, second, first).answers == (1, -1, -1)
    assert only(moved, START, second, first).answers == (3, -1, -1)


def test_a_cleared_answer_is_none() -> None:
    assert only(START, answer(1, 1, 2, 2000), answer(2, 1, -1, 3000)).answers == (-1, -1, -1)


def test_a_handed_in_attempt_has_its_time_and_receipt() -> None:
    attempt = only(START, answer(1, 2, 0, 2000), Row(A, 1, 1, Kind.SUBMIT, -1, -1, 5000, -1, NONCE))
    assert (attempt.line, attempt.number, attempt.started_ms) == (4, 1, 1000)
    assert (attempt.submitted_ms, attempt.automatic) == (5000, False)
    assert attempt.receipt == formats.receipt(
        nonce=NONCE, attempt=A, submitted_ms=5000, answers=[-1, -1, 0], prediction=-1
    )


def test_an_automatic_hand_in_counts_as_the_deadline() -> None:
    auto = Row(A, 1, 0, Kind.AUTO_SUBMIT, -1, -1, 71_500, -1, NONCE)
    attempt = only(START, auto)
    assert (attempt.submitted_ms, attempt.automatic) == (61_000, True)


def test_an_attempt_that_nobody_ended_is_automatic_and_has_no_receipt() -> None:
    attempt = only(START)
    assert (attempt.submitted_ms, attempt.automatic, attempt.receipt) == (61_000, True, b"")


def test_answers_within_the_grace_count_and_later_ones_are_flaws() -> None:
    assert only(START, answer(1, 0, 2, 71_000)).answers == (2, -1, -1)
    ledger = read(START, answer(1, 0, 2, 71_001))
    assert ledger.attempts[0].answers == (-1, -1, -1)
    assert ledger.flaws == (Flaw("answer_after_end", A.hex(), "ANSWER 1/1"),)


def test_more_minutes_move_the_deadline_by_the_newest_order() -> None:
    longer = Row(A, 1, 0, Kind.DEADLINE, 9, 121_000, 50_000)
    earlier_order = Row(A, 1, 0, Kind.DEADLINE, 8, 91_000, 40_000)
    attempt = only(START, longer, earlier_order, answer(1, 0, 2, 130_000))
    assert (attempt.deadline_ms, attempt.answers) == (121_000, (2, -1, -1))


def test_late_and_stale_answers_are_counted_apart_and_never_as_answers() -> None:
    late = Row(A, 1, 1, Kind.LATE_ANSWER, 0, 2, 99_000)
    stale = Row(A, 1, 1, Kind.STALE_ANSWER, 0, 2, 3000)
    attempt = only(START, late, stale)
    assert (attempt.answers, attempt.late_rows, attempt.stale_rows) == ((-1, -1, -1), 1, 1)


def test_a_void_attempt_can_be_restored() -> None:
    void = Row(A, 1, 0, Kind.VOID, 3, -1, 9000)
    restore = Row(A, 1, 0, Kind.RESTORE, 5, -1, 9500)
    assert only(START, void).void
    assert not only(START, restore, void).void


def test_rows_of_the_sitting_are_kept_apart() -> None:
    order = Row(NO_ATTEMPT, 0, 0, Kind.ORDER, 1, -1, 500, -1, b"h" * 32)
    closed = Row(NO_ATTEMPT, 0, 0, Kind.CLOSED, 1, -1, 99_000)
    ledger = read(order, START, closed)
    assert ledger.orders == ((1, b"h" * 32),)


def test_rows_that_could_not_have_been_written_are_flaws() -> None:
    codes = [
        flaw.code
        for flaw in read(
            START,
            START,
            answer(1, 3, 0, 2000),
            Row(b"b" * 16, 1, 1, Kind.ANSWER, 0, 0, 2000),
        ).flaws
    ]
    assert codes == ["started_twice", "unknown_position", "attempt_without_start"]


def test_an_earlier_answer_in_time_counts_where_a_later_one_came_after_the_end() -> None:
    ledger = read(START, answer(1, 0, 2, 70_000), answer(2, 0, 3, 71_001))
    assert ledger.attempts[0].answers == (2, -1, -1)
    assert ledger.flaws == (Flaw("answer_after_end", A.hex(), "ANSWER 1/2"),)


def test_an_earlier_prediction_in_time_counts_where_a_later_one_came_after_the_end() -> None:
    def predict(seq: int, number: int, at: int) -> Row:
        return Row(A, 1, seq, Kind.PREDICT, -1, number, at)

    assert only(START, predict(1, 240, 2000), predict(2, 250, 71_000)).prediction == 250
    ledger = read(START, predict(2, 250, 71_001), predict(1, 240, 2000))
    assert ledger.attempts[0].prediction == 240
    assert ledger.flaws == (Flaw("answer_after_end", A.hex(), "PREDICT 1/2"),)


def test_what_comes_after_handing_in_does_not_count_and_is_a_flaw() -> None:
    submit = Row(A, 1, 0, Kind.SUBMIT, -1, -1, 5000, -1, NONCE)
    ledger = read(START, answer(1, 0, 2, 5000), submit, answer(2, 0, 1, 5001))
    assert ledger.attempts[0].answers == (2, -1, -1)
    assert ledger.flaws == (Flaw("answer_after_end", A.hex(), "ANSWER 1/2"),)


def test_an_option_that_no_paper_can_have_is_a_flaw() -> None:
    for option in (-2, 2**31, -(2**63), 2**63 - 1):
        ledger = read(START, answer(1, 0, option, 2000))
        assert ledger.attempts[0].answers == (-1, -1, -1)
        assert ledger.flaws == (Flaw("unknown_option", A.hex(), "ANSWER 1/1"),)


SAVES = st.lists(
    st.builds(
        lambda key, kind, item, option, at: Row(
            A, key[0], key[1], kind, item if kind is Kind.ANSWER else -1, option, at
        ),
        st.tuples(st.integers(1, 3), st.integers(1, 9)),
        st.sampled_from([Kind.ANSWER, Kind.PREDICT]),
        st.integers(0, 2),
        st.integers(-1, 5),
        st.integers(60_000, 95_000),
    ),
    unique_by=lambda row: (row.epoch, row.seq),
    max_size=20,
)
MOVED = st.lists(st.tuples(st.integers(1, 9), st.integers(55_000, 85_000)), max_size=3)


@given(SAVES, MOVED, st.none() | st.integers(60_000, 90_000), st.randoms())
def test_answers_are_those_a_naive_reading_finds(
    saves: list[Row], moved: list[tuple[int, int]], handed_in: int | None, random: Random
) -> None:
    """Decision 0004 read word by word, over all rows at once."""
    deadline = max(dict(moved).items())[1] if moved else 61_000
    end = min(deadline + 10_000, handed_in or 10**9)

    def last(rows: list[Row]) -> int:
        in_time = [row for row in rows if row.server_ms <= end]
        return max(in_time, key=lambda row: (row.epoch, row.seq)).option if in_time else -1

    rows = [START, *saves]
    rows += [Row(A, 1, 0, Kind.DEADLINE, n, at, 2000) for n, at in dict(moved).items()]
    if handed_in:
        rows.append(Row(A, 1, 0, Kind.SUBMIT, -1, -1, handed_in, -1, NONCE))
    random.shuffle(rows)
    ledger = read(*rows)
    (attempt,) = ledger.attempts
    answers = [row for row in saves if row.kind is Kind.ANSWER]
    assert attempt.answers == tuple(
        last([row for row in answers if row.item == item]) for item in range(3)
    )
    assert attempt.prediction == last([row for row in saves if row.kind is Kind.PREDICT])
    late = sum(row.server_ms > end for row in saves)
    assert [flaw.code for flaw in ledger.flaws].count("answer_after_end") == late


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([answer(1, 0, 2, 2000), answer(2, 1, 2, 2000), answer(1, 0, 1, 3000, epoch=2)], None),
        ([answer(1, 0, 2, 2000), Row(A, 1, 2, Kind.LATE_ANSWER, 0, 1, 99_000)], None),
        ([answer(2, 0, 2, 2000), Row(A, 1, 1, Kind.PREDICT, -1, 1, 2000)], None),
        ([answer(2, 0, 2, 2000)], "number_missing"),
        ([answer(0, 0, 2, 2000), answer(2, 0, 2, 2000)], "number_missing"),
        ([answer(1, 0, 2, 2000), answer(2, 0, 2, 2000, epoch=2)], "number_missing"),
        ([answer(1, 0, 2, 2000), answer(1, 1, 2, 2000)], "number_twice"),
        ([answer(1, 0, 2, 2000), Row(A, 1, 1, Kind.LATE_PREDICT, -1, 1, 99_000)], "number_twice"),
    ],
)
def test_saves_are_numbered_without_gaps_in_each_device_epoch(
    rows: list[Row], code: str | None
) -> None:
    assert [flaw.code for flaw in read(START, *rows).flaws] == ([code] if code else [])


def test_an_attempt_has_a_number_that_no_other_of_its_line_has() -> None:
    again = Row(b"b" * 16, 1, 0, Kind.START, 4, 1, 2000, -1, START.data)
    assert read(START, again).flaws == (Flaw("attempt_twice", again.attempt.hex(), "4/1"),)
    for number in (0, -1, 2**32):
        unnumbered = Row(A, 1, 0, Kind.START, 4, number, 1000, -1, START.data)
        assert read(unnumbered) == Ledger(
            (), (), (Flaw("attempt_unnumbered", A.hex(), "START 1/0"),)
        )


def test_every_flaw_has_a_sentence() -> None:
    assert set(get_args(FlawCode)) <= SENTENCES.keys()
