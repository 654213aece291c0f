"""Long walks in short steps: what is looked at for everybody must hold up nobody's reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")
LENGTH = 2000
"""Some milliseconds of a core."""


async def in_steps(things: Iterable[T]) -> AsyncIterator[list[T]]:
    """All things as they are now, some at a time; between two steps others have their turn."""
    all_of_them = list(things)
    for at in range(0, len(all_of_them), LENGTH):
        yield all_of_them[at : at + LENGTH]
        await asyncio.sleep(0)
