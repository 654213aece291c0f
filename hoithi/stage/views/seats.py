"""What devices of judges and teams ask and send, as JSON; the token stands in a header."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from hoithi.people.http import public
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live.state import State
from hoithi.stage.actions.devices import (
    SheetMessage,
    abstain,
    call_secretary,
    device_by_token,
    open_seat,
    take_answer,
    take_press,
    take_sheet,
)
from hoithi.stage.bodies import (
    AbstainBody,
    AnswerBody,
    EnterBody,
    PressBody,
    SheetBody,
    read_body,
    refused,
)
from hoithi.stage.models import Device, SeatKind
from hoithi.stage.queries import find_stage, notes_by, state_at, team_names
from hoithi.stage.sheets import sheets_of

TOKEN = "X-Seat"  # noqa: S105 - the name of a header
DeviceView = Callable[[HttpRequest, Device], HttpResponseBase]
SeatView = Callable[[HttpRequest, str, str], HttpResponseBase]


def by_token(view: DeviceView) -> SeatView:
    """For whoever holds the token of a seat of this round; broken rules are told as JSON."""

    @csrf_exempt
    @public
    @wraps(view)
    def guarded(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
        stage = find_stage(contest, round_key)
        try:
            return view(request, device_by_token(stage, request.headers.get(TOKEN, "")))
        except RuleViolation as violation:
            return refused(violation)

    return guarded


@csrf_exempt
@public
@require_POST
def enter(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Open a seat by its code."""
    stage = find_stage(contest, round_key)
    try:
        body = read_body(request, EnterBody)
        opened = open_seat(
            stage=stage, typed=body.code, take_over=body.take_over, now=timezone.now()
        )
    except RuleViolation as violation:
        return refused(violation)
    return JsonResponse(
        {
            "id": opened.seat.public_id.hex,
            "token": opened.token,
            "kind": opened.seat.kind,
            "key": opened.seat.key,
            "name": opened.seat.name,
        }
    )


@require_GET
@by_token
def own(_request: HttpRequest, device: Device) -> HttpResponseBase:
    """A judge's own sheets with their notes, a team's own answer, and nothing of anybody else."""
    seat = device.seat
    state = state_at(seat.stage)
    if state.epochs.get(seat.key, 0) != device.epoch:
        raise RuleViolation("other_device")
    sheets = (
        sheets_of(state, seat.key, team_names(seat.stage.round), notes_by(seat))
        if seat.kind == SeatKind.JUDGE
        else []
    )
    return JsonResponse(
        {
            "name": seat.name,
            "kind": seat.kind,
            "sheets": sheets,
            "answered": _own_answer(state, seat.key),
        }
    )


def _own_answer(state: State, team: str) -> dict[str, int] | None:
    """What a team has answered to the question that is on."""
    turn = state.on_stage
    asked = turn.asked if turn is not None else None
    if turn is None or asked is None or team not in asked.replies:
        return None
    return {
        "turn": turn.number,
        "position": asked.position + 1,
        "option": asked.replies[team].option,
    }


@require_POST
@by_token
def sheet(request: HttpRequest, device: Device) -> HttpResponseBase:
    """Keep or confirm a sheet; the answer says that it is on disk."""
    body = read_body(request, SheetBody)
    message = SheetMessage(
        body.part, body.team, body.turn, body.seq, body.decimals, body.confirmed, body.note
    )
    state = take_sheet(device=device, message=message, now=timezone.now())
    return JsonResponse({"saved": True, "line": state.last})


@require_POST
@by_token
def not_marked(request: HttpRequest, device: Device) -> HttpResponseBase:
    """A judge does not mark a team, with a reason."""
    body = read_body(request, AbstainBody)
    turn = state_at(device.seat.stage).held(body.part, body.team)
    if turn is None:
        raise RuleViolation("turn_not_called")
    abstain(device=device, turn=turn.number, reason=body.reason, now=timezone.now())
    return JsonResponse({"saved": True})


@require_POST
@by_token
def answer(request: HttpRequest, device: Device) -> HttpResponseBase:
    """A team's answer to the question that is on."""
    body = read_body(request, AnswerBody)
    take_answer(device=device, turn=body.turn, option=body.option, now=timezone.now())
    return JsonResponse({"saved": True})


@require_POST
@by_token
def press(request: HttpRequest, device: Device) -> HttpResponseBase:
    """A team presses."""
    body = read_body(request, PressBody)
    take_press(device=device, turn=body.turn, now=timezone.now())
    return JsonResponse({"saved": True})


@require_POST
@by_token
def call(_request: HttpRequest, device: Device) -> HttpResponseBase:
    """Call the secretary."""
    call_secretary(device=device, now=timezone.now())
    return JsonResponse({"called": True})
