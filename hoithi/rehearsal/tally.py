"""What came back and how long it took: counted by whole milliseconds, rounded up.

A counter instead of a list: three hours of twenty thousand people are fifty million replies.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from math import ceil

PHASES = ("page", "enter", "start", "save", "submit", "pulse")
COUNTED = ("page", "enter", "start", "save", "submit")
"""What a contestant waits for; the pulse is the page's own."""
_SLOTS = 120


def percentile(times: Counter[int], percent: int) -> int:
    """The least value that so many percent of all do not exceed (nearest rank); 0 of nothing."""
    rank = ceil(times.total() * percent / 100)
    for value in sorted(times):
        rank -= times[value]
        if rank <= 0:
            return value
    return 0


@dataclass(slots=True)
class Moment:
    """One stretch of the rehearsal: what was waited in it, and how many answers were saved."""

    times: Counter[int] = field(default_factory=Counter)
    saves: int = 0


class Tally:
    """Counts as the players go; `slot_s` is how long a stretch of the plots is."""

    def __init__(self, seconds: float) -> None:
        self.slot_s = max(1, ceil(seconds / _SLOTS))
        self.times: dict[str, Counter[int]] = {phase: Counter() for phase in PHASES}
        self.refused: Counter[str] = Counter()
        self.errors: Counter[tuple[str, str]] = Counter()
        self.moments: dict[int, Moment] = {}
        self.lag: Counter[int] = Counter()
        self.late = 0

    def took(self, phase: str, seconds: float, at: float) -> None:
        """A reply came so many seconds after it was due, `at` seconds after the beginning."""
        took_ms = max(0, ceil(seconds * 1000))
        self.times[phase][took_ms] += 1
        if phase == "pulse":
            return
        moment = self.moments.setdefault(int(at // self.slot_s), Moment())
        moment.times[took_ms] += 1
        moment.saves += phase == "save"

    def went_wrong(self, phase: str, what: str) -> None:
        self.errors[phase, what] += 1

    @property
    def worst_p99_ms(self) -> int:
        return max(percentile(self.times[phase], 99) for phase in COUNTED)
