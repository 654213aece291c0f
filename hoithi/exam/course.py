"""How a sitting went over time: every ten seconds the worker keeps what the hall's nodes last said.

It reads the one row that each node writes a second, so the hall does nothing for it. Of the last
half hour every point stays, of the time before at most one in each of 360 equal parts of the
sitting: two weeks of exam are some 540 rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hoithi.exam.models import CoursePoint, Sitting
from hoithi.exam.watching import Watch, nodes, put_together
from hoithi.web.plots import Line, figure, hours, table
from hoithi.web.wording import ZONE, marks, number

EVERY_S = 10
BEFOREHAND = timedelta(hours=1)
FINE = timedelta(minutes=30)
PARTS = 360
_LEAST_STEP = timedelta(seconds=EVERY_S)
_SHOWN_IN_TABLE = 60


@dataclass(frozen=True, slots=True)
class Point:
    """The figures of a moment; `saves` are all since the beginning."""

    at: datetime
    entered: int
    working: int
    submitted: int
    offline: int
    late: int
    saves: int


@dataclass(frozen=True, slots=True)
class Course:
    """What is drawn of a sitting, and the same as tables."""

    people: SafeString
    saves: SafeString
    table: SafeString


def note_course(now: datetime) -> int:
    """Keep the present figures of every sitting that a living hall tells of; answers how many."""
    running = list(Sitting.objects.begun(now + BEFOREHAND))
    if not running:
        return 0
    reports = nodes()
    kept = 0
    for sitting in running:
        seen = put_together(reports, sitting.public_id.bytes, now)
        if not seen.is_alive or not seen.units:
            continue
        point = point_of(seen, now)
        CoursePoint.objects.create(sitting=sitting, **asdict(point))
        times = list(CoursePoint.objects.filter(sitting=sitting).values_list("pk", "at"))
        idle = superfluous(times, now, (sitting.closes_at - sitting.opens_at) / PARTS)
        CoursePoint.objects.filter(pk__in=idle).delete()
        kept += 1
    return kept


def point_of(seen: Watch, now: datetime) -> Point:
    """All units of a sitting together."""
    total = seen.total
    return Point(
        at=now,
        entered=total.entered,
        working=total.working,
        submitted=total.submitted,
        offline=total.offline,
        late=total.late,
        saves=seen.saves,
    )


def superfluous(
    points: Iterable[tuple[int, datetime]], now: datetime, step: timedelta
) -> list[int]:
    """The points, by their ids, that are older than half an hour and not the first of their step.

    Two that came in one moment, of two workers, are one too many as well.
    """
    coarse = max(step, _LEAST_STEP)
    seen: set[tuple[bool, int]] = set()
    idle = []
    for key, at in sorted(points, key=lambda point: (point[1], point[0])):
        fine = now - at < FINE
        part = (fine, int(at.timestamp() // (_LEAST_STEP if fine else coarse).total_seconds()))
        if part in seen:
            idle.append(key)
        seen.add(part)
    return idle


def courses_of(sittings: Iterable[Sitting]) -> dict[int, list[Point]]:
    """The kept points of sittings, oldest first. One query."""
    found: dict[int, list[Point]] = {}
    for each in CoursePoint.objects.filter(sitting__in=list(sittings)).order_by("at", "pk"):
        point = Point(
            at=each.at,
            entered=each.entered,
            working=each.working,
            submitted=each.submitted,
            offline=each.offline,
            late=each.late,
            saves=each.saves,
        )
        found.setdefault(each.sitting_id, []).append(point)
    return found


def rates(points: Sequence[Point]) -> list[Decimal]:
    """Saves a second between each point and the one before, to one decimal; the first has none."""
    found = [Decimal(0)] if points else []
    for before, point in pairwise(points):
        seconds = Decimal(str((point.at - before.at).total_seconds()))
        gained = max(0, point.saves - before.saves)
        found.append((gained / seconds).quantize(Decimal("0.1")) if seconds > 0 else found[-1])
    return found


def drawn(points: Sequence[Point]) -> Course | None:
    """The course of a sitting as two plots; none while there are not two moments."""
    if len(points) < 2:
        return None
    at = [point.at for point in points]
    at_s = [round((each - at[0]).total_seconds()) for each in at]
    per_second = rates(points)
    people = [
        Line(_("working"), [point.working for point in points]),
        Line(_("handed in"), [point.submitted for point in points], "good"),
        Line(_("with late answers"), [point.late for point in points], "bad"),
    ]
    saves = [Line(_("saves a second"), per_second)]
    last = points[-1]
    every = max(1, -(-len(points) // _SHOWN_IN_TABLE))
    return Course(
        people=figure(
            people,
            at_s=at_s,
            ticks=hours(at),
            title=_("%(working)s working, %(submitted)s handed in")
            % {"working": number(last.working), "submitted": number(last.submitted)},
            with_last=True,
        ),
        saves=figure(
            saves,
            at_s=at_s,
            ticks=hours(at),
            title=_("%(rate)s saves a second") % {"rate": marks(per_second[-1])},
            description=_("%(saves)s saves since the beginning") % {"saves": number(last.saves)},
            with_last=True,
        ),
        table=table(
            [f"{each.astimezone(ZONE):%H:%M:%S, %d/%m}" for each in at[::-every]],
            [Line(line.name, line.values[::-every]) for line in (*people, *saves)],
            heading=_("Time"),
        ),
    )
