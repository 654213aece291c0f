"""Who waits for a place among those at work: first come, first served, with an honest estimate.

A state machine without clock and I/O. Only people who would begin an attempt come here: whoever has
one open is let through without being asked. Two things make people wait: a `capacity`, if there is
one, of attempts that may be open at once; and batches that take too long (docs/hall.md).

Once a second the hall says how things stand (`look`). Between two looks nobody is counted as gone,
so that the capacity is never exceeded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

SLOW_MS = 3000
LOOK_EVERY_MS = 1000
FIRST_PACE = 50
MOST_PACE = 20_000
RATE_OVER_MS = 60_000
SOONEST_MS, LATEST_MS = 2000, 20_000
PLACES_PER_MS = 0.1
GONE_AFTER = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """Whether somebody may begin; else `place` people, with this one, are to begin before the next.

    `wait_ms` is none while nobody has ended lately, so that nothing honest can be said;
    `again_ms` is when to ask again.
    """

    may_begin: bool
    place: int = 0
    wait_ms: int | None = None
    again_ms: int = 0


@dataclass(slots=True)
class _Waiting:
    serial: int
    gone_ms: int


K = TypeVar("K", bound=Hashable)


class Queue(Generic[K]):
    """The places of one hall process; a key is somebody."""

    def __init__(self, capacity: int | None = None) -> None:
        self.capacity = capacity
        self._pace: int | None = None
        self._left: int | None = None
        self._at_work = capacity or 0  # nobody may begin before those at work were counted
        self._begun = 0
        self._begun_before_look = 0
        self._beginning = 0
        self._waiting: dict[K, _Waiting] = {}
        self._order: list[int] = []
        self._serial = 0
        self._looks: deque[tuple[int, int]] = deque()
        self._freed = 0

    @property
    def length(self) -> int:
        """How many wait."""
        return len(self._order)

    @property
    def waiting(self) -> Collection[K]:
        """Who waits, and those who have not been heard of since the last look."""
        return self._waiting.keys()

    @property
    def is_open(self) -> bool:
        """Whether everybody may begin at once: nobody needs to be asked."""
        return self.capacity is None and self._pace is None and not self._order

    def mark(self) -> int:
        """To be taken before those at work are counted, and given to `look` with the count."""
        return self._begun

    def look(self, *, at_work: int, mark: int, delay_ms: int, now_ms: int) -> None:
        """How things stand: attempts open when the mark was taken, and how long a batch takes."""
        if self._looks:
            self._freed += self._at_work + mark - self._begun_before_look - at_work
        self._at_work, self._begun_before_look = at_work, mark
        if delay_ms > SLOW_MS:
            self._pace, self._left = FIRST_PACE, 0
        elif self._pace is not None:
            self._left = self._pace
            self._pace *= 2
            if self._pace > MOST_PACE and not self._order:
                self._pace = self._left = None
        self._looks.append((now_ms, self._freed))
        while self._looks[0][0] < now_ms - RATE_OVER_MS:
            self._looks.popleft()
        for key, each in list(self._waiting.items()):
            if each.gone_ms < now_ms:
                self._leave(key)

    def ask(self, key: K, now_ms: int) -> Turn:
        """Whether somebody may begin; who may not has a place from the first asking on.

        Whoever may begin must be `settled` when it is known whether they have.
        """
        waiting = self._waiting.get(key)
        place = bisect_left(self._order, waiting.serial) if waiting else len(self._order)
        if place < self._free():
            self._leave(key)
            self._beginning += 1
            if self._left is not None:
                self._left -= 1
            return Turn(may_begin=True)
        place += 1
        again_ms = min(LATEST_MS, max(SOONEST_MS, int(place / PLACES_PER_MS)))
        gone_ms = now_ms + GONE_AFTER * again_ms
        if waiting is None:
            self._serial += 1
            self._waiting[key] = _Waiting(self._serial, gone_ms)
            self._order.append(self._serial)
        else:
            waiting.gone_ms = gone_ms
        return Turn(may_begin=False, place=place, wait_ms=self._estimate(place), again_ms=again_ms)

    def settle(self, *, has_begun: bool) -> None:
        """Somebody who might begin has, or was refused."""
        self._beginning -= 1
        self._begun += has_begun

    def _free(self) -> int:
        free = MOST_PACE if self._left is None else self._left
        if self.capacity is not None:
            since = self._begun - self._begun_before_look
            free = min(free, self.capacity - self._at_work - since - self._beginning)
        return free

    def _leave(self, key: K) -> None:
        waiting = self._waiting.pop(key, None)
        if waiting is not None:
            del self._order[bisect_left(self._order, waiting.serial)]

    def _estimate(self, place: int) -> int | None:
        """The longer of the two waits: by how many have ended in the last minute, and by how many
        a second are let in after batches had taken too long."""
        estimate = 0
        if self._left is not None and self._pace is not None:
            if not self._left and self._pace == FIRST_PACE:
                return None  # nobody knows how long it will be slow
            let_in, pace = 0, self._pace
            while let_in < place:
                let_in, pace, estimate = let_in + pace, 2 * pace, estimate + LOOK_EVERY_MS
        if self.capacity is not None and self._looks:
            (since_ms, freed_then), (now_ms, freed) = self._looks[0], self._looks[-1]
            if freed <= freed_then:
                return None
            estimate = max(estimate, place * (now_ms - since_ms) // (freed - freed_then))
        return estimate or None
