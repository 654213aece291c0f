"""What two people do: points beside the marks, and closing the round."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec
from django.db import transaction
from django.utils import timezone

from hoithi.contests.actions import hold_contest
from hoithi.people.actions import approve, closed
from hoithi.people.models import Approval, User
from hoithi.people.permissions import contest_scope
from hoithi.results.actions.motions import put_forward
from hoithi.results.actions.recording import record_live_marks
from hoithi.results.models import Motion, RecordedRound
from hoithi.results.pending import OF_POINTS
from hoithi.rules.canonical import Value, canonical
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live import events as ev
from hoithi.rules.live.events import Line
from hoithi.rules.live.fold import apply
from hoithi.rules.live.marks import marks
from hoithi.rules.live.state import State
from hoithi.stage.actions.log import append, hold
from hoithi.stage.models import Stage
from hoithi.stage.queries import lines_from, state_at


class Points(msgspec.Struct, frozen=True):
    """Points beside the marks of a team in a part, as a motion keeps them; `number` counts those of
    the team in the part, so that the same can be given again."""

    segment: str
    entry: str
    points: Decimal
    reason: str
    number: int


@transaction.atomic
def give_points(
    *,
    actor: User,
    stage: Stage,
    segment: str,
    entry: str,
    points: Decimal,
    reason: str,
    now: datetime,
) -> Approval:
    """Give or take points; they count when a second member of the committee confirms them.

    Raises RuleViolation, at the first signature already: `reason_missing`, those of
    `people.actions.approve` and of the log.
    """
    last = state_at(stage).corrections.get((segment, entry), [])
    return _give(actor, stage, Points(segment, entry, points, reason, len(last) + 1), now)


@transaction.atomic
def second_points(*, actor: User, stage: Stage, motion: Motion, now: datetime) -> Approval:
    """Confirm points that another member put forward. Raises RuleViolation as `give_points`, and
    `already_approved` or `already_refused`."""
    if motion.approval.refused_at is not None or motion.approval.is_complete:
        raise closed(motion.approval)
    return _give(actor, stage, msgspec.convert(motion.content, Points), now)


def _give(actor: User, stage: Stage, given: Points, now: datetime) -> Approval:
    hold_contest(stage.round.contest)
    if not given.reason.strip():
        raise RuleViolation("reason_missing")
    _check(stage, given, now)
    content: dict[str, Value] = {
        "segment": given.segment,
        "entry": given.entry,
        "points": f"{given.points:f}",
        "reason": given.reason,
        "number": given.number,
    }
    approval = approve(
        actor=actor,
        kind=OF_POINTS,
        scope=contest_scope(stage.round.contest.key),
        subject=f"round:{stage.round.contest.key}/{stage.round.key}",
        subject_hash=hashlib.sha256(canonical(content)).hexdigest(),
        reason=given.reason,
        now=now,
    )
    if approval.is_complete:
        signed = _event(given, str(approval.first_id), str(approval.second_id))
        _append(actor, stage, [signed], now)
    else:
        put_forward(approval, stage.round.contest, stage.round, content)
    return approval


def _check(stage: Stage, given: Points, now: datetime) -> None:
    """Whether the log would take these points from any two people. Raises RuleViolation."""
    state = copy.deepcopy(hold(stage))
    at_ms = max(int(now.timestamp() * 1000), state.at_ms)
    apply(state, Line(state.last + 1, at_ms, _event(given, "1", "2")))


def _event(given: Points, first: str, second: str) -> ev.PointsGiven:
    return ev.PointsGiven(given.segment, given.entry, given.points, given.reason, first, second)


@transaction.atomic
def close_stage(*, actor: User, stage: Stage, now: datetime) -> Approval:
    """Sign that everything is in; with the second signature the marks go to the results.

    Both sign the same log: a line in between makes the first signature void. Raises RuleViolation:
    `part_not_complete` and the others of the log, `nothing_to_close`, those of
    `people.actions.approve`.
    """
    hold_contest(stage.round.contest)
    stage.refresh_from_db(fields=["last", "head"])
    state = state_at(stage)
    if not state.is_open:
        raise RuleViolation("not_opened")
    if state.is_closed:
        raise RuleViolation("closed_already")
    # Says at the first signature already what is lacking.
    marks_of(state)
    approval = approve(
        actor=actor,
        kind="stage_close",
        scope=contest_scope(stage.round.contest.key),
        subject=f"round:{stage.round.contest.key}/{stage.round.key}",
        subject_hash=stage.head,
        reason="",
        now=now,
    )
    if approval.is_complete:
        ended = ev.Closed(str(approval.first_id), str(approval.second_id))
        state = _append(actor, stage, [ended], now)
        _record(actor, stage, state, approval, now)
    return approval


def marks_of(state: State) -> dict[str, dict[str, Decimal]]:
    """Every mark. Raises RuleViolation `part_not_complete` while something is waited for."""
    try:
        return marks(state)
    except ValueError as error:
        raise RuleViolation("part_not_complete", part="") from error


def _record(actor: User, stage: Stage, state: State, approval: Approval, now: datetime) -> None:
    """Hand the marks to the results, as minutes that were confirmed are (docs/decisions/0001)."""
    each = stage.round
    found = marks_of(state)
    RecordedRound.objects.filter(round=each, voided_at=None).update(voided_at=now)
    RecordedRound.objects.create(
        round=each,
        held_on=timezone.localdate(now),
        place="",
        scan_name="",
        scan_sha256="",
        marks={
            entry: {key: f"{mark:f}" for key, mark in by_part.items()}
            for entry, by_part in found.items()
        },
        log=[msgspec.to_builtins(line) for line, _hash in lines_from(stage, 1)],
        approval=approval,
        recorded_at=now,
    )
    record_live_marks(
        each=each,
        regulation=state.regulation,
        marks=found,
        evidence=dict.fromkeys(found, f"stage:{stage.head[:16]}"),
        actor_id=str(actor.pk),
        actor_name=actor.name,
        now=now,
        votes=state.votes,
    )


def _append(actor: User, stage: Stage, events: Sequence[ev.AnyEvent], now: datetime) -> State:
    return append(
        stage=stage,
        wish=lambda _state: events,
        actor_id=str(actor.pk),
        actor_name=actor.name,
        now=now,
    )
