"""The journal in a SQLite file: one owner, effects in their order, a disk that is full."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from hoithi.hall.formats import Kind
from hoithi.hall.session import Saved
from hoithi.hall.store import sqlite_journal
from hoithi.hall.store.api import StoreError, UnavailableError
from hoithi.hall.store.sqlite_journal import SqliteJournal
from tests.hall.scene import SITTING, HallProcess, now_ms, publish
from tests.hall.writing import begin, begin_all, chain_findings, opened, save, stored_rows


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    async def play() -> None:
        journal = await opened(str(tmp_path / "j"))
        with pytest.raises(StoreError, match="another hall process"):
            await opened(str(tmp_path / "j"))
        await journal.stop()

    asyncio.run(play())


def test_a_second_hall_on_the_same_journal_leaves_with_a_sentence(tmp_path: Path) -> None:
    first = HallProcess(tmp_path)
    publish(first.control, opens_ms=0, closes_ms=now_ms() + 60_000)
    first.start()
    try:
        with pytest.raises(RuntimeError, match=r"another hall process holds journal\.sqlite3"):
            HallProcess(tmp_path).start()
    finally:
        first.stop()


def test_rows_can_be_neither_changed_nor_deleted(tmp_path: Path) -> None:
    async def play() -> None:
        journal = await opened(str(tmp_path / "j"))
        await begin(journal, 1)
        await journal.stop()

    asyncio.run(play())
    with apsw.Connection(str(tmp_path / "j")) as db:
        for change in ("UPDATE events SET option = 3", "DELETE FROM events", "DELETE FROM batches"):
            with pytest.raises(apsw.ConstraintError, match="append-only"):
                db.execute(change)
    db.close()


def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_journal, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StoreError, match="can lose commits"):
        sqlite_journal.check_library()


# ---- a file layer that watches, and can fail


class Disk:
    """What the disk was asked, in order; `full` makes every write fail as a full disk does."""

    def __init__(self) -> None:
        self.effects: list[str] = []
        self.full = False
        self.lock = threading.Lock()

    def note(self, effect: str) -> None:
        with self.lock:
            self.effects.append(effect)


DISK = Disk()


class WatchedFile(apsw.VFSFile):
    def __init__(self, base: str, name: apsw.URIFilename | str | None, flags: list[int]) -> None:
        self.label = "wal" if str(name_of(name)).endswith("-wal") else "main"
        super().__init__(base, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        if DISK.full:
            raise apsw.FullError
        DISK.note(f"write {self.label}")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        if DISK.full:
            raise apsw.IOError
        super().xSync(flags)
        DISK.note(f"sync {self.label}")


def name_of(name: apsw.URIFilename | str | None) -> str:
    return name.filename() if isinstance(name, apsw.URIFilename) else str(name)


class WatchedFiles(apsw.VFS):
    def __init__(self) -> None:
        super().__init__("watched", "")

    def xOpen(  # noqa: N802 - SQLite's name
        self, name: apsw.URIFilename | str | None, flags: list[int]
    ) -> apsw.VFSFile:
        return WatchedFile("", name, flags)


@contextmanager
def watched() -> Iterator[Disk]:
    files = WatchedFiles()
    DISK.effects.clear()
    DISK.full = False
    try:
        yield DISK
    finally:
        files.unregister()


def test_no_reply_leaves_before_the_sync_of_its_batch(tmp_path: Path) -> None:
    """The order of effects: the rows are written, the log is synced, only then the reply."""
    replied: list[tuple[int, int]] = []

    async def play() -> None:
        journal = await opened(SqliteJournal(tmp_path / "j", vfs="watched"))
        attempts = await begin_all(journal, 30)

        async def one(line: int, attempt: bytes) -> None:
            for seq in range(1, 11):
                asked = len(DISK.effects)
                assert isinstance(await save(journal, line, attempt, seq), Saved)
                replied.append((asked, len(DISK.effects)))

        await asyncio.gather(*(one(n, each) for n, each in enumerate(attempts, start=1)))
        await journal.stop()

    with watched() as disk:
        asyncio.run(play())
        effects = list(disk.effects)
    assert len(replied) == 300
    for asked, answered in replied:
        since = effects[asked:answered]
        assert "write wal" in since
        last_write = len(since) - 1 - since[::-1].index("write wal")
        assert "sync wal" in since[last_write:]


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    async def play() -> None:
        journal = await opened(SqliteJournal(tmp_path / "j", vfs="watched"))
        attempt = await begin(journal, 1)
        await save(journal, 1, attempt, 1)
        before = await journal.store.line(SITTING, 1)
        DISK.full = True
        for _ in range(3):
            with pytest.raises(UnavailableError):
                await save(journal, 1, attempt, 2)
        assert await journal.store.line(SITTING, 1) == before
        DISK.full = False
        assert isinstance(await save(journal, 1, attempt, 2), Saved)
        await journal.stop()

    with watched():
        asyncio.run(play())
    kinds = [row.kind for row in stored_rows(str(tmp_path / "j"))]
    assert kinds == [Kind.OPENED, Kind.START, Kind.ANSWER, Kind.ANSWER]
    assert chain_findings(str(tmp_path / "j")) == []


def test_a_sitting_is_opened_first_even_if_the_first_batch_did_not_reach_the_disk(
    tmp_path: Path,
) -> None:
    async def play() -> None:
        journal = await opened(SqliteJournal(tmp_path / "j", vfs="watched"))
        DISK.full = True
        with pytest.raises(UnavailableError):
            await begin(journal, 1)
        DISK.full = False
        await begin(journal, 2)
        await journal.stop()

    with watched():
        asyncio.run(play())
    kinds = [row.kind for row in stored_rows(str(tmp_path / "j"))]
    assert kinds == [Kind.OPENED, Kind.START]
    assert chain_findings(str(tmp_path / "j")) == []
