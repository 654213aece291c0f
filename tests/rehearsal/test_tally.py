"""Percentiles and stretches, worked out by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from hoithi.rehearsal.report import phases_of, slots_of
from hoithi.rehearsal.tally import Tally, percentile


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 99, 0),
        ([7], 1, 7),
        ([7], 99, 7),
        # Ten values: the fifth is the least that half of them do not exceed, the tenth is 95 %.
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 50, 50),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 95, 100),
        ([10, 20, 30, 40, 50, 60, 70, 80, 90, 100], 90, 90),
        # One slow one of a hundred is not yet the 99th; two are.
        ([1] * 99 + [900], 99, 1),
        ([1] * 98 + [900] * 2, 99, 900),
        ([3, 3, 3, 5], 75, 3),
        ([3, 3, 3, 5], 76, 5),
    ],
)
def test_a_percentile_is_a_value_that_was_measured(
    values: list[int], percent: int, expected: int
) -> None:
    assert percentile(Counter(values), percent) == expected


def test_waits_are_whole_milliseconds_rounded_up_and_never_negative() -> None:
    tally = Tally(60)
    for seconds in (0.0001, 0.0019, 0.002, -0.5):
        tally.took("save", seconds, 0)
    assert tally.times["save"] == Counter({0: 1, 1: 1, 2: 2})


def test_stretches_are_a_second_long_or_as_long_as_makes_120_of_them() -> None:
    assert [Tally(seconds).slot_s for seconds in (1, 120, 121, 600, 10_800)] == [1, 1, 2, 5, 90]


def test_plots_have_a_stretch_for_every_moment_and_no_wait_where_nobody_asked() -> None:
    tally = Tally(120)
    tally.took("enter", 0.004, 0.2)
    tally.took("save", 0.010, 2.1)
    tally.took("save", 0.030, 2.9)
    tally.took("pulse", 9.0, 5.0)  # the page's own, nobody waits for it
    assert [(slot.at_s, slot.saves, slot.p50_ms, slot.p99_ms) for slot in slots_of(tally)] == [
        (0, 0, 4, 4),
        (1, 0, None, None),
        (2, 2, 10, 30),
    ]


def test_errors_and_refusals_stand_at_what_was_asked() -> None:
    tally = Tally(60)
    tally.took("start", 0.1, 1)
    tally.refused["start"] += 3
    tally.went_wrong("start", "500")
    tally.went_wrong("start", "cut off")
    tally.went_wrong("save", "409 gap")
    found = {each.phase: (each.count, each.errors, each.refused) for each in phases_of(tally)}
    assert found == {
        "page": (0, 0, 0),
        "enter": (0, 0, 0),
        "start": (1, 2, 3),
        "save": (0, 1, 0),
        "submit": (0, 0, 0),
        "pulse": (0, 0, 0),
    }
