"""Saves acknowledged by one and by two hall nodes on one PostgreSQL.

Nodes and database use all cores; on two cores the load has a share of one of them, so that a second
node cannot bring a second half. One and two nodes take turns in one run, on the same lines.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.cores import CORES
from bench.exam import publish, save_requests, start_all
from bench.figures import Figure
from bench.load import Load, drive
from bench.ratios import RUNS, SECONDS
from bench.servers import settle
from tests.hall.scene import HallProcess, close_connections
from tests.postgres import temporary_cluster

CONTESTANTS = 3200
NODES = (1, 2)


def measure() -> Iterator[Figure]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hoithi-bench-")))
        url = stack.enter_context(temporary_cluster()).fresh()
        publish(url, CONTESTANTS)
        ports = [_node(stack, folder, url) for _ in range(max(NODES))]
        streams = [iter(each) for each in save_requests(start_all(ports[0], CONTESTANTS))]
        runs: dict[int, list[Load]] = {count: [] for count in NODES}
        for _ in range(RUNS):
            for count in NODES:
                runs[count].append(drive(ports[:count], streams, SECONDS))
    for count in NODES:
        best = max(runs[count], key=lambda load: load.per_second)
        beside = {"p50 ms": best.percentile_ms(50), "p99 ms": best.percentile_ms(99)}
        beside["cores"] = len(CORES)
        yield Figure(f"nodes_{count}_saves_per_s", best.per_second, None, "higher", beside)


def _node(stack: ExitStack, folder: Path, url: str) -> int:
    """The port of one more node that waits for work."""
    hall = HallProcess(folder, url)
    stack.callback(hall.stop)
    stack.callback(close_connections)
    settle(hall.start())
    return hall.port
