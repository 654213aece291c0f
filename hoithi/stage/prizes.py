"""The prizes of a closed round, for the screen, the console and the minutes."""

from __future__ import annotations

from dataclasses import dataclass

from hoithi.results.queries import result_of, scores_of, side_of
from hoithi.results.units import at_units
from hoithi.rules.live.state import State
from hoithi.stage.models import Stage


@dataclass(frozen=True, slots=True)
class Prize:
    """A prize of the round with the teams that get it."""

    label: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prizes:
    """From the first line of the table down, then those beside the places.

    While `waits` a tie across a line or a side prize has to be decided by two people first, and
    nothing is shown.
    """

    table: tuple[Prize, ...] = ()
    side: tuple[Prize, ...] = ()
    waits: bool = False

    @property
    def shown(self) -> tuple[Prize, ...]:
        return () if self.waits else (*self.table, *self.side)


def prizes_of(stage: Stage, state: State) -> Prizes:
    """What a closed round gives; nothing before, nor on a unit's own machine, for prizes are over
    all units. Four queries, one more with side prizes.
    """
    if not state.is_closed or at_units(stage.round) is not None:
        return Prizes()
    result = result_of(stage.round, scores_of(stage.round))
    side = side_of(stage.round, state.regulation, result)
    return Prizes(
        tuple(
            Prize(line.label, tuple(e.entry for e in result.awards.given if e.prize == line.key))
            for line in state.regulation.prizes
        ),
        tuple(
            Prize(line.label, tuple(each.entry for each in side.given if each.prize == line.key))
            for line in state.regulation.side_prizes
        ),
        bool(result.awards.ties or side.waiting),
    )
