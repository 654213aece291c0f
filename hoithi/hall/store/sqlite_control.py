"""Control in one SQLite file: written by the desk, followed by the hall."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import apsw

from hoithi.hall.store.api import (
    OLD_CONTROL,
    ORDER_FIELDS,
    ROSTER_FIELDS,
    Order,
    OrderKind,
    PublishedLine,
    PublishedPackage,
    PublishedSitting,
    StoredOrder,
    StoredRosterLine,
    StoreError,
    UnavailableError,
    read_line,
    read_order,
)
from hoithi.hall.store.sqlite_journal import connect, transaction

_POLL_S = 0.2
_SELECT_ORDERS = f"SELECT {ORDER_FIELDS} FROM orders"  # noqa: S608 - constant
_SCHEMA = """
CREATE TABLE IF NOT EXISTS packages (
  package TEXT PRIMARY KEY, questions BLOB NOT NULL, questions_sha256 BLOB NOT NULL,
  keys_sha256 BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS sittings (
  sitting BLOB PRIMARY KEY, package TEXT NOT NULL REFERENCES packages, title TEXT NOT NULL,
  results_url TEXT NOT NULL, roster_sha256 BLOB NOT NULL, opens_ms INTEGER NOT NULL,
  closes_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS roster (
  sitting BLOB NOT NULL, line INTEGER NOT NULL, entry_key BLOB NOT NULL, code_tag BLOB NOT NULL,
  issue INTEGER NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL, number TEXT NOT NULL,
  entry BLOB NOT NULL, unit_code TEXT NOT NULL, category TEXT NOT NULL, barred INTEGER NOT NULL,
  PRIMARY KEY (sitting, line)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS orders (
  number INTEGER PRIMARY KEY, sitting BLOB NOT NULL, kind TEXT NOT NULL, line INTEGER,
  attempt BLOB, amount INTEGER NOT NULL, text TEXT NOT NULL, actor TEXT NOT NULL,
  reason TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS orders_stay BEFORE UPDATE ON orders
  BEGIN SELECT RAISE(ABORT, 'orders are append-only'); END;
CREATE TRIGGER IF NOT EXISTS orders_remain BEFORE DELETE ON orders
  BEGIN SELECT RAISE(ABORT, 'orders are append-only'); END;
"""


class SqliteControlWriter:
    """The desk's door: publishes packages, sittings and rosters, and gives orders."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._db = connect(path, write=True)
        self._db.execute(_SCHEMA)
        if ("entry",) not in self._db.execute("SELECT name FROM pragma_table_info('roster')"):
            self._db.close()
            raise StoreError(OLD_CONTROL)

    def publish(
        self,
        package: PublishedPackage,
        sitting: PublishedSitting,
        roster: Iterable[PublishedLine],
    ) -> None:
        """Publish a sitting whole, or not at all. Raises StoreError when it was published."""
        try:
            with transaction(self._db):
                self._db.execute(
                    "INSERT OR IGNORE INTO packages VALUES (?, ?, ?, ?)",
                    (
                        package.package,
                        package.questions,
                        package.questions_sha256,
                        package.keys_sha256,
                    ),
                )
                self._db.execute(
                    "INSERT INTO sittings VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        sitting.sitting,
                        sitting.package,
                        sitting.title,
                        sitting.results_url,
                        sitting.roster_sha256,
                        sitting.opens_ms,
                        sitting.closes_ms,
                    ),
                )
                self._db.executemany(
                    "INSERT INTO roster VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        (
                            sitting.sitting,
                            each.line,
                            each.entry_key,
                            each.code_tag,
                            each.issue,
                            each.name,
                            each.unit,
                            each.number,
                            each.entry,
                            each.unit_code,
                            each.category,
                            each.barred,
                        )
                        for each in roster
                    ),
                )
        except apsw.ConstraintError as error:
            raise StoreError("the sitting is published already") from error

    def order(
        self,
        *,
        sitting: bytes,
        kind: OrderKind,
        actor: str,
        reason: str,
        at_ms: int,
        line: int | None = None,
        attempt: bytes | None = None,
        amount: int = 0,
        text: str = "",
    ) -> int:
        """Give an order; answers its number."""
        with transaction(self._db):
            (last,) = cast(
                "tuple[int]",
                self._db.execute("SELECT COALESCE(MAX(number), 0) FROM orders").fetchall()[0],
            )
            self._db.execute(
                "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (last + 1, sitting, kind, line, attempt, amount, text, actor, reason, at_ms),
            )
        return last + 1

    def last_order(self, sitting: bytes) -> int:
        return cast(
            "int",
            self._db.execute(
                "SELECT COALESCE(MAX(number), 0) FROM orders WHERE sitting = ? AND kind <> ?",
                (sitting, OrderKind.SCORE_TO_SHOW.value),
            ).get,
        )

    def given(self, sitting: bytes, kind: OrderKind, after: int) -> list[Order]:
        rows = self._db.execute(
            f"{_SELECT_ORDERS} WHERE number > ? AND sitting = ? AND kind = ? ORDER BY number",
            (after, sitting, kind.value),
        )
        return [read_order(cast("StoredOrder", row)) for row in rows]

    def orders(self, sitting: bytes) -> list[Order]:
        rows = self._db.execute(
            f"{_SELECT_ORDERS} WHERE sitting = ? ORDER BY number",
            (sitting,),
        )
        return [read_order(cast("StoredOrder", row)) for row in rows]

    def window(self, sitting: bytes) -> tuple[int, int]:
        (found,) = self._db.execute(
            "SELECT opens_ms, closes_ms FROM sittings WHERE sitting = ?", (sitting,)
        ).fetchall()
        return cast("tuple[int, int]", found)

    def close(self) -> None:
        self._db.close()


class SqliteControl:
    """The hall's view of control, read on the event loop: each query is short."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: apsw.Connection | None = None
        self._version = -1

    async def open(self) -> None:
        try:
            SqliteControlWriter(self._path).close()
            self._db = connect(self._path, write=False)
        except (apsw.Error, OSError) as error:
            raise StoreError(f"{self._path} cannot be read: {error}") from error

    async def wait(self) -> None:
        await asyncio.sleep(_POLL_S)

    def _rows(self, query: str, *values: bytes | int) -> list[tuple[object, ...]]:
        if self._db is None:
            raise UnavailableError("control is shut")
        try:
            return self._db.execute(query, values).fetchall()
        except apsw.Error as error:
            raise UnavailableError(type(error).__name__) from error

    async def changed(self) -> bool:
        ((version,),) = self._rows("PRAGMA data_version")
        if version == self._version:
            return False
        self._version = cast("int", version)
        return True

    async def packages(self) -> list[PublishedPackage]:
        rows = self._rows("SELECT package, questions, questions_sha256, keys_sha256 FROM packages")
        return [PublishedPackage(*cast("tuple[str, bytes, bytes, bytes]", row)) for row in rows]

    async def sittings(self) -> list[PublishedSitting]:
        rows = self._rows(
            "SELECT sitting, package, title, results_url, roster_sha256, opens_ms, closes_ms"
            " FROM sittings ORDER BY opens_ms, sitting"
        )
        return [
            PublishedSitting(*cast("tuple[bytes, str, str, str, bytes, int, int]", row))
            for row in rows
        ]

    async def roster(self, sitting: bytes) -> list[PublishedLine]:
        rows = self._rows(
            f"SELECT {ROSTER_FIELDS} FROM roster WHERE sitting = ? ORDER BY line",  # noqa: S608 - constant
            sitting,
        )
        return [read_line(cast("StoredRosterLine", row)) for row in rows]

    async def orders(self, after: int) -> list[Order]:
        rows = self._rows(
            f"{_SELECT_ORDERS} WHERE number > ? ORDER BY number",
            after,
        )
        return [read_order(cast("StoredOrder", row)) for row in rows]

    async def shut(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
