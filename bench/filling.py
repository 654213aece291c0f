"""A journal in which much has happened already, written without a hall around it."""

from __future__ import annotations

import os
from collections.abc import Sequence

from bench.exam import ITEMS
from hoithi.hall import store
from hoithi.hall.clock import Clock
from hoithi.hall.session import SaveAnswers, Standing, Start
from hoithi.hall.store.api import Opening, Work
from tests.hall.scene import SITTING
from tests.hall.writing import TERMS

_IN_A_BATCH = 1000


async def fill(address: str, lines: Sequence[int], saves: int, roster_sha256: bytes) -> None:
    """These lines start, and each saves so often; a thousand commands in a batch."""
    clock = Clock()
    journal = store.journal(address)
    await journal.open({SITTING: Opening(ITEMS, roster_sha256)})
    attempts: dict[int, bytes] = {}
    batches = [lines[at : at + _IN_A_BATCH] for at in range(0, len(lines), _IN_A_BATCH)]
    for batch in batches:
        starts = [Start(b"d" * 8, False, os.urandom(16), os.urandom(16)) for _ in batch]
        replies = await journal.commit(
            [
                Work(SITTING, line, start, TERMS, clock.now_ms())
                for line, start in zip(batch, starts, strict=True)
            ]
        )
        for line, reply in zip(batch, replies, strict=True):
            assert isinstance(reply, Standing)
            attempts[line] = reply.attempt.attempt
    for seq in range(1, saves + 1):
        answer = ((seq, seq * 7 % ITEMS, seq % 4, -1),)
        for batch in batches:
            await journal.commit(
                [
                    Work(
                        SITTING,
                        line,
                        SaveAnswers(attempts[line], 1, answer),
                        TERMS,
                        clock.now_ms(),
                    )
                    for line in batch
                ]
            )
    await journal.shut()
