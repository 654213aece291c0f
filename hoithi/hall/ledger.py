"""A sitting's journal read into attempts: what counts, by the rows alone (docs/decisions/0004).

The same reading serves the desk when it collects a sitting and the verifier when it checks one.
It trusts nothing: a row that could not have been written is named as a flaw.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import Literal

from hoithi.hall import formats
from hoithi.hall.formats import NONE, Kind, Row

# (epoch and number, position, option, server_ms) of an ANSWER row: all are kept until the end of
# the attempt is known, in a fraction of the memory that they would take as tuples.
_ANSWER = struct.Struct("<QHiq")
_LARGEST_OPTION = 2**31 - 1
_OF_SITTING = frozenset({Kind.ORDER, Kind.CLOSED, Kind.OPENED, Kind.SHUT})
_LARGEST_NUMBER = _LOW = 2**32 - 1

FlawCode = Literal[
    "started_twice",
    "submitted_twice",
    "unknown_position",
    "unknown_option",
    "number_twice",  # two saves of one number in one device epoch
    "number_missing",  # the numbers of an epoch do not run 1, 2, 3 …
    "answer_after_end",
    "submitted_after_deadline",
    "start_without_deadline",
    "attempt_without_start",
    "attempt_unnumbered",
    "attempt_twice",  # two attempts of one number for one line
    "order_applied_differently",
    "opened_with_another_roster",
    "started_outside",  # of this `hall.times` knows
    "answered_outside",  # and of this `hall.presses`
]


@dataclass(frozen=True, slots=True)
class Flaw:
    """A row that contradicts the rules of the journal; `attempt` is empty for the sitting."""

    code: FlawCode
    attempt: str
    row: str


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """One attempt as its rows tell it.

    `first_deadline_ms` is the deadline with which it began, `deadline_ms` what orders have made of
    it. `answers[i]` is the final option at position i of the paper, −1 where none counts;
    `submitted_ms` is the deadline when the attempt was handed in automatically. An attempt that
    nobody ended (`receipt` empty) counts as handed in automatically too. `answered_ms` is when each
    final answer came, where that was asked for.
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
    answered_ms: tuple[int, ...] = ()


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
    late: list[int] = field(default_factory=list)
    stale: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """All attempts of a sitting by (line, number), the orders it applied, and its flaws."""

    attempts: tuple[AttemptFacts, ...]
    orders: tuple[tuple[int, bytes], ...]
    flaws: tuple[Flaw, ...]


def read_ledger(
    rows: Iterable[Row],
    *,
    items: int,
    grace_ms: int,
    roster_sha256: bytes | None = None,
    timed: bool = False,
) -> Ledger:
    """Fold rows, in the order of each writer's chain, writers in any order, into attempts.

    `items` is the number of positions in a paper. With a roster's hash, a writer that opened the
    sitting with another one is a flaw. An answer takes 22 bytes until the last row has been read: a
    later row may move the deadline.
    """
    open_: dict[bytes, _Open] = {}
    orders: dict[int, bytes] = {}
    flaws: list[Flaw] = []
    answer_kind, pack = Kind.ANSWER, _ANSWER.pack
    for row in rows:
        kind = row.kind
        if kind is answer_kind and row.attempt in open_:
            # Nearly every row is this one; what is wrong with it is told below.
            item, option = row.item, row.option
            if 0 <= item < items and NONE <= option <= _LARGEST_OPTION:
                order = row.epoch << 32 | row.seq
                open_[row.attempt].answers += pack(order, item, option, row.server_ms)
                continue
        if kind in _OF_SITTING:
            flaw = _fold_sitting(row, orders, roster_sha256)
            flaws += [flaw] if flaw else []
            continue
        attempt = open_.get(row.attempt)
        if attempt is None:
            attempt = open_[row.attempt] = _Open()
        code = _fold(attempt, row, items)
        if code:
            flaws.append(Flaw(code, row.attempt.hex(), _name(row)))
    facts = _facts(open_, items, grace_ms, flaws, timed=timed)
    return Ledger(facts, tuple(sorted(orders.items())), tuple(flaws))


class Unfolding:
    """The same reading for whoever follows a sitting while it runs: rows as they come, writers in
    any order."""

    def __init__(self, *, items: int, grace_ms: int) -> None:
        self._items = items
        self._grace_ms = grace_ms
        self._open: dict[bytes, _Open] = {}

    def add(self, rows: Iterable[Row]) -> set[bytes]:
        """Take rows in; answers the attempts that did more than to be answered."""
        moved = set()
        for row in rows:
            if row.kind in _OF_SITTING:
                continue
            _fold(self._open.setdefault(row.attempt, _Open()), row, self._items)
            if row.kind not in (Kind.ANSWER, Kind.PREDICT):
                moved.add(row.attempt)
        return moved

    def ended(self, attempt_id: bytes) -> AttemptFacts | None:
        """An attempt that is over, by the rows so far; none while it can still be answered.

        One that time ended is open again when its deadline was moved to after that.
        """
        attempt = self._open[attempt_id]
        if attempt.start is None:
            return None
        facts = _close(attempt_id, attempt, attempt.start, self._items, self._grace_ms, [])
        if attempt.submit is not None:
            return facts
        over = attempt.auto is not None and (
            attempt.auto.server_ms > facts.deadline_ms + self._grace_ms
        )
        return facts if over else None


def _fold_sitting(row: Row, orders: dict[int, bytes], roster_sha256: bytes | None) -> Flaw | None:
    """Take in a row of the sitting itself."""
    if row.kind is Kind.ORDER and orders.setdefault(row.item, row.data) != row.data:
        return Flaw("order_applied_differently", "", str(row.item))
    if row.kind is Kind.OPENED and roster_sha256 not in (None, row.data):
        return Flaw("opened_with_another_roster", "", row.data.hex())
    return None


def _facts(
    open_: dict[bytes, _Open], items: int, grace_ms: int, flaws: list[Flaw], *, timed: bool
) -> tuple[AttemptFacts, ...]:
    """The attempts by (line, number), once every row has been read."""
    facts = []
    for attempt_id, attempt in open_.items():
        start = attempt.start
        if start is None:
            flaws.append(Flaw("attempt_without_start", attempt_id.hex(), ""))
        elif not 1 <= start.option <= _LARGEST_NUMBER:
            flaws.append(Flaw("attempt_unnumbered", attempt_id.hex(), _name(start)))
        else:
            closed = _close(attempt_id, attempt, start, items, grace_ms, flaws)
            facts.append(replace(closed, answered_ms=_times(attempt, closed)) if timed else closed)
    facts.sort(key=lambda each: (each.line, each.number))
    flaws.extend(
        Flaw("attempt_twice", each.attempt.hex(), f"{each.line}/{each.number}")
        for before, each in pairwise(facts)
        if (before.line, before.number) == (each.line, each.number)
    )
    return tuple(facts)


def _name(row: Row) -> str:
    return f"{row.kind.name} {row.epoch}/{row.seq}"


def _fold(attempt: _Open, row: Row, items: int) -> FlawCode | None:
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
            attempt.late.append(_order(row))
        case Kind.STALE_ANSWER:
            attempt.stale += 1
        case _:
            return _fold_event(attempt, row)
    return None


def _fold_event(attempt: _Open, row: Row) -> FlawCode | None:
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
    return None


def _order(row: Row) -> int:
    """What orders the answers of an attempt: device epoch, then the client's number."""
    return row.epoch << 32 | row.seq


def _last_in_time(
    attempt_id: bytes, attempt: _Open, items: int, last_ms: int, flaws: list[Flaw]
) -> tuple[list[int], int]:
    """Final answers and prediction: the last of those that came in time."""
    answers = [NONE] * items
    newest = [NONE] * items
    orders = [*attempt.late, *(order for order, _, _ in attempt.predictions)]
    after: list[str] = []
    for order, position, option, server_ms in _ANSWER.iter_unpack(attempt.answers):
        orders.append(order)
        if server_ms > last_ms:
            after.append(f"ANSWER {_shown(order)}")
        elif order > newest[position]:
            newest[position], answers[position] = order, option
    in_time = [each for each in attempt.predictions if each[1] <= last_ms]
    after += [f"PREDICT {_shown(each[0])}" for each in attempt.predictions if each[1] > last_ms]
    code = _misnumbered(orders)
    if code:
        flaws.append(Flaw(code, attempt_id.hex(), ""))
    flaws.extend(Flaw("answer_after_end", attempt_id.hex(), row) for row in after)
    return answers, max(in_time)[2] if in_time else NONE


def _times(attempt: _Open, facts: AttemptFacts) -> tuple[int, ...]:
    """When each final answer came; −1 for none."""
    times = [NONE] * len(facts.answers)
    newest = [NONE] * len(facts.answers)
    for order, position, option, server_ms in _ANSWER.iter_unpack(attempt.answers):
        if order > newest[position] and option == facts.answers[position]:
            newest[position], times[position] = order, server_ms
    return tuple(times)


def _misnumbered(orders: list[int]) -> FlawCode | None:
    """Whether numbers are not 1, 2, 3 … in each epoch, each once: the hall takes no others."""
    if not orders:
        return None
    distinct = set(orders)
    if len(distinct) != len(orders):
        return "number_twice"
    first, last = min(distinct), max(distinct)
    if first >> 32 == last >> 32:
        runs = [(first, last, len(distinct))]
    else:
        epochs = groupby(sorted(distinct), key=lambda order: order >> 32)
        runs = [(own[0], own[-1], len(own)) for own in (list(group) for _, group in epochs)]
    if all(low & _LOW == 1 and high & _LOW == count for low, high, count in runs):
        return None
    return "number_missing"


def _shown(order: int) -> str:
    return f"{order >> 32}/{order & _LOW}"


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
    answers, prediction = _last_in_time(attempt_id, attempt, items, last_ms, flaws)
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
        late_rows=len(attempt.late),
        stale_rows=attempt.stale,
        nonce=nonce,
        receipt=receipt,
    )
