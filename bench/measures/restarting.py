"""A hall that is started again on a long journal: seconds until its first 200."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.exam import ITEMS, publish
from bench.figures import Figure
from bench.ratios import RUNS
from bench.servers import started
from hoithi.hall import store
from hoithi.hall.clock import Clock
from hoithi.hall.session import SaveAnswers, Standing, Start
from hoithi.hall.store.api import JournalStore, Opening, Work
from tests.hall.scene import SITTING, HallProcess
from tests.hall.writing import TERMS

CONTESTANTS = 5000
SAVES = 59


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="hoithi-bench-") as folder:
        hall = HallProcess(Path(folder))
        publish(hall.control_address, CONTESTANTS)
        asyncio.run(_fill(store.journal(hall.journal_address)))
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


async def _fill(journal: JournalStore) -> None:
    """Everybody starts and saves: 300,000 events, a thousand in a batch."""
    clock = Clock()
    await journal.open({SITTING: Opening(ITEMS, bytes(32))})
    attempts = []
    for first in range(1, CONTESTANTS + 1, 1000):
        replies = await journal.commit(
            [
                Work(
                    SITTING,
                    line,
                    Start(b"d" * 8, False, os.urandom(16), os.urandom(16)),
                    TERMS,
                    clock.now_ms(),
                )
                for line in range(first, first + 1000)
            ]
        )
        attempts += [each.attempt.attempt for each in replies if isinstance(each, Standing)]
    for seq in range(1, SAVES + 1):
        for first in range(0, CONTESTANTS, 1000):
            await journal.commit(
                [
                    Work(SITTING, at + 1, _save(attempts[at], seq), TERMS, clock.now_ms())
                    for at in range(first, first + 1000)
                ]
            )
    await journal.shut()


def _save(attempt: bytes, seq: int) -> SaveAnswers:
    return SaveAnswers(attempt, 1, ((seq, seq * 7 % ITEMS, seq % 4, -1),))
