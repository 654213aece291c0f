"""A disk that takes its time: what came in time counts, and nobody misses an order."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from hoithi.hall.clock import Clock
from hoithi.hall.journal import Journal
from hoithi.hall.orders import Follower
from hoithi.hall.session import Reply, SaveAnswers, Saved, Standing, Start
from hoithi.hall.sittings import Sittings
from hoithi.hall.store.api import OrderKind
from hoithi.hall.store.sqlite_control import SqliteControl
from hoithi.hall.store.sqlite_journal import SqliteJournal
from tests.hall.scene import SITTING, order, publish
from tests.hall.writing import TERMS, chain_findings

NOW_MS = 1_700_000_000_000


class Disk(apsw.VFS):
    """Syncs only while it is let."""

    def __init__(self) -> None:
        super().__init__("slow", "")
        self.is_let = threading.Event()
        self.is_let.set()

    def xOpen(  # noqa: N802 - SQLite's name
        self, name: apsw.URIFilename | str | None, flags: list[int]
    ) -> apsw.VFSFile:
        return _File(self.is_let, name, flags)


class _File(apsw.VFSFile):
    def __init__(
        self, is_let: threading.Event, name: apsw.URIFilename | str | None, flags: list[int]
    ) -> None:
        self.is_let = is_let
        super().__init__("", name, flags)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        assert self.is_let.wait(60)
        super().xSync(flags)


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk()
    yield made
    made.unregister()


class Stage:
    """The engine without HTTP, by a clock that the test sets."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.clock.set(NOW_MS)
        self.control = folder / "control.sqlite3"
        self.path = folder / "journal.sqlite3"
        self.sittings = Sittings()
        publish(self.control, opens_ms=NOW_MS - 1000, closes_ms=NOW_MS + 3_600_000)
        self.journal = Journal(SqliteJournal(self.path, vfs="slow"), self.clock)
        self._control = SqliteControl(self.control)
        self.follower = Follower(self._control, self.journal, self.sittings)

    async def open(self) -> None:
        await self._control.open()
        await self.journal.store.open(await self.follower.load())
        self.journal.start()
        await self.follower.follow()

    async def shut(self) -> None:
        await self.journal.stop()
        await self._control.shut()

    def start(self, line: int) -> asyncio.Task[Reply]:
        sitting = self.sittings.by_id[SITTING]
        terms = sitting.terms(sitting.lines[line], self.clock.now_ms())
        command = Start(b"d" * 8, False, os.urandom(16), os.urandom(16))
        return asyncio.create_task(self.journal.act(SITTING, line, command, terms))

    async def deadlines(self) -> list[int]:
        lines = await self.journal.store.lines(SITTING)
        return [lines[line].attempts[-1].deadline_ms - NOW_MS for line in sorted(lines)]


def test_an_answer_received_in_time_counts_however_long_the_disk_takes(
    tmp_path: Path, disk: Disk
) -> None:
    async def play() -> None:
        stage = Stage(tmp_path)
        await stage.open()
        standing = await stage.start(1)
        assert isinstance(standing, Standing)
        attempt = standing.attempt
        disk.is_let.clear()
        stage.clock.set(attempt.deadline_ms + TERMS.grace_ms)
        waiting = []
        for number, late_ms in ((1, 0), (2, 1)):
            stage.clock.set(attempt.deadline_ms + TERMS.grace_ms + late_ms)
            command = SaveAnswers(attempt.attempt, 1, ((number, number, 1, -1),))
            acting = stage.journal.act(SITTING, 1, command, TERMS)
            waiting.append(asyncio.create_task(acting))
            await asyncio.sleep(0)
        stage.clock.set(attempt.deadline_ms + 60_000)
        disk.is_let.set()
        assert [await each for each in waiting] == [
            Saved(1, attempt.deadline_ms, late=False),
            Saved(2, attempt.deadline_ms, late=True),
        ]
        await stage.shut()

    asyncio.run(play())


def test_a_start_that_waits_for_the_disk_hears_the_order_given_meanwhile(
    tmp_path: Path, disk: Disk
) -> None:
    async def play() -> None:
        stage = Stage(tmp_path)
        await stage.open()
        disk.is_let.clear()
        starts = [stage.start(1)]
        await asyncio.sleep(0.05)
        starts.append(stage.start(2))
        order(stage.control, OrderKind.CLOSE_AT, amount=NOW_MS + 60_000)
        following = asyncio.create_task(stage.follower.follow())
        await asyncio.sleep(0)
        disk.is_let.set()
        assert await following
        await asyncio.gather(*starts)
        await stage.follower.sweep()
        assert await stage.deadlines() == [60_000, 60_000]
        await stage.shut()

    asyncio.run(play())
    assert chain_findings(str(tmp_path / "journal.sqlite3")) == []
