"""Sheets of paper, to be printed and typed in twice; and points that two people give or take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hoithi.people.http import StaffRequest, contest_role
from hoithi.people.models import Role
from hoithi.results.actions import refuse_motion
from hoithi.results.models import Motion
from hoithi.results.pending import OF_POINTS, motion_by_id
from hoithi.rules.judging import Judged
from hoithi.rules.live.state import State, Turn
from hoithi.stage.actions.closing import Points, give_points, second_points
from hoithi.stage.actions.paper import differing, type_sheet
from hoithi.stage.forms import PointsForm, SheetForm
from hoithi.stage.models import PaperSheet, Stage
from hoithi.stage.queries import TeamName, find_stage, names_of_jury, state_at, team_names
from hoithi.stage.signing import points_motions
from hoithi.stage.views.roles import RUNNERS
from hoithi.web.acting import acted, carried_out, posted
from hoithi.web.wording import marks, signed_marks

FORM = ("GET", "HEAD", "POST")


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """A sheet to be filled in by hand: judge, team, part, and (label, about, maximum, step)."""

    judge: str
    team: str
    unit: str
    part: str
    lines: tuple[tuple[str, str, str, str], ...]
    highest: str


@contest_role(*RUNNERS)
@require_GET
def sheets(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """A sheet for every judge, team and part that the judge may mark, one a page."""
    stage = _open_stage(contest, round_key)
    state, names, jury = state_at(stage), team_names(stage.round), names_of_jury(stage)
    found = [
        PrintedSheet(
            jury[key].name,
            names[entry].name,
            names[entry].unit,
            part.label,
            tuple(
                (each.label, each.about, marks(each.maximum), marks(each.step))
                for each in part.judged.criteria
            ),
            marks(part.judged.highest),
        )
        for part in state.regulation.segments
        if part.judged is not None
        for entry in state.standing
        for key, judge in state.judges.items()
        if entry not in judge.barred and key not in state.left and key in jury
    ]
    context = {"contest": stage.round.contest, "round": stage.round, "sheets": found}
    return render(request, "stage/sheets.html", context)


@contest_role(*RUNNERS)
@require_http_methods(FORM)
def sheet(
    request: StaffRequest, contest: str, round_key: str, turn: int, judge: str
) -> HttpResponseBase:
    """Type in a sheet of paper; it counts when a second person has typed the same."""
    stage = _open_stage(contest, round_key)
    state = state_at(stage)
    held, rule = _turn(state, turn)
    seat = names_of_jury(stage).get(judge)
    if seat is None or judge not in state.judges:
        raise Http404
    form = SheetForm(posted(request), criteria=rule.criteria)
    done: list[bool] = []

    def keep() -> None:
        done.append(
            type_sheet(
                actor=request.user,
                stage=stage,
                turn=turn,
                judge=judge,
                marks=form.marks,
                now=timezone.now(),
            )
        )

    if request.method == "POST" and carried_out(form, keep):
        messages.success(
            request,
            _("Both typed the same: the sheet is in.")
            if done[0]
            else _("Kept. A second person types the same sheet without seeing yours."),
        )
        return redirect(request.path)
    typed = PaperSheet.objects.filter(stage=stage, turn=turn, judge=judge, voided_at=None)
    labels = {each.key: each.label for each in rule.criteria}
    context = {
        "contest": stage.round.contest,
        "round": stage.round,
        "form": form,
        "judge": seat.name,
        "team": team_names(stage.round)[held.entry].name,
        "part": state.segment(held.segment).label,
        "is_in": judge in held.sheets and held.sheets[judge].is_in,
        "typed": [each.typed_by.name for each in typed.select_related("typed_by")],
        "differ": [labels[key] for key in differing(stage, turn, judge) if key in labels],
    }
    return render(request, "stage/sheet.html", context)


def _turn(state: State, number: int) -> tuple[Turn, Judged]:
    """A turn that judges mark, with the rule. Raises Http404."""
    held = state.turn(number)
    rule = state.segment(held.segment).judged if held is not None else None
    if held is None or rule is None or held.void:
        raise Http404
    return held, rule


@contest_role(Role.COMMITTEE)
@require_http_methods(FORM)
def points(request: StaffRequest, contest: str, round_key: str) -> HttpResponseBase:
    """Give or take points beside the marks; what waits for a second member stands above."""
    stage = _open_stage(contest, round_key)
    state, names = state_at(stage), team_names(stage.round)
    form = PointsForm(
        posted(request),
        parts=[(part.key, part.label) for part in state.regulation.segments],
        teams=[(entry, names[entry].name) for entry in state.standing],
    )
    counted: list[bool] = []

    def give() -> None:
        approval = give_points(
            actor=request.user,
            stage=stage,
            segment=form.cleaned_data["part"],
            entry=form.cleaned_data["team"],
            points=form.cleaned_data["points"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        counted.append(approval.is_complete)

    if request.method == "POST" and carried_out(form, give):
        messages.success(
            request,
            _("The points count.")
            if counted[0]
            else _("Signed. They count when a second member confirms them."),
        )
        return redirect("stage:console", contest=contest, round_key=round_key)
    context = {
        "contest": stage.round.contest,
        "round": stage.round,
        "form": form,
        "waiting": [_card(motion, state, names) for motion in points_motions(stage.round)],
        "may_decide": True,
    }
    return render(request, "stage/points.html", context)


@dataclass(frozen=True, slots=True)
class WaitingPoints:
    """Points that wait for a second member, as `results/parts/motion.html` shows them."""

    id: int
    first_id: int
    first: str
    at: datetime
    reason: str
    title: str


def _card(motion: Motion, state: State, names: Mapping[str, TeamName]) -> WaitingPoints:
    given, approval = msgspec.convert(motion.content, Points), motion.approval
    title = _("%(team)s, %(part)s: %(points)s points") % {
        "team": names[given.entry].name,
        "part": state.segment(given.segment).label,
        "points": signed_marks(given.points),
    }
    return WaitingPoints(
        motion.pk,
        approval.first_id,
        approval.first.name,
        approval.first_at,
        approval.reason,
        title,
    )


@contest_role(Role.COMMITTEE)
@require_POST
def confirm_points(
    request: StaffRequest, contest: str, round_key: str, motion: int
) -> HttpResponseBase:
    """Confirm points that another member put forward."""
    stage = _open_stage(contest, round_key)
    found = _motion(stage, motion)
    acted(
        request,
        lambda: second_points(actor=request.user, stage=stage, motion=found, now=timezone.now()),
        _("The points count."),
    )
    return redirect("stage:points", contest=contest, round_key=round_key)


@contest_role(Role.COMMITTEE)
@require_POST
def refuse_points(
    request: StaffRequest, contest: str, round_key: str, motion: int
) -> HttpResponseBase:
    """Refuse points, or take back what one has put forward."""
    found = _motion(_open_stage(contest, round_key), motion)
    acted(
        request,
        lambda: refuse_motion(actor=request.user, motion=found, now=timezone.now()),
        _("Taken back: nothing was decided."),
    )
    return redirect("stage:points", contest=contest, round_key=round_key)


def _motion(stage: Stage, pk: int) -> Motion:
    """Points that were put forward in this round, open or not. Raises Http404."""
    found = motion_by_id(stage.round.contest, pk)
    if found.approval.kind != OF_POINTS or found.round_id != stage.round_id:
        raise Http404
    return found


def _open_stage(contest: str, round_key: str) -> Stage:
    """A stage that is open. Raises Http404."""
    stage = find_stage(contest, round_key)
    if stage.plan_id is None:
        raise Http404
    return stage
