"""The report: figures only, and what they say about the server (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec

from hoithi.rehearsal.spec import Store
from hoithi.rehearsal.tally import COUNTED, PHASES, Tally, percentile

T = TypeVar("T")
MOST_WAIT_MS = 1000
"""99 of 100 must wait less than this for every single thing."""
CLOSE_MS = 500
"""From here on it is close."""


class Phase(msgspec.Struct, frozen=True):
    """One thing that contestants do; waits in milliseconds, from when it was due to the reply."""

    phase: str
    count: int
    p50_ms: int
    p95_ms: int
    p99_ms: int
    max_ms: int
    errors: int
    refused: int


class Slot(msgspec.Struct, frozen=True):
    """A stretch that begins so many seconds after the first came; no waits where nobody asked."""

    at_s: int
    saves: int
    p50_ms: int | None
    p99_ms: int | None


class Kept(msgspec.Struct, frozen=True):
    """What was acknowledged, held against the journal."""

    acknowledged: int
    lost: int
    twice: int
    foreign: int
    receipts: int
    wrong_receipts: int
    flaws: int

    @property
    def is_whole(self) -> bool:
        return not (self.lost or self.twice or self.foreign or self.wrong_receipts or self.flaws)


class Report(msgspec.Struct, frozen=True):
    """What a rehearsal has shown. `errors` are by what was asked and what came instead.

    `lag_ms` is how late the players themselves were in 99 of 100 cases: they shared the machine.
    `capacity` is how many might work at once, 0 without a limit, `queued` who had to wait for a
    turn, `store_mb` what control and journal took.
    """

    contestants: int
    seconds: int
    arriving_s: int
    items: int
    store: Store
    cores: int
    entered: int
    started: int
    submitted: int
    reloaded: int
    away: int
    late: int
    phases: list[Phase]
    slot_s: int
    slots: list[Slot]
    errors: dict[str, int]
    kept: Kept
    lag_ms: int
    hall_mb: int
    hall_cpu_s: int
    store_mb: int = 0
    capacity: int = 0
    queued: int = 0

    @property
    def peak_saves(self) -> int:
        """Answers a second in the busiest stretch, rounded to the nearest."""
        return max((round(slot.saves / self.slot_s) for slot in self.slots), default=0)

    @property
    def worst(self) -> Phase:
        """What people wait for longest, 99 of 100."""
        return max(
            (each for each in self.phases if each.phase in COUNTED), key=lambda each: each.p99_ms
        )

    @property
    def wrong(self) -> int:
        return sum(self.errors.values())

    @property
    def refused(self) -> int:
        return sum(each.refused for each in self.phases)

    @property
    def unfinished(self) -> int:
        """Who never got a receipt."""
        return self.contestants - self.submitted


class Verdict(StrEnum):
    READY = "ready"
    CLOSE = "close"
    NOT_READY = "not_ready"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not, or why only just; the code names a sentence, the facts fill it."""

    code: str
    facts: Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Judgement:
    verdict: Verdict
    reasons: tuple[Reason, ...]


def judge(report: Report) -> Judgement:
    """Whether a server that did this is ready for so many people.

    Ready: every acknowledged answer is in the journal, no error, everybody has a receipt, and for
    each thing 99 of 100 wait less than a second. Close: the same, but 99 of 100 wait less than a
    second only just, or somebody was told to try again and did.
    """
    against = _against(report)
    if against:
        return Judgement(Verdict.NOT_READY, tuple(against))
    near = _near(report)
    return Judgement(Verdict.CLOSE if near else Verdict.READY, tuple(near))


def _against(report: Report) -> list[Reason]:
    kept, worst = report.kept, report.worst
    found = []
    if kept.lost:
        found.append(Reason("lost", {"lost": kept.lost, "of": kept.acknowledged}))
    if not kept.is_whole and not kept.lost:
        wrong = kept.twice + kept.foreign + kept.wrong_receipts + kept.flaws
        found.append(Reason("flawed", {"count": wrong}))
    if report.unfinished:
        found.append(Reason("unfinished", {"count": report.unfinished}))
    if report.queued:
        limit = {"limit": report.capacity} if report.capacity else {}
        code = "over_capacity" if report.capacity else "queued"
        found.append(Reason(code, {"count": report.queued, **limit}))
    if report.late:
        found.append(Reason("late", {"count": report.late}))
    if report.wrong:
        found.append(Reason("errors", {"count": report.wrong}))
    if worst.p99_ms >= MOST_WAIT_MS:
        found.append(Reason("slow", {"phase": worst.phase, "ms": worst.p99_ms}))
    return found


def _near(report: Report) -> list[Reason]:
    found = []
    if report.refused:
        found.append(Reason("refused", {"count": report.refused}))
    if report.worst.p99_ms >= CLOSE_MS:
        found.append(Reason("near", {"phase": report.worst.phase, "ms": report.worst.p99_ms}))
    return found


@dataclass(frozen=True, slots=True)
class Rest:
    """What can be read of a report that another version of this software has written; None where
    even that has changed."""

    verdict: Verdict | None
    contestants: int | None
    receipts: int | None
    acknowledged: int | None
    lost: int | None


def keep(report: Report) -> dict[str, object]:
    """A report as it is stored: with the verdict of the day, whatever is asked for later."""
    kept: dict[str, object] = msgspec.to_builtins(report)
    return kept | {"verdict": judge(report).verdict.value}


def read_back(kept: object) -> Report | Rest:
    """A report as it was stored, by this version or by another one."""
    try:
        return msgspec.convert(kept, Report)
    except msgspec.ValidationError:
        return Rest(
            verdict=_part(kept, Verdict, "verdict"),
            contestants=_part(kept, int, "contestants"),
            receipts=_part(kept, int, "submitted"),
            acknowledged=_part(kept, int, "kept", "acknowledged"),
            lost=_part(kept, int, "kept", "lost"),
        )


def _part(kept: object, kind: type[T], *path: str) -> T | None:
    for name in path:
        kept = kept.get(name) if isinstance(kept, dict) else None
    try:
        return msgspec.convert(kept, kind)
    except msgspec.ValidationError:
        return None


def phases_of(tally: Tally) -> list[Phase]:
    """The figures of each thing, in the order in which people do it."""
    return [
        Phase(
            phase=phase,
            count=times.total(),
            p50_ms=percentile(times, 50),
            p95_ms=percentile(times, 95),
            p99_ms=percentile(times, 99),
            max_ms=max(times, default=0),
            errors=sum(count for (of, _), count in tally.errors.items() if of == phase),
            refused=tally.refused[phase],
        )
        for phase in PHASES
        for times in [tally.times[phase]]
    ]


def slots_of(tally: Tally) -> list[Slot]:
    """Every stretch from the first to the last in which something happened."""
    return [
        Slot(
            at_s=at * tally.slot_s,
            saves=moment.saves if moment else 0,
            p50_ms=percentile(moment.times, 50) if moment else None,
            p99_ms=percentile(moment.times, 99) if moment else None,
        )
        for at in range(max(tally.moments, default=-1) + 1)
        for moment in [tally.moments.get(at)]
    ]
