"""The journal in PostgreSQL, written by any number of hall nodes.

The state of every line of a roster is one row; a batch locks the rows of its lines, in one order
for all nodes, decides on what it finds there, and stores rows, states and its link of the chain in
the same transaction. A reply leaves when COMMIT has come back.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import psycopg

from hoithi.hall.formats import NO_HEAD, Kind, Row, batch_hash
from hoithi.hall.session import Line, Reply, decode_line, encode_attempts
from hoithi.hall.store.api import NodeStatus, Work
from hoithi.hall.store.batch import Folded, LineKey, fold
from hoithi.hall.store.postgres_link import Connection, Link, hold_safe

_SCHEMA = """
SELECT pg_advisory_xact_lock(hashtext('hoithi hall journal'));
CREATE SCHEMA IF NOT EXISTS hall_journal;
CREATE TABLE IF NOT EXISTS hall_journal.batches (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sitting bytea NOT NULL,
  writer bytea NOT NULL, number bigint NOT NULL, previous bytea NOT NULL, rows integer NOT NULL,
  hash bytea NOT NULL, UNIQUE (writer, sitting, number));
CREATE INDEX IF NOT EXISTS batches_of_sitting ON hall_journal.batches (sitting, id);
CREATE TABLE IF NOT EXISTS hall_journal.events (
  batch bigint NOT NULL, place integer NOT NULL, attempt bytea NOT NULL, epoch integer NOT NULL,
  seq bigint NOT NULL, kind smallint NOT NULL, item integer NOT NULL, option bigint NOT NULL,
  server_ms bigint NOT NULL, client_ms bigint NOT NULL, data bytea NOT NULL,
  PRIMARY KEY (batch, place));
CREATE INDEX IF NOT EXISTS events_of_sittings ON hall_journal.events (kind, item)
  WHERE kind IN (13, 14);
CREATE TABLE IF NOT EXISTS hall_journal.lines (
  sitting bytea NOT NULL, line bigint NOT NULL, attempts bytea NOT NULL,
  last_ms bigint NOT NULL, moved xid8 NOT NULL, PRIMARY KEY (sitting, line))
  WITH (fillfactor = 50);
CREATE INDEX IF NOT EXISTS lines_moved ON hall_journal.lines (sitting, moved);
CREATE TABLE IF NOT EXISTS hall_journal.nodes (
  writer bytea PRIMARY KEY, started_ms bigint NOT NULL, seen_ms bigint NOT NULL,
  order_number bigint NOT NULL, snapshot text NOT NULL) WITH (fillfactor = 50);
CREATE OR REPLACE FUNCTION hall_journal.stays() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$;
CREATE OR REPLACE TRIGGER events_stay BEFORE UPDATE OR DELETE OR TRUNCATE
  ON hall_journal.events EXECUTE FUNCTION hall_journal.stays();
CREATE OR REPLACE TRIGGER batches_stay BEFORE UPDATE OR DELETE OR TRUNCATE
  ON hall_journal.batches EXECUTE FUNCTION hall_journal.stays();
"""
_OWN_HEADS = """
SELECT DISTINCT ON (sitting) sitting, number, hash FROM hall_journal.batches
 WHERE writer = %s ORDER BY sitting, number DESC
"""
_NEWEST_HEADS = """
SELECT DISTINCT ON (sitting) sitting, hash FROM hall_journal.batches ORDER BY sitting, id DESC
"""
_LAST_ORDER = "SELECT coalesce(max(item), 0) FROM hall_journal.events WHERE kind = 13"
_CLOSED = """
SELECT DISTINCT sitting FROM hall_journal.batches JOIN hall_journal.events ON batch = id
 WHERE kind = 14
"""
_MAKE_LINES = """
INSERT INTO hall_journal.lines
SELECT sitting, line, %s, 0, pg_current_xact_id()
  FROM unnest(%s::bytea[], %s::bigint[]) AS wanted (sitting, line) ORDER BY sitting, line
ON CONFLICT DO NOTHING
"""
_LOCK_LINES = """
SELECT sitting, line, attempts, last_ms
  FROM hall_journal.lines JOIN unnest(%s::bytea[], %s::bigint[]) AS wanted (sitting, line)
       USING (sitting, line)
 ORDER BY sitting, line FOR UPDATE OF lines
"""
_READ_LINES = """
SELECT sitting, line, attempts
  FROM hall_journal.lines JOIN unnest(%s::bytea[], %s::bigint[]) AS wanted (sitting, line)
       USING (sitting, line)
"""
# Transactions below the snapshot's xmin are seen whole by this reading; all others come again.
_READ_MOVED = """
SELECT line, attempts, pg_snapshot_xmin(pg_current_snapshot())::text
  FROM hall_journal.lines WHERE sitting = %s AND moved >= %s::xid8
"""
_STORE_BATCH = """
WITH stored AS (
  INSERT INTO hall_journal.batches (sitting, writer, number, previous, rows, hash)
  VALUES (%s, %s, %s, %s, %s, %s) RETURNING id)
INSERT INTO hall_journal.events
SELECT id, place, attempt, epoch, seq, kind, item, option, server_ms, client_ms, data
  FROM stored, unnest(%s::bytea[], %s::integer[], %s::bigint[], %s::smallint[], %s::integer[],
                      %s::bigint[], %s::bigint[], %s::bigint[], %s::bytea[]) WITH ORDINALITY
       AS r (attempt, epoch, seq, kind, item, option, server_ms, client_ms, data, place)
"""
_STORE_LINES = """
UPDATE hall_journal.lines SET attempts = new.attempts, last_ms = new.last_ms,
       moved = CASE WHEN new.has_moved THEN pg_current_xact_id() ELSE lines.moved END
  FROM unnest(%s::bytea[], %s::bigint[], %s::bytea[], %s::bigint[], %s::boolean[])
       AS new (sitting, line, attempts, last_ms, has_moved)
 WHERE lines.sitting = new.sitting AND lines.line = new.line
"""
_REPORT = """
INSERT INTO hall_journal.nodes VALUES (%s, %s, %s, %s, %s) ON CONFLICT (writer) DO UPDATE SET
  seen_ms = excluded.seen_ms, order_number = excluded.order_number, snapshot = excluded.snapshot
"""
_CLOCK = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_NO_ATTEMPTS = encode_attempts(Line(0))


class PostgresJournal:
    """One node's door to a journal that it shares."""

    def __init__(self, url: str) -> None:
        self.writer = os.urandom(16)
        self._writing = Link(url, self._take_hold)
        self._side = Link(url, hold_safe)
        self._started = False
        self._heads: dict[bytes, bytes] = {}
        self._numbers: dict[bytes, int] = defaultdict(int)
        self._orders = 0
        self._closed: set[bytes] = set()
        self._known: dict[LineKey, tuple[bytes, Line]] = {}
        self._moved: dict[bytes, tuple[str, dict[int, Line]]] = {}
        self._asked: set[LineKey] = set()
        self._answer: asyncio.Task[dict[LineKey, Line]] | None = None
        self._answer_turn = asyncio.Lock()

    async def open(self, items: Mapping[bytes, int]) -> None:  # noqa: ARG002 - the other store's
        await self._writing.connect()
        await self._side.connect()

    def add_sitting(self, sitting: bytes, items: int) -> None:
        """Nothing to prepare: a line's row comes with its first command."""

    async def _take_hold(self, db: Connection) -> None:
        """Get ready to write; after a break the store says whether the last batch arrived."""
        await hold_safe(db)
        if not self._started:
            await self._begin(db)
        for sitting, number, digest in await _rows(db, _OWN_HEADS, self.writer):
            self._numbers[cast("bytes", sitting)] = cast("int", number)
            self._heads[cast("bytes", sitting)] = cast("bytes", digest)

    async def _begin(self, db: Connection) -> None:
        """Make the tables where there are none, and read what earlier writers did."""
        ((made,),) = await _rows(db, "SELECT to_regclass('hall_journal.nodes')")
        if made is None:
            await db.execute(_SCHEMA)
        for sitting, digest in await _rows(db, _NEWEST_HEADS):
            self._heads[cast("bytes", sitting)] = cast("bytes", digest)
        ((last_order,),) = await _rows(db, _LAST_ORDER)
        self._orders = cast("int", last_order)
        self._closed = {cast("bytes", sitting) for (sitting,) in await _rows(db, _CLOSED)}
        self._started = True

    async def clock_ms(self) -> int | None:
        async with self._side.use() as db:
            asked = time.monotonic()
            ((now_ms,),) = await _rows(db, _CLOCK)
            return cast("int", now_ms) + int((time.monotonic() - asked) * 500)

    # ---- writing

    async def commit(self, work: Sequence[Work], now_ms: Callable[[], int]) -> list[Reply]:
        keys = sorted(
            {(each.sitting, each.line) for each in work if not isinstance(each.command, Row)}
        )
        async with self._writing.use() as db:
            before, last_ms = await self._lock(db, keys)
            now = now_ms()
            folded = fold(work, before.__getitem__, now, last_ms)
            if not folded.rows:
                await db.execute("ROLLBACK")
                return folded.replies
            dated = {key: max(now, at_ms) for key, at_ms in last_ms.items()}
            heads, states = await self._store(db, folded, before, dated)
        for sitting, digest in heads.items():
            self._heads[sitting] = digest
            self._numbers[sitting] += 1
        self._known.update(states)
        for sitting, rows in folded.rows.items():
            self._note(sitting, rows)
        return folded.replies

    async def _lock(
        self, db: Connection, keys: list[LineKey]
    ) -> tuple[dict[LineKey, Line], dict[LineKey, int]]:
        """Begin, and lock the lines: as they stand, and when each was last written."""
        new = [key for key in keys if key not in self._known]
        if new:
            # On its own and before the locks: rows made inside would be locked out of order.
            await db.execute(_MAKE_LINES, (_NO_ATTEMPTS, *_columns(new)))
        async with db.pipeline():
            await db.execute("BEGIN")
            cursor = await db.execute(_LOCK_LINES, _columns(keys), binary=True)
        lines: dict[LineKey, Line] = {}
        last_ms: dict[LineKey, int] = {}
        stored = cast("list[tuple[bytes, int, bytes, int]]", await cursor.fetchall())
        for sitting, number, content, at_ms in stored:
            key = (sitting, number)
            lines[key] = self._line_of(key, content)
            last_ms[key] = at_ms
        return lines, last_ms

    def _line_of(self, key: LineKey, content: bytes) -> Line:
        """The line whose bytes these are; decoded once."""
        known = self._known.get(key)
        if known is None or known[0] != content:
            known = self._known[key] = (content, decode_line(key[1], content))
        return known[1]

    async def _store(
        self,
        db: Connection,
        folded: Folded,
        before: Mapping[LineKey, Line],
        dated: Mapping[LineKey, int],
    ) -> tuple[dict[bytes, bytes], dict[LineKey, tuple[bytes, Line]]]:
        """Write and commit; the new heads, and the new states of lines with their bytes."""
        heads: dict[bytes, bytes] = {}
        states = {
            key: (encode_attempts(line), line)
            for key, line in folded.lines.items()
            if line is not before[key]
        }
        async with db.pipeline():
            for sitting, rows in folded.rows.items():
                number = self._numbers[sitting] + 1
                previous = self._heads.get(sitting, NO_HEAD)
                heads[sitting] = digest = batch_hash(
                    sitting=sitting, writer=self.writer, batch=number, previous=previous, rows=rows
                )
                record = (sitting, self.writer, number, previous, len(rows), digest)
                await db.execute(_STORE_BATCH, (*record, *_row_columns(rows)))
            if states:
                await db.execute(_STORE_LINES, _state_columns(states, before, dated))
            done = await db.execute("COMMIT")
        if done.statusmessage != "COMMIT":
            raise psycopg.OperationalError("the batch was rolled back")
        return heads, states

    def _note(self, sitting: bytes, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.kind is Kind.ORDER:
                self._orders = max(self._orders, row.item)
            elif row.kind is Kind.CLOSED:
                self._closed.add(sitting)

    # ---- reading

    async def line(self, sitting: bytes, number: int) -> Line:
        """Whoever asks while a reading is on its way is answered together by the next one."""
        key = (sitting, number)
        self._asked.add(key)
        if self._answer is None:
            self._answer = asyncio.create_task(self._read_asked())
        lines = await asyncio.shield(self._answer)
        return lines.get(key) or Line(number)

    async def _read_asked(self) -> dict[LineKey, Line]:
        async with self._answer_turn:
            asked, self._asked, self._answer = list(self._asked), set(), None
            async with self._side.use() as db:
                cursor = await db.execute(_READ_LINES, _columns(asked), binary=True)
                stored = cast("list[tuple[bytes, int, bytes]]", await cursor.fetchall())
        return {
            (sitting, number): self._line_of((sitting, number), content)
            for sitting, number, content in stored
        }

    async def lines(self, sitting: bytes) -> Mapping[int, Line]:
        async with self._side.use() as db:
            since, lines = self._moved.get(sitting, ("0", {}))
            cursor = await db.execute(_READ_MOVED, (sitting, since), binary=True)
            moved = cast("list[tuple[int, bytes, str]]", await cursor.fetchall())
            for number, content, horizon in moved:
                line = decode_line(number, content)
                if line.attempts:
                    lines[number] = line
                since = horizon
            self._moved[sitting] = (since, lines)
        return lines

    async def orders_applied(self) -> int:
        return self._orders

    async def closed(self, sitting: bytes) -> bool:
        return sitting in self._closed

    async def report(self, status: NodeStatus) -> None:
        async with self._side.use() as db:
            await db.execute(
                _REPORT,
                (status.writer, status.started_ms, status.seen_ms, status.order, status.snapshot),
            )

    async def shut(self) -> None:
        await self._writing.shut()
        await self._side.shut()


async def _rows(db: Connection, query: str, *values: bytes) -> list[tuple[object, ...]]:
    return await (await db.execute(query.encode(), values)).fetchall()


def _columns(keys: Sequence[LineKey]) -> tuple[list[bytes], list[int]]:
    return [sitting for sitting, _ in keys], [number for _, number in keys]


def _row_columns(rows: Sequence[Row]) -> tuple[list[bytes] | list[int], ...]:
    return (
        [row.attempt for row in rows],
        [row.epoch for row in rows],
        [row.seq for row in rows],
        [int(row.kind) for row in rows],
        [row.item for row in rows],
        [row.option for row in rows],
        [row.server_ms for row in rows],
        [row.client_ms for row in rows],
        [row.data for row in rows],
    )


def _state_columns(
    states: Mapping[LineKey, tuple[bytes, Line]],
    before: Mapping[LineKey, Line],
    dated: Mapping[LineKey, int],
) -> tuple[list[bytes] | list[int] | list[bool], ...]:
    return (
        *_columns(list(states)),
        [content for content, _ in states.values()],
        [dated[key] for key in states],
        [_has_moved(before[key], line) for key, (_, line) in states.items()],
    )


def _has_moved(before: Line, after: Line) -> bool:
    """Whether anything has changed that time, orders and counts go by."""
    return _standing(before) != _standing(after)


def _standing(line: Line) -> list[tuple[int, int, int, bool]]:
    return [(each.epoch, each.deadline_ms, each.ended, each.void) for each in line.attempts]
