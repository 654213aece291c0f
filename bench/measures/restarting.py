"""A hall that is started again on a long journal: seconds until its first 200."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.exam import publish
from bench.figures import Figure
from bench.filling import fill
from bench.ratios import RUNS
from bench.servers import started
from tests.hall.scene import HallProcess

CONTESTANTS = 5000
SAVES = 59


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="hoithi-bench-") as folder:
        hall = HallProcess(Path(folder))
        publish(hall.control_address, CONTESTANTS)
        asyncio.run(fill(hall.journal_address, range(1, CONTESTANTS + 1), SAVES, bytes(32)))
        took = []
        for _ in range(RUNS):
            with started(hall) as seconds:
                took.append(seconds)
    yield Figure(
        "hall_restart_s",
        min(took),
        2.0,
        "lower",
        {"events": CONTESTANTS * (SAVES + 1), "contestants": CONTESTANTS},
    )
