"""Runs in which hall and echo take turns: a ratio says more than two figures of two days."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.load import Load, bodies, drive
from bench.processes import cpu_us
from bench.servers import running_echo
from hoithi.hall.store import journal_reader
from tests.hall.scene import SITTING, HallProcess

RUNS = 3
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Run:
    """The same requests answered by the hall and by the echo.

    Beside the clock, what each reply took of a core, the database's part in it: where others use
    the machine, their ratio is the one to go by.
    """

    hall: Load
    echo: Load
    reply_bytes: int
    syncs_per_second: float
    hall_cpu_us: float
    echo_cpu_us: float


@dataclass(frozen=True, slots=True)
class Ratio:
    """The best of three runs of either: a disturbed echo must not flatter the hall."""

    hall: Run
    echo: Load

    @property
    def value(self) -> float:
        return self.hall.hall.per_second / self.echo.per_second

    def beside(self, what: str) -> dict[str, float]:
        """The absolute figures; `what` names what the hall did."""
        return {
            f"{what}/s": self.hall.hall.per_second,
            "echo/s": self.echo.per_second,
            "syncs/s": self.hall.syncs_per_second,
            "p50 ms": self.hall.hall.percentile_ms(50),
            "p99 ms": self.hall.hall.percentile_ms(99),
            "CPU µs": self.hall.hall_cpu_us,
            "echo CPU µs": self.hall.echo_cpu_us,
            "reply bytes": self.hall.reply_bytes,
        }


def measure_run(hall: HallProcess, requests: Sequence[Sequence[bytes]]) -> Run:
    """Each connection its requests; the first of all gives the reply that the echo repeats."""
    (reply,) = bodies(hall.port, [requests[0][0]])
    streams = [iter(each) for each in requests]
    next(streams[0])
    before = _commits(hall)
    measured, hall_us = _driven(hall.port, streams)
    syncs = (_commits(hall) - before) / measured.seconds
    with running_echo(reply) as port:
        echo, echo_us = _driven(port, [iter(each) for each in requests])
    return Run(measured, echo, len(reply), syncs, hall_us, echo_us)


def _driven(port: int, streams: Sequence[Iterator[bytes]]) -> tuple[Load, float]:
    """The load, and the microseconds of a core that a reply took."""
    before = cpu_us()
    load = drive([port], streams, SECONDS)
    return load, (cpu_us() - before) / load.replies


def best(run: Callable[[], Run]) -> Ratio:
    runs = [run() for _ in range(RUNS)]
    return Ratio(
        max(runs, key=lambda each: each.hall.per_second),
        max((each.echo for each in runs), key=lambda each: each.per_second),
    )


def _commits(hall: HallProcess) -> int:
    """How many batches are stored; each was a commit and a sync of its own."""
    reader = journal_reader(hall.journal_address)
    (head,) = reader.heads(SITTING)
    reader.close()
    return head.batch
