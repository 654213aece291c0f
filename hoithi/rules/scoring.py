"""From a paper's answers to marks, with the committee's rulings on items applied.

Rulings (docs/decisions/0003, 0015): *drop* cancels the item, and *points to all* keeps it; both
give its points to everyone whose paper has it, so that drawn papers keep one maximum; *accept also*
takes one more option as right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from hoithi.rules.marks import round_marks
from hoithi.rules.paper import KeysFile, Paper, Questions
from hoithi.rules.together import AnyEvent, Player, Sheet, play, players_of, points_of


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

    `items` are all of the paper's, so that it is all right when every one earned its points.
    `answer_ms` is told of rounds of the pace `together` only (`rules.together`).
    """

    correct: int
    items: int
    points: Decimal
    right: tuple[bool, ...]
    answer_ms: int = 0


def grade(
    questions: Questions,
    keys: KeysFile,
    paper: Paper,
    answers: Sequence[int],
    points_per_item: Decimal,
    rulings: Sequence[Ruling] = (),
) -> Grade:
    """Mark one paper; `answers[i]` is the served position chosen at place i, −1 for none."""
    given = {
        ruling.item for ruling in rulings if ruling.effect in (Effect.DROP, Effect.POINTS_TO_ALL)
    }
    also = {
        (ruling.item, ruling.option) for ruling in rulings if ruling.effect is Effect.ACCEPT_ALSO
    }
    items = questions.file.items
    right = []
    for place, answer in zip(paper, answers, strict=True):
        item_id = items[place.item].id
        chosen = place.order[answer] if 0 <= answer < len(place.order) else None
        right.append(
            item_id in given
            or (chosen is not None and (chosen in keys.keys[item_id] or (item_id, chosen) in also))
        )
    correct = sum(right)
    return Grade(correct, len(paper), round_marks(points_per_item * correct), tuple(right))


def right_options(
    questions: Questions, keys: KeysFile, paper: Paper, rulings: Sequence[Ruling] = ()
) -> list[frozenset[int] | None]:
    """The served positions that are right at each place of a paper; none where all have it."""
    given = {
        ruling.item for ruling in rulings if ruling.effect in (Effect.DROP, Effect.POINTS_TO_ALL)
    }
    also = {
        (ruling.item, ruling.option) for ruling in rulings if ruling.effect is Effect.ACCEPT_ALSO
    }
    found: list[frozenset[int] | None] = []
    for place in paper:
        item = questions.file.items[place.item].id
        right = frozenset(
            at
            for at, each in enumerate(place.order)
            if each in keys.keys[item] or (item, each) in also
        )
        found.append(None if item in given else right)
    return found


def grades_together(
    events: Sequence[AnyEvent],
    sheets: Sequence[Sheet],
    right: Sequence[frozenset[int] | None],
    points_per_item: Decimal,
) -> dict[str, Grade]:
    """The marks of each attempt of a round in which all answer together (docs/rules/together.md).

    `items` are the questions that were announced and not cancelled.
    """
    playing = players_of(sheets)
    played = play(events, {line: sheet.given for line, sheet in playing.items()}, right)
    counted = sum(right[at] is not None for at in played.counted)
    grades = {}
    for sheet in sheets:
        player = played.players[sheet.line] if playing[sheet.line] is sheet else Player()
        grades[sheet.attempt] = Grade(
            player.correct,
            counted,
            points_of(player, points_per_item),
            tuple(
                at in played.counted and options is not None and answer in options
                for at, (answer, options) in enumerate(zip(sheet.answers, right, strict=True))
            ),
            player.answer_ms,
        )
    return grades
