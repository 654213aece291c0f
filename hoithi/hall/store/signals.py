"""Where signals are kept: apart from control and journal, unchained, and erased at a date.

An address is stored as a digest under a key of its sitting. The key lies beside the signals and
goes with them: equal addresses can be grouped until then, and nothing can be told afterwards.
Signals are written by the hall. What the desk works out of the journal about devices and pace is
kept here too, so that one erasure takes all of it. Both open the store for a moment only.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import apsw

from hoithi.hall.store.api import UnavailableError

_DIGEST = 8
_BUSY_MS = 2000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS keys (sitting BLOB PRIMARY KEY, key BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS signals (
  id INTEGER PRIMARY KEY, sitting BLOB NOT NULL, attempt BLOB NOT NULL, epoch INTEGER NOT NULL,
  kind TEXT NOT NULL, item INTEGER NOT NULL, client_ms INTEGER NOT NULL,
  lasted_ms INTEGER NOT NULL, server_ms INTEGER NOT NULL, address BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS signals_of_sitting ON signals (sitting);
CREATE TABLE IF NOT EXISTS paces (
  sitting BLOB NOT NULL, attempt BLOB NOT NULL, devices INTEGER NOT NULL,
  answers INTEGER NOT NULL, fast INTEGER NOT NULL, PRIMARY KEY (sitting, attempt)) STRICT;
"""
FIELDS = "sitting, attempt, epoch, kind, item, client_ms, lasted_ms, server_ms, address"
# A page that says that it was away for longer than a day was away for a day.
TOLD = (
    "SELECT attempt, kind, count(*), sum({least}(lasted_ms, 86400000))"
    " FROM {table} WHERE sitting = {sitting} GROUP BY attempt, kind ORDER BY attempt, kind"
)
ADDRESSES = (
    "SELECT DISTINCT address, attempt FROM {table} WHERE sitting = {sitting}"
    " ORDER BY address, attempt"
)
PACES = (
    "SELECT attempt, devices, answers, fast FROM {table} WHERE sitting = {sitting} ORDER BY attempt"
)
Row: TypeAlias = tuple[bytes, bytes, int, str, int, int, int, int, bytes]
ToldRow: TypeAlias = tuple[bytes, str, int, int]
PaceRow: TypeAlias = tuple[bytes, int, int, int]


@dataclass(frozen=True, slots=True)
class Signal:
    """Something a page has told. `address` is plain on its way in, a digest on its way out."""

    sitting: bytes
    attempt: bytes
    epoch: int
    kind: str
    item: int
    client_ms: int
    lasted_ms: int
    server_ms: int
    address: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """How often an attempt has told one kind of signal, and how long those lasted together."""

    attempt: bytes
    kind: str
    times: int
    lasted_ms: int


@dataclass(frozen=True, slots=True)
class Pace:
    """Of an attempt: its devices, the questions it answered, and those answered too fast
    (docs/rules/pace.md)."""

    attempt: bytes
    devices: int
    answers: int
    fast: int


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of a sitting, put together; `addresses` are (digest, attempt), each once."""

    told: list[Told]
    addresses: list[tuple[bytes, bytes]]
    paces: list[Pace]


class SignalStore(Protocol):
    def write(self, signals: Sequence[Signal]) -> None:
        """Store them all, or none. Raises UnavailableError."""

    def read(self, sitting: bytes) -> list[Signal]:
        """In the order in which they were stored. Raises UnavailableError."""

    def keep_paces(self, sitting: bytes, paces: Sequence[Pace]) -> None:
        """Store them in the place of those stored before. Raises UnavailableError."""

    def kept(self, sitting: bytes) -> Kept:
        """What is kept, put together by attempt. Raises UnavailableError."""

    def erase(self, sitting: bytes) -> int:
        """Erase signals, paces and key for good; answers how many signals.

        Raises UnavailableError.
        """


class SqliteSignals:
    """A file of its own. It keeps no write-ahead log and overwrites what it deletes, so that
    nothing of an erased row is left in any file of the database."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def _open(self) -> Iterator[apsw.Connection]:
        try:
            self._path.touch(mode=0o600)
            db = apsw.Connection(str(self._path))
            try:
                db.set_busy_timeout(_BUSY_MS)
                db.execute("PRAGMA journal_mode = DELETE")
                db.execute("PRAGMA secure_delete = ON")
                db.execute(_SCHEMA)
                yield db
            finally:
                db.close()
        except (apsw.Error, OSError) as error:
            raise UnavailableError(type(error).__name__) from error

    def write(self, signals: Sequence[Signal]) -> None:
        with self._open() as db, db:
            keys = {}
            for sitting in {each.sitting for each in signals}:
                db.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (sitting, os.urandom(32)))
                ((key,),) = db.execute("SELECT key FROM keys WHERE sitting = ?", (sitting,))
                keys[sitting] = cast("bytes", key)
            db.executemany(
                f"INSERT INTO signals ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                [row_of(each, keys[each.sitting]) for each in signals],
            )

    def read(self, sitting: bytes) -> list[Signal]:
        if not self._path.exists():
            return []
        with self._open() as db:
            rows = db.execute(
                f"SELECT {FIELDS} FROM signals WHERE sitting = ? ORDER BY id",  # noqa: S608
                (sitting,),
            )
            return [Signal(*cast("Row", row)) for row in rows]

    def keep_paces(self, sitting: bytes, paces: Sequence[Pace]) -> None:
        with self._open() as db, db:
            db.execute("DELETE FROM paces WHERE sitting = ?", (sitting,))
            db.executemany(
                "INSERT INTO paces VALUES (?, ?, ?, ?, ?)",
                [(sitting, each.attempt, each.devices, each.answers, each.fast) for each in paces],
            )

    def kept(self, sitting: bytes) -> Kept:
        if not self._path.exists():
            return Kept([], [], [])

        def rows(query: str, table: str) -> apsw.Cursor:
            return db.execute(query.format(least="min", table=table, sitting="?"), (sitting,))

        with self._open() as db:
            return Kept(
                [Told(*cast("ToldRow", row)) for row in rows(TOLD, "signals")],
                [cast("tuple[bytes, bytes]", row) for row in rows(ADDRESSES, "signals")],
                [Pace(*cast("PaceRow", row)) for row in rows(PACES, "paces")],
            )

    def erase(self, sitting: bytes) -> int:
        if not self._path.exists():
            return 0
        with self._open() as db:
            with db:
                db.execute("DELETE FROM signals WHERE sitting = ?", (sitting,))
                erased = db.changes()
                db.execute("DELETE FROM paces WHERE sitting = ?", (sitting,))
                db.execute("DELETE FROM keys WHERE sitting = ?", (sitting,))
            db.execute("VACUUM")
        return erased


def row_of(signal: Signal, key: bytes) -> Row:
    return (
        signal.sitting,
        signal.attempt,
        signal.epoch,
        signal.kind,
        signal.item,
        signal.client_ms,
        signal.lasted_ms,
        signal.server_ms,
        hmac.digest(key, signal.address, "sha256")[:_DIGEST],
    )
