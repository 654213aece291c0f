"""Telling open pages that a round has a new line, within this process.

Pages hold a connection to the event loop (`stage.streaming`); lines are written by threads. Whoever
listens is called with the id of the stage, by the thread that wrote.
"""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[int], None]] = []


def listen(listener: Callable[[int], None]) -> None:
    _listeners.append(listener)


def tell(stage: int) -> None:
    """A line was stored for good."""
    for listener in _listeners:
        listener(stage)
