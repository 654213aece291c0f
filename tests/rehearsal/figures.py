"""A report of figures made by hand; tests change one at a time."""

from __future__ import annotations

import msgspec

from hoithi.rehearsal.report import Kept, Phase, Report, Slot

KEPT = Kept(acknowledged=3300, lost=0, twice=0, foreign=0, receipts=100, wrong_receipts=0, flaws=0)


def phase(name: str, p99_ms: int, count: int = 100, errors: int = 0, refused: int = 0) -> Phase:
    return Phase(name, count, p99_ms // 4, p99_ms // 2, p99_ms, 2 * p99_ms, errors, refused)


GOOD = Report(
    contestants=100,
    seconds=1200,
    arriving_s=60,
    items=30,
    store="sqlite",
    cores=2,
    entered=100,
    started=100,
    submitted=100,
    reloaded=5,
    away=5,
    late=0,
    phases=[
        phase("page", 8, 300),
        phase("enter", 12),
        phase("start", 60),
        phase("save", 24, 3300),
        phase("submit", 20),
        phase("pulse", 4000, 9000),
    ],
    slot_s=10,
    slots=[Slot(0, 0, 2, 8), Slot(10, 412, 6, 60), Slot(20, 0, None, None), Slot(30, 64, 4, 20)],
    errors={},
    kept=KEPT,
    lag_ms=3,
    hall_mb=90,
    hall_cpu_s=11,
)


def changed(report: Report = GOOD, **figures: object) -> Report:
    changed_: Report = msgspec.structs.replace(report, **figures)
    return changed_


def with_wait(name: str, p99_ms: int) -> Report:
    """The report with another wait for one thing."""
    return changed(
        phases=[phase(name, p99_ms) if each.phase == name else each for each in GOOD.phases]
    )


def with_kept(**figures: int) -> Report:
    return changed(kept=msgspec.structs.replace(KEPT, **figures))
