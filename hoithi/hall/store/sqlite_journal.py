"""The journal in one SQLite file, owned by one hall process.

The state of every line is in memory and built again from the rows at the start. A batch is
written by one thread, so that the event loop goes on reading requests while the disk syncs.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import cast

import apsw

from hoithi.hall.formats import NO_HEAD, Head, Kind, Row, batch_hash
from hoithi.hall.session import Ended, Line, Replay, Reply
from hoithi.hall.store.api import (
    NodeStatus,
    Opening,
    Place,
    StoredBatch,
    StoreError,
    Tail,
    UnavailableError,
    Work,
)
from hoithi.hall.store.batch import LineKey, begun, fold

OLDEST_SQLITE = (3, 51, 3)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
  id INTEGER PRIMARY KEY, sitting BLOB NOT NULL, writer BLOB NOT NULL, number INTEGER NOT NULL,
  previous BLOB NOT NULL, rows INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, attempt BLOB NOT NULL, epoch INTEGER NOT NULL,
  seq INTEGER NOT NULL, kind INTEGER NOT NULL, item INTEGER NOT NULL, option INTEGER NOT NULL,
  server_ms INTEGER NOT NULL, client_ms INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS nodes (
  writer BLOB PRIMARY KEY, started_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL,
  order_number INTEGER NOT NULL, snapshot TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS clock (
  one INTEGER PRIMARY KEY CHECK (one = 1), boot TEXT NOT NULL, boot_ms INTEGER NOT NULL,
  hall_ms INTEGER NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_remain BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS batches_stay BEFORE UPDATE ON batches
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS batches_remain BEFORE DELETE ON batches
  BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""
_INSERT_BATCH = "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?)"
_INSERT_EVENT = "INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SET_CLOCK = (
    "INSERT INTO clock VALUES (1, ?, ?, ?) ON CONFLICT (one) DO UPDATE SET"
    " boot = excluded.boot, boot_ms = excluded.boot_ms, hall_ms = excluded.hall_ms"
)
_ROW = "attempt, epoch, seq, kind, item, option, server_ms, client_ms, data"

_Stored = tuple[bytes, int, int, int, int, int, int, int, bytes]
_InBatch = tuple[int, bytes, int, int, int, int, int, int, int, bytes]
_Batch = tuple[int, bytes, bytes, int, bytes, int, bytes]
_EVENTS = b"events"
_MOST_ROWS = 50_000
_KINDS = {int(kind): kind for kind in Kind}


def check_library() -> None:
    """Refuse a SQLite that can lose commits in WAL mode. Raises StoreError."""
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < OLDEST_SQLITE:
        raise StoreError(
            f"SQLite {apsw.sqlite_lib_version()} can lose commits in WAL mode; 3.51.3 is needed"
        )


def connect(path: Path, *, write: bool, vfs: str | None = None) -> apsw.Connection:
    """A connection with full sync for a writer, read-only for a reader."""
    check_library()
    flags = (
        apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if write else apsw.SQLITE_OPEN_READONLY
    )
    connection = apsw.Connection(str(path), flags=flags, vfs=vfs)
    connection.set_busy_timeout(5000)
    if write:
        connection.execute("PRAGMA journal_mode = WAL").fetchall()
        connection.execute("PRAGMA synchronous = FULL").fetchall()
        _sync_folder(path.parent)
    return connection


def _sync_folder(folder: Path) -> None:
    """Make sure of names in a folder.

    SQLite makes a file a WAL file under a rollback journal and deletes that without waiting for
    the disk. If the power brought the journal back, the file would be rolled back to before.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def transaction(db: apsw.Connection) -> Iterator[None]:
    """A write transaction that is one from its first statement on.

    `with db` would hold the interpreter while it waits for other writers and for the disk; these
    statements let other threads go on.
    """
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


class SqliteJournal:
    """The journal of one machine. `vfs` names another file layer, for tests that watch the disk."""

    def __init__(self, path: Path, *, vfs: str | None = None) -> None:
        self.writer = os.urandom(16)
        self._path = path
        self._vfs = vfs
        self._lines: dict[bytes, dict[int, Line]] = defaultdict(dict)
        self._heads: dict[bytes, bytes] = {}
        self._numbers: dict[bytes, int] = defaultdict(int)
        self._next_batch = 1
        self._orders = 0
        self._closed: dict[bytes, int] = {}
        self._openings: dict[bytes, Opening] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._db: apsw.Connection | None = None
        self._lock = -1

    async def open(self, sittings: Mapping[bytes, Opening]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(f"{self._path}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise StoreError(
                f"another hall process holds {self._path.name}; one journal has one writer"
            ) from error
        self._openings.update(sittings)
        self._path.touch(mode=0o600)
        self._db = connect(self._path, write=True, vfs=self._vfs)
        self._db.execute(_SCHEMA)
        self._replay(self._db)

    def add_sitting(self, sitting: bytes, opening: Opening) -> None:
        self._openings[sitting] = opening

    def _replay(self, db: apsw.Connection) -> None:
        """Build the lines, heads and orders again; costs about half a second for 300,000 rows."""
        replays: dict[bytes, Replay] = {}
        sitting_of: dict[int, bytes] = {}
        for row in db.execute("SELECT id, sitting, hash FROM batches ORDER BY id"):
            batch, sitting, digest = cast("tuple[int, bytes, bytes]", row)
            sitting_of[batch] = sitting
            self._heads[sitting] = digest
            self._next_batch = batch + 1
            if sitting not in replays:
                opening = self._openings.get(sitting)
                replays[sitting] = Replay(opening.items if opening else 0)
        replay_of = {batch: replays[sitting] for batch, sitting in sitting_of.items()}
        for stored in db.execute(f"SELECT batch, {_ROW} FROM events ORDER BY id"):  # noqa: S608 - constant
            batch, attempt, _, _, kind, item, option, *_ = cast("_InBatch", stored)
            if kind == Kind.ANSWER:
                replay_of[batch].answer(attempt, item, option)
                continue
            row = _row(cast("_Stored", stored[1:]))
            replay_of[batch].take([row])
            self._note(sitting_of[batch], [row])
        for sitting, replay in replays.items():
            self._lines[sitting] = replay.lines()

    async def expect(self, sitting: bytes, numbers: Sequence[int]) -> None:
        """Nothing to do: a line costs nothing until its first row."""

    async def commit(self, work: Sequence[Work]) -> list[Reply]:
        lines = self._lines

        def line_of(key: LineKey) -> Line:
            return lines[key[0]].get(key[1]) or Line(key[1])

        folded = fold(work, line_of)
        if folded.rows:
            await self._store(folded.rows)
        for (sitting, number), line in folded.lines.items():
            lines[sitting][number] = line
        for sitting, stored in folded.rows.items():
            self._note(sitting, stored)
        return folded.replies

    def _note(self, sitting: bytes, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.kind is Kind.ORDER:
                self._orders = max(self._orders, row.item)
            elif row.kind is Kind.CLOSED:
                self._closed[sitting] = max(row.item, self._closed.get(sitting, row.item))

    async def _store(self, rows: Mapping[bytes, list[Row]]) -> None:
        batches: list[_Batch] = []
        events: list[tuple[int | bytes, ...]] = []
        for identity, (sitting, folded) in enumerate(rows.items(), start=self._next_batch):
            number = self._numbers[sitting] + 1
            sitting_rows = begun(folded, number, self._openings[sitting].roster_sha256)
            previous = self._heads.get(sitting, NO_HEAD)
            digest = batch_hash(
                sitting=sitting,
                writer=self.writer,
                batch=number,
                previous=previous,
                rows=sitting_rows,
            )
            batches.append(
                (identity, sitting, self.writer, number, previous, len(sitting_rows), digest)
            )
            events.extend(
                (
                    identity,
                    row.attempt,
                    row.epoch,
                    row.seq,
                    int(row.kind),
                    row.item,
                    row.option,
                    row.server_ms,
                    row.client_ms,
                    row.data,
                )
                for row in sitting_rows
            )
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._write, batches, events)
        except (apsw.Error, OSError) as error:
            raise UnavailableError(type(error).__name__) from error
        self._next_batch += len(batches)
        for _, sitting, _, number, _, _, digest in batches:
            self._heads[sitting] = digest
            self._numbers[sitting] = number

    def _write(self, batches: list[_Batch], events: list[tuple[int | bytes, ...]]) -> None:
        if self._db is None:
            raise OSError("journal is shut")
        with transaction(self._db):
            self._db.executemany(_INSERT_BATCH, batches)
            self._db.executemany(_INSERT_EVENT, events)

    async def line(self, sitting: bytes, number: int) -> Line:
        return self._lines[sitting].get(number) or Line(number)

    async def lines(self, sitting: bytes) -> Mapping[int, Line]:
        return self._lines[sitting]

    async def clock_ms(self) -> int | None:
        if self._db is None or not self._has_open_attempts():
            return None
        known = self._db.execute("SELECT boot, boot_ms, hall_ms FROM clock").get
        if known is None:
            return None
        boot, boot_ms, hall_ms = cast("tuple[str, int, int]", known)
        if boot == _boot():
            return hall_ms + _since_boot_ms() - boot_ms
        return max(hall_ms, time.time_ns() // 1_000_000)

    def _has_open_attempts(self) -> bool:
        return any(
            attempt.ended is Ended.OPEN
            for lines in self._lines.values()
            for line in lines.values()
            for attempt in line.attempts
        )

    async def orders_applied(self) -> int:
        return self._orders

    async def closed_at(self, sitting: bytes) -> int | None:
        return self._closed.get(sitting)

    async def report(self, status: NodeStatus) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._thread, self._write_status, status)
        except (apsw.Error, OSError) as error:
            raise UnavailableError(type(error).__name__) from error

    def _write_status(self, status: NodeStatus) -> None:
        if self._db is None:
            raise OSError("journal is shut")
        with transaction(self._db):
            self._tell(self._db, status)

    def _tell(self, db: apsw.Connection, status: NodeStatus) -> None:
        db.execute(_SET_CLOCK, (_boot(), _since_boot_ms(), status.seen_ms))
        db.execute(
            "INSERT INTO nodes VALUES (?, ?, ?, ?, ?) ON CONFLICT (writer) DO UPDATE SET"
            " seen_ms = excluded.seen_ms, order_number = excluded.order_number,"
            " snapshot = excluded.snapshot",
            (status.writer, status.started_ms, status.seen_ms, status.order, status.snapshot),
        )

    async def shut(self) -> None:
        self._thread.shutdown(wait=True)
        if self._db is not None:
            self._db.close()
            self._db = None
            os.close(self._lock)


class SqliteJournalReader:
    """The journal as the desk reads it: read-only, beside the hall that writes."""

    def __init__(self, path: Path) -> None:
        try:
            self._db = connect(path, write=False)
        except apsw.CantOpenError as error:
            raise StoreError(f"there is no journal at {path} yet") from error

    def batches(self, sitting: bytes) -> Iterator[StoredBatch]:
        records = self._db.execute(
            "SELECT id, writer, number, previous, hash FROM batches WHERE sitting = ?"
            " ORDER BY writer, number",
            (sitting,),
        ).fetchall()
        wanted = {cast("int", record[0]): record for record in records}
        rows: dict[int, tuple[Row, ...]] = {}
        stored = self._db.execute(
            f"SELECT batch, {_ROW} FROM batches JOIN events ON events.batch = batches.id"  # noqa: S608 - constant
            " WHERE sitting = ? ORDER BY events.id",
            (sitting,),
        )
        for batch, group in groupby(stored, key=itemgetter(0)):
            rows[cast("int", batch)] = tuple(
                _row(cast("_Stored", tuple(fields[1:]))) for fields in group
            )
        for identity, (_, writer, number, previous, digest) in wanted.items():
            yield StoredBatch(
                cast("bytes", writer),
                cast("int", number),
                cast("bytes", previous),
                cast("bytes", digest),
                rows.get(identity, ()),
            )

    def rows_after(self, sitting: bytes, place: Place) -> Tail:
        after = place.get(_EVENTS, 0)
        last = cast("int", self._db.execute("SELECT COALESCE(MAX(id), 0) FROM events").get)
        upto = min(last, after + _MOST_ROWS)
        stored = self._db.execute(
            f"SELECT {_ROW} FROM events JOIN batches ON batches.id = events.batch"  # noqa: S608 - constant
            " WHERE events.id > ? AND events.id <= ? AND sitting = ? ORDER BY events.id",
            (after, upto, sitting),
        )
        rows = tuple(_row(cast("_Stored", fields)) for fields in stored)
        return Tail(rows, {_EVENTS: upto}, is_all=upto == last)

    def heads(self, sitting: bytes) -> list[Head]:
        return [
            Head(cast("bytes", writer), cast("int", number), cast("bytes", digest))
            for writer, number, digest in self._db.execute(
                "SELECT writer, MAX(number), hash FROM batches WHERE sitting = ?"
                " GROUP BY writer ORDER BY writer",
                (sitting,),
            )
        ]

    def nodes(self) -> list[NodeStatus]:
        return [
            NodeStatus(
                cast("bytes", writer),
                cast("int", started),
                cast("int", seen),
                cast("int", order),
                cast("str", snapshot),
            )
            for writer, started, seen, order, snapshot in self._db.execute(
                "SELECT writer, started_ms, seen_ms, order_number, snapshot FROM nodes"
            )
        ]

    def close(self) -> None:
        self._db.close()


@cache
def _boot() -> str:
    """Which run of this machine it is; empty where that cannot be told."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""


def _since_boot_ms() -> int:
    """Goes on while the machine sleeps, and nobody can set it."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def _row(stored: _Stored) -> Row:
    attempt, epoch, seq, kind, item, option, server, client, data = stored
    return Row(attempt, epoch, seq, _KINDS[kind], item, option, server, client, data)
