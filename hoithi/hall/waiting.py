"""The waiting room: how often those ask who came early, and how their coming in is spread.

An order that moves the opening must reach every waiting page within two seconds, so they ask often;
more than a core can answer beside its work they must not ask, so beyond ten thousand they ask less.
"""

from __future__ import annotations

import hashlib

SOONEST_MS, LATEST_MS = 1200, 12_000
_MOST_ASKS_PER_S = 6250
_LEAST_SPREAD_MS, MOST_SPREAD_MS = 300, 2000
_SPREAD_MS_PER_PERSON = 0.2
_WINDOW_MS = 4000


def own_share(entry_key: bytes) -> float:
    """Where in the spread somebody comes in, from 0 to 1: the same however often they reload.

    An entry key is secret until the end; from what is told here nobody can work it out.
    """
    digest = hashlib.sha256(b"hoithi/opening/1\x00" + entry_key).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


class Crowd:
    """How many people wait, by those who were heard in a window of time."""

    def __init__(self) -> None:
        self._since_ms = 0
        self._now = 0
        self._before = 0

    def hear(self, seen_ms: int, now_ms: int) -> None:
        """Somebody who waits asks, and was heard last at `seen_ms`."""
        window_ms = max(_WINDOW_MS, 2 * self.asks_every_ms)
        passed_ms = now_ms - self._since_ms
        if passed_ms >= window_ms:
            self._before = self._now if passed_ms < 2 * window_ms else 0
            self._now, self._since_ms = 0, now_ms
        if seen_ms < self._since_ms:
            self._now += 1

    @property
    def people(self) -> int:
        return max(self._now, self._before)

    @property
    def asks_every_ms(self) -> int:
        """How long somebody waits before asking again, at least."""
        return min(LATEST_MS, max(SOONEST_MS, self.people * 1000 // _MOST_ASKS_PER_S))

    def spread_ms(self, share: float) -> int:
        """How long after the opening somebody with this share comes in."""
        whole = max(_LEAST_SPREAD_MS, min(MOST_SPREAD_MS, self.people * _SPREAD_MS_PER_PERSON))
        return int(share * whole)
