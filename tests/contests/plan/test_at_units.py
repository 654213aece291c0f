"""The live form of 2023 as each district holds it: one marking scale, written once for all."""

from __future__ import annotations

from pathlib import Path

from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.conversion import regulation_of
from hoithi.contests.plan.reading import parse_plan, read_plan
from hoithi.contests.plan.schema import AtUnits
from hoithi.contests.plan.writing import write_plan

PLANS = Path(__file__).parents[3] / "plans"
PLAN = read_plan(PLANS / "daknong-2023-tai-huyen/contest.toml")
IN_ONE_PLACE = read_plan(PLANS / "daknong-2023/contest.toml")


def test_it_makes_sense_and_is_the_same_plan_when_it_is_exported() -> None:
    assert check_plan(PLAN) == []
    assert parse_plan(write_plan(PLAN).encode()) == PLAN


def test_every_unit_marks_by_the_scale_of_the_letter() -> None:
    (live,) = PLAN.rounds
    assert live.at_units == AtUnits("Công văn 1095/STTTT-CNTT ngày 19/7/2023")
    assert regulation_of(PLAN, live) == regulation_of(IN_ONE_PLACE, IN_ONE_PLACE.round("truc-tiep"))
    assert PLAN.units == IN_ONE_PLACE.units


def test_the_figures_that_nobody_published_are_assumptions_word_for_word() -> None:
    """Those about the scale are the same in both files: who confirms one reads the other."""
    said = {each.key: (each.value, each.source) for each in IN_ONE_PLACE.assumptions}
    scale = [each for each in PLAN.assumptions if any("segments" in key for key in each.about)]
    assert [each.key for each in scale] == [
        "thang-diem-truc-tiep",
        "tieu-chi-cham",
        "tong-hop-diem-giam-khao",
        "thoi-gian-trinh-bay",
        "thi-kien-thuc",
    ]
    for each in scale:
        assert (each.value, each.source) == said[each.key]
    (where,) = [each for each in PLAN.assumptions if each.about == ["rounds[1].at_units"]]
    assert "Thể lệ (trang ngày 06/10/2023)" in where.source
