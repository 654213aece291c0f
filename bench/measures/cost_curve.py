"""What a save costs when a thousand, ten thousand, a hundred thousand, a million are stored.

Cost is the time that all of the hall takes of a core, what it does once a second with it. Every
slice begins with a fresh copy of a journal of that length, so that a thousand stay a few thousand;
the lengths take turns, and always as many people save, who have just started. The middle one of the
slices counts, so that one that others disturbed does not.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.exam import ROUNDS, publish, save, start_all
from bench.figures import Figure
from bench.filling import fill
from bench.load import CONNECTIONS, drive
from bench.processes import cpu_us
from bench.servers import settle, started
from tests.hall.scene import HallProcess

STORED = (1_000, 10_000, 100_000, 1_000_000)
_SLICES = 5
_SAVING = 200
_SAVES = 20
_AT_MOST_S = 60.0


def measure() -> Iterator[Figure]:
    slices: dict[int, list[tuple[float, float]]] = {stored: [] for stored in STORED}
    with tempfile.TemporaryDirectory(prefix="hoithi-bench-") as name:
        folder = Path(name)
        for stored in STORED:
            _write(folder / str(stored), stored)
        for _ in range(_SLICES):
            for stored in STORED:
                shutil.copytree(folder / str(stored), folder / "slice")
                slices[stored].append(_slice(folder / "slice"))
                shutil.rmtree(folder / "slice")
    costs = {f"{stored:,} µs": median(cost for cost, _ in slices[stored]) for stored in STORED}
    rates = {f"{stored:,} saves/s": median(rate for _, rate in slices[stored]) for stored in STORED}
    curve = max(costs.values()) / min(costs.values())
    yield Figure("save_cost_curve", curve, 1.2, "lower", costs | rates)


def _write(folder: Path, stored: int) -> None:
    """The stores of a hall in which so many answers are stored; the first lines are yet to come."""
    folder.mkdir()
    hall = HallProcess(folder)
    last = _SAVING + -(-stored // ROUNDS)
    publish(hall.control_address, last)
    asyncio.run(fill(hall.journal_address, range(_SAVING + 1, last + 1), ROUNDS, bytes(32)))


def _slice(folder: Path) -> tuple[float, float]:
    """Microseconds of a core for a save, and saves a second."""
    hall = HallProcess(folder)
    with started(hall):
        settle(hall)
        tokens = start_all(hall.port, _SAVING)
        requests = [
            [save(token, seq) for seq in range(1, _SAVES + 1) for token in tokens[at::CONNECTIONS]]
            for at in range(CONNECTIONS)
        ]
        before = cpu_us()
        load = drive([hall.port], [iter(each) for each in requests], _AT_MOST_S)
        return (cpu_us() - before) / load.replies, load.per_second
