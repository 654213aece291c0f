"""Long work of this room: collecting a sitting, grading a round, comparing its sheets, waiting for
the hall's word.

Each reads, computes or waits as long as it takes and stores what it found in one short transaction,
in which the job ends too: a worker may die at any moment and another one start over. Who presses
twice gets the job that is at it. The right is asked for when the work is, not when it is done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Round
from hoithi.exam.actions import close_round, collect_sitting
from hoithi.exam.conduct import EVERY_S as MIND_EVERY_S
from hoithi.exam.conduct import mind_signals
from hoithi.exam.course import EVERY_S as COURSE_EVERY_S
from hoithi.exam.course import note_course
from hoithi.exam.heads import EVERY_S, note_heads
from hoithi.exam.models import Package, Sitting, SittingState
from hoithi.exam.queries import ends_at, is_to_be_graded, work_at
from hoithi.exam.rehearsal_jobs import register_rehearsals
from hoithi.exam.scores_at_once import LOOK_EVERY_S, show_scores
from hoithi.exam.sealing import withdraw_package
from hoithi.exam.similarity import check_comparable, compare_round
from hoithi.exam.withdrawing import withdraw_from_hall
from hoithi.jobs.actions import Json, Progress, ask, do_every, register
from hoithi.jobs.models import Job
from hoithi.people.models import ScopeKind, User
from hoithi.rules.errors import RuleViolation

COLLECT, GRADE, WITHDRAW = "exam.collect", "exam.grade", "exam.withdraw"
COMPARE = "exam.compare"


@transaction.atomic
def ask_to_collect(*, actor: User, sitting: Sitting, now: datetime) -> Job:
    """Have a closed sitting taken in. Raises RuleViolation: `not_published`, `sitting_open`."""
    hold_contest(sitting.round.contest)
    sitting.refresh_from_db()
    if sitting.state != SittingState.PUBLISHED:
        raise RuleViolation("not_published")
    if now < ends_at(sitting):
        raise RuleViolation("sitting_open")
    return _ask(COLLECT, actor, sitting.round, now, sitting=sitting.pk)


@transaction.atomic
def ask_to_grade(*, actor: User, each: Round, now: datetime) -> Job:
    """Have a round graded, or graded again after a ruling.

    Raises RuleViolation: `nobody_sat`, `sittings_open`, `graded_already` where nothing has changed
    since.
    """
    hold_contest(each.contest)
    sittings = each.sittings.standing()
    if not sittings.exists():
        raise RuleViolation("nobody_sat")
    if sittings.filter(collected_at=None).exists():
        raise RuleViolation("sittings_open")
    if not is_to_be_graded(each):
        raise RuleViolation("graded_already")
    return _ask(GRADE, actor, each, now)


@transaction.atomic
def ask_to_withdraw(*, actor: User, package: Package, reason: str, now: datetime) -> Job | None:
    """Sign the withdrawal of a package; where its sittings are in the hall, the second signature
    has them taken out of it.

    Raises RuleViolation as `sealing.withdraw_package`.
    """
    withdraw_package(actor=actor, package=package, reason=reason, now=now)
    if not package.is_leaving:
        return None
    return _ask(WITHDRAW, actor, package.round, now, package=package.pk)


@transaction.atomic
def ask_to_withdraw_again(*, actor: User, package: Package, now: datetime) -> Job:
    """Go on with a withdrawal that the hall had not answered.

    Raises RuleViolation `not_leaving`.
    """
    hold_contest(package.round.contest)
    package.refresh_from_db(fields=["state", "withdrawal"])
    if not package.is_leaving:
        raise RuleViolation("not_leaving")
    return _ask(WITHDRAW, actor, package.round, now, package=package.pk)


@transaction.atomic
def ask_to_compare(*, actor: User, each: Round, now: datetime) -> Job:
    """Have the sheets of a graded round compared. Raises RuleViolation: `not_graded_yet`,
    `too_many_sheets`.
    """
    hold_contest(each.contest)
    check_comparable(each)
    return _ask(COMPARE, actor, each, now)


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


def compare(params: Mapping[str, Json], progress: Progress) -> None:
    """Compare the sheets of the `round` of the `contest`, both keys, on behalf of `user`."""
    compare_round(
        actor=_actor(params),
        each=Round.objects.select_related("contest").get(
            contest__key=str(params["contest"]), key=str(params["round"])
        ),
        now=timezone.now(),
        tell=progress,
        settle=lambda: progress.finish({}),
    )


def withdraw(params: Mapping[str, Json], progress: Progress) -> None:
    """Take the sittings of the `package` out of the hall on behalf of `user`, both ids."""
    withdraw_from_hall(
        actor=_actor(params),
        package=Package.objects.select_related("round__contest", "withdrawal").get(
            pk=int(str(params["package"]))
        ),
        settle=lambda: progress.finish({}),
    )


def _actor(params: Mapping[str, Json]) -> User:
    return User.objects.get(pk=int(str(params["user"])))


def register_jobs() -> None:
    """Called when the app is loaded."""
    register(COLLECT, collect)
    register(GRADE, grade)
    register(WITHDRAW, withdraw)
    register(COMPARE, compare)
    do_every(EVERY_S, "exam.note_heads", note_heads, beside_jobs=True)
    register_rehearsals()
    do_every(LOOK_EVERY_S, "exam.show_scores", show_scores, beside_jobs=True)
    do_every(COURSE_EVERY_S, "exam.note_course", note_course, beside_jobs=True)
    do_every(MIND_EVERY_S, "exam.mind_signals", mind_signals)
