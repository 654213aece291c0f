"""Figures of questions against values worked out by hand and against a slower definition."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from statistics import StatisticsError, correlation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.similarity import contest
from hoithi.rules.similarity import Question
from hoithi.rules.statistics import FEWEST_SERVED, ItemFigures, Note, Sheet, item_figures

THREE = {name: Question((0,), 3) for name in ("a", "b", "c")}


def sheet(*options: int) -> Sheet:
    return tuple(zip(THREE, options, strict=True))


def figures(sheets: Sequence[Sheet], item: str = "a") -> ItemFigures:
    (found,) = (each for each in item_figures(sheets, THREE) if each.item == item)
    return found


def test_four_sheets_worked_out_by_hand() -> None:
    """Question a is right, right, right, wrong; of b and c 1, 1/2, 0, 0 are. The products' mean is
    3/8, less 3/4 · 3/8 it is 3/32; the variances are 3/16 and 11/64. 3/32 / √(33/1024) = 3/√33.
    Question b: right, right, wrong, wrong against 1, 1/2, 1/2, 0: 1/8 / √(1/4 · 1/8) = 1/√2.
    A group of 27 in 100 of four is one sheet.
    """
    sheets = [sheet(0, 0, 0), sheet(0, 0, 1), sheet(0, 2, 1), sheet(1, -1, 1)]
    assert item_figures(sheets, THREE)[:2] == (
        ItemFigures("a", 4, 3, 0, (3, 1, 0), (1, 0, 0), (0, 1, 0), Decimal("0.52"), ()),
        ItemFigures("b", 4, 2, 1, (2, 0, 1), (1, 0, 0), (0, 0, 0), Decimal("0.71"), ()),
    )


def test_what_does_not_vary_has_no_discrimination() -> None:
    assert figures([sheet(0, 0, 1), sheet(0, 1, 1)]).discrimination is None
    assert figures([sheet(0, 0, 1), sheet(1, 0, 1)]).discrimination is None


def test_a_question_that_nobody_was_asked_is_empty() -> None:
    nobody = ItemFigures("a", 0, 0, 0, (0, 0, 0), (0, 0, 0), (0, 0, 0), None, ())
    assert figures([]) == nobody
    assert figures([(("b", 0), ("c", 0))]) == nobody


def test_who_is_level_with_the_last_of_a_group_belongs_to_it() -> None:
    """Of ten sheets two are a group; three are all right, and all others all wrong."""
    found = figures([sheet(0, 0, 0)] * 3 + [sheet(1, 1, 1)] * 7)
    assert (found.strongest, found.weakest) == ((3, 0, 0), (0, 7, 0))


STRONG, WEAK = (0, 0), (1, 1)


def crowd(strong: Sequence[int], weak: Sequence[int]) -> list[Sheet]:
    """Sheets by their answer to a; the strong have all the rest right, the weak nothing."""
    return [sheet(each, *STRONG) for each in strong] + [sheet(each, *WEAK) for each in weak]


@pytest.mark.parametrize(
    ("strong", "weak", "notes"),
    [
        ([0] * 15, [1] * 15, ()),
        ([0] * 15, [0] * 14 + [1], (Note.EASY,)),
        ([2] * 8 + [0] * 7, [1] * 11 + [0] * 4, (Note.RIVAL,)),
        ([1] * 15, [0] * 15, (Note.RIVAL, Note.TURNED)),
        ([2] * 15, [1] * 15, (Note.RIVAL, Note.GUESSED)),
        ([2] * 15, [1] * (FEWEST_SERVED - 16), ()),  # one sheet short
    ],
)
def test_what_is_noted(strong: list[int], weak: list[int], notes: tuple[Note, ...]) -> None:
    assert figures(crowd(strong, weak)).notes == notes


def test_an_option_that_was_accepted_too_is_no_rival() -> None:
    both = {**THREE, "a": Question((0, 1), 3)}
    (found, *_) = item_figures(crowd([1] * 10 + [0] * 5, [1] * 6 + [2] * 9), both)
    assert (found.right, found.notes) == (21, ())


answers = st.lists(st.tuples(*[st.integers(-1, 2)] * 3), min_size=2, max_size=12)


@given(answers)
def test_counts_add_up_and_the_correlation_is_pearsons(rows: list[tuple[int, ...]]) -> None:
    found = figures([sheet(*row) for row in rows])
    assert found.served == len(rows) == found.empty + sum(found.chosen)
    assert found.right == found.chosen[0]
    right = [float(row[0] == 0) for row in rows]
    rest = [((row[1] == 0) + (row[2] == 0)) / 2 for row in rows]
    try:
        expected = Decimal(str(correlation(right, rest)))
    except StatisticsError:
        assert found.discrimination is None
    else:
        assert found.discrimination is not None
        assert abs(found.discrimination - expected) <= Decimal("0.00501")


@given(answers, st.randoms())
def test_the_order_of_sheets_does_not_matter(rows: list[tuple[int, ...]], chance: Random) -> None:
    sheets = [sheet(*row) for row in rows]
    before = item_figures(sheets, THREE)
    chance.shuffle(sheets)
    after = item_figures(sheets, THREE)
    for one, other in zip(before, after, strict=True):
        assert (one.chosen, one.strongest, one.weakest) == (
            other.chosen,
            other.strongest,
            other.weakest,
        )


def test_a_wrong_key_is_found_among_honest_sheets() -> None:
    """The key of three questions of sixty names a wrong option; 300 people, 30 questions each."""
    sheets, questions = contest(1, 300, 60, 30)
    wrong = {"q1": Question((1,), 4), "q2": Question((2,), 4), "q3": Question((3,), 4)}
    asked = [tuple(each.answers.items()) for each in sheets]
    found = {each.item for each in item_figures(asked, {**questions, **wrong}) if each.notes}
    assert wrong.keys() <= found
    honest = item_figures(asked, questions)
    assert sum(Note.RIVAL in each.notes or Note.TURNED in each.notes for each in honest) == 0
