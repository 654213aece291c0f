"""What anybody may open: the phone's page, the big screen, the devices' pages, the draws."""

from __future__ import annotations

import time
from base64 import b64encode

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from hoithi.documents.render.qr import qr_codes
from hoithi.people.http import public
from hoithi.rules.errors import RuleViolation
from hoithi.stage.actions.devices import take_vote
from hoithi.stage.bodies import VoteBody, read_body, refused
from hoithi.stage.field_draws import field_draws
from hoithi.stage.models import Stage
from hoithi.stage.queries import find_stage, state_at, team_names
from hoithi.stage.screen import draw_record, told_order
from hoithi.stage.snapshots import message, snapshot_bytes
from hoithi.stage.wording import ON_DRAWS, ON_SCREENS, ON_SEATS, plain


def _page(request: HttpRequest, template: str, stage: Stage, **more: object) -> HttpResponse:
    where = {"contest": stage.round.contest.key, "round_key": stage.round.key}
    context = {
        "round": stage.round,
        "contest": stage.round.contest,
        "base": reverse("stage:live", kwargs=where),
        "feed": reverse("stage:feed", kwargs=where),
        **more,
    }
    return render(request, template, context)


@public
@require_GET
def live(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """What happens on stage, on a phone in the hall or at home."""
    stage = find_stage(contest, round_key)
    return _page(request, "stage/live.html", stage, words=plain(ON_SCREENS))


@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type] # its types know no parameters
@public
@require_GET
def screen(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """The big screen, one browser in full screen; the console has it as a preview."""
    stage = find_stage(contest, round_key)
    where = {"contest": contest, "round_key": round_key}
    address = settings.PUBLIC_URL + reverse("stage:live", kwargs=where)
    picture = b64encode(qr_codes([address])[0].encode()).decode()
    return _page(
        request,
        "stage/screen.html",
        stage,
        words=plain(ON_SCREENS),
        code=f"data:image/svg+xml;base64,{picture}",
        address=address.split("://", 1)[-1],
    )


@public
@require_GET
def judge(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """A judge's device: the code opens it."""
    stage = find_stage(contest, round_key)
    return _page(request, "stage/judge.html", stage, words=plain(ON_SEATS))


@public
@require_GET
def team(request: HttpRequest, contest: str, round_key: str) -> HttpResponseBase:
    """A team's tablet: the code opens it."""
    stage = find_stage(contest, round_key)
    return _page(request, "stage/team.html", stage, words=plain(ON_SCREENS, ON_SEATS))


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
    """Every draw of the round with all that is needed to draw it again, on the reader's phone."""
    stage = find_stage(contest, round_key)
    state = state_at(stage)
    names = team_names(stage.round)
    of_field = field_draws(stage.round, names)
    found = [draw for draw in of_field if not draw["reason"]]
    found += [
        {"key": key, "told": told_order(state, key, lots, names), **draw_record(lots, names)}
        for key, lots in state.lots.items()
    ]
    void = [draw for draw in of_field if draw["reason"]]
    void += [
        {
            "key": key,
            "reason": reason,
            "told": told_order(state, key, lots, names),
            **draw_record(lots, names),
        }
        for key, lots, reason in state.void_lots
    ]
    return _page(request, "stage/draws.html", stage, draws=found, void=void, words=plain(ON_DRAWS))


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
            entry=body.team,
            now=timezone.now(),
        )
    except RuleViolation as violation:
        return refused(violation)
    return JsonResponse({"kept": True})
