"""Places and a prize table → prizes, and the ties that only a decision can break.

Prizes are given from the first line down. Whoever may not have a prize is passed over without a
prize being lost. Equal entries that fit into one line share it; a tie across a line stops.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
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
    """What the table gives; `left` are prizes that nobody has earned, one by one."""

    given: tuple[Award, ...]
    ties: tuple[Tie, ...]
    left: tuple[str, ...]


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


def award_once(rounds: Mapping[str, RoundPlaces], rule: OnePrize) -> dict[str, Awards]:
    """Awards of all rounds when nobody may have two: each keeps the higher prize.

    Higher is the line nearer the top of its table, then the earlier round. A freed prize goes to
    the next in order of that round or is left, as the rule says.
    """
    freed: dict[str, set[str]] = {name: set() for name in rounds}
    while True:
        result = {name: _once(each, freed[name], rule) for name, each in rounds.items()}
        again = _second_prizes(rounds, result)
        if not again:
            return result
        for name, entry in again:
            freed[name].add(entry)


def _once(each: RoundPlaces, freed: set[str], rule: OnePrize) -> Awards:
    if rule.freed == "next":
        return award(each.placed, each.prizes, each.passed_over | freed)
    whole = award(each.placed, each.prizes, each.passed_over)
    kept = tuple(one for one in whole.given if one.entry not in freed)
    lost = tuple(one.prize for one in whole.given if one.entry in freed)
    return Awards(kept, whole.ties, lost + whole.left)


def _second_prizes(
    rounds: Mapping[str, RoundPlaces], result: Mapping[str, Awards]
) -> list[tuple[str, str]]:
    """(round, entry) of every prize beside a higher one."""
    best: dict[str, tuple[int, int]] = {}
    held: list[tuple[str, tuple[int, int], str]] = []
    for order, (name, awards) in enumerate(result.items()):
        height = {line.key: at for at, line in enumerate(rounds[name].prizes)}
        for one in awards.given:
            worth = (height[one.prize], order)
            held.append((one.entry, worth, name))
            best[one.entry] = min(best.get(one.entry, worth), worth)
    return [(name, entry) for entry, worth, name in held if worth != best[entry]]
