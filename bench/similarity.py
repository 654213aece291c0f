"""How often honest contests raise a false alarm, and how much copying is found:
`python -m bench.similarity`. docs/rules/similarity.md has the figures.

The simulated people do not follow the model of the index: how hard a question is, how sharply it
divides, and how tempting its wrong options are to the weak and to the strong all differ.
"""

from __future__ import annotations

import math
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from hoithi.rules.similarity import Comparison, Pair, Question, Sheet, compare

OPTIONS = 4


@dataclass(frozen=True, slots=True)
class _Asked:
    hardness: float
    sharpness: float
    weak: tuple[float, ...]
    strong: tuple[float, ...]


def contest(
    seed: int, people: int, bank: int, drawn: int, copied: float = 0.0, copies: int = 0
) -> tuple[list[Sheet], Mapping[str, Question]]:
    """Sheets of a contest; `copies` people take that share of their common answers from another.

    Copy `i` is the sheet `2i`, its source the one before. Option 0 is the right one.
    """
    chance = random.Random(seed)
    asked = {f"q{number}": _asked(chance) for number in range(bank)}
    sheets: list[Sheet] = []
    for person in range(1, people + 1):
        ability = chance.gauss(0.5, 1)
        answers = {
            name: _answer(chance, asked[name], ability)
            for name in chance.sample(sorted(asked), drawn)
        }
        if person % 2 == 0 and person <= 2 * copies:
            source = sheets[-1].answers
            common = sorted(answers.keys() & source.keys())
            for name in chance.sample(common, round(copied * len(common))):
                answers[name] = source[name]
        sheets.append(Sheet(str(person), answers))
    return sheets, {name: Question((0,), OPTIONS) for name in asked}


def _asked(chance: random.Random) -> _Asked:
    weak, strong = (
        tuple(chance.gammavariate(1.5, 1) for _ in range(OPTIONS - 1)) for _ in range(2)
    )
    return _Asked(chance.gauss(-0.5, 1), chance.lognormvariate(0, 0.3), weak, strong)


def _answer(chance: random.Random, asked: _Asked, ability: float) -> int:
    knows = 1 / (1 + math.exp(-asked.sharpness * (ability - asked.hardness)))
    if chance.random() < 0.2 + 0.8 * knows:
        return 0
    temptations = asked.weak if ability < 0.5 else asked.strong
    return chance.choices(range(1, OPTIONS), temptations)[0]


def striking(found: Comparison) -> set[tuple[int, int]]:
    """The pairs that stand out, as numbers of sheets in order."""
    return {_numbers(pair) for pair in found.pairs if pair.is_striking}


def _numbers(pair: Pair) -> tuple[int, int]:
    first, second = sorted((int(pair.first), int(pair.second)))
    return first, second


def main() -> None:
    """Print false alarms, power and cost."""
    out = sys.stdout.write
    for people, bank, drawn in ((100, 30, 30), (100, 60, 30), (300, 30, 30)):
        contests, alarmed, listed = 200 if people == 100 else 50, 0, 0
        for seed in range(contests):
            found = compare(*contest(seed, people, bank, drawn))
            alarmed += bool(striking(found))
            listed += len(found.pairs)
        out(
            f"honest: {people} people, {drawn} of {bank}: {alarmed} of {contests} contests with a"
            f" striking pair, {listed / contests:.2f} listed a contest\n"
        )
    for bank in (30, 60):
        for share in (0.3, 0.5, 0.7, 1.0):
            hit = listed = false = 0
            for seed in range(40):
                sheets, questions = contest(1000 + seed, 100, bank, 30, share, 5)
                found = compare(sheets, questions)
                true = {(2 * copy - 1, 2 * copy) for copy in range(1, 6)}
                hit += len(striking(found) & true)
                false += len(striking(found) - true)
                listed += len({_numbers(pair) for pair in found.pairs} & true)
            out(
                f"copied {share:.0%}, 30 of {bank}: {hit / 2:.0f} % striking,"
                f" {listed / 2:.0f} % listed, {false} false\n"
            )
    for bank in (30, 60, 150):
        sheets, questions = contest(1, 2000, bank, 30)
        began = time.perf_counter()
        found = compare(sheets, questions)
        out(
            f"cost: 2000 people, 30 of {bank}: {found.compared} pairs in "
            f"{time.perf_counter() - began:.1f} s\n"
        )


if __name__ == "__main__":
    main()
