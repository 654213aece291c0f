"""How fast an attempt answered: questions answered before they can have been read.

The cutpoints by length are those of S. L. Wise and X. Kong, "Response Time Effort: A New Measure of
Examinee Motivation in Computer-Based Tests", Applied Measurement in Education 18(2), 2005, 163-183.
docs/rules/pace.md tells what such an answer is not. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHORT_CHARACTERS, LONG_CHARACTERS = 200, 1000
SHORT_MS, MIDDLE_MS, LONG_MS = 3_000, 5_000, 10_000


@dataclass(frozen=True, slots=True)
class Choice:
    """An option that was chosen at a position, and when, by the clock of the page; −1 if unknown.

    Choices stand in the order in which the page numbered them.
    """

    position: int
    at_ms: int


def least_ms(characters: int) -> int:
    """The time below which a question with so many characters, options included, was not read."""
    if characters < SHORT_CHARACTERS:
        return SHORT_MS
    return LONG_MS if characters > LONG_CHARACTERS else MIDDLE_MS


def fast_answers(
    started_ms: int,
    choices: Iterable[Choice],
    least: Sequence[int],
    opened_ms: Sequence[int] | None = None,
) -> set[int]:
    """The positions whose first answer came sooner than `least` after what was chosen before it.

    The first choice is held against the start; where all answer one question at a time, each
    against the opening of its question, as far as it was opened. Where the page told no time, or
    times that run backwards, nothing is said. `least` is by position.
    """
    seen: set[int] = set()
    fast: set[int] = set()
    before_ms = started_ms
    for choice in choices:
        if opened_ms is not None:
            is_opened = choice.position < len(opened_ms)
            before_ms = opened_ms[choice.position] if is_opened else -1
        gap_ms = choice.at_ms - before_ms
        is_known = choice.at_ms >= 0 and before_ms >= 0
        if choice.position not in seen and is_known and 0 <= gap_ms < least[choice.position]:
            fast.add(choice.position)
        seen.add(choice.position)
        before_ms = choice.at_ms
    return fast
