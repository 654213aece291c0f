"""How much more alike two answer sheets are than their marks and the questions explain.

The index of G. O. Wesolowsky, "Detecting excessive similarity in answers on multiple choice exams",
Journal of Applied Statistics 27(7), 2000, 909-921; docs/rules/similarity.md tells it in prose, with
its measured rate of false alarms. It is no proof of anything and decides nothing.

A *sheet* is what one attempt answered, by question and option of the package, so that the order in
which they were served does not matter. A *match* is the same option of the same question. Chances
are floats: nothing here is a mark.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement, product
from operator import add, mul

FEWEST_COMMON = 10
LISTED_ALARMS = 1.0
STRIKING_ALARMS = 0.05
# Up to so many pairs each tail is computed; above it those that are less than two standard
# deviations out are passed over: they could not reach the list.
_ALL_EXACT = 2_000
_SCREEN = 2.0
_STEPS = 40


@dataclass(frozen=True, slots=True)
class Sheet:
    """The options chosen, by question; a question left empty is not in it."""

    attempt: str
    answers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Question:
    """The options that are accepted, and how many options there are."""

    right: Collection[int]
    options: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sheets. `chance` is that of so many matches or more between strangers with these marks;
    `alarms` is how many such pairs are expected among all that were compared if nobody copied.
    """

    first: str
    second: str
    common: int
    matches: int
    same_wrong: int
    expected: float
    chance: float
    alarms: float

    @property
    def is_striking(self) -> bool:
        """Unlikely even once in a whole contest of honest people."""
        return self.alarms <= STRIKING_ALARMS


@dataclass(frozen=True, slots=True)
class Comparison:
    """`compared` pairs had enough questions in common, `passed_over` had not."""

    pairs: tuple[Pair, ...]
    compared: int
    passed_over: int


@dataclass(frozen=True, slots=True)
class _Item:
    """How often a question is answered right, and how alike wrong answers to it are."""

    right: float
    alike: float


@dataclass(frozen=True, slots=True)
class _Bits:
    """A sheet as sets of bits, one for each option of each question."""

    attempt: str
    chosen: int
    wrong: int


@dataclass(frozen=True, slots=True)
class _Class:
    """Sheets with the same questions and the same mark: they have the same chances.

    `asked` has a bit for each question. The lists have a place for each question of all, 0 where
    it was not answered: the chance to be right, to be wrong, and the latter times `alike`.
    """

    asked: int
    right: list[float]
    wrong: list[float]
    alike: list[float]
    members: list[_Bits]


def _to_nobody(_done: int, _total: int) -> None:
    pass


def compare(
    sheets: Sequence[Sheet],
    questions: Mapping[str, Question],
    tell: Callable[[int, int], None] = _to_nobody,
) -> Comparison:
    """All pairs that stand out, the least likely first.

    A pair is listed when at most one like it is expected by chance among all that were compared.
    `tell` hears how many pairs were looked at, and of how many.
    """
    classes = _classes(sheets, questions)
    compared = _count(classes)
    total = len(sheets) * (len(sheets) - 1) // 2
    pairs: list[Pair] = []
    done = 0
    for one, other in combinations_with_replacement(classes, 2):
        tell(done, total)
        done += _size(one, other)
        common = (one.asked & other.asked).bit_count()
        if common < FEWEST_COMMON:
            continue
        expected = sum(map(mul, one.right, other.right)) + sum(map(mul, one.alike, other.wrong))
        least = expected + 1 if compared > _ALL_EXACT else 0
        chances: list[float] = []
        tails: dict[int, float] = {}
        for first, second in _members(one, other):
            matches = (first.chosen & second.chosen).bit_count()
            if matches < least:
                continue
            if not chances:
                chances = _chances(one, other)
                if compared > _ALL_EXACT:
                    least = _least(chances)
                    if matches < least:
                        continue
            if matches not in tails:
                tails[matches] = tail(chances, matches)
            alarms = tails[matches] * compared
            if alarms <= LISTED_ALARMS:
                names = sorted((first.attempt, second.attempt))
                pairs.append(
                    Pair(
                        first=names[0],
                        second=names[1],
                        common=common,
                        matches=matches,
                        same_wrong=(first.wrong & second.wrong).bit_count(),
                        expected=math.fsum(chances),
                        chance=tails[matches],
                        alarms=alarms,
                    )
                )
    pairs.sort(key=lambda pair: (pair.chance, pair.first, pair.second))
    return Comparison(tuple(pairs), compared, total - compared)


def likely_right(right: float, strength: float) -> float:
    """The chance that somebody answers a question of which `right` of all answers are right.

    Wesolowsky's curve: strength 1 is the average, towards 0 nothing is known, above 1 more.
    """
    return float((1 - (1 - right) ** strength) ** (1 / strength))


def strength_of(rights: Sequence[float], share: float) -> float:
    """The strength with which the mean of the chances is `share`, between 0 and 1, neither of
    them."""
    low, high = 1e-3, 1e3
    for _ in range(_STEPS):
        middle = math.sqrt(low * high)
        if sum(likely_right(right, middle) for right in rights) / len(rights) < share:
            low = middle
        else:
            high = middle
    return math.sqrt(low * high)


def tail(chances: Sequence[float], least: int) -> float:
    """The chance of `least` successes or more in independent trials with these chances, exactly."""
    counts = [1.0] + [0.0] * len(chances)
    for done, chance in enumerate(chances, start=1):
        for at in range(done, 0, -1):
            counts[at] += (counts[at - 1] - counts[at]) * chance
        counts[0] *= 1 - chance
    return min(1.0, math.fsum(counts[least:]))


def _items(sheets: Sequence[Sheet], questions: Mapping[str, Question]) -> dict[str, _Item]:
    """Half an answer is added on both sides, so that no question is certain."""
    chosen: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for sheet in sheets:
        for name, option in sheet.answers.items():
            chosen[name][option] += 1
    items = {}
    for name, counts in chosen.items():
        question = questions[name]
        wrong = [count for option, count in counts.items() if option not in question.right]
        answers = counts.total()
        if wrong:
            alike = sum(count**2 for count in wrong) / sum(wrong) ** 2
        else:
            alike = 1 / max(1, question.options - len(question.right))
        items[name] = _Item((answers - sum(wrong) + 0.5) / (answers + 1), alike)
    return items


def _classes(sheets: Sequence[Sheet], questions: Mapping[str, Question]) -> list[_Class]:
    items = _items(sheets, questions)
    places = {name: at for at, name in enumerate(sorted(items))}
    width = max((question.options for question in questions.values()), default=0)
    members: defaultdict[tuple[int, int], list[_Bits]] = defaultdict(list)
    for sheet in sorted(sheets, key=lambda each: each.attempt):
        asked = chosen = wrong = right = 0
        for name, option in sheet.answers.items():
            asked |= 1 << places[name]
            bit = 1 << (places[name] * width + option)
            chosen |= bit
            if option in questions[name].right:
                right += 1
            else:
                wrong |= bit
        members[asked, right].append(_Bits(sheet.attempt, chosen, wrong))
    ordered = [items[name] for name in places]
    return [_class(asked, right, ordered, alike) for (asked, right), alike in members.items()]


def _class(asked: int, right: int, items: Sequence[_Item], members: list[_Bits]) -> _Class:
    """Half an answer is added on both sides here too: who has all right may have erred."""
    shares = [item.right for at, item in enumerate(items) if asked >> at & 1]
    strength = strength_of(shares, (right + 0.5) / (len(shares) + 1)) if shares else 1
    rights = [
        likely_right(item.right, strength) if asked >> at & 1 else 0.0
        for at, item in enumerate(items)
    ]
    wrongs = [1 - chance if asked >> at & 1 else 0.0 for at, chance in enumerate(rights)]
    alike = [wrong * item.alike for wrong, item in zip(wrongs, items, strict=True)]
    return _Class(asked, rights, wrongs, alike, members)


def _chances(one: _Class, other: _Class) -> list[float]:
    """The chance of a match in each common question: both right, or both wrong the same way."""
    matched = map(mul, one.right, other.right)
    alike = map(mul, one.alike, other.wrong)
    return [chance for chance in map(add, matched, alike) if chance]


def _least(chances: Sequence[float]) -> float:
    """With fewer matches than this a pair cannot stand out, where there are many."""
    deviation = math.sqrt(sum(chance * (1 - chance) for chance in chances))
    return max(sum(chances) + 1, sum(chances) + 0.5 + _SCREEN * deviation)


def _count(classes: Sequence[_Class]) -> int:
    """How many pairs have enough questions in common."""
    sizes: Counter[int] = Counter()
    for each in classes:
        sizes[each.asked] += len(each.members)
    same = sum(
        size * (size - 1) // 2
        for asked, size in sizes.items()
        if asked.bit_count() >= FEWEST_COMMON
    )
    return same + sum(
        sizes[one] * sizes[other]
        for one, other in combinations(sizes, 2)
        if (one & other).bit_count() >= FEWEST_COMMON
    )


def _size(one: _Class, other: _Class) -> int:
    """How many pairs `_members` has."""
    count = len(one.members)
    return count * (count - 1) // 2 if one is other else count * len(other.members)


def _members(one: _Class, other: _Class) -> Iterator[tuple[_Bits, _Bits]]:
    if one is other:
        return combinations(one.members, 2)
    return product(one.members, other.members)
