"""What the hall's memory grows by when ten thousand work and have answered every item."""

from __future__ import annotations

from collections.abc import Iterator

from bench.exam import ITEMS, save, start_all
from bench.figures import Figure
from bench.load import bodies
from bench.processes import resident_mb
from bench.servers import running_hall

CONTESTANTS = 10_000


def measure() -> Iterator[Figure]:
    with running_hall(CONTESTANTS) as hall:
        assert hall.process is not None
        before = resident_mb(hall.process.pid)
        tokens = start_all(hall.port, CONTESTANTS)
        started = resident_mb(hall.process.pid)
        for seq in range(1, ITEMS + 1):
            bodies(hall.port, [save(token, seq) for token in tokens])
        answered = resident_mb(hall.process.pid)
    yield Figure(
        "memory_mb_per_10k_attempts",
        answered - before,
        None,
        "lower",
        {"before MB": before, "started MB": started, "answered MB": answered},
    )
