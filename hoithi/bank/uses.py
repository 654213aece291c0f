"""Where questions stand that are not to be known yet: whoever takes some from a bank tells which.

The rooms that hold rounds know nothing of each other; what one has taken concerns the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import TypeAlias

# The key of a contest → what questions were taken for, with their stems.
Teller: TypeAlias = Callable[[str], Mapping[str, Set[str]]]

_tellers: list[Teller] = []


def tell_uses(teller: Teller) -> None:
    """Have a room asked from now on; once a process, when the room is loaded."""
    _tellers.append(teller)


def taken_for(contest: str) -> dict[str, Set[str]]:
    """What questions of a contest were taken for, in the rooms that tell it. One query a room."""
    return {name: stems for teller in _tellers for name, stems in teller(contest).items()}
