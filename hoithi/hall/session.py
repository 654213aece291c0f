"""The state machine of one contestant in one sitting: (state, command, now) → (state, rows, reply).

The unit is a *line* of the roster with all its attempts. A step does no I/O, knows no clock and no
chance: ids and nonces come with the command. It never changes its input, so that a step whose
commit failed has not happened.

What is made anew for every save is a msgspec struct: it is made and copied several times faster
than a frozen dataclass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import msgspec
from msgspec.structs import replace

from hoithi.hall import formats
from hoithi.hall.formats import NO_ATTEMPT, NONE, Kind, Row
from hoithi.hall.wire import Refusal
from hoithi.rules.attempts import span
from hoithi.rules.paper import AttemptRule
from hoithi.rules.together import Span

PREDICTION = -1
MOST_STALE_ROWS = 500
MOST_SAVES = 5000
MOST_DEVICES = 200

Save = tuple[int, int, int, int]


class Ended(IntEnum):
    """How an attempt ended, if it did."""

    OPEN = 0
    SUBMITTED = 1
    AUTOMATIC = 2


class Attempt(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One attempt as it stands.

    `history[n − 1]` is (position, option) saved under number n in the current epoch;
    `ended_ms` is the effective time of handing in: the deadline when it was automatic;
    `deadline_order` and `void_order` are the orders that spoke last: an older one is not heard;
    `late` is how many of its rows came too late to count.
    """

    attempt: bytes
    number: int
    started_ms: int
    deadline_ms: int
    epoch: int
    device: bytes
    answers: tuple[int, ...]
    history: tuple[tuple[int, int], ...] = ()
    prediction: int = NONE
    ended: Ended = Ended.OPEN
    ended_ms: int = NONE
    nonce: bytes = b""
    void: bool = False
    stale: int = 0
    deadline_order: int = NONE
    void_order: int = NONE
    late: int = 0

    @property
    def last_seq(self) -> int:
        return len(self.history)

    def receipt(self) -> bytes:
        """The receipt of an ended attempt."""
        return formats.receipt(
            nonce=self.nonce,
            attempt=self.attempt,
            submitted_ms=self.ended_ms,
            answers=self.answers,
            prediction=self.prediction,
        )


class Line(msgspec.Struct, frozen=True, gc=False):
    """A line of the roster with its attempts, oldest first."""

    number: int
    attempts: tuple[Attempt, ...] = ()

    def find(self, attempt: bytes) -> Attempt | None:
        for each in reversed(self.attempts):
            if each.attempt == attempt:
                return each
        return None

    def with_attempt(self, changed: Attempt) -> Line:
        return Line(
            self.number,
            tuple(changed if each.attempt == changed.attempt else each for each in self.attempts),
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """What the sealed policy and the orders say for one line at this time.

    `extra_ms` are minutes granted to this line for the span of its attempts that is now. An attempt
    that starts now ends at `until_ms` at the latest, if that is behind `closes_ms`: a window was
    replaced by an earlier one moments ago. While it `is_held` nobody starts: the questions are
    being withdrawn. Where all answer together, `spans` are from when to when each question asked so
    far is open, and nobody starts once there is one.
    """

    opens_ms: int
    closes_ms: int
    duration_ms: int
    grace_ms: int
    items: int
    all_required: bool
    has_prediction: bool
    attempts: AttemptRule
    extra_ms: int = 0
    until_ms: int = 0
    is_held: bool = False
    spans: tuple[Span, ...] | None = None


class Start(msgspec.Struct, frozen=True, gc=False):
    """Start, resume or take over; `attempt` and `nonce` are used if one begins or ends now."""

    device: bytes
    take_over: bool
    attempt: bytes
    nonce: bytes


class SaveAnswers(msgspec.Struct, frozen=True, gc=False):
    """Rows of (number, position, option, client's time); position −1 is the prediction."""

    attempt: bytes
    epoch: int
    saves: tuple[Save, ...]


@dataclass(frozen=True, slots=True)
class Submit:
    attempt: bytes
    epoch: int
    last_seq: int
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Expire:
    """End an attempt whose time is over; does nothing to any other."""

    attempt: bytes
    nonce: bytes


@dataclass(frozen=True, slots=True)
class MoveDeadline:
    attempt: bytes
    order: int
    deadline_ms: int


@dataclass(frozen=True, slots=True)
class SetVoid:
    attempt: bytes
    order: int
    void: bool


Command = Start | SaveAnswers | Submit | Expire | MoveDeadline | SetVoid


class Refused(msgspec.Struct, frozen=True, gc=False):
    status: int
    refusal: Refusal


class Standing(msgspec.Struct, frozen=True, gc=False):
    """The attempt after a command that was accepted."""

    attempt: Attempt


class Saved(msgspec.Struct, frozen=True, gc=False):
    acknowledged: int
    deadline_ms: int
    late: bool


Reply = Refused | Standing | Saved


class Step(msgspec.Struct, frozen=True, gc=False):
    """The line after a command, the rows to store, and the answer that may leave after that."""

    line: Line
    rows: tuple[Row, ...]
    reply: Reply


def _refuse(line: Line, status: int, refusal: Refusal, rows: tuple[Row, ...] = ()) -> Step:
    return Step(line, rows, Refused(status, refusal))


def step(line: Line, command: Command, now_ms: int, terms: Terms) -> Step:
    """What a command does to a line. Users' faults are replies, never exceptions."""
    if isinstance(command, SaveAnswers):
        return _save(line, command, now_ms, terms)
    if isinstance(command, Start):
        return _start(line, command, now_ms, terms)
    attempt = line.find(command.attempt)
    if attempt is None:
        return _refuse(line, 401, Refusal("token_invalid"))
    if isinstance(command, Submit):
        return _submit(line, attempt, command, now_ms, terms)
    if isinstance(command, Expire):
        return _expire(line, attempt, command.nonce, now_ms, terms)
    if isinstance(command, MoveDeadline):
        return _move_deadline(line, attempt, command, now_ms)
    return _set_void(line, attempt, command, now_ms)


def _set_void(line: Line, attempt: Attempt, command: SetVoid, now_ms: int) -> Step:
    if command.order <= attempt.void_order:
        return Step(line, (), Standing(attempt))
    kind = Kind.VOID if command.void else Kind.RESTORE
    row = Row(attempt.attempt, attempt.epoch, 0, kind, command.order, NONE, now_ms)
    changed = replace(attempt, void=command.void, void_order=command.order)
    return Step(line.with_attempt(changed), (row,), Standing(changed))


def _start(line: Line, command: Start, now_ms: int, terms: Terms) -> Step:
    rows: tuple[Row, ...] = ()
    last = line.attempts[-1] if line.attempts else None
    if last is not None and last.ended is Ended.OPEN and not last.void:
        if now_ms <= last.deadline_ms + terms.grace_ms:
            return _resume(line, last, command, now_ms)
        expired = _expire(line, last, command.nonce, now_ms, terms)
        line, rows = expired.line, expired.rows
    refusal = _may_start(line, now_ms, terms)
    if refusal is not None:
        return _refuse(line, 403, refusal, rows)
    until_ms = max(terms.closes_ms, terms.until_ms)
    deadline_ms = min(now_ms + terms.duration_ms, until_ms) + terms.extra_ms
    attempt = Attempt(
        attempt=command.attempt,
        number=len(line.attempts) + 1,
        started_ms=now_ms,
        deadline_ms=deadline_ms,
        epoch=1,
        device=command.device,
        answers=(NONE,) * terms.items,
    )
    data = formats.start_data(deadline_ms, command.device)
    row = Row(attempt.attempt, 1, 0, Kind.START, line.number, attempt.number, now_ms, NONE, data)
    started = Line(line.number, (*line.attempts, attempt))
    return Step(started, (*rows, row), Standing(attempt))


def _resume(line: Line, attempt: Attempt, command: Start, now_ms: int) -> Step:
    if attempt.device == command.device:
        return Step(line, (), Standing(attempt))
    if not command.take_over:
        return _refuse(line, 409, Refusal("other_device"))
    if attempt.epoch >= MOST_DEVICES:
        return _refuse(line, 429, Refusal("limit_reached"))
    epoch = attempt.epoch + 1
    row = Row(
        attempt.attempt, epoch, 0, Kind.DEVICE, NONE, attempt.epoch, now_ms, NONE, command.device
    )
    moved = replace(attempt, epoch=epoch, device=command.device, history=())
    return Step(line.with_attempt(moved), (row,), Standing(moved))


def would_begin(line: Line, now_ms: int, terms: Terms) -> bool:
    """Whether a start would begin an attempt: none is open, and another one is allowed."""
    last = line.attempts[-1] if line.attempts else None
    is_open = last is not None and last.ended is Ended.OPEN and not last.void
    if last is not None and is_open and now_ms <= last.deadline_ms + terms.grace_ms:
        return False
    return _may_start(line, now_ms, terms) is None


def _may_start(line: Line, now_ms: int, terms: Terms) -> Refusal | None:
    if terms.is_held:
        return Refusal("held")
    if now_ms < terms.opens_ms:
        return Refusal("not_open", opens_ms=terms.opens_ms)
    if now_ms >= terms.closes_ms + terms.extra_ms or terms.spans:
        return Refusal("closed")
    left = attempts_left(line, now_ms, terms)
    return Refusal("no_attempts_left") if left == 0 else None


def attempts_left(line: Line, now_ms: int, terms: Terms) -> int | None:
    """How many more attempts may be started at this instant; none when there is no limit.

    Void attempts are not counted. A day is a day of the contest's own time.
    """
    if terms.attempts.limit is None or not line.attempts:
        return terms.attempts.limit
    here = span(terms.attempts, now_ms)
    used = sum(
        not each.void and span(terms.attempts, each.started_ms) == here for each in line.attempts
    )
    return max(0, terms.attempts.limit - used)


def _save(line: Line, command: SaveAnswers, now_ms: int, terms: Terms) -> Step:
    attempt = line.find(command.attempt)
    if attempt is None:
        return _refuse(line, 401, Refusal("token_invalid"))
    if attempt.void:
        return _refuse(line, 403, Refusal("voided"))
    if command.epoch != attempt.epoch:
        return _keep_stale(line, attempt, command, now_ms)
    if attempt.ended is Ended.SUBMITTED:
        return _refuse(line, 409, Refusal("submitted"))
    known = attempt.last_seq
    fresh = _fresh(attempt.history, command.saves)
    if isinstance(fresh, Refusal):
        return _refuse(line, 409, fresh)
    late = attempt.ended is Ended.AUTOMATIC or now_ms > attempt.deadline_ms + terms.grace_ms
    if not fresh:
        late = late or (terms.spans is not None and not _all_count(attempt, command.saves))
        return Step(line, (), Saved(known, attempt.deadline_ms, late=late))
    if known + len(fresh) > MOST_SAVES:
        return _refuse(line, 429, Refusal("limit_reached", last_seq=known))
    if terms.spans is not None and not _are_open(fresh, now_ms, terms.spans):
        return _refuse(line, 403, Refusal("item_not_open", last_seq=known))
    stored, rows = _store(attempt, fresh, now_ms, terms, late=late)
    reply = Saved(stored.last_seq, attempt.deadline_ms, late=stored.late > attempt.late)
    return Step(line.with_attempt(stored), rows, reply)


def _store(
    attempt: Attempt, fresh: Sequence[Save], now_ms: int, terms: Terms, *, late: bool
) -> tuple[Attempt, tuple[Row, ...]]:
    """An attempt with new answers; `late` ones are kept beside those that count."""
    rows = []
    answers = list(attempt.answers)
    prediction = attempt.prediction
    lates = 0
    for seq, item, option, client_ms in fresh:
        too_late = late or (terms.spans is not None and _is_shut(terms.spans[item], now_ms, terms))
        lates += too_late
        if item == PREDICTION:
            kind = Kind.LATE_PREDICT if too_late else Kind.PREDICT
            prediction = prediction if too_late else option
        else:
            kind = Kind.LATE_ANSWER if too_late else Kind.ANSWER
            if not too_late:
                answers[item] = option
        rows.append(Row(attempt.attempt, attempt.epoch, seq, kind, item, option, now_ms, client_ms))
    changed = replace(
        attempt,
        answers=tuple(answers),
        prediction=prediction,
        history=attempt.history + tuple((save[1], save[2]) for save in fresh),
        late=attempt.late + lates,
    )
    return changed, tuple(rows)


def _is_shut(span: Span, now_ms: int, terms: Terms) -> bool:
    return now_ms > span.closes_ms + terms.grace_ms


def _all_count(attempt: Attempt, saves: Iterable[Save]) -> bool:
    """Whether what was last chosen for each of these questions came in time when it was stored."""
    items = {item for _, item, _, _ in saves}
    last = {item: option for item, option in attempt.history if item in items}
    return all(attempt.answers[item] == option for item, option in last.items())


def _are_open(saves: Iterable[Save], now_ms: int, spans: Sequence[Span]) -> bool:
    """Whether every answer is to a question that has been opened."""
    return all(0 <= item < len(spans) and now_ms >= spans[item].opens_ms for _, item, _, _ in saves)


def _fresh(history: tuple[tuple[int, int], ...], saves: tuple[Save, ...]) -> list[Save] | Refusal:
    """What is new among numbered saves; repeats must repeat, and no number may be left out."""
    known = len(history)
    fresh: list[Save] = []
    for save in saves:
        seq = save[0]
        if seq <= known:
            if seq < 1 or history[seq - 1] != (save[1], save[2]):
                return Refusal("conflict", last_seq=known)
        elif seq == known + len(fresh) + 1:
            fresh.append(save)
        else:
            return Refusal("gap", expected=known + len(fresh) + 1)
    return fresh


def _keep_stale(line: Line, attempt: Attempt, command: SaveAnswers, now_ms: int) -> Step:
    """Answers of a device that was replaced are evidence, up to a bound."""
    refusal = Refusal("stale_device")
    room = MOST_STALE_ROWS - attempt.stale
    if command.epoch > attempt.epoch or room <= 0:
        return _refuse(line, 409, refusal)
    rows = tuple(
        Row(attempt.attempt, command.epoch, seq, Kind.STALE_ANSWER, item, option, now_ms, client_ms)
        for seq, item, option, client_ms in command.saves[:room]
    )
    changed = replace(attempt, stale=attempt.stale + len(rows))
    return _refuse(line.with_attempt(changed), 409, refusal, rows)


def _submit(line: Line, attempt: Attempt, command: Submit, now_ms: int, terms: Terms) -> Step:
    if attempt.ended is not Ended.OPEN:
        return Step(line, (), Standing(attempt))
    if attempt.void:
        return _refuse(line, 403, Refusal("voided"))
    if command.epoch != attempt.epoch:
        return _refuse(line, 409, Refusal("stale_device"))
    if now_ms > attempt.deadline_ms + terms.grace_ms:
        return _expire(line, attempt, command.nonce, now_ms, terms)
    if command.last_seq != attempt.last_seq:
        return _refuse(
            line, 409, Refusal("gap", expected=attempt.last_seq + 1, last_seq=attempt.last_seq)
        )
    missing = NONE in attempt.answers or (terms.has_prediction and attempt.prediction == NONE)
    if terms.all_required and missing:
        return _refuse(line, 422, Refusal("incomplete"))
    row = Row(
        attempt.attempt, attempt.epoch, 0, Kind.SUBMIT, NONE, NONE, now_ms, NONE, command.nonce
    )
    ended = replace(attempt, ended=Ended.SUBMITTED, ended_ms=now_ms, nonce=command.nonce)
    return Step(line.with_attempt(ended), (row,), Standing(ended))


def _expire(line: Line, attempt: Attempt, nonce: bytes, now_ms: int, terms: Terms) -> Step:
    if attempt.ended is not Ended.OPEN or now_ms <= attempt.deadline_ms + terms.grace_ms:
        return Step(line, (), Standing(attempt))
    row = Row(attempt.attempt, attempt.epoch, 0, Kind.AUTO_SUBMIT, NONE, NONE, now_ms, NONE, nonce)
    ended = replace(attempt, ended=Ended.AUTOMATIC, ended_ms=attempt.deadline_ms, nonce=nonce)
    return Step(line.with_attempt(ended), (row,), Standing(ended))


def _move_deadline(line: Line, attempt: Attempt, command: MoveDeadline, now_ms: int) -> Step:
    """A new deadline; it reopens an attempt that time had ended, never one handed in.

    None lies in the past: what was acknowledged stays counted, and a receipt that somebody holds
    stays the receipt.
    """
    if attempt.ended is Ended.SUBMITTED or command.order <= attempt.deadline_order:
        return Step(line, (), Standing(attempt))
    deadline_ms = command.deadline_ms
    if attempt.ended is Ended.AUTOMATIC:
        if deadline_ms <= now_ms:
            return Step(line, (), Standing(attempt))
    elif deadline_ms < attempt.deadline_ms:
        deadline_ms = min(attempt.deadline_ms, max(deadline_ms, now_ms))
    row = Row(attempt.attempt, attempt.epoch, 0, Kind.DEADLINE, command.order, deadline_ms, now_ms)
    moved = _with_deadline(attempt, command.order, deadline_ms)
    return Step(line.with_attempt(moved), (row,), Standing(moved))


def _with_deadline(attempt: Attempt, order: int, deadline_ms: int) -> Attempt:
    moved = replace(attempt, deadline_ms=deadline_ms, deadline_order=order)
    if attempt.ended is Ended.AUTOMATIC:
        return replace(moved, ended=Ended.OPEN, ended_ms=NONE, nonce=b"")
    return moved


class Replay:
    """Builds the lines of one sitting again from its stored rows, in the order they were stored."""

    def __init__(self, items: int) -> None:
        self._items = items
        self._lines: dict[int, list[bytes]] = {}
        self._line_of: dict[bytes, int] = {}
        self._attempts: dict[bytes, Attempt] = {}
        self._answers: dict[bytes, list[int]] = {}
        self._history: dict[bytes, list[tuple[int, int]]] = {}

    def take(self, rows: Iterable[Row]) -> None:
        """Fold rows in."""
        for row in rows:
            if row.kind is Kind.ANSWER:
                self.answer(row.attempt, row.item, row.option)
            elif row.attempt != NO_ATTEMPT:
                self._take_other(row)

    def answer(self, attempt: bytes, item: int, option: int) -> None:
        """Fold in what an ANSWER row says: of those there are hundreds of thousands."""
        self._answers[attempt][item] = option
        self._history[attempt].append((item, option))

    def _take_other(self, row: Row) -> None:
        attempt_id = row.attempt
        if row.kind is Kind.START:
            deadline_ms, device = formats.read_start_data(row.data)
            self._attempts[attempt_id] = Attempt(
                attempt_id, row.option, row.server_ms, deadline_ms, 1, device, ()
            )
            self._answers[attempt_id] = [NONE] * self._items
            self._history[attempt_id] = []
            self._lines.setdefault(row.item, []).append(attempt_id)
            return
        attempt = self._attempts[attempt_id]
        match row.kind:
            case Kind.PREDICT:
                attempt = replace(attempt, prediction=row.option)
                self._history[attempt_id].append((row.item, row.option))
            case Kind.LATE_ANSWER | Kind.LATE_PREDICT:
                attempt = replace(attempt, late=attempt.late + 1)
                self._history[attempt_id].append((row.item, row.option))
            case Kind.STALE_ANSWER:
                attempt = replace(attempt, stale=attempt.stale + 1)
            case Kind.DEVICE:
                attempt = replace(attempt, epoch=row.epoch, device=row.data)
                self._history[attempt_id] = []
            case _:
                attempt = _ended_by(attempt, row)
        self._attempts[attempt_id] = attempt

    def lines(self) -> dict[int, Line]:
        """The lines that have attempts, by number."""
        return {
            number: Line(number, tuple(self._whole(attempt) for attempt in attempts))
            for number, attempts in self._lines.items()
        }

    def _whole(self, attempt_id: bytes) -> Attempt:
        return replace(
            self._attempts[attempt_id],
            answers=tuple(self._answers[attempt_id]),
            history=tuple(self._history[attempt_id]),
        )


def _ended_by(attempt: Attempt, row: Row) -> Attempt:
    """An attempt after a row that ends, lengthens or voids it."""
    match row.kind:
        case Kind.SUBMIT:
            return replace(attempt, ended=Ended.SUBMITTED, ended_ms=row.server_ms, nonce=row.data)
        case Kind.AUTO_SUBMIT:
            return replace(
                attempt, ended=Ended.AUTOMATIC, ended_ms=attempt.deadline_ms, nonce=row.data
            )
        case Kind.DEADLINE:
            return _with_deadline(attempt, row.item, row.option)
        case Kind.VOID | Kind.RESTORE:
            return replace(attempt, void=row.kind is Kind.VOID, void_order=row.item)
        case _:
            raise ValueError(f"{row.kind.name} does not end an attempt")


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(tuple[Attempt, ...])


def encode_attempts(line: Line) -> bytes:
    """A line's attempts as bytes, for a store that several nodes share."""
    return _ENCODER.encode(line.attempts)


def decode_line(number: int, content: bytes) -> Line:
    """A line again from its stored bytes."""
    return Line(number, _DECODER.decode(content))
