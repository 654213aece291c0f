"""What the engine asks of its stores, whatever database holds them (docs/decisions/0002).

*Control* is read here and written by the desk. The *journal* is written here and read by the desk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol

import msgspec

from hoithi.hall.formats import Head, Row
from hoithi.hall.session import Command, Line, Reply, Terms


class StoreError(Exception):
    """The store cannot be used; the sentence says why and what to do."""


class UnavailableError(Exception):
    """Nothing can be stored at the moment; what was asked has not happened."""


class OrderKind(StrEnum):
    """What the desk can order; a sitting's window is what its last orders say."""

    OPEN_AT = "open_at"
    CLOSE_AT = "close_at"
    EXTRA_TIME = "extra_time"
    REISSUE = "reissue"
    VOID = "void"
    RESTORE = "restore"
    SCORE_TO_SHOW = "score_to_show"
    WITHDRAW = "withdraw"
    WINDOW = "window"
    TOGETHER = "together"


class Withdrawal(IntEnum):
    """How far the withdrawal of a sitting is: the amount of a WITHDRAW order.

    Once it is asked for nobody starts, and whoever has started goes on; done, the sitting is gone.
    """

    NONE = 0
    ASKED = 1
    DONE = 2


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `amount` is milliseconds: an instant, or minutes granted; or an issue number, or
    a `Withdrawal`.

    `text` is the new code tag in hex for a reissue, the code of the unit that gets minutes, the
    scores to show (`hall.scores`), or an event of a round in which all answer together, the
    `amount` then being its number (`rules.together`). A WINDOW is for a line or for a unit:
    `amount` is when it closes, `text` when it opens and, after a blank, the unit.
    """

    number: int
    sitting: bytes
    kind: OrderKind
    line: int | None
    attempt: bytes | None
    amount: int
    text: str
    actor: str
    reason: str
    at_ms: int

    @property
    def unit_code(self) -> str:
        """The unit whose people it is about; empty where it is about one person, or all."""
        if self.kind is OrderKind.EXTRA_TIME:
            return self.text
        return self.text.partition(" ")[2] if self.kind is OrderKind.WINDOW else ""

    @property
    def window(self) -> tuple[int, int]:
        """From when to when a WINDOW is open, in milliseconds."""
        return int(self.text.partition(" ")[0]), self.amount


ORDER_FIELDS = "number, sitting, kind, line, attempt, amount, text, actor, reason, at_ms"
StoredOrder = tuple[int, bytes, str, int | None, bytes | None, int, str, str, str, int]
"""An order as both databases give it back, in the order of its fields."""


def read_order(stored: StoredOrder) -> Order:
    number, sitting, kind, line, attempt, amount, text, actor, reason, at_ms = stored
    return Order(
        number, sitting, OrderKind(kind), line, attempt, amount, text, actor, reason, at_ms
    )


@dataclass(frozen=True, slots=True)
class PublishedPackage:
    """A sealed package as control holds it: questions, never keys."""

    package: str
    questions: bytes
    questions_sha256: bytes
    keys_sha256: bytes


@dataclass(frozen=True, slots=True)
class PublishedSitting:
    """A sitting as control holds it; the window is the one it was published with."""

    sitting: bytes
    package: str
    title: str
    results_url: str
    roster_sha256: bytes
    opens_ms: int
    closes_ms: int


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """A line of the roster as control holds it.

    `line`, `entry_key` and the last four are what the roster says that is published in the end
    (`hall.roster`); the others are for the contestant's page.
    """

    line: int
    entry_key: bytes
    code_tag: bytes
    issue: int
    name: str
    unit: str
    number: str
    entry: bytes
    unit_code: str
    category: str
    barred: bool


StoredRosterLine = tuple[int, bytes, bytes, int, str, str, str, bytes, str, str, int]
"""A line as both databases give it back, in the order of its fields."""
ROSTER_FIELDS = (
    "line, entry_key, code_tag, issue, name, unit, number, entry, unit_code, category, barred"
)


OLD_CONTROL = (
    "control was made by an older hoithi; its rosters cannot be held to their hash. Publish into a"
    " new one"
)


def read_line(stored: StoredRosterLine) -> PublishedLine:
    return PublishedLine(*stored[:10], barred=bool(stored[10]))


@dataclass(frozen=True, slots=True)
class Opening:
    """What a writer must know of a sitting before it writes the first row of it.

    `items` is the number of positions in a paper.
    """

    items: int
    roster_sha256: bytes


class Work(msgspec.Struct, frozen=True, gc=False):
    """One thing to do in a batch: a command to a line, or a row of the sitting itself.

    `received_ms` is when it came, which decides whether it was in time: however long it then waits
    for the disk. Work is queued in the order in which it came.
    """

    sitting: bytes
    line: int
    command: Command | Row
    terms: Terms | None
    received_ms: int


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A batch record as the journal holds it, with its rows."""

    writer: bytes
    number: int
    previous: bytes
    digest: bytes
    rows: tuple[Row, ...]


Place = Mapping[bytes, int]
"""How far a sitting's journal was read: what is in it is the store's own business, an empty one is
the beginning."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Rows of a sitting, each writer's in order, and the place after them.

    With `is_all` no row was left out that had been committed when the reading began.
    """

    rows: tuple[Row, ...]
    place: Place
    is_all: bool


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """One life of a hall process as it last reported itself; `seen_ms` is its own clock."""

    writer: bytes
    started_ms: int
    seen_ms: int
    order: int
    snapshot: str


class Control(Protocol):
    """Read by the hall. Every call but `open` and `shut` can raise UnavailableError."""

    async def open(self) -> None:
        """Get ready to read; an empty control is made, so that the hall can start before the desk.

        Raises StoreError.
        """
        ...

    async def wait(self) -> None:
        """Return when something may have been written, and after half a second at the latest."""
        ...

    async def changed(self) -> bool:
        """Whether anything was written since the last call; the first call says yes."""
        ...

    async def packages(self) -> list[PublishedPackage]: ...

    async def sittings(self) -> list[PublishedSitting]: ...

    async def roster(self, sitting: bytes) -> list[PublishedLine]: ...

    async def orders(self, after: int) -> list[Order]: ...

    async def shut(self) -> None: ...


class ControlWriter(Protocol):
    """Written by the desk."""

    def publish(
        self,
        package: PublishedPackage,
        sitting: PublishedSitting,
        roster: Iterable[PublishedLine],
    ) -> None:
        """Publish a sitting whole, or not at all. Raises StoreError when it was published."""
        ...

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
        """Give an order; answers its number: 1, 2, 3, … without gaps."""
        ...

    def last_order(self, sitting: bytes) -> int:
        """The number of the last order that may change what counts in a sitting: not one that tells
        scores. 0 while there is none."""
        ...

    def given(self, sitting: bytes, kind: OrderKind, after: int) -> list[Order]:
        """The orders of one kind about a sitting after a number, in order."""
        ...

    def orders(self, sitting: bytes) -> list[Order]:
        """Every order given for a sitting, oldest first."""
        ...

    def window(self, sitting: bytes) -> tuple[int, int]:
        """From when to when a sitting was published to be open, in milliseconds."""
        ...

    def close(self) -> None: ...


class JournalStore(Protocol):
    """Written by the hall. One writer's door to the journal."""

    writer: bytes

    async def open(self, sittings: Mapping[bytes, Opening]) -> None:
        """Take hold of the journal.

        Raises StoreError when another process holds it or its settings lose commits.
        """
        ...

    def add_sitting(self, sitting: bytes, opening: Opening) -> None:
        """Get ready for a sitting that was published after the start."""
        ...

    async def expect(self, sitting: bytes, numbers: Sequence[int]) -> None:
        """Get ready, in the pauses, for lines that may come: at the opening all come at once.

        Raises UnavailableError; then it may be asked again.
        """
        ...

    async def commit(self, work: Sequence[Work]) -> list[Reply]:
        """Do all of it in one transaction; when this returns, it is on disk.

        This writer's first batch in a sitting begins with OPENED.

        Raises UnavailableError; then nothing of it has happened.
        """
        ...

    async def line(self, sitting: bytes, number: int) -> Line: ...

    async def lines(self, sitting: bytes) -> Mapping[int, Line]:
        """Every line that has attempts, by number.

        Starts, ends, devices, deadlines and voids are those stored now; an answer may be missing.
        """
        ...

    async def clock_ms(self) -> int | None:
        """The time to go by instead of this machine's; none where that will do.

        Where several nodes share a database it is the database's own. On one machine it goes on
        over a restart while attempts are open: a wall clock that was set meanwhile must neither
        end them nor give them time.
        """
        ...

    async def orders_applied(self) -> int:
        """The highest order number applied by this writer, or by any before it started."""
        ...

    async def closed_at(self, sitting: bytes) -> int | None:
        """The order up to which this writer, or one before it started, has closed the sitting."""
        ...

    async def report(self, status: NodeStatus) -> None: ...

    async def shut(self) -> None: ...


class JournalReader(Protocol):
    """Read by the desk, in short transactions."""

    def batches(self, sitting: bytes) -> Iterator[StoredBatch]:
        """All batches of a sitting, each writer's in order."""
        ...

    def rows_after(self, sitting: bytes, place: Place) -> Tail:
        """What was written since a place, or a good part of it, in one short transaction."""
        ...

    def heads(self, sitting: bytes) -> list[Head]: ...

    def nodes(self) -> list[NodeStatus]: ...

    def close(self) -> None: ...
