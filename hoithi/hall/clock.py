"""Hall time: a wall clock at start plus the monotonic clock (docs/decisions/0008).

The wall clock is this machine's, or the database's where several nodes share one. A jump of it
moves nothing; `drift_ms` shows it to whoever watches.
"""

from __future__ import annotations

import time


class Clock:
    """Integer milliseconds UTC that never go back."""

    def __init__(self) -> None:
        self._base_ms = 0
        self._ahead_ms = 0
        self.set(_wall_ms())

    def set(self, now_ms: int) -> None:
        """Take over somebody else's time, once, before the hall opens."""
        self._base_ms = now_ms - time.monotonic_ns() // 1_000_000
        self._ahead_ms = _wall_ms() - now_ms

    def now_ms(self) -> int:
        return self._base_ms + time.monotonic_ns() // 1_000_000

    def drift_ms(self) -> int:
        """How far this machine's wall clock has moved since the start, against hall time."""
        return _wall_ms() - self.now_ms() - self._ahead_ms


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000
