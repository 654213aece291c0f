"""Order, shared places, and what decided each place (docs/rules/ranking.md).

Equal entries share a place and the next place is skipped: 1, 2, 2, 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TypeAlias

from hoithi.rules.draw import Generator

SMALLER_IS_BETTER = frozenset(
    {"prediction", "duration", "submitted", "started", "attempts", "answer_time", "lots"}
)
RankKey: TypeAlias = tuple[tuple[bool, Decimal], ...]
LOTS_DOMAIN = "hoithi/lots/1"
SHARED = "shared"
DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Score:
    """What one entry is ranked by: a value for each criterion; none comes after every value."""

    entry: str
    values: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry's place; `decided_by` names what separates it from the row above.

    It is empty in the first row, `shared` where nothing separates, `decision` where the
    committee's recorded decision did.
    """

    entry: str
    place: int
    decided_by: str


def sort_key(score: Score, criteria: Sequence[str]) -> RankKey:
    """Best first; a missing value after every value."""
    key = []
    for name in criteria:
        value = score.values[name]
        if value is None:
            key.append((True, Decimal(0)))
        else:
            key.append((False, value if name in SMALLER_IS_BETTER else -value))
    return tuple(key)


def rank(
    scores: Iterable[Score], criteria: Sequence[str], decisions: Iterable[Sequence[str]] = ()
) -> list[Placed]:
    """Place all entries; rows come out in order of place, equal ones by entry.

    A decision is the decided order of a group of entries that share a place, all of them; one that
    names any other group changes nothing.
    """
    ordered = sorted(scores, key=lambda score: (sort_key(score, criteria), score.entry))
    decided = {frozenset(order): list(order) for order in decisions}
    placed: list[Placed] = []
    above: Score | None = None
    for _, group in groupby(ordered, key=lambda score: sort_key(score, criteria)):
        tied = list(group)
        first = len(placed) + 1
        reason = separating(above, tied[0], criteria)
        order = decided.get(frozenset(score.entry for score in tied))
        if order is None or len(tied) == 1:
            placed += [
                Placed(score.entry, first, SHARED if at else reason)
                for at, score in enumerate(tied)
            ]
        else:
            placed += [
                Placed(entry, first + at, DECISION if at else reason)
                for at, entry in enumerate(order)
            ]
        above = tied[0]
    return placed


def separating(above: Score | None, below: Score, criteria: Sequence[str]) -> str:
    """The first criterion in which two scores differ; empty when there is none above."""
    if above is None:
        return ""
    for name in criteria:
        if above.values[name] != below.values[name]:
            return name
    return SHARED


def lots(entries: Iterable[str], seed: bytes) -> dict[str, int]:
    """The lot of each entry, 1 first: a draw over the entries in alphabetical order."""
    drawn = Generator(seed, LOTS_DOMAIN).shuffle(sorted(entries))
    return {entry: at for at, entry in enumerate(drawn, start=1)}
