"""What the devices of judges and teams send: one code opens a seat, a token speaks for it.

A message is taken once: what comes again, because the answer to it was lost on the way, is answered
as before and changes nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.crypto import salted_hmac

from hoithi.people.keys import code_key
from hoithi.rules.codes import access_code, read_code
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live import events as ev
from hoithi.rules.live.state import Sheet, State
from hoithi.rules.vietnamese import tidy_lines
from hoithi.stage.actions.log import Wish, append, hold
from hoithi.stage.models import Call, Device, Seat, SeatKind, SheetNote, Stage, Vote
from hoithi.stage.queries import team_entry

_TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Opened:
    """A seat that was opened on a device: the token is told once and kept as a hash."""

    seat: Seat
    epoch: int
    token: str


def code_of(seat: Seat) -> str:
    """The code that opens a seat."""
    return access_code(code_key(), seat.public_id.bytes, seat.code_issue)


@transaction.atomic
def open_seat(
    *, stage: Stage, typed: str, take_over: bool, now: datetime, kind: str = ""
) -> Opened:
    """Open a seat by its code, on the page for its kind where that is told. Raises RuleViolation:
    `no_such_code`, `code_of_a_judge`, `code_of_a_team`, `not_opened`, `device_in_use` where another
    device has the seat and it was not asked to take over."""
    seat = _seat_by_code(stage, typed)
    if kind and seat.kind != kind:
        raise RuleViolation("code_of_a_judge" if seat.kind == SeatKind.JUDGE else "code_of_a_team")
    if stage.plan_id is None:
        raise RuleViolation("not_opened")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    epoch = 0

    def wish(state: State) -> Sequence[ev.AnyEvent]:
        nonlocal epoch
        epoch = state.epochs.get(seat.key, 0) + 1
        if epoch > 1 and not take_over:
            raise RuleViolation("device_in_use", name=seat.name)
        return [ev.DeviceSeated(seat.key, epoch)]

    append(stage=stage, wish=wish, actor_id=seat.key, actor_name=seat.name, now=now)
    Device.objects.create(
        seat=seat,
        epoch=epoch,
        token_hash=_hash(token),
        seated_at=now,
    )
    return Opened(seat, epoch, token)


def _seat_by_code(stage: Stage, typed: str) -> Seat:
    code = read_code(typed[:80])
    for seat in Seat.objects.filter(stage=stage, removed_at=None):
        if code is not None and secrets.compare_digest(code_of(seat), code):
            return seat
    raise RuleViolation("no_such_code")


def device_by_token(stage: Stage, token: str) -> Device:
    """The device that speaks. Raises RuleViolation `no_such_device`."""
    found = Device.objects.filter(
        token_hash=_hash(token), seat__stage=stage, seat__removed_at=None
    ).select_related("seat__stage__round__contest", "seat__stage__plan")
    device = found.first()
    if device is None:
        raise RuleViolation("no_such_device")
    return device


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SheetMessage:
    """What a judge's page sends: all marks of a team in a part as they stand there.

    By part and team, since a page without network does not hear which turn is called; `turn` is the
    number where it was heard, else 0. The note is for the judge, and for those who run the round
    once every sheet is in.
    """

    part: str
    entry: str
    turn: int
    seq: int
    marks: Mapping[str, Decimal]
    confirmed: bool
    note: str | None = None


@transaction.atomic
def take_sheet(*, device: Device, message: SheetMessage, now: datetime) -> State:
    """Store a judge's marks and note, or confirm them. Raises RuleViolation."""
    seat = _judge(device)
    kind = ev.SheetConfirmed if message.confirmed else ev.SheetSaved

    def wish(state: State) -> Sequence[ev.AnyEvent]:
        turn = state.held(message.part, message.entry)
        if turn is None:
            raise RuleViolation("turn_not_called")
        if message.turn not in (0, turn.number):
            raise RuleViolation("turn_is_void")
        sheet = turn.sheets.get(seat.key)
        if sheet and _is_taken(sheet, device.epoch, message):
            return []
        return [kind(turn.number, seat.key, device.epoch, message.seq, dict(message.marks))]

    state = _append(device, wish, now)
    turn = state.held(message.part, message.entry)
    if turn is not None and message.note is not None:
        text = tidy_lines(message.note)
        SheetNote.objects.update_or_create(
            seat=seat, turn=turn.number, defaults={"text": text, "at": now}
        )
    return state


def _is_taken(sheet: Sheet, epoch: int, message: SheetMessage) -> bool:
    """Whether this very message was taken before; the same number with other marks is not it."""
    return (
        (sheet.epoch, sheet.seq) == (epoch, message.seq)
        and dict(sheet.marks) == dict(message.marks)
        and sheet.is_confirmed == message.confirmed
    )


def abstain(*, device: Device, turn: int, reason: str, now: datetime) -> State:
    """A judge does not mark this team. Raises RuleViolation, `reason_missing` among others."""
    seat = _judge(device)
    if not reason.strip():
        raise RuleViolation("reason_missing")
    event = ev.Abstained(turn, seat.key, reason.strip()[:500])
    return _append(device, lambda state: _epoch_holds(state, device, [event]), now)


def take_answer(*, device: Device, turn: int, option: int, now: datetime) -> State:
    """A team's answer from its own device; the same one again is taken already."""
    seat = _team(device)
    event = ev.Answered(turn, seat.key, option, device.epoch)

    def wish(state: State) -> Sequence[ev.AnyEvent]:
        found = state.turn(turn)
        asked = found.asked if found else None
        reply = asked.replies.get(seat.key) if asked else None
        return [] if reply is not None and reply.option == option else [event]

    return _append(device, wish, now)


def take_press(*, device: Device, turn: int, now: datetime) -> State:
    """A team presses; a second press on the same question changes nothing."""
    seat = _team(device)
    event = ev.Pressed(turn, seat.key, device.epoch)

    def wish(state: State) -> Sequence[ev.AnyEvent]:
        found = state.turn(turn)
        asked = found.asked if found else None
        return [] if asked is not None and asked.floor == seat.key else [event]

    return _append(device, wish, now)


@transaction.atomic
def call_secretary(*, device: Device, now: datetime) -> None:
    """Ask the secretary to come; one call stands until it is answered."""
    Call.objects.get_or_create(seat=device.seat, answered_at=None, defaults={"at": now})


@transaction.atomic
def answer_call(*, call: Call, now: datetime) -> None:
    """The call is answered; once is enough."""
    Call.objects.filter(pk=call.pk, answered_at=None).update(answered_at=now)


@transaction.atomic
def take_vote(
    *, stage: Stage, segment: str, device: str, address: str, entry: str, now: datetime
) -> None:
    """A phone's vote; a later one of the same phone takes its place while the vote is open.

    Raises RuleViolation: `vote_not_open`, `no_such_team`.
    """
    # A vote that is kept is counted: it cannot come between the counting and the closing.
    state = hold(stage)
    if state.voting != segment:
        raise RuleViolation("vote_not_open")
    team = team_entry(stage, state, entry)
    Vote.objects.update_or_create(
        stage=stage,
        segment=segment,
        device=hashlib.sha256(device.encode()).hexdigest(),
        defaults={"entry": team, "source": _source(stage, address), "at": now},
    )


def _source(stage: Stage, address: str) -> str:
    """The same for the same address on this stage, and nobody's address."""
    return salted_hmac("hoithi.stage.vote", f"{stage.pk}/{address}").hexdigest()[:16]


def _append(device: Device, wish: Wish, now: datetime) -> State:
    seat = device.seat
    return append(stage=seat.stage, wish=wish, actor_id=seat.key, actor_name=seat.name, now=now)


def _epoch_holds(
    state: State, device: Device, events: Sequence[ev.AnyEvent]
) -> Sequence[ev.AnyEvent]:
    if state.epochs.get(device.seat.key, 0) != device.epoch:
        raise RuleViolation("other_device")
    return events


def _judge(device: Device) -> Seat:
    if device.seat.kind != SeatKind.JUDGE:
        raise RuleViolation("not_a_judge")
    return device.seat


def _team(device: Device) -> Seat:
    if device.seat.kind != SeatKind.TEAM:
        raise RuleViolation("not_a_team")
    return device.seat
