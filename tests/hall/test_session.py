"""One contestant in one sitting: what is accepted, what is refused, and what is stored."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hoithi.hall import formats, session
from hoithi.hall.formats import Kind, Row
from hoithi.hall.ledger import read_ledger
from hoithi.hall.session import (
    Ended,
    Expire,
    Line,
    MoveDeadline,
    Refused,
    Replay,
    Reply,
    SaveAnswers,
    Saved,
    SetVoid,
    Standing,
    Start,
    Step,
    Submit,
    Terms,
    step,
)
from hoithi.hall.wire import Refusal
from hoithi.rules.paper import AttemptRule

A, B = b"a" * 16, b"b" * 16
PHONE, TABLET = b"p" * 8, b"t" * 8
NONCE = b"n" * 16
TERMS = Terms(
    opens_ms=1000,
    closes_ms=100_000,
    duration_ms=20_000,
    grace_ms=500,
    items=3,
    all_required=False,
    has_prediction=False,
    attempts=AttemptRule(1, "round", 420, []),
)
EMPTY = Line(7)


def start(
    line: Line = EMPTY, now: int = 1000, device: bytes = PHONE, terms: Terms = TERMS, **more: object
) -> Step:
    take_over = bool(more.get("take_over"))
    attempt = more.get("attempt", A)
    assert isinstance(attempt, bytes)
    return step(line, Start(device, take_over, attempt, NONCE), now, terms)


def save(line: Line, *saves: tuple[int, int, int], now: int = 2000, epoch: int = 1) -> Step:
    command = SaveAnswers(A, epoch, tuple((n, item, option, -1) for n, item, option in saves))
    return step(line, command, now, TERMS)


def submit(line: Line, last_seq: int, now: int = 3000, terms: Terms = TERMS) -> Step:
    return step(line, Submit(A, line.attempts[-1].epoch, last_seq, NONCE), now, terms)


def refused(reply: Reply) -> tuple[int, Refusal]:
    assert isinstance(reply, Refused)
    return reply.status, reply.refusal


def kinds(result: Step) -> list[Kind]:
    return [row.kind for row in result.rows]


OPEN = start().line


def test_a_start_stores_line_number_deadline_and_device() -> None:
    result = start(now=5000)
    assert result.rows == (
        Row(A, 1, 0, Kind.START, 7, 1, 5000, -1, formats.start_data(25_000, PHONE)),
    )
    assert result.line.attempts[0].deadline_ms == 25_000


def test_the_end_of_the_sitting_cuts_the_last_attempts_short() -> None:
    assert start(now=90_000).line.attempts[0].deadline_ms == 100_000


@pytest.mark.parametrize(
    ("now", "refusal"),
    [(999, Refusal("not_open", opens_ms=1000)), (100_000, Refusal("closed"))],
)
def test_outside_the_window_nobody_starts(now: int, refusal: Refusal) -> None:
    assert refused(start(now=now).reply) == (403, refusal)


def test_granted_minutes_lengthen_window_and_duration() -> None:
    terms = replace(TERMS, extra_ms=60_000)
    assert start(now=100_000, terms=terms).line.attempts[0].deadline_ms == 160_000


def test_the_same_device_resumes_and_stores_nothing() -> None:
    result = start(OPEN, now=2000)
    assert (result.rows, result.reply) == ((), Standing(OPEN.attempts[0]))


def test_another_device_is_told_and_may_take_over() -> None:
    asked = start(OPEN, device=TABLET)
    assert refused(asked.reply) == (409, Refusal("other_device"))
    moved = start(OPEN, device=TABLET, now=3000, take_over=True)
    assert moved.rows == (Row(A, 2, 0, Kind.DEVICE, -1, 1, 3000, -1, TABLET),)
    attempt = moved.line.attempts[0]
    assert (attempt.epoch, attempt.last_seq) == (2, 0)


def test_answers_of_the_replaced_device_are_kept_as_evidence_only() -> None:
    moved = start(save(OPEN, (1, 0, 2)).line, device=TABLET, take_over=True).line
    late = save(moved, (2, 0, 3))
    assert refused(late.reply) == (409, Refusal("stale_device"))
    assert kinds(late) == [Kind.STALE_ANSWER]
    assert late.line.attempts[0].answers == (2, -1, -1)


def test_evidence_is_bounded() -> None:
    line = start(OPEN, device=TABLET, take_over=True).line
    saves = tuple((n, 0, 1) for n in range(1, 401))
    line = save(line, *saves).line
    assert len(save(line, *saves).rows) == 100
    assert save(save(line, *saves).line, (1, 0, 1)).rows == ()


def test_answers_are_stored_in_order_and_acknowledged() -> None:
    result = save(OPEN, (1, 0, 2), (2, 2, 1), (3, 0, 3))
    assert result.reply == Saved(3, 21_000, late=False)
    assert [(row.seq, row.item, row.option) for row in result.rows] == [
        (1, 0, 2),
        (2, 2, 1),
        (3, 0, 3),
    ]
    assert result.line.attempts[0].answers == (3, -1, 1)


def test_a_repeat_is_acknowledged_and_not_stored_again() -> None:
    line = save(OPEN, (1, 0, 2)).line
    again = save(line, (1, 0, 2), (2, 1, 1))
    assert again.reply == Saved(2, 21_000, late=False)
    assert [row.seq for row in again.rows] == [2]
    assert save(line, (1, 0, 2)).rows == ()


@pytest.mark.parametrize(
    ("saves", "refusal"),
    [
        (((1, 0, 3),), Refusal("conflict", last_seq=1)),
        (((1, 1, 2),), Refusal("conflict", last_seq=1)),
        (((0, 0, 2),), Refusal("conflict", last_seq=1)),
        (((3, 0, 2),), Refusal("gap", expected=2)),
        (((2, 0, 2), (4, 0, 1)), Refusal("gap", expected=3)),
        (((3, 0, 2), (2, 0, 1)), Refusal("gap", expected=2)),
    ],
)
def test_wrong_numbers_store_nothing(
    saves: tuple[tuple[int, int, int], ...], refusal: Refusal
) -> None:
    result = save(save(OPEN, (1, 0, 2)).line, *saves)
    assert refused(result.reply) == (409, refusal)
    assert result.rows == ()


def test_the_grace_counts_and_one_millisecond_later_is_late() -> None:
    assert save(OPEN, (1, 0, 2), now=21_500).line.attempts[0].answers == (2, -1, -1)
    late = save(OPEN, (1, 0, 2), (2, -1, 9), now=21_501)
    assert late.reply == Saved(2, 21_000, late=True)
    assert kinds(late) == [Kind.LATE_ANSWER, Kind.LATE_PREDICT]
    assert late.line.attempts[0].answers == (-1, -1, -1)
    assert late.line.attempts[0].prediction == -1
    assert (OPEN.attempts[0].late, late.line.attempts[0].late) == (0, 2)
    again = save(late.line, (1, 0, 2), (2, -1, 9), (3, 0, 1), now=21_600)
    assert again.line.attempts[0].late == 3


def test_a_line_stored_before_late_answers_were_counted_is_read() -> None:
    (stored,) = msgspec.msgpack.decode(session.encode_attempts(OPEN))
    assert session.decode_line(7, msgspec.msgpack.encode([stored[:-1]])) == OPEN


def test_handing_in_is_final_and_repeats_the_same_receipt() -> None:
    line = save(OPEN, (1, 0, 2)).line
    first = submit(line, 1)
    assert kinds(first) == [Kind.SUBMIT]
    again = step(first.line, Submit(A, 1, 1, b"m" * 16), 9000, TERMS)
    assert (again.rows, again.reply) == ((), first.reply)
    assert refused(save(first.line, (2, 1, 1)).reply) == (409, Refusal("submitted"))
    assert refused(start(first.line, now=9000).reply) == (403, Refusal("no_attempts_left"))


def test_nothing_is_handed_in_half() -> None:
    line = save(OPEN, (1, 0, 2)).line
    assert refused(submit(line, 2).reply) == (409, Refusal("gap", expected=2, last_seq=1))
    strict = replace(TERMS, all_required=True)
    assert refused(submit(line, 1, terms=strict).reply) == (422, Refusal("incomplete"))


def test_a_missing_prediction_is_incomplete_when_all_is_required() -> None:
    strict = replace(TERMS, all_required=True, has_prediction=True)
    line = save(OPEN, (1, 0, 2), (2, 1, 2), (3, 2, 2)).line
    assert refused(submit(line, 3, terms=strict).reply)[1] == Refusal("incomplete")
    assert kinds(submit(save(line, (4, -1, 12)).line, 4, terms=strict)) == [Kind.SUBMIT]


def test_time_ends_an_attempt_at_its_deadline() -> None:
    assert step(OPEN, Expire(A, NONCE), 21_500, TERMS).rows == ()
    over = step(OPEN, Expire(A, NONCE), 60_000, TERMS)
    attempt = over.line.attempts[0]
    assert kinds(over) == [Kind.AUTO_SUBMIT]
    assert (attempt.ended, attempt.ended_ms) == (Ended.AUTOMATIC, 21_000)
    late = save(over.line, (1, 0, 1), now=61_000)
    assert late.reply == Saved(1, 21_000, late=True)


def test_handing_in_after_the_end_gives_the_automatic_receipt() -> None:
    result = submit(OPEN, 0, now=30_000)
    assert kinds(result) == [Kind.AUTO_SUBMIT]
    assert isinstance(result.reply, Standing)
    assert result.reply.attempt.ended is Ended.AUTOMATIC


def test_a_later_deadline_reopens_what_time_had_ended() -> None:
    over = step(OPEN, Expire(A, NONCE), 60_000, TERMS).line
    longer = step(over, MoveDeadline(A, 4, 90_000), 61_000, TERMS)
    assert longer.rows == (Row(A, 1, 0, Kind.DEADLINE, 4, 90_000, 61_000),)
    assert save(longer.line, (1, 0, 1), now=80_000).reply == Saved(1, 90_000, late=False)


def test_no_deadline_is_set_before_what_was_acknowledged() -> None:
    """An order can come late, or from a clock that is behind."""
    answered = save(OPEN, (1, 0, 1), now=9000).line
    moved = step(answered, MoveDeadline(A, 4, 2000), 9500, TERMS)
    assert moved.rows == (Row(A, 1, 0, Kind.DEADLINE, 4, 9500, 9500),)
    in_grace = step(answered, MoveDeadline(A, 4, 2000), 21_300, TERMS)
    assert in_grace.rows == (Row(A, 1, 0, Kind.DEADLINE, 4, 21_000, 21_300),)


def test_minutes_that_come_too_late_leave_the_receipt_as_it_is() -> None:
    over = step(OPEN, Expire(A, NONCE), 60_000, TERMS).line
    assert step(over, MoveDeadline(A, 4, 50_000), 61_000, TERMS) == Step(
        over, (), Standing(over.attempts[0])
    )


def test_answers_and_devices_of_one_attempt_are_bounded() -> None:
    line = OPEN
    first = SaveAnswers(A, 1, tuple((n, 0, n % 2, -1) for n in range(1, session.MOST_SAVES + 1)))
    line = step(line, first, 2000, TERMS).line
    refusal = Refusal("limit_reached", last_seq=session.MOST_SAVES)
    assert save(line, (session.MOST_SAVES + 1, 0, 1)) == Step(line, (), Refused(429, refusal))
    assert save(line, (session.MOST_SAVES, 0, 0)).reply == Saved(
        session.MOST_SAVES, 21_000, late=False
    )
    line = OPEN
    for turn in range(1, session.MOST_DEVICES):
        line = start(line, now=1500, device=(PHONE, TABLET)[turn % 2], take_over=True).line
    last = start(line, now=1500, device=PHONE, take_over=True)
    assert refused(last.reply) == (429, Refusal("limit_reached"))


def test_a_later_deadline_never_reopens_what_was_handed_in() -> None:
    done = submit(OPEN, 0).line
    assert step(done, MoveDeadline(A, 4, 90_000), 4000, TERMS).rows == ()


def test_an_order_is_heard_once_and_never_after_a_newer_one() -> None:
    """On several nodes each applies every order, some of them late."""
    moved = step(OPEN, MoveDeadline(A, 5, 30_000), 2000, TERMS).line
    for older in (MoveDeadline(A, 5, 30_000), MoveDeadline(A, 4, 25_000)):
        assert step(moved, older, 2500, TERMS) == Step(moved, (), Standing(moved.attempts[0]))
    restored = step(OPEN, SetVoid(A, 6, void=False), 2000, TERMS).line
    assert step(restored, SetVoid(A, 5, void=True), 2500, TERMS).line == restored


def test_a_void_attempt_takes_nothing_and_can_be_restored() -> None:
    void = step(OPEN, SetVoid(A, 2, void=True), 2000, TERMS)
    assert void.rows == (Row(A, 1, 0, Kind.VOID, 2, -1, 2000),)
    assert refused(save(void.line, (1, 0, 1)).reply) == (403, Refusal("voided"))
    assert refused(submit(void.line, 0).reply) == (403, Refusal("voided"))
    back = step(void.line, SetVoid(A, 3, void=False), 2500, TERMS)
    assert kinds(save(back.line, (1, 0, 1))) == [Kind.ANSWER]


def test_a_void_attempt_makes_room_for_a_new_one() -> None:
    void = step(OPEN, SetVoid(A, 2, void=True), 2000, TERMS).line
    assert start(void, attempt=B).line.attempts[1].number == 2


MIDNIGHT = 1_696_093_200_000  # 01/10/2023 00:00 +07


def test_an_attempt_a_day_is_counted_by_the_contests_own_midnight() -> None:
    daily = replace(
        TERMS,
        opens_ms=0,
        closes_ms=MIDNIGHT * 2,
        attempts=AttemptRule(1, "day", 420, []),
    )
    line = start(now=MIDNIGHT - 60_000, terms=daily).line
    line = step(line, Submit(A, 1, 0, NONCE), MIDNIGHT - 30_000, daily).line
    before = start(line, now=MIDNIGHT - 1, terms=daily, attempt=B)
    assert refused(before.reply) == (403, Refusal("no_attempts_left"))
    after = start(line, now=MIDNIGHT, terms=daily, attempt=B)
    assert [attempt.number for attempt in after.line.attempts] == [1, 2]


def test_an_attempt_a_period_is_counted_by_the_plans_windows() -> None:
    terms = replace(TERMS, attempts=AttemptRule(1, "period", 420, [(0, 10_000), (10_000, 100_000)]))
    line = step(start(terms=terms).line, Submit(A, 1, 0, NONCE), 2000, terms).line
    assert session.attempts_left(line, 9999, terms) == 0
    assert session.attempts_left(line, 10_000, terms) == 1


def test_an_unknown_attempt_is_refused() -> None:
    for command in (SaveAnswers(B, 1, ()), Submit(B, 1, 0, NONCE), Expire(B, NONCE)):
        assert refused(step(OPEN, command, 2000, TERMS).reply) == (401, Refusal("token_invalid"))


COMMANDS = st.one_of(
    st.builds(
        Start,
        st.sampled_from([PHONE, TABLET]),
        st.booleans(),
        st.just(A),
        st.just(NONCE),
    ),
    st.builds(
        lambda epoch, first, options: ("save", epoch, first, options),
        st.integers(1, 3),
        st.integers(-1, 2),
        st.lists(st.tuples(st.integers(-1, 2), st.integers(0, 3)), max_size=4),
    ),
    st.builds(lambda off: ("submit", off), st.integers(0, 1)),
    st.sampled_from(["expire", "void", "restore", "longer", "shorter", "past"]),
)


@settings(max_examples=300)
@given(st.lists(st.tuples(COMMANDS, st.integers(0, 6000)), max_size=25))
def test_what_was_acknowledged_is_what_the_journal_says(
    script: list[tuple[object, int]],
) -> None:
    """Any play of commands: replay gives the same state, the ledger the same answers."""
    terms = replace(TERMS, attempts=AttemptRule(None, "round", 420, []))
    line, now = EMPTY, 1000
    rows: list[Row] = []
    for order, (what, passed) in enumerate(script, start=1):
        now += passed
        result = step(line, _command(line, what, order, now), now, terms)
        rows += result.rows
        for each in line.attempts:
            after = result.line.find(each.attempt)
            assert after is not None
            if each.ended is not Ended.OPEN and after.ended is not Ended.OPEN:
                assert after.receipt() == each.receipt()
        line = result.line
    assert all(formats.row_bytes(row) for row in rows)
    replayed = Replay(items=3)
    replayed.take(rows)
    assert replayed.lines() == ({7: line} if line.attempts else {})
    assert session.decode_line(7, session.encode_attempts(line)) == line
    ledger = read_ledger(rows, items=3, grace_ms=500)
    assert [flaw.code for flaw in ledger.flaws] == []
    assert [
        (fact.number, fact.answers, fact.prediction, fact.deadline_ms, fact.void)
        for fact in ledger.attempts
    ] == [
        (each.number, each.answers, each.prediction, each.deadline_ms, each.void)
        for each in line.attempts
    ]
    ended = [each for each in line.attempts if each.ended is not Ended.OPEN]
    receipts = {fact.attempt: fact.receipt for fact in ledger.attempts}
    assert all(receipts[each.attempt] == each.receipt() for each in ended)


DEADLINES = {"longer": 5000, "shorter": 100, "past": -3000}


def _command(line: Line, what: object, order: int, now: int) -> session.Command:
    if isinstance(what, Start):
        return Start(what.device, what.take_over, order.to_bytes(16, "big"), what.nonce)
    attempt = line.attempts[-1] if line.attempts else None
    attempt_id = attempt.attempt if attempt else A
    last = attempt.last_seq if attempt else 0
    if isinstance(what, tuple) and what[0] == "save":
        _, epoch, first, options = what
        saves = tuple(
            (max(1, last + first + n), item, option, -1) for n, (item, option) in enumerate(options)
        )
        return SaveAnswers(attempt_id, epoch, saves)
    if isinstance(what, tuple):
        return Submit(attempt_id, attempt.epoch if attempt else 1, last + what[1], NONCE)
    if what == "expire":
        return Expire(attempt_id, NONCE)
    if what in DEADLINES:
        return MoveDeadline(attempt_id, order, now + DEADLINES[str(what)])
    return SetVoid(attempt_id, order, void=what == "void")


def test_while_it_is_held_nobody_starts_and_who_has_started_goes_on() -> None:
    held = replace(TERMS, is_held=True)
    assert refused(start(terms=held).reply) == (403, Refusal("held"))
    begun = start()
    assert isinstance(start(begun.line, now=1500, terms=held).reply, Standing)
    saved = step(begun.line, SaveAnswers(A, 1, ((1, 0, 1, -1),)), 2000, held)
    assert isinstance(saved.reply, Saved)
    ended = step(saved.line, Submit(A, 1, 1, NONCE), 3000, held)
    assert isinstance(ended.reply, Standing)
    assert ended.reply.attempt.ended is Ended.SUBMITTED
    twice = replace(held, attempts=AttemptRule(2, "round", 420, []))
    assert refused(start(ended.line, now=4000, terms=twice).reply) == (403, Refusal("held"))
