"""The power fails while people answer: whatever the disk had not synced is gone, in whole or in
part, and the journal comes back with every answer that was acknowledged."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from hoithi.hall.journal import Journal
from hoithi.hall.session import Saved
from hoithi.hall.store.sqlite_journal import SqliteJournal
from tests.faults.platter import after_power_cut, platter
from tests.hall.scene import SITTING
from tests.hall.writing import (
    begin_all,
    chain_findings,
    opened,
    save,
    stored_numbers,
)

CUTS = 50
PEOPLE = 12


@dataclass(frozen=True)
class Cut:
    """What was acknowledged before the power failed, by attempt, and the files found after."""

    told: dict[bytes, int]
    files: dict[str, bytes]


async def _answer_through_cuts(journal: Journal, chance: random.Random, torn: bool) -> list[Cut]:
    attempts = await begin_all(journal, PEOPLE)
    told = dict.fromkeys(attempts, 0)
    cuts: list[Cut] = []
    over = asyncio.Event()

    async def answer(line: int, attempt: bytes) -> None:
        while not over.is_set():
            reply = await save(journal, line, attempt, told[attempt] + 1)
            assert isinstance(reply, Saved)
            told[attempt] = reply.acknowledged

    async def fail() -> None:
        while len(cuts) < CUTS:
            before = dict(told)
            while told == before:
                await asyncio.sleep(chance.uniform(0, 0.01))
            cuts.append(Cut(dict(told), after_power_cut(chance if torn else None)))
        over.set()

    await asyncio.gather(fail(), *(answer(n, each) for n, each in enumerate(attempts, start=1)))
    await journal.stop()
    return cuts


@pytest.mark.parametrize("torn", [False, True], ids=["nothing unsynced is left", "torn writes"])
def test_fifty_power_cuts_lose_no_acknowledged_answer(tmp_path: Path, torn: bool) -> None:
    chance = random.Random(20231006)

    async def play() -> list[Cut]:
        journal = await opened(SqliteJournal(tmp_path / "j", vfs=vfs))
        return await _answer_through_cuts(journal, chance, torn)

    async def come_back(path: Path) -> None:
        journal = await opened(str(path))
        await begin_all(journal, PEOPLE)
        await journal.stop()

    with platter() as vfs:
        cuts = asyncio.run(play())
    assert len(cuts) == CUTS
    for number, cut in enumerate(cuts):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name, content in cut.files.items():
            (folder / name).write_bytes(content)
        asyncio.run(come_back(folder / "j"))
        stored = stored_numbers(str(folder / "j"))
        assert set(stored) == set(cut.told)
        for attempt, numbers in stored.items():
            assert numbers == list(range(1, len(numbers) + 1))
            assert len(numbers) >= cut.told[attempt]
        assert chain_findings(str(folder / "j"), SITTING) == []
