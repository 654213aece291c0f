"""A cancelled question among drawn papers (docs/decisions/0015), worked out by hand.

Four questions of 10 points, two on each paper. The first option is the key everywhere; b has no
right answer at all and is cancelled. `-` is left empty.

    paper    questions  chosen         marks   with b cancelled    at most
    An       a b        first, second  10      10 + 10 = 20        20
    Bình     b a        -, second       0      10 +  0 = 10        20
    Chi      c d        first, first   20      20                  20
    Dũng     d c        second, first  10      10                  20
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from hoithi.rules.paper import Item, KeysFile, PaperItem, Questions, QuestionsFile
from hoithi.rules.scoring import Effect, Grade, Ruling, grade
from tests.rules.test_paper import POLICY

ITEMS = [Item(letter, "cds", "", f"Câu {letter}?", ["một", "hai"]) for letter in "abcd"]
QUESTIONS = Questions(
    QuestionsFile("hoithi/questions/1", "ab" * 16, "cd" * 16, [], ITEMS, POLICY), b"", ()
)
KEYS = KeysFile("hoithi/keys/1", "ab" * 16, "cd" * 16, {letter: [0] for letter in "abcd"})
PAPERS = {
    "An": ("ab", [0, 1]),
    "Bình": ("ba", [-1, 1]),
    "Chi": ("cd", [0, 0]),
    "Dũng": ("dc", [1, 0]),
}
CANCELLED = Ruling("b", Effect.DROP)


def graded(letters: str, answers: list[int], *rulings: Ruling) -> Grade:
    paper = tuple(PaperItem("abcd".index(letter), (0, 1)) for letter in letters)
    return grade(QUESTIONS, KEYS, paper, answers, Decimal(10), rulings)


def points(*rulings: Ruling) -> dict[str, int]:
    return {name: int(graded(*paper, *rulings).points) for name, paper in PAPERS.items()}


def test_a_cancelled_question_is_worked_out_as_by_hand() -> None:
    assert points() == {"An": 10, "Bình": 0, "Chi": 20, "Dũng": 10}
    assert points(CANCELLED) == {"An": 20, "Bình": 10, "Chi": 20, "Dũng": 10}


@pytest.mark.parametrize("effect", [Effect.DROP, Effect.POINTS_TO_ALL])
def test_every_paper_keeps_the_same_maximum_and_the_same_number_of_questions(
    effect: Effect,
) -> None:
    ruling = Ruling("b", effect)
    best = [graded(letters, [0, 0], ruling) for letters, _ in PAPERS.values()]
    assert {(each.points, each.correct, each.items) for each in best} == {(Decimal(20), 2, 2)}


def test_nobody_loses_by_a_ruling() -> None:
    before = points()
    for effect in (Effect.DROP, Effect.POINTS_TO_ALL):
        for letter in "abcd":
            after = points(Ruling(letter, effect))
            assert all(after[name] >= before[name] for name in before)


def test_a_cancelled_question_stays_so_whatever_else_was_ruled() -> None:
    also = Ruling("b", Effect.ACCEPT_ALSO, 1)
    assert points(CANCELLED, also) == points(also, CANCELLED) == points(CANCELLED)
