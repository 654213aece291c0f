"""Sheets of judges → a mark, worked out by hand and held to properties."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hoithi.rules.judging import (
    Combined,
    Criterion,
    Judged,
    announced_panel,
    combine,
    highest_mark,
    mark_flaw,
    rubric_flaws,
    total,
)

CONTENT = Criterion("noi-dung", "Nội dung", "", Decimal(20), Decimal("0.5"), Decimal(1))
FORM = Criterion("hinh-thuc", "Hình thức", "", Decimal(10), Decimal("0.25"), Decimal(1))
MEAN = Judged("mean", 5, 1, Decimal(1), 2, Decimal(5), [CONTENT, FORM])
TRIMMED = replace(MEAN, method="trimmed_mean")
SUM = replace(MEAN, method="sum")

Sheets = dict[str, dict[str, Decimal]]


def sheets(*totals: str) -> Sheets:
    """Sheets of gk1, gk2 … with these totals, all of it given for the content."""
    return {
        f"gk{at}": {"noi-dung": Decimal(each), "hinh-thuc": Decimal(0)}
        for at, each in enumerate(totals, start=1)
    }


def mark(rule: Judged, given: Sheets, panel: int = 5) -> Decimal:
    return combine(rule, panel, given).mark


@pytest.mark.parametrize(
    ("rule", "totals", "expected"),
    [
        (MEAN, ("15", "16", "17"), "16.00"),
        (MEAN, ("15", "16", "16"), "15.67"),
        (MEAN, ("10", "10.25", "10", "10.25"), "10.13"),  # 10.125, half up
        (MEAN, ("10", "20", "15", "16", "17"), "15.60"),  # nothing is left out
        (TRIMMED, ("10", "20", "15", "16", "17"), "16.00"),  # without 10 and 20
        (TRIMMED, ("10", "20", "15", "16"), "15.25"),  # four are all taken
        (TRIMMED, ("18", "18", "18", "18", "18"), "18.00"),
        (TRIMMED, ("0", "0", "19", "20", "20", "20"), "14.75"),  # one 0 and one 20 are left out
        (SUM, ("15", "16", "17", "18", "19"), "85.00"),
        (SUM, ("15", "16", "17", "18"), "82.50"),  # the fifth counts as the mean, 16.5
        (replace(MEAN, factor=Decimal(2)), ("15", "16"), "31.00"),
        (replace(MEAN, places=0), ("15", "16"), "16"),
        (replace(MEAN, places=1), ("15", "15", "16"), "15.3"),
    ],
)
def test_totals_are_combined_as_the_plan_says(
    rule: Judged, totals: tuple[str, ...], expected: str
) -> None:
    assert str(mark(rule, sheets(*totals))) == expected


def test_a_weight_multiplies_the_mark_of_its_criterion() -> None:
    heavy = replace(MEAN, criteria=[replace(CONTENT, weight=Decimal(2)), FORM])
    marks = {"noi-dung": Decimal("7.5"), "hinh-thuc": Decimal("3.25")}
    assert total(heavy, marks) == Decimal("18.25")
    assert heavy.highest == Decimal(50)


def test_a_sheet_without_a_mark_has_no_total() -> None:
    with pytest.raises(KeyError):
        total(MEAN, {"noi-dung": Decimal(1)})


def test_fewer_sheets_than_the_plan_asks_for_have_no_mark() -> None:
    with pytest.raises(ValueError, match="2 sheets of 3"):
        combine(replace(MEAN, fewest=3), 5, sheets("15", "16"))


def test_a_half_stays_a_half_when_a_third_is_multiplied() -> None:
    # 10.375 over three judges and three times that: rounded once, after both.
    halved = replace(CONTENT, step=Decimal("0.25"), weight=Decimal("0.5"))
    rule = replace(MEAN, factor=Decimal(3), criteria=[halved, FORM])
    three = sheets("6.75", "7", "7")  # 3.375 + 3.5 + 3.5
    assert mark(rule, three) == Decimal("10.38")
    assert mark(replace(rule, method="sum", factor=Decimal(1)), three, 3) == Decimal("10.38")


def test_whose_sheets_were_left_out_is_told() -> None:
    assert combine(TRIMMED, 5, sheets("17", "10", "15", "20", "16")) == Combined(
        mark=Decimal("16.00"),
        totals={
            "gk1": Decimal(17),
            "gk2": Decimal(10),
            "gk3": Decimal(15),
            "gk4": Decimal(20),
            "gk5": Decimal(16),
        },
        dropped=("gk2", "gk4"),
        far=("gk2",),  # six from 16.5; gk4 is four from 16
    )


@pytest.mark.parametrize(
    ("far", "totals", "expected"),
    [
        ("5", ("15", "16", "10.5"), ()),  # exactly five from 15.5
        ("5", ("15", "16", "10"), ("gk3",)),
        ("0", ("1", "2", "20"), ()),  # 0 shows none
        ("5", ("1", "20"), ()),  # of two nobody can say which one is far
        ("5", ("5", "20", "20", "5"), ("gk1", "gk2", "gk3", "gk4")),
    ],
)
def test_a_total_far_from_the_middle_of_the_others_is_shown(
    far: str, totals: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    rule = replace(MEAN, far=Decimal(far))
    assert combine(rule, 5, sheets(*totals)).far == expected


@pytest.mark.parametrize(
    ("given", "flaw"),
    [
        ("0", ""),
        ("-0", ""),
        ("20", ""),
        ("20.0", ""),
        ("19.5", ""),
        ("19.25", "criterion_off_step"),
        ("0.1", "criterion_off_step"),
        ("2E+1", ""),
        ("1E-9", "criterion_off_step"),
        ("1E-999999", "criterion_out_of_bounds"),
        ("0E-999999999999", "criterion_out_of_bounds"),  # nobody could print it
        ("0E+999999999999", "criterion_out_of_bounds"),
        ("20.5", "criterion_out_of_bounds"),
        ("-0.5", "criterion_out_of_bounds"),
        ("1E+999999", "criterion_out_of_bounds"),
        ("NaN", "criterion_out_of_bounds"),
        ("sNaN", "criterion_out_of_bounds"),
        ("Infinity", "criterion_out_of_bounds"),
        ("-Infinity", "criterion_out_of_bounds"),
    ],
)
def test_a_judge_gives_a_multiple_of_the_step_up_to_the_maximum(given: str, flaw: str) -> None:
    assert mark_flaw(CONTENT, Decimal(given)) == flaw


@pytest.mark.parametrize(
    ("rule", "maximum", "panel"),
    [(MEAN, "30", 1), (SUM, "150", 5), (SUM, "160", 5), (SUM, "20", 0)],
)
def test_a_sum_is_of_the_panel_for_which_the_plan_has_its_maximum(
    rule: Judged, maximum: str, panel: int
) -> None:
    assert announced_panel(rule, Decimal(maximum)) == panel


def test_the_highest_mark_is_that_of_a_panel_without_reproach() -> None:
    assert highest_mark(MEAN, 5) == Decimal(30)
    assert highest_mark(SUM, 5) == Decimal(150)
    assert highest_mark(replace(MEAN, factor=Decimal("0.5")), 5) == Decimal(15)


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (MEAN, []),
        (replace(MEAN, criteria=[]), ["criteria_missing"]),
        (replace(MEAN, criteria=[CONTENT, CONTENT]), ["criterion_twice"]),
        (
            replace(MEAN, criteria=[replace(CONTENT, maximum=Decimal(0))]),
            ["criterion_not_positive:noi-dung"],
        ),
        (
            replace(MEAN, criteria=[replace(CONTENT, step=Decimal(0))]),
            ["criterion_not_positive:noi-dung"],
        ),
        (
            replace(MEAN, criteria=[replace(CONTENT, weight=Decimal(0))]),
            ["criterion_not_positive:noi-dung"],
        ),
        (
            replace(MEAN, criteria=[replace(CONTENT, step=Decimal(3))]),
            ["maximum_off_step:noi-dung"],
        ),
        (
            replace(MEAN, factor=Decimal(0), far=Decimal(-1)),
            ["factor_not_positive", "far_below_zero"],
        ),
    ],
)
def test_what_contradicts_itself_is_told(rule: Judged, codes: list[str]) -> None:
    assert rubric_flaws(rule) == codes


# Properties

methods = st.sampled_from([MEAN, TRIMMED, SUM])


@st.composite
def juries(draw: st.DrawFn, least: int = 1) -> Sheets:
    count = draw(st.integers(least, 9))
    return {
        f"gk{at}": {
            "noi-dung": draw(st.integers(0, 39)) * Decimal("0.5"),
            "hinh-thuc": draw(st.integers(0, 40)) * Decimal("0.25"),
        }
        for at in range(count)
    }


@given(methods, juries(), st.data())
def test_more_from_one_judge_never_lowers_the_mark(
    rule: Judged, jury: Sheets, data: st.DataObject
) -> None:
    judge = data.draw(st.sampled_from(sorted(jury)))
    more = {**jury, judge: {**jury[judge], "noi-dung": jury[judge]["noi-dung"] + Decimal("0.5")}}
    assert mark(rule, more) >= mark(rule, jury)


@given(methods, juries(), st.randoms())
def test_the_order_of_sheets_does_not_matter(
    rule: Judged, jury: Sheets, chance: random.Random
) -> None:
    keys = list(jury)
    chance.shuffle(keys)
    other = combine(rule, 5, {key: jury[key] for key in keys})
    same = combine(rule, 5, jury)
    assert (other.mark, other.dropped, set(other.far)) == (same.mark, same.dropped, set(same.far))


@given(juries(least=5))
def test_a_trimmed_mean_lies_within_the_totals_that_rest(jury: Sheets) -> None:
    found = combine(TRIMMED, 5, jury)
    rest = [value for judge, value in found.totals.items() if judge not in found.dropped]
    assert len(rest) == len(jury) - 2
    cent = Decimal("0.01")  # the mark is rounded
    assert min(rest) - cent < found.mark < max(rest) + cent


@given(juries(least=2), st.data())
def test_a_sum_neither_helps_nor_hurts_whom_one_judge_may_not_mark(
    jury: Sheets, data: st.DataObject
) -> None:
    """Had the absent judge given the mean of the others, the mark would be the same; and the sum
    over the panel orders teams as the mean does."""
    absent = data.draw(st.sampled_from(sorted(jury)))
    others = {judge: each for judge, each in jury.items() if judge != absent}
    per_judge = sum((total(SUM, each) for each in others.values()), Decimal(0)) / len(others)
    whole = sum((total(SUM, each) for each in others.values()), Decimal(0)) + per_judge
    assert abs(mark(SUM, others, len(jury)) - whole) <= Decimal("0.005")


@given(methods, juries(), st.integers(1, 9))
def test_no_mark_is_above_the_highest_or_below_nothing(
    rule: Judged, jury: Sheets, panel: int
) -> None:
    assert 0 <= mark(rule, jury, panel) <= highest_mark(rule, panel)
