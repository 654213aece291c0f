"""Group commit on a real file: order of effects, failures, and a writer that is killed."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import apsw
import pytest

from hoithi.hall.clock import Clock
from hoithi.hall.formats import NO_HEAD, Kind, batch_hash
from hoithi.hall.journal import Journal
from hoithi.hall.session import Reply, SaveAnswers, Saved, Standing, Start, Terms
from hoithi.hall.store import sqlite_journal
from hoithi.hall.store.api import StoreError, UnavailableError
from hoithi.hall.store.sqlite_journal import SqliteJournal, SqliteJournalReader
from hoithi.rules.paper import AttemptRule
from tests.hall.scene import SITTING, Client, HallProcess, code, now_ms, publish

TERMS = Terms(
    opens_ms=0,
    closes_ms=2**50,
    duration_ms=600_000,
    grace_ms=10_000,
    items=30,
    all_required=False,
    has_prediction=False,
    attempts=AttemptRule(None, "round", 420, []),
)


async def opened(path: Path, vfs: str | None = None) -> Journal:
    journal = Journal(SqliteJournal(path, vfs=vfs), Clock())
    await journal.store.open({SITTING: 30})
    journal.start()
    return journal


async def begin(journal: Journal, line: int) -> bytes:
    start = Start(b"d" * 8, False, os.urandom(16), os.urandom(16))
    reply = await journal.act(SITTING, line, start, TERMS)
    assert isinstance(reply, Standing)
    return reply.attempt.attempt


async def save(journal: Journal, line: int, attempt: bytes, seq: int) -> Reply:
    return await journal.act(
        SITTING, line, SaveAnswers(attempt, 1, ((seq, seq % 30, 1, -1),)), TERMS
    )


def check_chain(path: Path) -> int:
    """Every batch follows the one before and hashes to its record; answers the number of rows."""
    reader = SqliteJournalReader(path)
    rows = 0
    ends: dict[bytes, bytes] = {}
    for batch in reader.batches(SITTING):
        digest = batch_hash(
            sitting=SITTING,
            writer=batch.writer,
            batch=batch.number,
            previous=batch.previous,
            rows=batch.rows,
        )
        assert digest == batch.digest
        if batch.number > 1:
            assert batch.previous == ends[batch.writer]
        ends[batch.writer] = batch.digest
        rows += len(batch.rows)
    assert {head.writer: head.digest for head in reader.heads(SITTING)} == ends
    reader.close()
    return rows


def test_whoever_waits_is_written_together(tmp_path: Path) -> None:
    async def play() -> int:
        journal = await opened(tmp_path / "j")
        attempts = await asyncio.gather(*(begin(journal, line) for line in range(1, 201)))
        before = journal.batches
        saves = (save(journal, line, each, 1) for line, each in enumerate(attempts, start=1))
        replies = await asyncio.gather(*saves)
        assert {type(reply) for reply in replies} == {Saved}
        used = journal.batches - before
        await journal.stop()
        return used

    assert asyncio.run(play()) <= 2
    assert check_chain(tmp_path / "j") == 400


def test_two_starts_of_one_person_at_once_make_one_attempt(tmp_path: Path) -> None:
    async def play() -> set[bytes]:
        journal = await opened(tmp_path / "j")
        made = await asyncio.gather(*(begin(journal, 1) for _ in range(20)))
        await journal.stop()
        return set(made)

    assert len(asyncio.run(play())) == 1


def test_a_restarted_journal_stands_where_it_stood(tmp_path: Path) -> None:
    async def play() -> None:
        journal = await opened(tmp_path / "j")
        attempt = await begin(journal, 1)
        for seq in (1, 2, 3):
            await save(journal, 1, attempt, seq)
        line = await journal.store.line(SITTING, 1)
        await journal.stop()
        again = await opened(tmp_path / "j")
        assert await again.store.line(SITTING, 1) == line
        assert isinstance(await save(again, 1, attempt, 4), Saved)
        await again.stop()

    asyncio.run(play())
    reader = SqliteJournalReader(tmp_path / "j")
    batches = list(reader.batches(SITTING))
    firsts = {batch.writer: batch.previous for batch in batches if batch.number == 1}
    lasts = {batch.writer: batch.digest for batch in batches}
    first_writer = next(writer for writer, previous in firsts.items() if previous == NO_HEAD)
    assert set(firsts.values()) == {NO_HEAD, lasts[first_writer]}
    reader.close()


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    async def play() -> None:
        journal = await opened(tmp_path / "j")
        with pytest.raises(StoreError, match="another hall process"):
            await opened(tmp_path / "j")
        await journal.stop()

    asyncio.run(play())


def test_rows_can_be_neither_changed_nor_deleted(tmp_path: Path) -> None:
    async def play() -> None:
        journal = await opened(tmp_path / "j")
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
        journal = await opened(tmp_path / "j", vfs="watched")
        attempts = await asyncio.gather(*(begin(journal, line) for line in range(1, 31)))

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
        journal = await opened(tmp_path / "j", vfs="watched")
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
    assert check_chain(tmp_path / "j") == 3


def test_a_fault_in_one_batch_does_not_end_the_writing(tmp_path: Path) -> None:
    async def play() -> None:
        journal = await opened(tmp_path / "j")
        attempt = await begin(journal, 1)
        with pytest.raises(IndexError):
            await journal.act(SITTING, 1, SaveAnswers(attempt, 1, ((1, 99, 1, -1),)), TERMS)
        assert isinstance(await save(journal, 1, attempt, 1), Saved)
        await journal.stop()

    asyncio.run(play())


def test_what_was_acknowledged_before_a_kill_is_there_once(tmp_path: Path) -> None:
    """Five times SIGKILL under load; the client keeps its own log of acknowledged numbers."""
    hall = HallProcess(tmp_path)
    publish(hall.control, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=8)
    hall.start()
    clients = [Client(hall.port, device=f"{line:032x}") for line in range(1, 9)]
    for line, client in enumerate(clients, start=1):
        client.enter(code(line))
        assert client.start()[0] == 200
    acknowledged = dict.fromkeys(range(8), 0)
    for _ in range(5):
        killer = threading.Timer(0.15, hall.kill)
        killer.start()
        _save_until_gone(clients, acknowledged)
        killer.join()
        hall.start()
        for client in clients:
            client.connection = None
            assert client.start()[0] == 200
            assert client.seq >= acknowledged[clients.index(client)]
    hall.stop()
    reader = SqliteJournalReader(hall.journal)
    stored: dict[bytes, list[int]] = {}
    starts: dict[bytes, int] = {}
    for batch in reader.batches(SITTING):
        for row in batch.rows:
            if row.kind is Kind.ANSWER:
                stored.setdefault(row.attempt, []).append(row.seq)
            elif row.kind is Kind.START:
                starts[row.attempt] = row.item
    reader.close()
    assert sum(acknowledged.values()) > 100
    for attempt, line in starts.items():
        numbers = sorted(stored.get(attempt, []))
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) >= acknowledged[line - 1]
    check_chain(hall.journal)


def _save_until_gone(clients: list[Client], acknowledged: dict[int, int]) -> None:
    while True:
        for at, client in enumerate(clients):
            try:
                status, reply = client.save((client.seq % 5, client.seq % 4))
            except (OSError, HTTPException):
                return
            assert status == 200
            upto = reply["acknowledged"]
            assert isinstance(upto, int)
            acknowledged[at] = upto
