"""The sign-ins of a known bad day, 121,055 in 107 minutes, as fast as this machine takes them.

Everybody enters and starts, and gets a paper. The roster was published before, as it always is, so
that the hall has drawn papers in its pauses.
"""

from __future__ import annotations

from collections.abc import Iterator

from bench.exam import enter_and_start
from bench.figures import Figure
from bench.load import CONNECTIONS, talk
from bench.servers import running_hall

CONTESTANTS = 121_055
_THAT_DAY_S = 107 * 60


def measure() -> Iterator[Figure]:
    with running_hall(CONTESTANTS) as hall:
        lines = range(1, CONTESTANTS + 1)
        load = talk(
            hall.port, [enter_and_start(lines[place::CONNECTIONS]) for place in range(CONNECTIONS)]
        )
    yield Figure(
        "rush_121k_s",
        load.seconds,
        _THAT_DAY_S,
        "lower",
        {
            "contestants": CONTESTANTS,
            "sign-ins/s": CONTESTANTS / load.seconds,
            "p99 ms": load.percentile_ms(99),
        },
    )
