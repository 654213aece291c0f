"""A limit on guessed access codes, by address and in memory: nothing about anybody is stored.

Only codes whose check character fits count, since a typing slip hardly ever makes one: an office of
300 people behind one address does not meet the limit, a guesser meets it at the 31st try.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

BURST = 30
REFILL_S = 10.0
MOST_ADDRESSES = 10_000


class Guesses:
    """Unknown codes by address. A bucket holds 30 and wins one back every ten seconds."""

    def __init__(self) -> None:
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, address: str, now_s: float) -> int:
        """Whole seconds until this address may try again; 0 when it may."""
        with self._lock:
            left = self._standing(address, now_s) - (BURST - 1)
        return int(left * REFILL_S) + 1 if left > 0 else 0

    def wrong(self, address: str, now_s: float) -> None:
        """Count one unknown code."""
        with self._lock:
            self._spent[address] = (self._standing(address, now_s) + 1, now_s)
            self._spent.move_to_end(address)
            while len(self._spent) > MOST_ADDRESSES:
                self._spent.popitem(last=False)

    def _standing(self, address: str, now_s: float) -> float:
        spent, at_s = self._spent.get(address, (0.0, now_s))
        return max(0.0, spent - (now_s - at_s) / REFILL_S)
