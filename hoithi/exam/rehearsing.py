"""A rehearsal of this installation: what is copied from a round, and when none may be held."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from django.conf import settings
from django.db.models import Max, Min
from django.utils import timezone

from hoithi.contests.models import Round
from hoithi.contests.plan.conversion import blueprint_of, ms, policy_of
from hoithi.contests.queries import online_plan, plan_of
from hoithi.exam.models import Sitting
from hoithi.exam.queries import people_of
from hoithi.exam.watching import is_living, nodes
from hoithi.hall.monitor import Snapshot
from hoithi.hall.store import on_postgres
from hoithi.rehearsal.spec import ARRIVING_S, MOST_CONTESTANTS, MOST_MINUTES, Spec, spec_of
from hoithi.rules.errors import RuleViolation
from hoithi.web.wording import moment

LOOK_EVERY_S = 5.0
_UNKNOWN = 100


def root() -> Path:
    """On the disk of the folder of data, where the real journal is."""
    return Path(settings.VAR) / "rehearsal"


def server() -> str:
    """The address of the journal where that is on PostgreSQL."""
    return settings.HALL_JOURNAL if on_postgres(settings.HALL_JOURNAL) else ""


def usual_contestants(each: Round) -> int:
    """Everybody who sits the round, as far as a rehearsal goes; two queries."""
    return min(people_of(each) or _UNKNOWN, MOST_CONTESTANTS)


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
            capacity=settings.HALL_CAPACITY,
            arriving_s=arriving_s,
        )
    plan, online = plan_of(each.contest), online_plan(each)
    return spec_of(
        contestants=contestants,
        seconds=seconds,
        root=str(folder),
        server=server(),
        capacity=settings.HALL_CAPACITY,
        title=each.name,
        blueprint=blueprint_of(online),
        policy=policy_of(plan, online),
        arriving_s=arriving_s,
    )


def check_quiet(spec: Spec, now: datetime) -> None:
    """A rehearsal takes the processor from whoever sits an exam here.

    Raises RuleViolation: `rehearsal_sitting_open` while a sitting of this installation is open or
    opens before the rehearsal is over, `rehearsal_window_open` while somebody has a window of their
    own then (docs/decisions/0019), `rehearsal_people_work` while somebody works in the hall.
    """
    found = _in_the_way(now, now + timedelta(seconds=spec.takes_s))
    if found is not None:
        raise found


class Quiet:
    """Whether it is still quiet around a rehearsal that runs: a sitting may be opened or moved, and
    a window or minutes be given, at any time."""

    def __init__(self, spec: Spec, now: datetime, every_s: float = LOOK_EVERY_S) -> None:
        self._until = now + timedelta(seconds=spec.takes_s)
        self._every_s = every_s
        self._looks_at = 0.0

    def is_kept(self) -> bool:
        """Yes; asked often, it looks every few seconds.

        Raises RuleViolation `rehearsal_gave_way`, `rehearsal_gave_way_to_people`.
        """
        if time.monotonic() < self._looks_at:
            return True
        now = timezone.now()
        found = _in_the_way(now, max(self._until, now))
        self._looks_at = time.monotonic() + self._every_s
        if found is None:
            return True
        if found.code == "rehearsal_people_work":
            raise RuleViolation("rehearsal_gave_way_to_people", **found.params)
        raise RuleViolation("rehearsal_gave_way", **found.params)


def _in_the_way(now: datetime, ends: datetime) -> RuleViolation | None:
    """Who sits an exam here before the rehearsal ends."""
    standing = Sitting.objects.standing().filter(collected_at=None).select_related("round__contest")
    sitting = standing.filter(opens_at__lt=ends, closes_at__gt=now).order_by("opens_at").first()
    if sitting is not None:
        facts = _facts(sitting, sitting.opens_at, sitting.closes_at)
        return RuleViolation("rehearsal_sitting_open", **facts)
    late = standing.filter(lines__window_opens_at__lt=ends, lines__window_closes_at__gt=now)
    window = late.annotate(
        first=Min("lines__window_opens_at"), last=Max("lines__window_closes_at")
    ).first()
    if window is not None:
        return RuleViolation("rehearsal_window_open", **_facts(window, window.first, window.last))
    working = _working(ms(now))
    return RuleViolation("rehearsal_people_work", count=working) if working else None


def _facts(sitting: Sitting, opens_at: datetime, closes_at: datetime) -> dict[str, str]:
    return {
        "contest": sitting.round.contest.short_title,
        "round": sitting.round.name,
        "opens": moment(opens_at),
        "closes": moment(closes_at),
    }


def _working(now_ms: int) -> int:
    """How many work in the hall right now, also past its closing."""
    counts = [
        sum(unit.working for units in snapshot.sittings.values() for unit in units)
        for node in nodes()
        if node.snapshot and is_living(node, now_ms)
        for snapshot in [msgspec.json.decode(node.snapshot, type=Snapshot)]
    ]
    return max(counts, default=0)
