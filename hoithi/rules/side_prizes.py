"""Prizes beside the places (docs/rules/side_prizes.md): by a part's marks, by votes, by the jury.

They touch no place, and whoever has a prize of the table may have one of these too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hoithi.rules.awards import Award, award
from hoithi.rules.ranking import Score, rank
from hoithi.rules.regulation import JURY, PrizeLine, Regulation, SidePrize


@dataclass(frozen=True, slots=True)
class OpenChoice:
    """A side prize that waits for two people: who can have it, and so many at most.

    Among equal teams (`of_jury` false) all are put in order; the jury names whom it chooses, or
    nobody.
    """

    prize: str
    entries: tuple[str, ...]
    free: int
    of_jury: bool


@dataclass(frozen=True, slots=True)
class SideAwards:
    """What is given, in the order of the plan, and what waits for a choice."""

    given: tuple[Award, ...]
    waiting: tuple[OpenChoice, ...]


def side_awards(
    regulation: Regulation,
    scores: Mapping[str, Score],
    barred: Collection[str],
    choices: Mapping[str, Sequence[str]],
) -> SideAwards:
    """The side prizes of a live round; `choices` by the keys of the prizes, the newest of each.

    A choice that names anybody who cannot have the prize is none.
    """
    fair = {entry: score for entry, score in scores.items() if entry not in barred}
    given: list[Award] = []
    waiting: list[OpenChoice] = []
    for line in regulation.side_prizes:
        found = _chosen if line.by == JURY else _best
        for each in found(line, fair, choices.get(line.key)):
            if isinstance(each, Award):
                given.append(each)
            else:
                waiting.append(each)
    return SideAwards(tuple(given), tuple(waiting))


def _chosen(
    line: SidePrize, fair: Mapping[str, Score], choice: Sequence[str] | None
) -> Iterator[Award | OpenChoice]:
    if choice is None or not is_choice(choice, fair, line.count):
        if fair:
            yield OpenChoice(line.key, tuple(sorted(fair)), line.count, of_jury=True)
        return
    for entry in choice:
        yield Award(entry, line.key, 1)


def is_choice(choice: Sequence[str], entries: Collection[str], most: int) -> bool:
    """Whether the jury can choose these: of those who took part, each once, not too many."""
    return len(set(choice)) == len(choice) <= most and set(choice) <= set(entries)


def _best(
    line: SidePrize, fair: Mapping[str, Score], choice: Sequence[str] | None
) -> Iterator[Award | OpenChoice]:
    """The best by the marks of a part, and by its votes where they were counted; nobody with 0."""
    votes = f"votes:{line.by.removeprefix('segment:')}"
    name = votes if any(votes in score.values for score in fair.values()) else line.by
    some = [score for score in fair.values() if score.values[name]]
    placed = rank(some, [name], [choice] if choice else [])
    table = [PrizeLine(line.key, line.label, line.count, line.amount_vnd)]
    awards = award(placed, table)
    yield from awards.given
    for tie in awards.ties:
        yield OpenChoice(line.key, tie.entries, len(tie.prizes), of_jury=False)
