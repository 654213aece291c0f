"""Time on stage → deductions: the tables of real contests, stamp by stamp."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hoithi.rules.overtime import Deduction, Step, TimeRule, deduction, time_flaws


def steps(*pairs: tuple[int, str]) -> list[Step]:
    return [Step(seconds, Decimal(points)) for seconds, points in pairs]


def ms(stamp: str) -> int:
    """Milliseconds of a stamp such as 5:00 or 5:00.9."""
    minutes, seconds = stamp.split(":")
    return int((int(minutes) * 60 + Decimal(seconds)) * 1000)


# The greeting of Khánh Hòa 2010: 3 to 5 minutes; over or under by up to a minute −1, by more −2, by
# more than three the part is not marked.
KHANH_HOA = TimeRule(
    least_seconds=180,
    most_seconds=300,
    warn_seconds=30,
    over=steps((1, "1"), (61, "2")),
    under=steps((1, "1"), (61, "2")),
    repeat_seconds=0,
    repeat_points=Decimal(0),
    nothing_from=181,
)
FREE = TimeRule(0, 0, 0, [], [], 0, Decimal(0), 0)
# The introduction of Vĩnh Phúc 2023: 5 minutes, a point for every full minute over.
VINH_PHUC = replace(
    FREE,
    most_seconds=300,
    over=steps((60, "1")),
    repeat_seconds=60,
    repeat_points=Decimal(1),
)
# The introduction of Cần Thơ 2023: 3 minutes, less than a minute over −0.25, a minute or more −0.5.
CAN_THO = replace(FREE, most_seconds=180, over=steps((1, "0.25"), (60, "0.5")))


@pytest.mark.parametrize(
    ("rule", "stamp", "expected"),
    [
        (KHANH_HOA, "2:59", ("under", 1, "1", False)),
        (KHANH_HOA, "3:00", ("", 0, "0", False)),
        (KHANH_HOA, "5:00", ("", 0, "0", False)),
        (KHANH_HOA, "5:01", ("over", 1, "1", False)),
        (KHANH_HOA, "6:00", ("over", 60, "1", False)),
        (KHANH_HOA, "6:01", ("over", 61, "2", False)),
        (KHANH_HOA, "8:00", ("over", 180, "2", False)),
        (KHANH_HOA, "8:01", ("over", 181, "2", True)),
        (KHANH_HOA, "0:00", ("under", 180, "2", False)),
        # Parts of a second cost nobody anything.
        (KHANH_HOA, "5:00.999", ("", 0, "0", False)),
        (KHANH_HOA, "2:59.001", ("", 0, "0", False)),
        (KHANH_HOA, "2:58.999", ("under", 1, "1", False)),
        (VINH_PHUC, "1:00", ("", 0, "0", False)),
        (VINH_PHUC, "5:59", ("over", 59, "0", False)),
        (VINH_PHUC, "6:00", ("over", 60, "1", False)),
        (VINH_PHUC, "6:59", ("over", 119, "1", False)),
        (VINH_PHUC, "7:00", ("over", 120, "2", False)),
        (VINH_PHUC, "9:30", ("over", 270, "4", False)),
        (CAN_THO, "3:00", ("", 0, "0", False)),
        (CAN_THO, "3:01", ("over", 1, "0.25", False)),
        (CAN_THO, "3:59", ("over", 59, "0.25", False)),
        (CAN_THO, "4:00", ("over", 60, "0.5", False)),
        (CAN_THO, "30:00", ("over", 1620, "0.5", False)),
        (FREE, "30:00", ("", 0, "0", False)),
    ],
)
def test_a_stamp_costs_what_the_table_says(
    rule: TimeRule, stamp: str, expected: tuple[str, int, str, bool]
) -> None:
    found = deduction(rule, ms(stamp))
    assert (found.side, found.excess_s, found.points, found.nothing) == (
        *expected[:2],
        Decimal(expected[2]),
        expected[3],
    )


def test_no_marks_can_be_the_only_cost() -> None:
    # The situation of Cần Thơ 2023: what comes after five minutes is not marked.
    rule = replace(FREE, most_seconds=300, nothing_from=1)
    assert deduction(rule, 301_000) == Deduction("over", 1, Decimal(0), nothing=True)


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (KHANH_HOA, []),
        (VINH_PHUC, []),
        (CAN_THO, []),
        (FREE, []),
        (replace(KHANH_HOA, least_seconds=301), ["least_above_most"]),
        (replace(CAN_THO, most_seconds=0), ["over_without_most"]),
        (replace(FREE, under=steps((1, "1"))), ["under_without_least"]),
        (replace(VINH_PHUC, over=[]), ["repeat_without_step"]),
        (replace(CAN_THO, over=steps((60, "1"), (1, "2"))), ["steps_out_of_order"]),
        (replace(CAN_THO, over=steps((1, "1"), (1, "2"))), ["steps_out_of_order"]),
        (replace(CAN_THO, over=steps((1, "2"), (60, "1"))), ["steps_out_of_order"]),
        (replace(CAN_THO, over=steps((1, "0"))), ["step_not_positive"]),
        (replace(VINH_PHUC, repeat_points=Decimal(0)), ["repeat_half_said"]),
        (replace(VINH_PHUC, repeat_seconds=0), ["repeat_half_said"]),
    ],
)
def test_what_contradicts_itself_is_told(rule: TimeRule, codes: list[str]) -> None:
    assert time_flaws(rule) == codes


# Properties

rules = st.sampled_from([KHANH_HOA, VINH_PHUC, CAN_THO, FREE])
times = st.integers(0, 2_000_000)


@given(rules, times, times)
def test_who_goes_on_longer_over_time_never_pays_less(rule: TimeRule, one: int, two: int) -> None:
    within = rule.least_seconds * 1000
    shorter, longer = sorted((within + one, within + two))
    less, more = deduction(rule, shorter), deduction(rule, longer)
    assert less.points <= more.points
    assert less.nothing <= more.nothing


@given(rules, times)
def test_within_its_time_a_team_pays_nothing(rule: TimeRule, elapsed: int) -> None:
    is_within = rule.least_seconds * 1000 <= elapsed <= (rule.most_seconds or 36_000) * 1000
    found = deduction(rule, elapsed)
    assert not is_within or found == Deduction("", 0, Decimal(0), nothing=False)
    assert found.points >= 0
