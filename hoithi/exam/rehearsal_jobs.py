"""Rehearsing a round by the worker: asked for, stopped, played once.

A rehearsal that was lost with its worker is not begun again by itself: hours may have passed, and
somebody may sit an exam by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from hoithi.audit.actions import record
from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Round
from hoithi.exam.models import Rehearsal, RehearsalState
from hoithi.exam.rehearsing import Quiet, check_quiet, root, server, spec_for
from hoithi.jobs.actions import Json, Progress, ask, do_every, register
from hoithi.people.models import ScopeKind, User
from hoithi.rehearsal.live import Live
from hoithi.rehearsal.report import Report, keep
from hoithi.rehearsal.spec import ARRIVING_S, Spec
from hoithi.rehearsal.stage import clear_left
from hoithi.rehearsal.supervising import play
from hoithi.rules.errors import RuleViolation

REHEARSE = "rehearsal.play"
_CLEAR_EVERY_S = 60.0
_GOING_ON = (RehearsalState.WAITING, RehearsalState.RUNNING)


def rehearsal_by_id(each: Round, pk: int) -> Rehearsal:
    """Raises Http404."""
    found = Rehearsal.objects.filter(round=each, pk=pk).select_related("round__contest").first()
    if found is None:
        raise Http404
    return found


def live_of(rehearsal: Rehearsal) -> Live | None:
    """Where it was last; None also where another version of this software has written that."""
    try:
        return msgspec.convert(rehearsal.live, Live)
    except msgspec.ValidationError:
        return None


@transaction.atomic
def ask_to_rehearse(
    *,
    actor: User,
    each: Round,
    contestants: int,
    seconds: int,
    now: datetime,
    arriving_s: int = round(ARRIVING_S),
) -> Rehearsal:
    """Have a copy of a round played on this server, one at a time.

    Raises RuleViolation: `rehearsal_running`, and those of `rehearsing.check_quiet`.
    """
    hold_contest(each.contest)
    if Rehearsal.objects.filter(state__in=_GOING_ON).exists():
        raise RuleViolation("rehearsal_running")
    rehearsal = Rehearsal.objects.create(
        round=each,
        contestants=contestants,
        seconds=seconds,
        arriving_s=arriving_s,
        asked_by=actor.name,
        asked_at=now,
    )
    check_quiet(_spec(rehearsal), now)
    _record(actor, "exam.rehearse", rehearsal, now)
    ask(
        kind=REHEARSE,
        params={"contest": each.contest.key, "round": each.key, "rehearsal": rehearsal.pk},
        requested_by=str(actor.pk),
        scope_kind=ScopeKind.CONTEST,
        scope_id=each.contest.key,
        now=now,
    )
    return rehearsal


@transaction.atomic
def stop_rehearsal(*, actor: User, rehearsal: Rehearsal, now: datetime) -> None:
    """End it within seconds and take all of it away. Raises RuleViolation `rehearsal_over`."""
    changed = Rehearsal.objects.filter(
        pk=rehearsal.pk, state__in=_GOING_ON, stop_asked_at=None
    ).update(stop_asked_at=now)
    if not changed:
        raise RuleViolation("rehearsal_over")
    _record(actor, "exam.stop_rehearsal", rehearsal, now)


def _record(actor: User, action: str, rehearsal: Rehearsal, now: datetime) -> None:
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=action,
        target=f"rehearsal:{rehearsal.pk}",
        now=now,
        after={"contestants": rehearsal.contestants, "seconds": rehearsal.seconds},
    )


def _spec(rehearsal: Rehearsal) -> Spec:
    return spec_for(
        rehearsal.round,
        contestants=rehearsal.contestants,
        seconds=rehearsal.seconds,
        arriving_s=rehearsal.arriving_s,
    )


def rehearse(params: Mapping[str, Json], progress: Progress) -> None:
    """Play the `rehearsal`, by id, and keep its report."""
    rehearsal = Rehearsal.objects.select_related("round__contest").get(
        pk=int(str(params["rehearsal"]))
    )
    row = Rehearsal.objects.filter(pk=rehearsal.pk)
    try:
        _take_up(rehearsal)
        report = _played(rehearsal, progress)
    except RuleViolation as violation:
        row.filter(state__in=_GOING_ON).update(
            state=RehearsalState.FAILED,
            message=violation.code,
            facts=violation.params,
            ended_at=timezone.now(),
        )
        raise
    with transaction.atomic():
        row.update(
            state=RehearsalState.DONE,
            report=keep(report),
            ended_at=timezone.now(),
        )
        progress.finish({})


def _take_up(rehearsal: Rehearsal) -> None:
    """Raises RuleViolation `rehearsal_broken` where another worker has begun it and is gone."""
    row = Rehearsal.objects.filter(pk=rehearsal.pk, state=RehearsalState.WAITING)
    if not row.update(state=RehearsalState.RUNNING):
        raise RuleViolation("rehearsal_broken")


def _played(rehearsal: Rehearsal, progress: Progress) -> Report:
    row = Rehearsal.objects.filter(pk=rehearsal.pk)

    def tell(live: Live) -> None:
        progress(live.done_s, live.total_s)
        row.update(live=msgspec.to_builtins(live))

    def going() -> bool:
        return quiet.is_kept() and row.filter(stop_asked_at=None).exists()

    if not row.filter(stop_asked_at=None).exists():
        raise RuleViolation("rehearsal_stopped")
    spec, now = _spec(rehearsal), timezone.now()
    check_quiet(spec, now)
    quiet = Quiet(spec, now)
    report = play(spec, tell=tell, going=going)
    if report is None:
        raise RuleViolation("rehearsal_stopped")
    return report


def _is_lost(params: Mapping[str, Json]) -> None:
    Rehearsal.objects.filter(pk=int(str(params["rehearsal"])), state__in=_GOING_ON).update(
        state=RehearsalState.FAILED, message="rehearsal_broken", ended_at=timezone.now()
    )


def _clear(_now: datetime) -> None:
    clear_left(root(), server())


def register_rehearsals() -> None:
    """Called when the app is loaded."""
    register(REHEARSE, rehearse, clear_up=_is_lost, is_beside=True)
    do_every(_CLEAR_EVERY_S, "exam.clear_rehearsals", _clear)
