"""Places and a prize table → prizes, and the ties that only a decision can break.

Prizes are given from the first line down. Whoever may not have a prize is passed over without a
prize being lost. Equal entries that fit into one line share it; a tie across a line stops.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from hoithi.rules.ranking import Placed
from hoithi.rules.regulation import OnePrize, PrizeLine


@dataclass(frozen=True, slots=True)
class Award:
    """A prize given to an entry."""

    entry: str
    prize: str
    place: int


@dataclass(frozen=True, slots=True)
class Tie:
    """Entries that share a place for which there are not enough equal prizes."""

    place: int
    entries: tuple[str, ...]
    prizes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Awards:
    """What the table gives; `left` are prizes that nobody has earned, one by one.

    `freed` are prizes of this table whose winners keep a higher one of another round.
    """

    given: tuple[Award, ...]
    ties: tuple[Tie, ...]
    left: tuple[str, ...]
    freed: tuple[Award, ...] = ()


def award(
    placed: Sequence[Placed], prizes: Sequence[PrizeLine], passed_over: Collection[str] = ()
) -> Awards:
    """Give out the prizes; `placed` is in order of place."""
    slots = [line.key for line in prizes for _ in range(line.count)]
    given: list[Award] = []
    ties: list[Tie] = []
    may_win = [row for row in placed if row.entry not in passed_over]
    for place, rows in groupby(may_win, key=lambda row: row.place):
        entries = [row.entry for row in rows]
        offered, slots = slots[: len(entries)], slots[len(entries) :]
        if not offered:
            break
        if len(offered) == len(entries) and len(set(offered)) == 1:
            given += [Award(entry, offered[0], place) for entry in entries]
        else:
            ties.append(Tie(place, tuple(entries), tuple(offered)))
    return Awards(tuple(given), tuple(ties), tuple(slots))


@dataclass(frozen=True, slots=True)
class RoundPlaces:
    """What one round brings to the rule of one prize a person."""

    placed: Sequence[Placed]
    prizes: Sequence[PrizeLine]
    passed_over: frozenset[str]


def award_once(
    rounds: Mapping[str, RoundPlaces],
    rule: OnePrize,
    person_of: Mapping[str, str] | None = None,
) -> dict[str, Awards]:
    """Awards of all rounds when nobody may have two: each keeps the higher prize.

    Higher is the line nearer the top of its table, then the earlier round. A freed prize goes to
    the next in order of that round or is left, as the rule says. `person_of` names the person of
    an entry where somebody has several.
    """
    freed: dict[str, list[Award]] = {name: [] for name in rounds}
    while True:
        result = {name: _once(each, freed[name], rule) for name, each in rounds.items()}
        again = _second_prizes(rounds, result, person_of or {})
        if not again:
            return result
        for name, second in again:
            freed[name].append(second)


def _once(each: RoundPlaces, freed: Sequence[Award], rule: OnePrize) -> Awards:
    gone = {one.entry for one in freed}
    in_order = tuple(sorted(freed, key=lambda one: (one.place, one.entry)))
    if rule.freed == "next":
        passed_on = award(each.placed, each.prizes, each.passed_over | gone)
        return replace(passed_on, freed=in_order)
    whole = award(each.placed, each.prizes, each.passed_over)
    kept = tuple(one for one in whole.given if one.entry not in gone)
    lost = tuple(one.prize for one in in_order)
    return Awards(kept, whole.ties, lost + whole.left, in_order)


def _second_prizes(
    rounds: Mapping[str, RoundPlaces], result: Mapping[str, Awards], person_of: Mapping[str, str]
) -> list[tuple[str, Award]]:
    """Every prize beside a higher one of the same person, with its round."""
    best: dict[str, tuple[int, int]] = {}
    held: list[tuple[str, tuple[int, int], str, Award]] = []
    for order, (name, awards) in enumerate(result.items()):
        height = {line.key: at for at, line in enumerate(rounds[name].prizes)}
        for one in awards.given:
            person = person_of.get(one.entry, one.entry)
            worth = (height[one.prize], order)
            held.append((person, worth, name, one))
            best[person] = min(best.get(person, worth), worth)
    return [(name, one) for person, worth, name, one in held if worth != best[person]]
