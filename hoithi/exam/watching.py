"""What the hall's nodes see of a sitting, put together for those who watch it.

Every node counts all stored attempts, so those counts agree but for a moment's lag, and the newest
snapshot has them. Who was *heard* is known to one node only: it is added up over the living ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from hoithi.contests.plan.conversion import ms
from hoithi.exam.stores import journal
from hoithi.hall.monitor import Snapshot, UnitCount
from hoithi.hall.store.api import NodeStatus
from hoithi.rules.errors import RuleViolation

# A node that has not reported for so long is dead; its chain ends where it ended.
NODE_DEAD_MS = 15_000


def is_living(node: NodeStatus, now_ms: int) -> bool:
    """Whether a node has reported itself lately, by its own clock."""
    return now_ms - node.seen_ms < NODE_DEAD_MS


@dataclass(frozen=True, slots=True)
class UnitWatch:
    """People of one unit in a sitting; each is in one of `absent`, `entered`, `working`,
    `submitted`. `offline` are among those who work; `late` have sent answers too late to count."""

    unit: str
    people: int
    entered: int
    working: int
    submitted: int
    offline: int
    late: int = 0

    @property
    def absent(self) -> int:
        return self.people - self.entered - self.working - self.submitted


@dataclass(frozen=True, slots=True)
class Watch:
    """A sitting as the hall saw it last; `seen_at` is none when no hall ever reported.

    `saves` are those that all nodes have stored, also the dead ones; `waiting` are among those who
    have entered, and wait for a turn at a living node.
    """

    seen_at: datetime | None
    is_alive: bool
    units: tuple[UnitWatch, ...]
    saves: int = 0
    waiting: int = 0

    @property
    def total(self) -> UnitWatch:
        """All units together."""
        return UnitWatch(
            unit="",
            people=sum(each.people for each in self.units),
            entered=sum(each.entered for each in self.units),
            working=sum(each.working for each in self.units),
            submitted=sum(each.submitted for each in self.units),
            offline=sum(each.offline for each in self.units),
            late=sum(each.late for each in self.units),
        )


def watch(sitting: bytes, now: datetime) -> Watch:
    """A sitting as the hall sees it now, or saw it last."""
    return put_together(nodes(), sitting, now)


def nodes() -> list[NodeStatus]:
    """Every node that ever reported; none while there is no journal."""
    try:
        with journal() as reader:
            return reader.nodes()
    except RuleViolation:
        return []


def put_together(reports: Sequence[NodeStatus], sitting: bytes, now: datetime) -> Watch:
    """The counts of the living nodes, or of the one heard last when none lives."""
    if not reports:
        return Watch(None, is_alive=False, units=())
    newest = max(reports, key=lambda report: report.seen_ms)
    now_ms = ms(now)
    living = [report for report in reports if is_living(report, now_ms)]
    heard = sorted(living or [newest], key=lambda report: report.seen_ms)
    counts = [_counts(_snapshot(report), sitting) for report in heard]
    return Watch(
        seen_at=datetime.fromtimestamp(newest.seen_ms / 1000, UTC),
        is_alive=bool(living),
        units=tuple(_unit([each[unit] for each in counts if unit in each]) for unit in counts[-1]),
        saves=sum(_snapshot(report).saves.get(sitting.hex(), 0) for report in reports),
        waiting=sum(_snapshot(report).waiting.get(sitting.hex(), 0) for report in living),
    )


def _snapshot(report: NodeStatus) -> Snapshot:
    if not report.snapshot:
        return Snapshot(report.seen_ms, 0, 0, 0, {})
    return msgspec.json.decode(report.snapshot, type=Snapshot)


def _counts(snapshot: Snapshot, sitting: bytes) -> dict[str, UnitCount]:
    return {count.unit: count for count in snapshot.sittings.get(sitting.hex(), [])}


def _unit(counts: Sequence[UnitCount]) -> UnitWatch:
    """One unit from what each node says of it, the newest last."""
    newest = counts[-1]
    heard = sum(count.working - count.offline for count in counts)
    waiting = newest.people - newest.working - newest.submitted
    return UnitWatch(
        unit=newest.unit,
        people=newest.people,
        entered=min(waiting, sum(count.entered for count in counts)),
        working=newest.working,
        submitted=newest.submitted,
        offline=max(0, newest.working - heard),
        late=newest.late,
    )


def last_seen(reports: Iterable[NodeStatus]) -> datetime | None:
    """When any node was heard last."""
    moments = [report.seen_ms for report in reports]
    return datetime.fromtimestamp(max(moments) / 1000, UTC) if moments else None
