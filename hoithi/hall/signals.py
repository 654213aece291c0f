"""Signals on their way to their store: started or came back, left the page, copied, pasted.

They are taken into memory and written once a second, to a store of their own: no answer
waits for them. What is lost on the way (a crash, a full disk) is lost, and is nobody's fault: a
missing signal says nothing, and no result depends on one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence

from hoithi.hall.store.api import UnavailableError
from hoithi.hall.store.signals import Signal, SignalStore

STARTED = "started"
"""The hall's own: from which address an attempt was begun or gone on with."""
MOST_AT_ONCE = 50
MOST_OF_ATTEMPT = 500
MOST_WAITING = 20_000

_log = logging.getLogger("hoithi.hall")


class Signals:
    """What waits to be written; bounded for an attempt (in this process's life) and in all."""

    def __init__(self, store: SignalStore) -> None:
        self._store = store
        self._waiting: list[Signal] = []
        self._counts: Counter[bytes] = Counter()

    def take(self, attempt: bytes, signals: Sequence[Signal]) -> int:
        """Take as many as there is room for; answers how many."""
        room = min(MOST_OF_ATTEMPT - self._counts[attempt], MOST_WAITING - len(self._waiting))
        taken = signals[: max(0, room)]
        self._counts[attempt] += len(taken)
        self._waiting += taken
        return len(taken)

    async def write(self) -> None:
        """Write what waits; where that fails it goes on waiting."""
        signals, self._waiting = self._waiting, []
        if not signals:
            return
        try:
            await asyncio.to_thread(self._store.write, signals)
        except UnavailableError:
            _log.warning("%d signals wait: their store cannot be written", len(signals))
            self._waiting = [*signals, *self._waiting]
