"""Saves acknowledged after the flush, against an echo of the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from bench.exam import save_requests, start_all
from bench.figures import Figure
from bench.ratios import Run, best, measure_run
from bench.servers import running_hall

CONTESTANTS = 1600


def measure() -> Iterator[Figure]:
    yield _figure("save_ratio_sqlite", 0.45, postgres=False)
    yield _figure("save_ratio_postgres", 0.38, postgres=True)


def _figure(name: str, target: float, *, postgres: bool) -> Figure:
    def run() -> Run:
        with running_hall(CONTESTANTS, postgres=postgres) as hall:
            tokens = start_all(hall.port, CONTESTANTS)
            return measure_run(hall, save_requests(tokens))

    ratio = best(run)
    return Figure(name, ratio.value, target, "higher", ratio.beside("saves"))
