"""Starts with a paper of thirty questions, against an echo of the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from bench.exam import enter_all
from bench.figures import Figure
from bench.load import CONNECTIONS
from bench.ratios import Run, best, measure_run
from bench.servers import running_hall

CONTESTANTS = 16_000


def measure() -> Iterator[Figure]:
    yield _figure("start_ratio_sqlite", postgres=False)
    yield _figure("start_ratio_postgres", postgres=True)


def _figure(name: str, *, postgres: bool) -> Figure:
    def run() -> Run:
        with running_hall(CONTESTANTS, postgres=postgres) as hall:
            requests = enter_all(hall.port, CONTESTANTS)
            return measure_run(hall, [requests[at::CONNECTIONS] for at in range(CONNECTIONS)])

    ratio = best(run)
    return Figure(name, ratio.value, 0.50, "higher", ratio.beside("starts"))
