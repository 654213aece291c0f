"""A line's own windows besides the sitting's own time, and which of them an attempt goes by.

The last one given is the one in which somebody may start. Who has started goes by those that were
in force then, whatever was given later: a window that closes earlier cuts nobody off, one that
closes later lengthens nobody's time (docs/decisions/0019).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

HEARD_WITHIN_MS = 30_000
"""How far a start may be from the orders in force then: a hall that has not heard the desk for ten
seconds starts nobody, and the clocks of both may be twenty apart."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when its lines may start; `given_ms` is the instant of the order."""

    opens_ms: int
    closes_ms: int
    given_ms: int

    @property
    def span(self) -> Span:
        return self.opens_ms, self.closes_ms


def with_another(windows: Sequence[Window], given: Window) -> tuple[Window, ...]:
    """A line's windows once another one is given. Of one replaced before it opened nothing is left
    but that it was given: it replaced the one before.
    """
    latest_ms = given.given_ms + HEARD_WITHIN_MS
    kept = (
        each if each.opens_ms < latest_ms else Window(each.given_ms, each.given_ms, each.given_ms)
        for each in windows
    )
    return (*kept, given)


def spans_of(windows: Iterable[Window]) -> list[Span]:
    """From when to when each window was open that ever was."""
    return [each.span for each in windows if each.opens_ms < each.closes_ms]


def holding(own: Span, windows: Sequence[Window], at_ms: int, extra_ms: int) -> Span:
    """From when to when a line may start, as it stands at an instant: the sitting's `own` time or
    the last window. Of those open then the one that closes last, else the next, else the last."""
    if not windows:
        return own

    def distance(window: Span) -> Span:
        opens_ms, closes_ms = window
        if at_ms < opens_ms:
            return (1, opens_ms)
        return (0 if at_ms < closes_ms + extra_ms else 2, -closes_ms)

    return min(own, windows[-1].span, key=distance)


def closing_of(own: Span, windows: Sequence[Window], started_ms: int, extra_ms: int) -> int:
    """When the time to start closes of which an attempt has made use.

    Of the sitting's `own` time and the windows in force at its start, as far as they were open, the
    one that closes last. Where none was, it is one given later (the desk's clock is ahead), or
    minutes had opened it. Where nothing that still stands admits the start (a hall had not heard
    the desk, minutes were taken, the opening was moved behind it), it is what had opened before.
    """
    if not windows:
        return own[1]
    latest_ms = started_ms + HEARD_WITHIN_MS
    in_force = [own, *_in_force(windows, started_ms)]
    newer = [each.span for each in windows if each.given_ms > latest_ms]
    every = [own, *spans_of(windows)]

    def open_of(spans: Iterable[Span], more_ms: int = 0) -> list[int]:
        return [closes for opens, closes in spans if opens <= started_ms < closes + more_ms]

    begun = [closes for opens, closes in every if opens <= started_ms]
    open_then = open_of(in_force) or open_of(newer) or open_of(in_force, extra_ms)
    return max(open_then or begun or [own[1]])


def _in_force(windows: Sequence[Window], at_ms: int) -> list[Span]:
    """Those given by then and not yet replaced, as far as clocks and hearing tell."""
    until = [after.given_ms + HEARD_WITHIN_MS for _, after in pairwise(windows)]
    return [
        each.span
        for each, replaced_ms in zip(windows, [*until, at_ms + 1], strict=True)
        if each.given_ms - HEARD_WITHIN_MS <= at_ms < replaced_ms
    ]
