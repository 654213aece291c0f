"""The journal in PostgreSQL, written by any number of hall nodes.

The state of every line of a roster is one row with a version. A node decides a batch on the states
it knows; then one statement, which is one transaction, locks the rows of those lines, in one order
for all nodes, and stores events, states and the link of the chain only if nobody has changed a line
meanwhile. If somebody has, the node reads the lines again and decides anew. A reply leaves when the
commit has come back.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import cast

import msgspec

from hoithi.hall.formats import NO_HEAD, Kind, Row, batch_hash
from hoithi.hall.session import Line, Reply, decode_line, encode_attempts
from hoithi.hall.store import postgres_sql as sql
from hoithi.hall.store.api import NodeStatus, Opening, UnavailableError, Work
from hoithi.hall.store.batch import LineKey, begun, fold
from hoithi.hall.store.postgres_arrays import Bigints, Booleans, Bytes, Column, Integers
from hoithi.hall.store.postgres_link import Connection, Link, hold_safe

_NO_ATTEMPTS = encode_attempts(Line(0))


_MOST_TRIES = 50
_LEARNED_AT_ONCE = 500

_StoredLine = tuple[bytes, int, bytes, int]
_MovedLine = tuple[bytes, bytes, str]


def stored_key(key: LineKey) -> bytes:
    """Sitting and line in one column: a unique one, which is looked up by its index at any size."""
    return key[0] + key[1].to_bytes(4, "big")


def read_key(stored: bytes) -> LineKey:
    return stored[:-4], int.from_bytes(stored[-4:], "big")


class _Known(msgspec.Struct, frozen=True, gc=False):
    """A line as this node last saw it; `last_ms` is the time of its last row."""

    version: int
    line: Line
    last_ms: int


@dataclass(frozen=True, slots=True)
class _Change:
    """What a batch does to one sitting, and the versions on which that was decided.

    `keys` are in order; `changed` are those of them whose state changes.
    """

    sitting: bytes
    works: list[int]
    replies: list[Reply]
    rows: list[Row]
    number: int
    previous: bytes
    digest: bytes
    keys: list[LineKey]
    versions: list[int]
    changed: list[LineKey]
    states: list[_Known]
    moved: list[bool]

    def parameters(self, writer: bytes) -> tuple[bytes | int | Column, ...]:
        """As `STORE` takes them."""
        rows = self.rows
        return (
            Bytes([stored_key(key) for key in self.keys]),
            *(self.sitting, writer, self.number, self.previous, len(rows), self.digest),
            Bigints(self.versions),
            Bytes([row.attempt for row in rows]),
            Integers([row.epoch for row in rows]),
            Bigints([row.seq for row in rows]),
            Integers([row.kind for row in rows]),
            Integers([row.item for row in rows]),
            Bigints([row.option for row in rows]),
            Bigints([row.server_ms for row in rows]),
            Bigints([row.client_ms for row in rows]),
            Bytes([row.data for row in rows]),
            Bytes([stored_key(key) for key in self.changed]),
            Bytes([encode_attempts(state.line) for state in self.states]),
            Bigints([state.last_ms for state in self.states]),
            Booleans(self.moved),
        )


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
        self._closed: dict[bytes, int] = {}
        self._openings: dict[bytes, Opening] = {}
        self._known: dict[LineKey, _Known] = {}
        self._horizon = "1"
        self._standing: dict[bytes, dict[int, Line]] = defaultdict(dict)
        self._asked: set[LineKey] = set()
        self._answer: asyncio.Task[dict[LineKey, Line]] | None = None
        self._answer_turn = asyncio.Lock()

    async def open(self, sittings: Mapping[bytes, Opening]) -> None:
        self._openings.update(sittings)
        await self._writing.connect()
        await self._side.connect()

    def add_sitting(self, sitting: bytes, opening: Opening) -> None:
        self._openings[sitting] = opening

    async def _take_hold(self, db: Connection) -> None:
        """Get ready to write; after a break the store says whether the last batch arrived."""
        await hold_safe(db)
        if not self._started:
            await self._begin(db)
        for sitting, number, digest in await _rows(db, sql.OWN_HEADS, self.writer):
            self._numbers[cast("bytes", sitting)] = cast("int", number)
            self._heads[cast("bytes", sitting)] = cast("bytes", digest)

    async def _begin(self, db: Connection) -> None:
        """Make the tables where there are none, and read what earlier writers did."""
        ((made,),) = await _rows(db, "SELECT to_regclass('hall_journal.nodes')")
        if made is None:
            await db.execute(sql.SCHEMA)
        for sitting, digest in await _rows(db, sql.NEWEST_HEADS):
            self._heads[cast("bytes", sitting)] = cast("bytes", digest)
        ((last_order,),) = await _rows(db, sql.LAST_ORDER)
        self._orders = cast("int", last_order)
        for sitting, order in await _rows(db, sql.CLOSED):
            self._closed[cast("bytes", sitting)] = cast("int", order)
        self._started = True

    async def clock_ms(self) -> int | None:
        async with self._side.use() as db:
            asked = time.monotonic()
            ((now_ms,),) = await _rows(db, sql.CLOCK)
            return cast("int", now_ms) + int((time.monotonic() - asked) * 500)

    # ---- writing

    async def expect(self, sitting: bytes, numbers: Sequence[int]) -> None:
        """Make the rows of lines ahead; else each batch of starts does it first, in a commit of
        its own."""
        for at in range(0, len(numbers), _LEARNED_AT_ONCE):
            keys = [(sitting, number) for number in numbers[at : at + _LEARNED_AT_ONCE]]
            async with self._writing.use() as db:
                await self._learn(db, keys)

    async def commit(self, work: Sequence[Work]) -> list[Reply]:
        waiting: dict[bytes, list[int]] = defaultdict(list)
        for at, each in enumerate(work):
            waiting[each.sitting].append(at)
        replies: dict[int, Reply] = {}
        async with self._writing.use() as db:
            for _ in range(_MOST_TRIES):
                await self._learn(
                    db,
                    {
                        (sitting, work[at].line)
                        for sitting, works in waiting.items()
                        for at in works
                        if not _is_row(work[at])
                    },
                )
                changes = [
                    self._decide(sitting, works, [work[at] for at in works])
                    for sitting, works in waiting.items()
                ]
                for change, is_stored in zip(changes, await self._store(db, changes), strict=True):
                    if is_stored:
                        self._adopt(change)
                        replies.update(zip(change.works, change.replies, strict=True))
                        del waiting[change.sitting]
                    else:
                        for key in change.keys:
                            self._known.pop(key, None)
                if not waiting:
                    return [replies[at] for at in sorted(replies)]
        raise UnavailableError("others write the same lines all the time")

    async def _learn(self, db: Connection, keys: Collection[LineKey]) -> None:
        """Read the lines that are not known, and make rows of those that nobody has touched."""
        new = {key for key in keys if key not in self._known}
        if not new:
            return
        made = Bytes([stored_key(key) for key in sorted(new)])
        for (stored,) in await _rows(db, sql.MAKE_LINES, _NO_ATTEMPTS, made):
            key = read_key(cast("bytes", stored))
            self._known[key] = _Known(0, Line(key[1]), 0)
            new.discard(key)
        if new:
            await self._read(db, new)

    async def _read(self, db: Connection, keys: Collection[LineKey]) -> dict[LineKey, int]:
        """Read lines; their versions now."""
        wanted = Bytes([stored_key(key) for key in keys])
        cursor = await db.execute(sql.READ_LINES, (wanted,), binary=True)
        versions = {}
        for stored, version, content, last_ms in cast("list[_StoredLine]", await cursor.fetchall()):
            key = read_key(stored)
            versions[key] = version
            known = self._known.get(key)
            if known is None or known.version < version:
                self._known[key] = _Known(version, decode_line(key[1], content), last_ms)
        return versions

    def _decide(self, sitting: bytes, works: list[int], work: list[Work]) -> _Change:
        """Put one sitting's part of a batch through the state machine, on the lines as known."""
        known = {
            (sitting, each.line): self._known[sitting, each.line]
            for each in work
            if not _is_row(each)
        }
        last_ms = {key: each.last_ms for key, each in known.items()}
        folded = fold(work, lambda key: known[key].line, last_ms)
        keys = sorted(known)
        changed = [key for key in keys if folded.lines[key] is not known[key].line]
        number = self._numbers[sitting] + 1
        opening = self._openings[sitting]
        rows = begun(folded.rows.get(sitting, []), number, opening.roster_sha256)
        previous = self._heads.get(sitting, NO_HEAD)
        return _Change(
            sitting=sitting,
            works=[at for at, each in zip(works, work, strict=True) if not _is_row(each)],
            replies=folded.replies,
            rows=rows,
            number=number,
            previous=previous,
            digest=batch_hash(
                sitting=sitting, writer=self.writer, batch=number, previous=previous, rows=rows
            ),
            keys=keys,
            versions=[known[key].version for key in keys],
            changed=changed,
            states=[
                _Known(known[key].version + 1, folded.lines[key], folded.times[key])
                for key in changed
            ],
            moved=[_has_moved(known[key].line, folded.lines[key]) for key in changed],
        )

    async def _store(self, db: Connection, changes: Sequence[_Change]) -> list[bool]:
        """Which of the changes are on disk; the others were decided on lines that have changed."""
        asked = [key for change in changes if not change.rows for key in change.keys]
        versions = await self._read(db, asked) if asked else {}
        cursors = {}
        writing = [change for change in changes if change.rows]
        async with AsyncExitStack() as stack:
            if len(writing) > 1:
                await stack.enter_async_context(db.pipeline())
            for change in writing:
                cursors[change.sitting] = await db.execute(
                    sql.STORE, change.parameters(self.writer)
                )
        return [
            bool(await cursors[change.sitting].fetchall())
            if change.rows
            else change.versions == [versions[key] for key in change.keys]
            for change in changes
        ]

    def _adopt(self, change: _Change) -> None:
        """Go on from what is stored."""
        self._known.update(zip(change.changed, change.states, strict=True))
        if change.rows:
            self._heads[change.sitting] = change.digest
            self._numbers[change.sitting] = change.number
            self._note(change.sitting, change.rows)

    def _note(self, sitting: bytes, rows: Sequence[Row]) -> None:
        for row in rows:
            if row.kind is Kind.ORDER:
                self._orders = max(self._orders, row.item)
            elif row.kind is Kind.CLOSED:
                self._closed[sitting] = max(row.item, self._closed.get(sitting, row.item))

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
            asked, self._asked, self._answer = self._asked, set(), None
            async with self._side.use() as db:
                await self._read(db, asked)
            return {key: self._known[key].line for key in asked if key in self._known}

    async def lines(self, sitting: bytes) -> Mapping[int, Line]:
        async with self._side.use() as db:
            cursor = await db.execute(sql.READ_MOVED, (self._horizon,), binary=True)
            for stored, content, horizon in cast("list[_MovedLine]", await cursor.fetchall()):
                moved, number = read_key(stored)
                line = decode_line(number, content)
                if line.attempts:
                    self._standing[moved][number] = line
                self._horizon = horizon
        return self._standing[sitting]

    async def orders_applied(self) -> int:
        return self._orders

    async def closed_at(self, sitting: bytes) -> int | None:
        return self._closed.get(sitting)

    async def report(self, status: NodeStatus) -> None:
        async with self._side.use() as db:
            await db.execute(
                sql.REPORT,
                (status.writer, status.started_ms, status.seen_ms, status.order, status.snapshot),
            )

    async def shut(self) -> None:
        await self._writing.shut()
        await self._side.shut()


async def _rows(db: Connection, query: str, *values: bytes | Column) -> list[tuple[object, ...]]:
    return await (await db.execute(query.encode(), values)).fetchall()


def _is_row(work: Work) -> bool:
    return isinstance(work.command, Row)


def _has_moved(before: Line, after: Line) -> bool:
    """Whether anything has changed that time, orders and counts go by."""
    if len(before.attempts) != len(after.attempts):
        return True
    for old, new in zip(before.attempts, after.attempts, strict=True):
        if old is not new and (
            (old.epoch, old.deadline_ms, old.ended, old.void, old.late)
            != (new.epoch, new.deadline_ms, new.ended, new.void, new.late)
        ):
            return True
    return False
