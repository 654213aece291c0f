"""What a round's answers say about its questions; docs/rules/statistics.md tells it in prose.

It decides nothing: it shows the committee which questions to read again before the result is
published. Shares and correlations are rounded for the eye, and nothing here is a mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import sqrt

from hoithi.rules.similarity import Question

FEWEST_SERVED = 30
GROUP_PERCENT = 27
_EASY_PERCENT = 95
_ONE_IN_A_HUNDRED = 2.33  # the normal curve's, one-sided
_HUNDREDTH = Decimal("0.01")

Sheet = Sequence[tuple[str, int]]
"""What one attempt was asked, and the option that it chose of each, −1 where it was left empty."""


class Note(StrEnum):
    """Why a question should be read again, the most serious first."""

    RIVAL = "rival"
    TURNED = "turned"
    GUESSED = "guessed"
    EASY = "easy"


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """How a question was answered; `chosen` counts by option, as the two groups' choices do.

    `discrimination` is the correlation of answering it right with the share that is right of the
    rest of the sheet (Henrysson 1963); none where one of them does not vary.
    """

    item: str
    served: int
    right: int
    empty: int
    chosen: tuple[int, ...]
    strongest: tuple[int, ...]
    weakest: tuple[int, ...]
    discrimination: Decimal | None
    notes: tuple[Note, ...]


@dataclass(slots=True)
class _Sums:
    """What is added up for a question while the sheets are read."""

    question: Question
    chosen: list[int] = field(init=False)
    strongest: list[int] = field(init=False)
    weakest: list[int] = field(init=False)
    served: int = 0
    right: int = 0
    rest: float = 0.0
    rest_squared: float = 0.0
    rest_of_right: float = 0.0

    def __post_init__(self) -> None:
        self.chosen, self.strongest, self.weakest = ([0] * self.question.options for _ in range(3))

    def add(self, option: int, rest: float, *, is_strong: bool, is_weak: bool) -> None:
        self.served += 1
        self.rest += rest
        self.rest_squared += rest * rest
        if option in self.question.right:
            self.right += 1
            self.rest_of_right += rest
        if option >= 0:
            self.chosen[option] += 1
            self.strongest[option] += is_strong
            self.weakest[option] += is_weak

    def discrimination(self) -> float | None:
        """Pearson's correlation, its sums as above."""
        served, right = self.served, self.right
        spread = (right * (served - right)) * (served * self.rest_squared - self.rest**2)
        if spread <= 1e-9 * served**2:  # the rest differs by rounding only
            return None
        return (served * self.rest_of_right - right * self.rest) / sqrt(spread)


def item_figures(
    sheets: Sequence[Sheet], questions: Mapping[str, Question]
) -> tuple[ItemFigures, ...]:
    """The figures of every question, in the order of `questions`; linear in all that was asked."""
    rights = [_right(sheet, questions) for sheet in sheets]
    shares = [right / max(1, len(sheet)) for sheet, right in zip(sheets, rights, strict=True)]
    weak, strong = _borders(shares)
    sums = {item: _Sums(question) for item, question in questions.items()}
    for sheet, right, share in zip(sheets, rights, shares, strict=True):
        others = max(1, len(sheet) - 1)
        for item, option in sheet:
            of_item = sums[item]
            own = option in of_item.question.right
            of_item.add(
                option, (right - own) / others, is_strong=share >= strong, is_weak=share <= weak
            )
    return tuple(_figures(item, of_item) for item, of_item in sums.items())


def _right(sheet: Sheet, questions: Mapping[str, Question]) -> int:
    return sum(option in questions[item].right for item, option in sheet)


def _borders(shares: Sequence[float]) -> tuple[float, float]:
    """Up to which share a sheet belongs to the weakest 27 percent, from which to the strongest
    (Kelley 1939); who is level with the last of a group belongs to it."""
    ordered = sorted(shares)
    if not ordered:
        return 0.0, 0.0
    group = max(1, len(ordered) * GROUP_PERCENT // 100)
    return ordered[group - 1], ordered[-group]


def _figures(item: str, sums: _Sums) -> ItemFigures:
    exact = sums.discrimination()
    return ItemFigures(
        item=item,
        served=sums.served,
        right=sums.right,
        empty=sums.served - sum(sums.chosen),
        chosen=tuple(sums.chosen),
        strongest=tuple(sums.strongest),
        weakest=tuple(sums.weakest),
        discrimination=None if exact is None else Decimal(str(exact)).quantize(_HUNDREDTH),
        notes=_notes(sums, exact) if sums.served >= FEWEST_SERVED else (),
    )


def _notes(sums: _Sums, discrimination: float | None) -> tuple[Note, ...]:
    """What stands out; a few notes in a large package are chance."""
    right = sums.question.right
    of_right = sum(sums.strongest[option] for option in right)
    wrong = [count for option, count in enumerate(sums.strongest) if option not in right]
    noted = {
        Note.RIVAL: max(wrong, default=0) > of_right,
        Note.TURNED: discrimination is not None
        and discrimination < -_ONE_IN_A_HUNDRED / sqrt(sums.served),
        Note.GUESSED: sums.right * sums.question.options <= sums.served * len(right),
        Note.EASY: sums.right * 100 >= sums.served * _EASY_PERCENT,
    }
    return tuple(note for note in Note if noted[note])
