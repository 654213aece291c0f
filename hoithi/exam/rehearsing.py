"""A rehearsal of this installation: what is copied from a round, and when none may be held."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.conf import settings

from hoithi.contests.models import Round
from hoithi.contests.plan.conversion import blueprint_of, ms, policy_of
from hoithi.contests.queries import online_plan, plan_of
from hoithi.exam.models import Sitting
from hoithi.exam.watching import is_living, nodes
from hoithi.hall.monitor import Snapshot
from hoithi.hall.store import on_postgres
from hoithi.rehearsal.spec import ARRIVING_S, MOST_MINUTES, Spec, spec_of
from hoithi.rules.errors import RuleViolation
from hoithi.web.wording import moment


def root() -> Path:
    """On the disk of the folder of data, where the real journal is."""
    return Path(settings.VAR) / "rehearsal"


def server() -> str:
    """The address of the journal where that is on PostgreSQL."""
    return settings.HALL_JOURNAL if on_postgres(settings.HALL_JOURNAL) else ""


def usual_minutes(each: Round) -> int:
    """As long as the round gives, as far as a rehearsal goes."""
    return min(online_plan(each).minutes, MOST_MINUTES)


def spec_for(
    each: Round | None, *, contestants: int, seconds: float, arriving_s: float = ARRIVING_S
) -> Spec:
    """A rehearsal of a round: its paper and policy, with other questions; or of none."""
    folder = root()
    folder.mkdir(parents=True, exist_ok=True)
    if each is None:
        return spec_of(
            contestants=contestants,
            seconds=seconds,
            root=str(folder),
            server=server(),
            arriving_s=arriving_s,
        )
    plan, online = plan_of(each.contest), online_plan(each)
    return spec_of(
        contestants=contestants,
        seconds=seconds,
        root=str(folder),
        server=server(),
        title=each.name,
        blueprint=blueprint_of(online),
        policy=policy_of(plan, online),
        arriving_s=arriving_s,
    )


def check_quiet(spec: Spec, now: datetime) -> None:
    """A rehearsal takes the processor from whoever sits an exam here.

    Raises RuleViolation: `rehearsal_sitting_open` while a sitting of this installation is open or
    opens before the rehearsal is over, `rehearsal_people_work` while somebody works in the hall.
    """
    ends = now + timedelta(seconds=spec.takes_s)
    sitting = (
        Sitting.objects.standing()
        .filter(collected_at=None, opens_at__lt=ends, closes_at__gt=now)
        .select_related("round__contest")
        .order_by("opens_at")
        .first()
    )
    if sitting is not None:
        raise RuleViolation(
            "rehearsal_sitting_open",
            contest=sitting.round.contest.short_title,
            round=sitting.round.name,
            opens=moment(sitting.opens_at),
            closes=moment(sitting.closes_at),
        )
    working = _working(ms(now))
    if working:
        raise RuleViolation("rehearsal_people_work", count=working)


def _working(now_ms: int) -> int:
    """How many work in the hall right now, also past its closing."""
    counts = [
        sum(unit.working for units in snapshot.sittings.values() for unit in units)
        for node in nodes()
        if node.snapshot and is_living(node, now_ms)
        for snapshot in [msgspec.json.decode(node.snapshot, type=Snapshot)]
    ]
    return max(counts, default=0)
