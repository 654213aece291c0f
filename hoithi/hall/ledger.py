"""A sitting's journal read into attempts: what counts, by the rows alone (docs/decisions/0004).

The same reading serves the desk when it collects a sitting and the verifier when it checks one.
It trusts nothing: a row that could not have been written is named as a flaw.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from hoithi.hall import formats
from hoithi.hall.formats import NONE, Kind, Row

# (epoch and number, position, option, server_ms) of an ANSWER row: all are kept until the end of
# the attempt is known, in a fraction of the memory that they would take as tuples.
_ANSWER = struct.Struct("<QHiq")
_LARGEST_OPTION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Flaw:
    """A row that contradicts the rules of the journal; `attempt` is empty for the sitting."""

    code: str
    attempt: str
    row: str


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One attempt as its rows tell it.

    `first_deadline_ms` is the deadline with which it began, `deadline_ms` what orders have made of
    it. `answers[i]` is the final option at position i of the paper, −1 where none counts;
    `submitted_ms` is the deadline when the attempt was handed in automatically. An attempt that
    nobody ended (`receipt` empty) counts as handed in automatically too.
    """

    attempt: bytes
    line: int
    number: int
    started_ms: int
    first_deadline_ms: int
    deadline_ms: int
    submitted_ms: int
    automatic: bool
    void: bool
    answers: tuple[int, ...]
    prediction: int
    late_rows: int
    stale_rows: int
    nonce: bytes
    receipt: bytes


@dataclass(slots=True)
class _Open:
    """An attempt while its rows are being read; predictions are (order, server_ms, number)."""

    start: Row | None = None
    deadline: tuple[int, int] = (NONE, NONE)
    answers: bytearray = field(default_factory=bytearray)
    predictions: list[tuple[int, int, int]] = field(default_factory=list)
    submit: Row | None = None
    auto: Row | None = None
    standing: tuple[int, bool] = (NONE, False)
    late: int = 0
    stale: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """All attempts of a sitting by (line, number), the orders it applied, and its flaws."""

    attempts: tuple[AttemptFacts, ...]
    orders: tuple[tuple[int, bytes], ...]
    flaws: tuple[Flaw, ...]


def read_ledger(rows: Iterable[Row], *, items: int, grace_ms: int) -> Ledger:
    """Fold rows, in the order of each writer's chain, writers in any order, into attempts.

    `items` is the number of positions in a paper. An answer takes 22 bytes until the last row has
    been read: a later row may move the deadline.
    """
    open_: dict[bytes, _Open] = {}
    orders: dict[int, bytes] = {}
    flaws: list[Flaw] = []
    for row in rows:
        kind = row.kind
        if kind is Kind.ORDER:
            if orders.setdefault(row.item, row.data) != row.data:
                flaws.append(Flaw("order_applied_differently", "", str(row.item)))
            continue
        if kind is Kind.CLOSED:
            continue
        attempt = open_.get(row.attempt)
        if attempt is None:
            attempt = open_[row.attempt] = _Open()
        code = _fold(attempt, row, items)
        if code:
            flaws.append(Flaw(code, row.attempt.hex(), _name(row)))
    facts = []
    for attempt_id, attempt in open_.items():
        if attempt.start is None:
            flaws.append(Flaw("attempt_without_start", attempt_id.hex(), ""))
            continue
        facts.append(_close(attempt_id, attempt, attempt.start, items, grace_ms, flaws))
    facts.sort(key=lambda each: (each.line, each.number))
    return Ledger(tuple(facts), tuple(sorted(orders.items())), tuple(flaws))


def _name(row: Row) -> str:
    return f"{row.kind.name} {row.epoch}/{row.seq}"


def _fold(attempt: _Open, row: Row, items: int) -> str:
    """Take one row in; answers the code of a flaw, or nothing."""
    match row.kind:
        case Kind.ANSWER:
            if not 0 <= row.item < items:
                return "unknown_position"
            if not NONE <= row.option <= _LARGEST_OPTION:
                return "unknown_option"
            attempt.answers += _ANSWER.pack(_order(row), row.item, row.option, row.server_ms)
        case Kind.PREDICT:
            attempt.predictions.append((_order(row), row.server_ms, row.option))
        case Kind.LATE_ANSWER | Kind.LATE_PREDICT:
            attempt.late += 1
        case Kind.STALE_ANSWER:
            attempt.stale += 1
        case _:
            return _fold_event(attempt, row)
    return ""


def _fold_event(attempt: _Open, row: Row) -> str:
    """Take in a row that starts, ends, lengthens or voids an attempt."""
    match row.kind:
        case Kind.START:
            if attempt.start is not None:
                return "started_twice"
            attempt.start = row
        case Kind.SUBMIT:
            if attempt.submit is not None:
                return "submitted_twice"
            attempt.submit = row
        case Kind.AUTO_SUBMIT:
            if attempt.auto is None or row.server_ms > attempt.auto.server_ms:
                attempt.auto = row
        case Kind.DEADLINE:
            attempt.deadline = max(attempt.deadline, (row.item, row.option))
        case Kind.VOID | Kind.RESTORE:
            attempt.standing = max(attempt.standing, (row.item, row.kind is Kind.VOID))
    return ""


def _order(row: Row) -> int:
    """What orders the answers of an attempt: device epoch, then the client's number."""
    return row.epoch << 32 | row.seq


def _last_in_time(
    attempt: _Open, items: int, last_ms: int
) -> tuple[list[int], int, list[tuple[str, int]]]:
    """Final answers and prediction, of those that came in time, and what came after the end."""
    answers = [NONE] * items
    newest = [NONE] * items
    after: list[tuple[str, int]] = []
    for order, position, option, server_ms in _ANSWER.iter_unpack(attempt.answers):
        if server_ms > last_ms:
            after.append(("ANSWER", order))
        elif order > newest[position]:
            newest[position], answers[position] = order, option
    in_time = [each for each in attempt.predictions if each[1] <= last_ms]
    after += [("PREDICT", order) for order, at_ms, _ in attempt.predictions if at_ms > last_ms]
    return answers, max(in_time)[2] if in_time else NONE, after


def _close(
    attempt_id: bytes, attempt: _Open, start: Row, items: int, grace_ms: int, flaws: list[Flaw]
) -> AttemptFacts:
    try:
        deadline_ms, _tag = formats.read_start_data(start.data)
    except struct.error:
        flaws.append(Flaw("start_without_deadline", attempt_id.hex(), _name(start)))
        deadline_ms = start.server_ms
    first_deadline_ms = deadline_ms
    if attempt.deadline[0] != NONE:
        deadline_ms = attempt.deadline[1]
    end = attempt.submit or attempt.auto
    last_ms = deadline_ms + grace_ms
    if attempt.submit is not None:
        last_ms = min(last_ms, attempt.submit.server_ms)
        if attempt.submit.server_ms > deadline_ms + grace_ms:
            flaws.append(Flaw("submitted_after_deadline", attempt_id.hex(), _name(attempt.submit)))
    answers, prediction, after = _last_in_time(attempt, items, last_ms)
    for name, order in after:
        row = f"{name} {order >> 32}/{order & 0xFFFFFFFF}"
        flaws.append(Flaw("answer_after_end", attempt_id.hex(), row))
    submitted_ms = attempt.submit.server_ms if attempt.submit is not None else deadline_ms
    nonce = end.data if end is not None else b""
    receipt = b""
    if nonce:
        receipt = formats.receipt(
            nonce=nonce,
            attempt=attempt_id,
            submitted_ms=submitted_ms,
            answers=answers,
            prediction=prediction,
        )
    return AttemptFacts(
        attempt=attempt_id,
        line=start.item,
        number=start.option,
        started_ms=start.server_ms,
        first_deadline_ms=first_deadline_ms,
        deadline_ms=deadline_ms,
        submitted_ms=submitted_ms,
        automatic=attempt.submit is None,
        void=attempt.standing[1],
        answers=tuple(answers),
        prediction=prediction,
        late_rows=attempt.late,
        stale_rows=attempt.stale,
        nonce=nonce,
        receipt=receipt,
    )
