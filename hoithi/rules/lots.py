"""A draw of lots step by step, so that an audience can follow what the algorithm does."""

from __future__ import annotations

from dataclasses import dataclass

from hoithi.rules.draw import Generator
from hoithi.rules.ranking import LOTS_DOMAIN


@dataclass(frozen=True, slots=True)
class Swap:
    """Two places, from 0, whose lots change; the draw goes from the last place to the second."""

    last: int
    other: int


def swaps(count: int, seed: bytes) -> list[Swap]:
    """The exchanges of a draw over so many, in order: Fisher–Yates as `Generator.shuffle` does it.

    Carried out on the entries in alphabetical order they give `rules.ranking.lots`.
    """
    generator = Generator(seed, LOTS_DOMAIN)
    return [Swap(last, generator.below(last + 1)) for last in range(count - 1, 0, -1)]
