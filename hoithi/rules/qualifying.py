"""Who takes part in a round: by published results, by lots over heats (docs/rules/qualifying.md).

A *cut* is the line between those who come on and those who do not. The *field* are the teams of all
rounds that are drawn together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from hoithi.rules.awards import Tie, award
from hoithi.rules.errors import RuleViolation
from hoithi.rules.ranking import Placed, RankKey, Score, sort_key
from hoithi.rules.regulation import FEWEST_TEAMS, Entrants, PrizeLine

# What a tie at the cut of a round is about, where a prize line has its key.
COMING_ON = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A round from which teams come: its places, and the values by which it ranked."""

    round: str
    placed: Sequence[Placed]
    scores: Mapping[str, Score]
    ranking: Sequence[str]


@dataclass(frozen=True, slots=True)
class Coming:
    """A team that comes on from a round, by its place there or as one of the best runners-up."""

    entry: str
    origin: str
    place: int
    is_runner_up: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """Equal runners-up of whom only so many come on: only a decision can say which."""

    entries: tuple[str, ...]
    free: int


@dataclass(frozen=True, slots=True)
class Field:
    """Who comes on: by places, then runners-up, best first. With a cut open it is not complete."""

    coming: tuple[Coming, ...]
    cut: Cut | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Who comes on by the results and is not on a list, and who is on it and does not come on."""

    left_out: tuple[str, ...]
    foreign: tuple[str, ...]


def cut_ties(placed: Sequence[Placed], first: int) -> tuple[Tie, ...]:
    """Ties of a round across the cut after so many places: a prize line without a prize."""
    return award(placed, [PrizeLine(COMING_ON, "-", first, 0)]).ties if first else ()


def field_from(
    rule: Entrants,
    sources: Sequence[Source],
    decisions: Iterable[Sequence[str]] = (),
    gone: Collection[str] = (),
) -> Field:
    """Who comes on by the results of the named rounds; `gone` have withdrawn since.

    Everybody who is gone leaves a seat to the best of those who had none. A decision is the order
    of a group that is equal at the cut, all of it; one that names any other group, or turns the
    order of a round, changes nothing. Raises RuleViolation `cut_undecided` for a round whose own
    result is tied at its cut, `round_not_there`.
    """
    by_key = {source.round: source for source in sources}
    through: list[Coming] = []
    for key in rule.from_:
        if key not in by_key:
            raise RuleViolation("round_not_there", value=key)
        placed = by_key[key].placed
        if cut_ties(placed, rule.first):
            raise RuleViolation("cut_undecided", value=key)
        # Barred teams have no place, so the first rows are those that come on.
        through += [
            Coming(row.entry, key, row.place, is_runner_up=False) for row in placed[: rule.first]
        ]
    staying = [each for each in through if each.entry not in gone]
    seats = rule.first * len(rule.from_) + rule.runners_up
    taken = {each.entry for each in through} | set(gone)
    best, cut = _best(
        _groups(by_key[key] for key in rule.from_), taken, seats - len(staying), decisions
    )
    return Field((*staying, *best), cut)


def difference(field: Field, listed: Collection[str]) -> Difference:
    """How a list that was fixed differs from who comes on now; while equal runners-up wait for a
    decision, none of them is foreign."""
    due = {each.entry for each in field.coming}
    equal = field.cut.entries if field.cut is not None else ()
    return Difference(
        tuple(sorted(due.difference(listed))), tuple(sorted({*listed} - due - {*equal}))
    )


def _groups(sources: Iterable[Source]) -> list[list[Coming]]:
    """Everybody of all rounds in groups that nothing separates, the best first."""
    rows: list[tuple[RankKey, Coming]] = []
    for source in sources:
        # The lots of one round say nothing about another.
        criteria = [name for name in source.ranking if name != "lots"]
        rows += [
            (
                sort_key(source.scores[row.entry], criteria),
                Coming(row.entry, source.round, row.place, is_runner_up=True),
            )
            for row in source.placed
        ]
    rows.sort(key=lambda row: (row[0], row[1].place, row[1].entry))
    return [[each for _, each in group] for _, group in groupby(rows, key=lambda row: row[0])]


def _best(
    groups: Iterable[Sequence[Coming]],
    taken: Collection[str],
    seats: int,
    decisions: Iterable[Sequence[str]],
) -> tuple[list[Coming], Cut | None]:
    """The best that are not taken, as many as there are seats; a group across the cut needs a
    decision."""
    decided = {frozenset(order): list(order) for order in decisions}
    found: list[Coming] = []
    for group in groups:
        rest = [each for each in group if each.entry not in taken]
        free = seats - len(found)
        if free <= 0:
            break
        if len(rest) > free:
            rest = _within_reach(rest, free)
        if len(rest) > free:
            order = decided.get(frozenset(each.entry for each in rest))
            if order is None or _turns(order, rest):
                return found, Cut(tuple(sorted(each.entry for each in rest)), free)
            rest = sorted(rest, key=lambda each: order.index(each.entry))[:free]
        found += rest
    return found, None


def _within_reach(group: Sequence[Coming], free: int) -> list[Coming]:
    """Without those before whom as many of their own round have been placed as there are seats."""
    return [
        each
        for each in group
        if sum(other.origin == each.origin and other.place < each.place for other in group) < free
    ]


def _turns(order: Sequence[str], group: Sequence[Coming]) -> bool:
    """Whether a decision puts a team before one that its own round placed higher."""
    at = {entry: place for place, entry in enumerate(order)}
    return any(
        one.origin == other.origin and one.place < other.place and at[one.entry] > at[other.entry]
        for one in group
        for other in group
    )


def deal(
    order: Sequence[str], rule: Entrants, keeps: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """The teams of each round, dealt in the order of their lots.

    `keeps` has for each team what it is kept apart by: its unit, or the round that it comes from.
    Teams of one line up behind the first of them and so fall into different rounds. Raises
    RuleViolation: `too_few_teams`, `too_many_teams`, `cannot_be_apart`.
    """
    rounds = len(rule.among)
    if len(order) < FEWEST_TEAMS * rounds:
        raise RuleViolation("too_few_teams", there=len(order), wanted=FEWEST_TEAMS * rounds)
    if len(order) > rule.teams * rounds:
        raise RuleViolation("too_many_teams", there=len(order), most=rule.teams * rounds)
    together: dict[str, list[str]] = {}
    for entry in order:
        alone = rule.apart == "nobody" or rounds == 1
        together.setdefault(entry if alone else keeps[entry], []).append(entry)
    for name, entries in together.items():
        if len(entries) > rounds:
            raise RuleViolation("cannot_be_apart", value=name, there=len(entries), rounds=rounds)
    lined = [entry for entries in together.values() for entry in entries]
    return {key: tuple(lined[at::rounds]) for at, key in enumerate(rule.among)}


def replaced(
    dealt: Mapping[str, Sequence[str]], gone: str, comes: str
) -> dict[str, tuple[str, ...]]:
    """The rounds after a team has left; who comes for it, if anybody does, takes its seat."""
    return {
        key: tuple(comes if entry == gone else entry for entry in entries if entry != gone or comes)
        for key, entries in dealt.items()
    }


def successor(
    rule: Entrants,
    sources: Sequence[Source],
    decisions: Sequence[Sequence[str]],
    gone: Collection[str],
    leaving: str,
) -> str:
    """Who comes for a team that leaves after the others that are gone; empty where nobody does.

    Raises RuleViolation `next_undecided` where equal teams are next in order.
    """
    if not rule.from_:
        return ""
    before = field_from(rule, sources, decisions, gone)
    after = field_from(rule, sources, decisions, [*gone, leaving])
    if after.cut is not None:
        raise RuleViolation("next_undecided")
    here = {each.entry for each in before.coming}
    return next((each.entry for each in after.coming if each.entry not in here), "")
