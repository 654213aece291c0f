"""What is counted for those who watch: also people who work on after everybody's last moment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from bench.exam import publish
from hoithi.hall.app import Hall
from hoithi.hall.config import read_config
from hoithi.hall.monitor import Snapshot
from hoithi.hall.session import Standing, Start, Submit
from hoithi.hall.store import open_stores
from tests.hall.scene import SITTING, HallProcess


async def counted(hall: Hall) -> list[tuple[int, int]]:
    """Working and handed in, of the sittings that are told of."""
    told = msgspec.json.decode(await hall.monitor.snapshot(), type=Snapshot)
    return [
        (sum(each.working for each in units), sum(each.submitted for each in units))
        for units in told.sittings.values()
    ]


async def watched(hall: Hall) -> list[list[tuple[int, int]]]:
    """Somebody starts, the sitting's last moment is made long past, they hand in."""
    await hall.open()
    try:
        sitting = hall.sittings.by_id[SITTING]
        entry = sitting.lines[1]
        now_ms = hall.clock.now_ms()
        terms = sitting.terms(entry, now_ms)
        begun = await hall.journal.act(
            SITTING, 1, Start(b"d" * 8, False, b"a" * 16, b"n" * 16), terms
        )
        assert isinstance(begun, Standing)
        seen = [await counted(hall)]
        sitting.move_closing(now_ms - 3_600_000)
        seen.append(await counted(hall))
        attempt = begun.attempt
        await hall.journal.act(
            SITTING, 1, Submit(attempt.attempt, attempt.epoch, 0, b"r" * 16), terms
        )
        return [*seen, await counted(hall), await counted(hall)]
    finally:
        await hall.shut()


def test_who_works_on_is_counted_until_they_have_handed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = HallProcess(tmp_path)
    publish(process.control_address, 2)
    for name, value in process.environment().items():
        monkeypatch.setenv(name, value)
    config = read_config()
    hall = Hall(config, *open_stores(config))
    assert asyncio.run(watched(hall)) == [[(1, 0)], [(1, 0)], [(0, 1)], []]
