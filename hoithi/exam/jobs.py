"""Long work of this room: collecting a sitting, and grading a round.

Both read and compute for as long as it takes and store what they found in one short transaction, in
which the job ends too: a worker may die at any moment and another one start over. Who presses twice
gets the job that is at it. The right is asked for when the work is, not when it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Round
from hoithi.exam.actions import close_round, collect_sitting
from hoithi.exam.heads import EVERY_S, note_heads
from hoithi.exam.models import Sitting, SittingState
from hoithi.exam.queries import is_to_be_graded, work_at
from hoithi.jobs.actions import Json, Progress, ask, do_every, register
from hoithi.jobs.models import Job
from hoithi.people.models import ScopeKind, User
from hoithi.rules.errors import RuleViolation

COLLECT, GRADE = "exam.collect", "exam.grade"


@transaction.atomic
def ask_to_collect(*, actor: User, sitting: Sitting, now: datetime) -> Job:
    """Have a closed sitting taken in. Raises RuleViolation: `not_published`, `sitting_open`."""
    hold_contest(sitting.round.contest)
    sitting.refresh_from_db()
    if sitting.state != SittingState.PUBLISHED:
        raise RuleViolation("not_published")
    if now < sitting.closes_at:
        raise RuleViolation("sitting_open")
    return _ask(COLLECT, actor, sitting.round, now, sitting=sitting.pk)


@transaction.atomic
def ask_to_grade(*, actor: User, each: Round, now: datetime) -> Job:
    """Have a round graded, or graded again after a ruling.

    Raises RuleViolation: `nobody_sat`, `sittings_open`, `graded_already` where nothing has changed
    since.
    """
    hold_contest(each.contest)
    if not each.sittings.exists():
        raise RuleViolation("nobody_sat")
    if each.sittings.filter(collected_at=None).exists():
        raise RuleViolation("sittings_open")
    if not is_to_be_graded(each):
        raise RuleViolation("graded_already")
    return _ask(GRADE, actor, each, now)


def _ask(kind: str, actor: User, each: Round, now: datetime, **what: int) -> Job:
    """The job that is at it, else a new one."""
    standing = work_at(each, kind, **what)
    if standing is not None:
        return standing
    return ask(
        kind=kind,
        params={"contest": each.contest.key, "round": each.key, "user": actor.pk, **what},
        requested_by=str(actor.pk),
        scope_kind=ScopeKind.CONTEST,
        scope_id=each.contest.key,
        now=now,
    )


def collect(params: Mapping[str, Json], progress: Progress) -> None:
    """Take in the `sitting` on behalf of `user`, both ids."""
    sitting = Sitting.objects.select_related("round__contest", "package").get(
        pk=int(str(params["sitting"]))
    )
    collect_sitting(
        actor=_actor(params),
        sitting=sitting,
        now=timezone.now(),
        tell=progress,
        settle=lambda: progress.finish({"attempts": sitting.attempts.count()}),
    )


def grade(params: Mapping[str, Json], progress: Progress) -> None:
    """Grade the `round` of the `contest`, both keys, on behalf of `user`."""
    each = Round.objects.select_related("contest", "category").get(
        contest__key=str(params["contest"]), key=str(params["round"])
    )
    close_round(
        actor=_actor(params),
        each=each,
        now=timezone.now(),
        tell=progress,
        settle=lambda: progress.finish({}),
    )


def _actor(params: Mapping[str, Json]) -> User:
    return User.objects.get(pk=int(str(params["user"])))


def register_jobs() -> None:
    """Called when the app is loaded."""
    register(COLLECT, collect)
    register(GRADE, grade)
    do_every(EVERY_S, "exam.note_heads", note_heads)
