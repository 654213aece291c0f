"""Signals in PostgreSQL; what they are and why they stand apart is told in `signals`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias, cast

import psycopg

from hoithi.hall.store.api import StoreError, UnavailableError
from hoithi.hall.store.postgres_link import open_sync
from hoithi.hall.store.signals import (
    ADDRESSES,
    FIELDS,
    PACES,
    TOLD,
    Kept,
    Pace,
    PaceRow,
    Row,
    Signal,
    Told,
    ToldRow,
    row_of,
)

_SCHEMA = """
SELECT pg_advisory_xact_lock(hashtext('hoithi hall signals'));
CREATE SCHEMA IF NOT EXISTS hall_signals;
CREATE TABLE IF NOT EXISTS hall_signals.keys (sitting bytea PRIMARY KEY, key bytea NOT NULL);
CREATE TABLE IF NOT EXISTS hall_signals.signals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sitting bytea NOT NULL,
  attempt bytea NOT NULL, epoch integer NOT NULL, kind text NOT NULL, item integer NOT NULL,
  client_ms bigint NOT NULL, lasted_ms bigint NOT NULL, server_ms bigint NOT NULL,
  address bytea NOT NULL);
CREATE INDEX IF NOT EXISTS signals_of_sitting ON hall_signals.signals (sitting);
CREATE TABLE IF NOT EXISTS hall_signals.paces (
  sitting bytea NOT NULL, attempt bytea NOT NULL, devices integer NOT NULL,
  answers integer NOT NULL, fast integer NOT NULL, PRIMARY KEY (sitting, attempt));
"""
_Connection: TypeAlias = psycopg.Connection[tuple[object, ...]]


class PostgresSignals:
    """A schema of its own. The server's own log and its backups keep erased rows for as long as
    the administrator keeps those; the key of the addresses is among them."""

    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def _open(self) -> Iterator[_Connection]:
        try:
            with open_sync(self._url, read_only=False) as db:
                with db.transaction():
                    db.execute(_SCHEMA)
                yield db
        except (psycopg.Error, StoreError) as error:
            raise UnavailableError(type(error).__name__) from error

    def write(self, signals: Sequence[Signal]) -> None:
        with self._open() as db, db.transaction(), db.cursor() as cursor:
            keys = {}
            for sitting in sorted({each.sitting for each in signals}):
                cursor.execute(
                    "INSERT INTO hall_signals.keys VALUES (%s, %s) ON CONFLICT DO NOTHING",
                    (sitting, os.urandom(32)),
                )
                ((key,),) = cursor.execute(
                    "SELECT key FROM hall_signals.keys WHERE sitting = %s", (sitting,)
                ).fetchall()
                keys[sitting] = cast("bytes", key)
            cursor.executemany(
                f"INSERT INTO hall_signals.signals ({FIELDS})"  # noqa: S608
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [row_of(each, keys[each.sitting]) for each in signals],
            )

    def read(self, sitting: bytes) -> list[Signal]:
        with self._open() as db:
            rows = db.execute(
                f"SELECT {FIELDS} FROM hall_signals.signals"  # noqa: S608
                " WHERE sitting = %s ORDER BY id",
                (sitting,),
            ).fetchall()
        return [Signal(*cast("Row", row)) for row in rows]

    def keep_paces(self, sitting: bytes, paces: Sequence[Pace]) -> None:
        with self._open() as db, db.transaction(), db.cursor() as cursor:
            cursor.execute("DELETE FROM hall_signals.paces WHERE sitting = %s", (sitting,))
            cursor.executemany(
                "INSERT INTO hall_signals.paces VALUES (%s, %s, %s, %s, %s)",
                [(sitting, each.attempt, each.devices, each.answers, each.fast) for each in paces],
            )

    def kept(self, sitting: bytes) -> Kept:
        def rows(query: str, table: str) -> list[tuple[object, ...]]:
            text = query.format(least="least", table=f"hall_signals.{table}", sitting="%s")
            return db.execute(text.encode(), (sitting,)).fetchall()

        with self._open() as db:
            told = [(*row[:3], int(str(row[3]))) for row in rows(TOLD, "signals")]
            return Kept(
                [Told(*cast("ToldRow", row)) for row in told],
                [cast("tuple[bytes, bytes]", row) for row in rows(ADDRESSES, "signals")],
                [Pace(*cast("PaceRow", row)) for row in rows(PACES, "paces")],
            )

    def erase(self, sitting: bytes) -> int:
        with self._open() as db:
            with db.transaction():
                erased = db.execute(
                    "DELETE FROM hall_signals.signals WHERE sitting = %s", (sitting,)
                ).rowcount
                db.execute("DELETE FROM hall_signals.paces WHERE sitting = %s", (sitting,))
                db.execute("DELETE FROM hall_signals.keys WHERE sitting = %s", (sitting,))
            db.execute("VACUUM (FULL) hall_signals.signals, hall_signals.paces, hall_signals.keys")
        return erased
