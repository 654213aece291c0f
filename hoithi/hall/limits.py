"""A limit on wrong codes that an office behind one address never meets and a guesser meets soon.

Only codes whose check character fits count: a typing slip hardly ever makes one. A bucket holds
30 wrong codes and wins one back every ten seconds. An address whose bucket is empty is still heard,
but only fifty times a second: right codes come in, so that one guesser does not shut out all who
share an address with him; to find one of ten thousand codes of 50 bits that way would take about
seventy years.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from math import ceil

BURST = 30
HEARD_A_SECOND = 50
REFILL_MS = 10_000
MOST_ADDRESSES = 50_000


class GuessLimit:
    """Counts wrong codes by address, in memory and bounded."""

    def __init__(self) -> None:
        self._spent: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._second = 0
        self._heard: Counter[str] = Counter()

    def is_heard(self, address: str, now_ms: int) -> bool:
        """Whether a code from an address that has guessed too often is looked at all the same."""
        second = now_ms // 1000
        if second != self._second:
            self._second = second
            self._heard.clear()
        self._heard[address] += 1
        return self._heard[address] <= HEARD_A_SECOND

    def wait_ms(self, address: str, now_ms: int) -> int:
        """How long this address has to wait before it may try again; 0 when it may."""
        spent = self._now(address, now_ms)
        return max(0, ceil((spent - BURST + 1) * REFILL_MS))

    def wrong(self, address: str, now_ms: int) -> None:
        """Count one wrong code."""
        self._spent[address] = (self._now(address, now_ms) + 1, now_ms)
        self._spent.move_to_end(address)
        while len(self._spent) > MOST_ADDRESSES:
            self._spent.popitem(last=False)

    def _now(self, address: str, now_ms: int) -> float:
        spent, at_ms = self._spent.get(address, (0.0, now_ms))
        return max(0.0, spent - (now_ms - at_ms) / REFILL_MS)
