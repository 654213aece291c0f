"""From a paper's answers to marks, with the committee's rulings on items applied.

Rulings (docs/decisions/0003): *drop* takes the item out for everybody, so that it gives no
points to anybody and papers are compared on what is left; *accept also* takes one more option as
right; *points to all* gives the item's points to everyone whose paper has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hoithi.rules.marks import round_marks
from hoithi.rules.paper import KeysFile, Paper, Questions


class Effect(StrEnum):
    DROP = "drop"
    ACCEPT_ALSO = "accept_also"
    POINTS_TO_ALL = "points_to_all"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided about an item; `option` is an index in the questions file."""

    item: str
    effect: Effect
    option: int | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """The marks of one paper; `right[i]` says whether position i earned its points.

    `items` are those that count: dropped ones do not, so that a paper can still be all right.
    """

    correct: int
    items: int
    points: Decimal
    right: tuple[bool, ...]


def grade(
    questions: Questions,
    keys: KeysFile,
    paper: Paper,
    answers: Sequence[int],
    points_per_item: Decimal,
    rulings: Sequence[Ruling] = (),
) -> Grade:
    """Mark one paper; `answers[i]` is the served position chosen at place i, −1 for none."""
    dropped = {ruling.item for ruling in rulings if ruling.effect is Effect.DROP}
    to_all = {ruling.item for ruling in rulings if ruling.effect is Effect.POINTS_TO_ALL}
    also = {
        (ruling.item, ruling.option) for ruling in rulings if ruling.effect is Effect.ACCEPT_ALSO
    }
    items = questions.file.items
    right = []
    for place, answer in zip(paper, answers, strict=True):
        item_id = items[place.item].id
        chosen = place.order[answer] if 0 <= answer < len(place.order) else None
        earned = item_id in to_all or (
            chosen is not None and (chosen in keys.keys[item_id] or (item_id, chosen) in also)
        )
        right.append(earned and item_id not in dropped)
    correct = sum(right)
    counted = len(paper)
    if dropped:
        counted -= sum(items[place.item].id in dropped for place in paper)
    return Grade(correct, counted, round_marks(points_per_item * correct), tuple(right))
