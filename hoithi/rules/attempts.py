"""Which attempts are admitted, and which of them counts.

A *span* is the day, the period or the whole round in which so many attempts may start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from hoithi.rules.paper import AttemptRule
from hoithi.rules.ranking import RankKey
from hoithi.rules.regulation import Counted

_DAY_MS = 86_400_000
_OUTSIDE = -1


class Started(Protocol):
    """An attempt as far as the limit looks at it; times in milliseconds UTC."""

    @property
    def number(self) -> int: ...
    @property
    def started_ms(self) -> int: ...
    @property
    def void(self) -> bool: ...


S = TypeVar("S", bound=Started)


def span(rule: AttemptRule, at_ms: int) -> int:
    """The span in which an instant falls; days turn at midnight of the contest's own time.

    An instant outside all periods is in a span of its own, −1.
    """
    if rule.per == "day":
        return (at_ms + rule.utc_offset_min * 60_000) // _DAY_MS
    if rule.per == "period":
        for index, (start, end) in enumerate(rule.periods):
            if start <= at_ms < end:
                return index
        return _OUTSIDE
    return 0


def admitted(rule: AttemptRule, attempts: Iterable[S]) -> list[S]:
    """The attempts of one entry that the limit admits, in order of their numbers; void ones never.

    The hall starts none beyond the limit; a restored attempt can make one too many, and then the
    earlier ones of the span stand.
    """
    used: Counter[int] = Counter()
    kept = []
    for attempt in sorted(attempts, key=lambda each: each.number):
        if attempt.void:
            continue
        where = span(rule, attempt.started_ms)
        used[where] += 1
        if rule.limit is None or used[where] <= rule.limit:
            kept.append(attempt)
    return kept


def granted_ms(
    *, started_ms: int, first_deadline_ms: int, deadline_ms: int, duration_ms: int
) -> int:
    """How much time an attempt was given after its start, for an interruption, beyond a full one.

    `duration_ms` is the full working time, `first_deadline_ms` the end that the attempt began with:
    what was granted before the start lies in it already. A closing that is moved gives nobody more
    than the full time, so it is no interruption.
    """
    return max(0, deadline_ms - max(first_deadline_ms, started_ms + duration_ms))


def counted(mode: Counted, attempts: Sequence[S], keys: Mapping[int, RankKey]) -> S:
    """The attempt that counts among admitted ones in order; `keys[number]` sorts the best first.

    Of two equally good ones the earlier counts.
    """
    if mode == "first":
        return attempts[0]
    if mode == "last":
        return attempts[-1]
    return min(attempts, key=lambda attempt: keys[attempt.number])
