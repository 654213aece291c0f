"""Counts for those who watch a sitting: by unit, how many have entered, work, have handed in.

Made once a second from memory and stored as one small row: watching costs the hall no query.
"""

from __future__ import annotations

from collections import Counter

import msgspec

from hoithi.hall.journal import Journal
from hoithi.hall.queue import Queue
from hoithi.hall.session import Ended, Line
from hoithi.hall.sittings import RosterEntry, Sitting, Sittings
from hoithi.hall.steps import in_steps

OFFLINE_AFTER_MS = 15_000


class UnitCount(msgspec.Struct):
    """People of one unit; `offline` are working and have not been heard for a while, `late` have
    sent answers too late to count."""

    unit: str
    people: int = 0
    entered: int = 0
    working: int = 0
    submitted: int = 0
    offline: int = 0
    late: int = 0


class Snapshot(msgspec.Struct, frozen=True):
    """What one node saw; counts by sitting in hex, and how much waits for the disk.

    `refused` are sittings, in hex, that it does not open since their roster was changed; `saves`
    is how many saves of a sitting this process has stored since it started, `waiting` how many of
    a sitting wait for a turn (`hall.queue`).
    """

    now_ms: int
    drift_ms: int
    queue: int
    failures: int
    sittings: dict[str, list[UnitCount]]
    refused: list[str] = []
    saves: dict[str, int] = {}
    waiting: dict[str, int] = {}


class Monitor:
    def __init__(
        self, sittings: Sittings, journal: Journal, queue: Queue[tuple[bytes, int]]
    ) -> None:
        self._sittings = sittings
        self._journal = journal
        self._queue = queue
        self._idle: set[bytes] = set()  # nobody works in them, as far as was looked

    async def snapshot(self) -> str:
        """The counts as JSON, without sittings that are long over and in which nobody works."""
        now_ms = self._journal.clock.now_ms()
        counts: dict[str, list[UnitCount]] = {}
        for key, sitting in list(self._sittings.by_id.items()):
            if now_ms < sitting.last_moment_ms() + 60_000 or key not in self._idle:
                units = counts[key.hex()] = await self._count(sitting, now_ms)
                (self._idle.discard if any(each.working for each in units) else self._idle.add)(key)
        snapshot = Snapshot(
            now_ms,
            self._journal.clock.drift_ms(),
            self._journal.queue,
            self._journal.failures,
            counts,
            sorted(key.hex() for key in self._sittings.refused),
            {key.hex(): each.saves for key, each in self._sittings.by_id.items() if each.saves},
            Counter(sitting.hex() for sitting, _ in self._queue.waiting),
        )
        return msgspec.json.encode(snapshot).decode()

    async def _count(self, sitting: Sitting, now_ms: int) -> list[UnitCount]:
        units: dict[str, UnitCount] = {}
        lines = await self._journal.store.lines(sitting.sitting)
        async for step in in_steps(sitting.lines.values()):
            for entry in step:
                unit = units.get(entry.unit)
                if unit is None:
                    unit = units[entry.unit] = UnitCount(entry.unit)
                _count_line(lines.get(entry.line), entry, unit, now_ms)
        return list(units.values())


def _count_line(line: Line | None, entry: RosterEntry, unit: UnitCount, now_ms: int) -> None:
    unit.people += 1
    if line is None or not line.attempts:
        unit.entered += entry.seen_ms >= 0
        return
    unit.late += line.attempts[-1].late > 0
    if line.attempts[-1].ended is Ended.OPEN:
        unit.working += 1
        unit.offline += now_ms - entry.seen_ms > OFFLINE_AFTER_MS
    else:
        unit.submitted += 1
