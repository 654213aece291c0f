"""Group commit: whoever waits is written together, and answered after the disk has it.

While one batch is on its way to the disk the next one gathers. Before that is taken, the event loop
turns three times: replies leave, what has reached the sockets is read, and joins. A batch costs as
much as a dozen saves whatever is in it; where nobody waits three turns take no time.
"""

from __future__ import annotations

import asyncio
import logging

from hoithi.hall.clock import Clock
from hoithi.hall.formats import Row
from hoithi.hall.session import Command, Reply, Terms
from hoithi.hall.store.api import JournalStore, UnavailableError, Work

MOST_IN_A_BATCH = 4000
_TURNS = 3
Waiting = tuple[Work, "asyncio.Future[Reply | None]"]

_log = logging.getLogger("hoithi.hall")


class Journal:
    """The engine's only way to write.

    `failures` counts batches that could not be stored; `is_failing` says whether the last one was.
    """

    def __init__(self, store: JournalStore, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self.batches = 0
        self.failures = 0
        self.is_failing = False
        self._slowest_ms = 0
        self._writing_since_ms: int | None = None
        self._stopping = False
        self._waiting: list[Waiting] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="group commit")

    @property
    def queue(self) -> int:
        return len(self._waiting)

    def take_delay_ms(self) -> int:
        """How long the slowest command of the batches since the last call has waited, or waits."""
        slowest_ms, self._slowest_ms = self._slowest_ms, 0
        if self._writing_since_ms is None:
            return slowest_ms
        return max(slowest_ms, self.clock.now_ms() - self._writing_since_ms)

    async def act(self, sitting: bytes, line: int, command: Command, terms: Terms) -> Reply:
        """Do a command; when this returns, what it stored is on disk.

        Raises UnavailableError; then nothing has happened.
        """
        reply = await self._queue(Work(sitting, line, command, terms, self.clock.now_ms()))
        if reply is None:
            raise TypeError("a command has a reply")
        return reply

    async def note(self, sitting: bytes, row: Row) -> None:
        """Store a row of the sitting itself. Raises UnavailableError."""
        await self._queue(Work(sitting, 0, row, None, row.server_ms))

    def _queue(self, work: Work) -> asyncio.Future[Reply | None]:
        if self._stopping:
            raise UnavailableError("the journal is being shut")
        future: asyncio.Future[Reply | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, future))
        self._wake.set()
        return future

    async def _run(self) -> None:
        while not (self._stopping and not self._waiting):
            await self._wake.wait()
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            waiting = self._waiting[:MOST_IN_A_BATCH]
            del self._waiting[:MOST_IN_A_BATCH]
            if not self._waiting and not self._stopping:
                self._wake.clear()
            if waiting:
                since_ms = self._writing_since_ms = waiting[0][0].received_ms
                await self._commit(waiting)
                self._writing_since_ms = None
                self._slowest_ms = max(self._slowest_ms, self.clock.now_ms() - since_ms)

    async def _commit(self, waiting: list[Waiting]) -> None:
        try:
            replies = iter(await self.store.commit([work for work, _ in waiting]))
        except UnavailableError as error:
            self.failures += 1
            self.is_failing = True
            _fail(waiting, UnavailableError(*error.args))
            return
        except Exception as error:  # noqa: BLE001 - see the comment
            # A fault of ours in one command must neither end the writing nor take others along:
            # nothing was stored, so each is tried alone.
            if len(waiting) > 1:
                for each in waiting:
                    await self._commit([each])
                return
            _log.exception("a command was not written")
            _fail(waiting, error)
            return
        self.batches += 1
        self.is_failing = False
        for work, future in waiting:
            reply = None if isinstance(work.command, Row) else next(replies)
            if not future.done():
                future.set_result(reply)

    async def stop(self) -> None:
        """Write what waits, then shut the store."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        await self.store.shut()


def _fail(waiting: list[Waiting], error: Exception) -> None:
    for _, future in waiting:
        if not future.done():
            future.set_exception(error)
