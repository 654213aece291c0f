"""The journal in PostgreSQL as the desk reads it: read-only, beside the nodes that write."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import cast

from hoithi.hall.formats import Head, Kind, Row
from hoithi.hall.store.api import NodeStatus, Place, StoredBatch, StoreError, Tail
from hoithi.hall.store.postgres_link import open_sync

_MOST_BATCHES = 1000
_BATCHES = """
SELECT id, writer, number, previous, hash FROM hall_journal.batches WHERE sitting = %s
 ORDER BY writer, number
"""
_ROWS = """
SELECT batch, attempt, epoch, seq, kind, item, option, server_ms, client_ms, data
  FROM hall_journal.events WHERE batch = ANY(%s) ORDER BY batch, place
"""
# Each writer's batches are numbered without gaps, and each one reports itself before its first. In
# one statement, so that a row is never seen without one that was committed before it.
_AFTER = """
WITH fresh AS MATERIALIZED (
  SELECT b.id, b.writer, b.number
    FROM hall_journal.nodes
    LEFT JOIN unnest(%s::bytea[], %s::bigint[]) AS known (writer, number) USING (writer)
    JOIN hall_journal.batches AS b ON b.writer = nodes.writer AND b.sitting = %s
         AND b.number > coalesce(known.number, 0)
   ORDER BY b.id LIMIT %s)
SELECT writer, number, attempt, epoch, seq, kind, item, option, server_ms, client_ms, data
  FROM fresh JOIN hall_journal.events ON batch = id ORDER BY batch, place
"""
_HEADS = """
SELECT DISTINCT ON (writer) writer, number, hash FROM hall_journal.batches WHERE sitting = %s
 ORDER BY writer, number DESC
"""
_NODES = "SELECT writer, started_ms, seen_ms, order_number, snapshot FROM hall_journal.nodes"

_Record = tuple[int, bytes, int, bytes, bytes]
_Stored = tuple[bytes, int, int, int, int, int, int, int, bytes]


class PostgresJournalReader:
    """Each query is a transaction of its own, of at most a thousand batches."""

    def __init__(self, url: str) -> None:
        self._db = open_sync(url, read_only=True)
        if self._db.execute("SELECT to_regclass('hall_journal.nodes')").fetchall() == [(None,)]:
            self._db.close()
            raise StoreError("there is no journal in this database yet")

    def batches(self, sitting: bytes) -> Iterator[StoredBatch]:
        records = cast("list[_Record]", self._db.execute(_BATCHES, (sitting,)).fetchall())
        for start in range(0, len(records), _MOST_BATCHES):
            part = records[start : start + _MOST_BATCHES]
            rows = self._rows_of([record[0] for record in part])
            for identity, writer, number, previous, digest in part:
                yield StoredBatch(writer, number, previous, digest, rows.get(identity, ()))

    def _rows_of(self, batches: list[int]) -> dict[int, tuple[Row, ...]]:
        stored = self._db.execute(_ROWS, (batches,), binary=True).fetchall()
        return {
            cast("int", batch): tuple(_row(cast("_Stored", fields[1:])) for fields in group)
            for batch, group in groupby(stored, key=itemgetter(0))
        }

    def rows_after(self, sitting: bytes, place: Place) -> Tail:
        known = list(place), list(place.values())
        stored = self._db.execute(_AFTER, (*known, sitting, _MOST_BATCHES), binary=True).fetchall()
        reached = dict(place)
        for fields in stored:
            writer, number = cast("tuple[bytes, int]", fields[:2])
            reached[writer] = max(number, reached.get(writer, 0))
        batches = sum(reached.values()) - sum(place.values())
        rows = tuple(_row(cast("_Stored", fields[2:])) for fields in stored)
        return Tail(rows, reached, is_all=batches < _MOST_BATCHES)

    def heads(self, sitting: bytes) -> list[Head]:
        rows = self._db.execute(_HEADS, (sitting,)).fetchall()
        return [Head(*cast("tuple[bytes, int, bytes]", row)) for row in rows]

    def nodes(self) -> list[NodeStatus]:
        rows = self._db.execute(_NODES).fetchall()
        return [NodeStatus(*cast("tuple[bytes, int, int, int, str]", row)) for row in rows]

    def close(self) -> None:
        self._db.close()


def _row(stored: _Stored) -> Row:
    attempt, epoch, seq, kind, item, option, server, client, data = stored
    return Row(attempt, epoch, seq, Kind(kind), item, option, server, client, data)
