"""Scores of units from participation and prizes.

Quảng Nam 2022: 70 % of the people = 70 points, and a first prize 10 more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hoithi.rules.awards import Award, Awards, award
from hoithi.rules.marks import round_marks
from hoithi.rules.ranking import Placed, Score, rank
from hoithi.rules.regulation import CollectiveRule


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit's people, how many of them took part, and the keys of the prizes they won."""

    unit: str
    headcount: int
    participants: int
    prizes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitScore:
    """A unit's score; `percent` is of its headcount, 0 where none is known."""

    unit: str
    percent: Decimal
    score: Decimal
    participants: int


@dataclass(frozen=True, slots=True)
class CollectiveResult:
    scores: tuple[UnitScore, ...]
    placed: tuple[Placed, ...]
    awards: Awards


def unit_facts(
    headcounts: Mapping[str, int],
    unit_of: Mapping[str, str],
    took_part: Iterable[str],
    given: Iterable[Award],
) -> list[UnitFacts]:
    """What each unit is scored by over all rounds, in the order of `headcounts`.

    `took_part` are the placed entries of all rounds: one that is in several counts once, and a
    barred one has no place. `given` are the prizes kept after the rule of one prize a person.
    """
    present = Counter(unit_of[entry] for entry in set(took_part))
    won: dict[str, list[str]] = {unit: [] for unit in headcounts}
    for each in given:
        won[unit_of[each.entry]].append(each.prize)
    return [
        UnitFacts(unit, headcount, present[unit], tuple(won[unit]))
        for unit, headcount in headcounts.items()
    ]


def collective(
    rule: CollectiveRule, units: Iterable[UnitFacts], decisions: Iterable[Sequence[str]] = ()
) -> CollectiveResult:
    """Score, rank and award units; percentages and scores are rounded to two decimals."""
    scores = tuple(_score(rule, facts) for facts in units)
    placed = rank(
        (
            Score(
                each.unit,
                {
                    "score": each.score,
                    "percent": each.percent,
                    "participants": Decimal(each.participants),
                },
            )
            for each in scores
        ),
        rule.ranking,
        decisions,
    )
    return CollectiveResult(scores, tuple(placed), award(placed, rule.prizes))


def _score(rule: CollectiveRule, facts: UnitFacts) -> UnitScore:
    share = Decimal(facts.participants) / facts.headcount if facts.headcount else Decimal(0)
    percent = round_marks(100 * share)
    prize_points = sum((rule.prize_points[prize] for prize in facts.prizes), Decimal(0))
    score = round_marks(rule.points_per_percent * percent + prize_points)
    return UnitScore(facts.unit, percent, score, facts.participants)
