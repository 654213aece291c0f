"""Hall time: the wall clock at start plus the monotonic clock (docs/decisions/0008).

A jump of the wall clock moves nothing; `drift_ms` shows it to whoever watches.
"""

from __future__ import annotations

import time


class Clock:
    """Integer milliseconds UTC that never go back."""

    def __init__(self) -> None:
        self._base_ms = time.time_ns() // 1_000_000 - time.monotonic_ns() // 1_000_000

    def now_ms(self) -> int:
        return self._base_ms + time.monotonic_ns() // 1_000_000

    def drift_ms(self) -> int:
        """How far the wall clock has moved away from hall time."""
        return time.time_ns() // 1_000_000 - self.now_ms()
