"""What holds over all rounds of a contest: one prize a person, and the score of units.

The same functions serve the desk, which proposes prizes, and the verifier, which checks them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from hoithi.rules.awards import Awards, RoundPlaces, award_once
from hoithi.rules.collective import CollectiveResult, collective, unit_facts
from hoithi.rules.regulation import CollectiveRule, OnePrize, PrizeLine
from hoithi.rules.standings import Result


@dataclass(frozen=True, slots=True)
class HeldRound:
    """An official round whose scores stand; `of_people` says that people are ranked, not teams."""

    result: Result
    prizes: Sequence[PrizeLine]
    of_people: bool


def persons(same_person: Iterable[Sequence[str]]) -> dict[str, str]:
    """A name of the person for each entry of somebody who has several."""
    return {entry: entries[0] for entries in same_person for entry in entries}


def settled_awards(
    rounds: Mapping[str, HeldRound], rule: OnePrize | None, person_of: Mapping[str, str]
) -> dict[str, Awards]:
    """The awards of each round, in the order of the plan, after the rule of one prize a person.

    Rounds of teams are not touched by it.
    """
    awards = {key: each.result.awards for key, each in rounds.items()}
    if rule is not None:
        places = {
            key: RoundPlaces(each.result.placed, each.prizes, frozenset(each.result.unfit))
            for key, each in rounds.items()
            if each.of_people
        }
        awards |= award_once(places, rule, person_of)
    return awards


def unit_result(
    rule: CollectiveRule,
    rounds: Mapping[str, HeldRound],
    awards: Mapping[str, Awards],
    *,
    headcounts: Mapping[str, int],
    unit_of: Mapping[str, str],
    person_of: Mapping[str, str],
    decisions: Iterable[Sequence[str]] = (),
) -> CollectiveResult:
    """Score, rank and award units by who has a place in a round of people and by all prizes.

    Raises KeyError for an entry without a unit, a unit without a headcount or a prize without
    points.
    """
    present: dict[str, str] = {}
    for each in rounds.values():
        for row in each.result.placed if each.of_people else ():
            present.setdefault(person_of.get(row.entry, row.entry), row.entry)
    given = chain.from_iterable(each.given for each in awards.values())
    facts = unit_facts(headcounts, unit_of, present.values(), given)
    return collective(rule, facts, decisions)
