"""The index of similarity against values worked out by hand, and against honest people."""

from __future__ import annotations

import math

import pytest

from bench.similarity import contest, striking
from hoithi.rules.similarity import (
    Comparison,
    Question,
    Sheet,
    compare,
    likely_right,
    strength_of,
    tail,
)

QUESTIONS = {f"q{number}": Question((0,), 3) for number in range(10)}


def sheet(attempt: str, first: int, last: int) -> Sheet:
    """One option for the first five questions, another one for the last five."""
    return Sheet(attempt, {f"q{at}": first if at < 5 else last for at in range(10)})


def test_four_people_worked_out_by_hand() -> None:
    """Each question is answered right by two of four, so its chance is 2.5 / 5 = 1/2; everybody has
    half of them right, so strength 1 and again 1/2. Both right: 1/4. Both wrong: 1/4, and then the
    same option in the first five (options 1 and 2, once each) with (1 + 1) / 4 = 1/2, in the last
    five (option 1 twice) always. So 3/8 and 1/2 a question.
    """
    people = [sheet("d", 2, 0), sheet("b", 0, 1), sheet("c", 1, 0), sheet("a", 0, 1)]
    found = compare(people, QUESTIONS)
    assert (found.compared, found.passed_over) == (6, 0)
    (pair,) = found.pairs
    assert (pair.first, pair.second) == ("a", "b")
    assert (pair.common, pair.matches, pair.same_wrong) == (10, 10, 5)
    assert pair.expected == pytest.approx(5 * 3 / 8 + 5 / 2)
    assert pair.chance == pytest.approx((3 / 8) ** 5 / 2**5)
    assert pair.alarms == pytest.approx(6 * (3 / 8) ** 5 / 2**5)
    assert pair.is_striking


def test_the_tail_is_counted_out() -> None:
    """Two or three of chances 1/2, 1/4, 1/10: 0.1125 + 0.0375 + 0.0125 + 0.0125."""
    assert tail([0.5, 0.25, 0.1], 2) == pytest.approx(0.175)
    assert tail([0.5, 0.25, 0.1], 0) == pytest.approx(1)
    assert tail([0.5, 0.25], 3) == 0


def test_the_curve_of_strength() -> None:
    assert likely_right(0.5, 1) == 0.5
    assert likely_right(0.5, 2) == pytest.approx(math.sqrt(0.75))
    assert strength_of([0.5, 0.5], math.sqrt(0.75)) == pytest.approx(2)


def test_fewer_than_ten_questions_in_common_are_not_judged() -> None:
    one = Sheet("a", {f"q{at}": 1 for at in range(9)})
    assert compare([one, sheet("b", 1, 1)], QUESTIONS) == Comparison((), 0, 1)


@pytest.mark.parametrize("sheets", [[], [Sheet("a", {})], [Sheet("a", {}), Sheet("b", {})]])
def test_nobody_and_empty_sheets(sheets: list[Sheet]) -> None:
    assert compare(sheets, QUESTIONS).pairs == ()


def test_two_who_know_everything_are_alike_and_do_not_stand_out() -> None:
    people = [sheet(str(at), 0, 0) for at in range(20)]
    assert compare(people, QUESTIONS).pairs == ()


def test_the_order_of_sheets_does_not_matter() -> None:
    sheets, questions = contest(7, 40, 30, 30, 0.7, 2)
    assert compare(sheets, questions) == compare(sheets[::-1], questions)


def test_what_is_passed_over_could_not_be_listed() -> None:
    """Above two thousand pairs not every tail is computed; the list is what it would be."""
    sheets, questions = contest(8, 90, 40, 30, 0.6, 5)
    found = compare(sheets, questions)
    assert found.compared > 2_000
    by_attempt = {each.attempt: each for each in sheets}
    for pair in found.pairs:
        one, other = by_attempt[pair.first].answers, by_attempt[pair.second].answers
        common = one.keys() & other.keys()
        assert pair.common == len(common)
        assert pair.matches == sum(one[name] == other[name] for name in common)


def test_honest_contests_seldom_raise_an_alarm() -> None:
    """The promise is one contest in twenty; of forty with these seeds at most that may have one."""
    alarmed = sum(bool(striking(compare(*contest(5000 + seed, 60, 40, 30)))) for seed in range(40))
    assert alarmed <= 2


def test_whole_copies_are_mostly_found_and_their_sources_named() -> None:
    """What cannot be found are copies of somebody who knows nearly everything."""
    copies = {(2 * copy - 1, 2 * copy) for copy in range(1, 6)}
    found = [
        striking(compare(*contest(6000 + seed, 60, 30, 30, copied=1, copies=5)))
        for seed in range(10)
    ]
    assert sum(len(pairs & copies) for pairs in found) >= 20
    assert sum(len(pairs - copies) for pairs in found) <= 1
