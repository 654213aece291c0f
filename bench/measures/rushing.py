"""Ten thousand enter and start within ten seconds, answer thirty items, and hand in at the end.

The load is open: what people wait is counted from when their page asked. Hall and load share the
machine as the system schedules them. Of the twenty minutes the recorded run leaves out seventeen of
the middle, in which nothing happens that does not happen before and after; whatever is asked is
asked as fast as in the whole. `python -m bench.measures.rushing 1200` plays all of it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from random import Random

from bench.crowd import Contestant, rush, without_middle
from bench.figures import Figure, table
from bench.load import run_load
from bench.open_loop import Due, Play, Tally
from bench.processes import resident_mb
from bench.servers import running_hall
from hoithi.hall.formats import Kind
from hoithi.hall.store import journal_reader
from tests.hall.scene import SITTING, HallProcess

CONTESTANTS = 10_000
SECONDS = 180.0
ROUND_S = 1200.0
_COUNTED = ("enter", "start", "save", "submit")


def measure(seconds: float = SECONDS, contestants: int = CONTESTANTS) -> Iterator[Figure]:
    schedule = without_middle(rush(contestants, ROUND_S, Random(7)), ROUND_S - seconds)
    with running_hall(contestants, on_one_core=False) as hall:
        play, memory_mb = run_load(_play(hall, schedule, contestants))
        lost = abs(_stored(hall.journal_address) - len(play.tally.milliseconds["save"]))
    yield Figure(
        "rush_10k_errors",
        play.tally.errors.total() + lost,
        1,
        "lower",
        {"contestants": contestants, "sockets": play.sockets, **play.tally.errors, "lost": lost},
    )
    slowest = max(play.tally.percentile_ms(kind, 99) for kind in _COUNTED)
    yield Figure("rush_10k_p99_ms", slowest, 1000, "lower", _beside(play.tally, seconds, memory_mb))


async def _play(hall: HallProcess, schedule: Sequence[Due], contestants: int) -> tuple[Play, float]:
    """The play, and the hall's memory while all connections are still there."""
    assert hall.process is not None
    play = Play(hall.port, [Contestant(line) for line in range(1, contestants + 1)])
    await play.run(schedule)
    memory_mb = resident_mb(hall.process.pid)
    play.close()
    return play, memory_mb


def _stored(journal: str) -> int:
    reader = journal_reader(journal)
    count = sum(row.kind is Kind.ANSWER for each in reader.batches(SITTING) for row in each.rows)
    reader.close()
    return count


def _beside(tally: Tally, seconds: float, memory_mb: float) -> dict[str, float]:
    saves = len(tally.milliseconds["save"])
    return {
        **{f"{kind} p99 ms": tally.percentile_ms(kind, 99) for kind in (*_COUNTED, "pulse")},
        "seconds": seconds,
        "saves/s": saves / seconds,
        "pulses/s": len(tally.milliseconds["pulse"]) / seconds,
        "hall MB": memory_mb,
    }


if __name__ == "__main__":
    print(table(measure(float(sys.argv[1]))))
