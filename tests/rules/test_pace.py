"""Answers that came before their question can have been read, worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hoithi.rules.pace import Choice, fast_answers, least_ms

LEAST = [3000, 5000, 10_000, 3000]


@pytest.mark.parametrize(
    ("characters", "expected"),
    [(0, 3000), (199, 3000), (200, 5000), (1000, 5000), (1001, 10_000)],
)
def test_a_longer_question_takes_longer_to_read(characters: int, expected: int) -> None:
    assert least_ms(characters) == expected


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ([], set()),
        ([(0, 102_999)], {0}),  # 2.999 s after the start
        ([(0, 103_000)], set()),
        ([(0, 110_000), (1, 114_999), (2, 124_998)], {1, 2}),
        ([(0, 110_000), (1, 115_000), (2, 125_000)], set()),
        ([(0, 110_000), (0, 110_500), (3, 113_500)], set()),  # a change of mind is no answer
        ([(0, 110_000), (3, 112_000), (3, 112_500)], {3}),
        ([(0, -1), (1, 100_500), (3, 101_000)], {3}),  # no time told: nothing is said
        ([(0, 110_000), (1, 90_000), (3, 95_000)], set()),  # a clock that was set back
        ([(0, 110_000), (1, 110_000)], {1}),
    ],
)
def test_the_first_answer_counts_from_what_was_chosen_before(
    choices: list[tuple[int, int]], expected: set[int]
) -> None:
    found = fast_answers(100_000, [Choice(*each) for each in choices], LEAST)
    assert found == expected


def test_where_all_answer_together_it_counts_from_the_opening() -> None:
    opened_ms = [110_000, 140_000, 170_000]
    choices = [
        Choice(0, 113_000),  # 3 s are enough to read it
        Choice(1, 144_999),  # 4.999 s are not, though half a minute after the choice before
        Choice(1, 150_000),
        Choice(2, 169_000),  # before its opening: a clock of its own, nothing is said
        Choice(3, 170_500),  # never opened
    ]
    assert fast_answers(100_000, choices, LEAST, opened_ms) == {1}


@given(
    st.lists(
        st.builds(
            Choice, st.integers(0, 3), st.integers(-(2**63), 2**63 - 1) | st.integers(0, 20_000)
        )
    )
)
def test_whatever_a_page_tells_only_answered_positions_are_named(choices: list[Choice]) -> None:
    assert fast_answers(0, choices, LEAST) <= {each.position for each in choices}
