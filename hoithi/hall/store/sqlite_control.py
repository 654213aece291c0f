"""Control in one SQLite file: written by the desk, followed by the hall."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import apsw

from hoithi.hall.store.api import (
    Order,
    OrderKind,
    PublishedLine,
    PublishedPackage,
    PublishedSitting,
    StoreError,
)
from hoithi.hall.store.sqlite_journal import connect

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

    def publish(
        self,
        package: PublishedPackage,
        sitting: PublishedSitting,
        roster: Iterable[PublishedLine],
    ) -> None:
        """Publish a sitting whole, or not at all. Raises StoreError when it was published."""
        try:
            with self._db:
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
                    "INSERT INTO roster VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
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
        with self._db:
            (last,) = cast(
                "tuple[int]",
                self._db.execute("SELECT COALESCE(MAX(number), 0) FROM orders").fetchall()[0],
            )
            self._db.execute(
                "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (last + 1, sitting, kind, line, attempt, amount, text, actor, reason, at_ms),
            )
        return last + 1

    def close(self) -> None:
        self._db.close()


class SqliteControl:
    """The hall's view of control. It makes an empty file so that it can start before the desk."""

    def __init__(self, path: Path) -> None:
        SqliteControlWriter(path).close()
        self._db = connect(path, write=False)
        self._version = -1

    def changed(self) -> bool:
        (version,) = self._db.execute("PRAGMA data_version").fetchall()[0]
        if version == self._version:
            return False
        self._version = cast("int", version)
        return True

    def packages(self) -> list[PublishedPackage]:
        return [
            PublishedPackage(
                cast("str", package),
                cast("bytes", questions),
                cast("bytes", ours),
                cast("bytes", keys),
            )
            for package, questions, ours, keys in self._db.execute("SELECT * FROM packages")
        ]

    def sittings(self) -> list[PublishedSitting]:
        rows = self._db.execute("SELECT * FROM sittings ORDER BY opens_ms, sitting")
        return [
            PublishedSitting(*cast("tuple[bytes, str, str, str, bytes, int, int]", row))
            for row in rows
        ]

    def roster(self, sitting: bytes) -> Iterator[PublishedLine]:
        query = (
            "SELECT line, entry_key, code_tag, issue, name, unit, number FROM roster"
            " WHERE sitting = ? ORDER BY line"
        )
        for row in self._db.execute(query, (sitting,)):
            yield PublishedLine(*cast("tuple[int, bytes, bytes, int, str, str, str]", row))

    def orders(self, after: int) -> list[Order]:
        return [
            Order(
                cast("int", number),
                cast("bytes", sitting),
                OrderKind(cast("str", kind)),
                cast("int | None", line),
                cast("bytes | None", attempt),
                cast("int", amount),
                cast("str", text),
                cast("str", actor),
                cast("str", reason),
                cast("int", at_ms),
            )
            for (
                number,
                sitting,
                kind,
                line,
                attempt,
                amount,
                text,
                actor,
                reason,
                at_ms,
            ) in self._db.execute("SELECT * FROM orders WHERE number > ? ORDER BY number", (after,))
        ]

    def close(self) -> None:
        self._db.close()
