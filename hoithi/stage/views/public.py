"""What anybody may open: the phone's page, the big screen, the devices' pages, the draws."""

from __future__ import annotations

import time
from collections.abc import Mapping

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from hoithi.contests.models import Round
from hoithi.contests.plan.conversion import ms
from hoithi.people.http import public
from hoithi.rules.canonical import Value
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live.state import State
from hoithi.stage.actions.devices import take_vote
from hoithi.stage.bodies import VoteBody, read_body, refused
from hoithi.stage.field_draws import field_draws, field_message, is_drawn
from hoithi.stage.pictures import pictures, told
from hoithi.stage.queries import (
    TeamName,
    find_stage,
    live_round,
    stage_of,
    state_at,
    team_names,
)
from hoithi.stage.screen import draw_record, told_order
from hoithi.stage.snapshots import message, snapshot_bytes
from hoithi.stage.wording import ON_DRAWS, ON_SCREENS, ON_SEATS, plain


def _page(request: HttpRequest, template: str, each: Round, **more: object) -> HttpResponse:
    context = {
        "round": each,
        "contest": each.contest,
        "base": _address("live", each),
        "feed": _address("feed", each),
        **more,
    }
    return render(request, template, context)


def _address(name: str, each: Round) -> str:
    where = {"contest": each.contest.key, "round_key": each.key}
    return reverse(f"stage:{name}", kwargs=where)


@public
@require_GET
def live(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """What happens on stage, on a phone in the hall or at home."""
    stage = find_stage(contest, round_key)
    return _page(request, "stage/live.html", stage.round, words=plain(ON_SCREENS))


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type] # its types know no parameters
@public
@require_GET
def screen(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The big screen, one browser in full screen; the console has it as a preview."""
    each = find_stage(contest, round_key).round
    live, proof = (settings.PUBLIC_URL + _address(name, each) for name in ("live", "draws"))
    return _page(
        request,
        "stage/screen.html",
        each,
        words=plain(ON_SCREENS),
        codes=_codes(code=live, proof=proof),
    )


def _codes(**addresses: str) -> list[tuple[str, str, str]]:
    """Under its name the QR code of each address, and the address as people read it."""
    drawn = pictures(addresses.values())
    return [
        (name, picture, told(address))
        for (name, address), picture in zip(addresses.items(), drawn, strict=True)
    ]


@public
@require_GET
def heats(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The big screen of the draw that puts the teams into heats."""
    each = _drawn_round(contest, round_key)
    return _page(
        request,
        "stage/heats.html",
        each,
        words=plain(ON_SCREENS),
        feed=_address("heats_feed", each),
        codes=_codes(proof=settings.PUBLIC_URL + _address("draws", each)),
    )


@public
@require_GET
def heats_feed(_request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Where that draw stands; the screen asks again by itself."""
    each = _drawn_round(contest, round_key)
    answer = JsonResponse(field_message(each, ms(timezone.now())))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _drawn_round(contest: str, round_key: str) -> Round:
    """A round into which teams come by lot. Raises Http404."""
    each = live_round(contest, round_key)
    if not is_drawn(each):
        raise Http404
    return each


@public
@require_GET
def judge(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """A judge's device: the code opens it."""
    stage = find_stage(contest, round_key)
    return _page(request, "stage/judge.html", stage.round, words=plain(ON_SEATS))


@public
@require_GET
def team(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """A team's tablet: the code opens it."""
    stage = find_stage(contest, round_key)
    return _page(request, "stage/team.html", stage.round, words=plain(ON_SCREENS, ON_SEATS))


@public
@require_GET
def feed(_request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Where the round stands, once: for servers that keep no connection open (`stage.streaming`).

    The browser asks again by itself.
    """
    stage = find_stage(contest, round_key)
    content = message(stage.last, snapshot_bytes(stage), time.time_ns() // 1_000_000)
    answer = HttpResponse(b"retry: 1000\n" + content, content_type="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@public
@require_GET
def draws(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Every draw of the round with all that is needed to draw it again, on the reader's phone.

    The draw of heats stands here before the round is prepared for the stage.
    """
    each = live_round(contest, round_key)
    stage = stage_of(each)
    if stage is None and not is_drawn(each):
        raise Http404
    names = team_names(each)
    every = field_draws(each, names)
    if stage is not None:
        every += _stage_draws(state_at(stage), names)
    return _page(
        request,
        "stage/draws.html",
        each,
        draws=[draw for draw in every if not draw["reason"]],
        void=[draw for draw in every if draw["reason"]],
        words=plain(ON_DRAWS),
        has_stage=stage is not None,
    )


def _stage_draws(state: State, names: Mapping[str, TeamName]) -> list[dict[str, Value]]:
    """Every draw of the log; a void one has its `reason`."""
    held = [(key, lots, "") for key, lots in state.lots.items()]
    return [
        {
            "key": key,
            "reason": reason,
            "told": told_order(state, key, lots, names),
            **draw_record(lots, names),
        }
        for key, lots, reason in (*held, *state.void_lots)
    ]


@csrf_exempt
@public
@require_POST
def vote(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The vote of a phone."""
    stage = find_stage(contest, round_key)
    try:
        body = read_body(request, VoteBody)
        take_vote(
            stage=stage,
            segment=body.part,
            device=body.device,
            address=str(request.META["REMOTE_ADDR"]),
            entry=body.team,
            now=timezone.now(),
        )
    except RuleViolation as violation:
        return refused(violation)
    return JsonResponse({"kept": True})
