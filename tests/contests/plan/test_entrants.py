"""Heats, semi-finals, final and side prizes in a plan: what the check says of contradictions."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.conversion import regulation_of
from hoithi.contests.plan.reading import PlanError, parse_plan
from hoithi.contests.plan.sentences import sentence
from hoithi.contests.plan.writing import write_plan
from hoithi.rules.quiz import highest_points

PLAN = (Path(__file__).parents[3] / "plans/hoi-thi-mau/contest.toml").read_text()
FIRST = 'among = ["bang-a", "bang-b", "bang-c", "bang-d"]\nteams = 3\napart = "unit"\nfrom = []\n'
SEMI = (
    'among = ["ban-ket-1", "ban-ket-2"]\nteams = 3\napart = "round"\n'
    'from = ["bang-a", "bang-b", "bang-c", "bang-d"]\nfirst = 1\nrunners_up = 2\n'
)
LAST = (
    'among = ["chung-ket"]\nteams = 3\napart = "nobody"\nfrom = ["ban-ket-1", "ban-ket-2"]\n'
    "first = 1\nrunners_up = 1\n"
)

OWN, ONE = '"chung-ket"', "first = 1\nrunners_up = 1"


def told(text: str) -> list[str]:
    """Key, code and what is meant of every problem of the file."""
    try:
        problems = tuple(check_plan(parse_plan(text.encode())))
    except PlanError as error:
        problems = error.problems
    assert all(sentence(each) and sentence(each, "en") for each in problems)
    return [f"{each.key} {each.code} {each.params.get('value', '')}".rstrip() for each in problems]


def spoilt(table: str, good: str, bad: str, *, times: int = -1) -> list[str]:
    """What is told when a table says something else wherever it stands."""
    assert table in PLAN
    assert good in table
    return told(PLAN.replace(table, table.replace(good, bad), times))


def test_the_made_up_plan_has_every_form_of_the_stage_and_is_valid() -> None:
    plan = parse_plan(PLAN.encode())
    assert check_plan(plan) == []
    assert parse_plan(write_plan(plan).encode()) == plan
    final = plan.round("chung-ket")
    assert [line.by for line in final.side_prizes or []] == [
        *["segment:chao-hoi", "segment:binh-chon", "jury"]
    ]
    packet = final.segments[1].quiz
    assert packet is not None
    # 10 + 20 + 30, and 30 more where the star lies on the last question.
    assert highest_points(packet) == final.segments[1].maximum == 90
    assert regulation_of(plan, final).entrants == final.entrants


@pytest.mark.parametrize(
    ("table", "good", "bad", "problems"),
    [
        (LAST, '["chung-ket"]', "[]", "rounds[7] entrants_without_this_round"),
        (LAST, '["chung-ket"]', f"[{OWN}, {OWN}]", "rounds[7] entrants_without_this_round"),
        (LAST, '"ban-ket-2"]', '"ban-ket-1"]', "rounds[7] entrants_from_twice"),
        (LAST, '"ban-ket-2"]', f"{OWN}]", "rounds[7] entrants_from_twice"),
        (LAST, ONE, "first = 0\nrunners_up = 0", "rounds[7] entrants_from_nowhere"),
        (FIRST, 'apart = "unit"', 'apart = "round"', "rounds[1] entrants_from_no_round"),
        (LAST, "runners_up = 1", "runners_up = 2", "rounds[7] entrants_do_not_fit 4"),
        (LAST, ONE, "first = 0\nrunners_up = 1", "rounds[7] entrants_do_not_fit 1"),
        (LAST, '"ban-ket-2"]', '"nao"]', "rounds[7].entrants.from no_such_key nao"),
        (LAST, f"[{OWN}]", f'[{OWN}, "nao"]', "rounds[7].entrants.among no_such_key nao"),
        (SEMI, '"bang-d"]', f"{OWN}]", "rounds[5].entrants.from entrants_not_before chung-ket"),
    ],
)
def test_what_contradicts_itself_about_entrants_is_told(
    table: str, good: str, bad: str, problems: str
) -> None:
    assert problems in spoilt(table, good, bad)


def test_rounds_that_are_drawn_together_say_the_same() -> None:
    assert spoilt(SEMI, "teams = 3", "teams = 4", times=1) == [
        "rounds[5].entrants.among entrants_told_otherwise ban-ket-2",
        "rounds[6].entrants.among entrants_told_otherwise ban-ket-1",
    ]


def test_rounds_whose_teams_are_compared_are_alike() -> None:
    other = PLAN.replace('"segment:goi-cau-hoi", "segment:chao-hoi"]', '"segment:chao-hoi"]', 1)
    assert told(other) == [
        f"rounds[{at}].entrants.from entrants_not_alike {key}"
        for at in (5, 6)
        for key in ("bang-b", "bang-c", "bang-d")
    ]


@pytest.mark.parametrize(
    ("good", "bad", "problem"),
    [
        ('by = "jury"', 'by = "khan-gia"', "rounds[7] side_prize_unknown khan-gia"),
        ("segment:binh-chon", "segment:hat", "rounds[7] side_prize_unknown segment:hat"),
        ('key = "phong-cach"', 'key = "nhat"', "rounds[7] prize_twice"),
        ("amount_vnd = 750_000", "amount_vnd = 850_000", "budget.lines prizes_exceed_line"),
    ],
)
def test_what_contradicts_itself_about_side_prizes_is_told(
    good: str, bad: str, problem: str
) -> None:
    assert good in PLAN
    assert told(PLAN.replace(good, bad)) == [problem]


AT_UNITS = '\n[rounds.at_units]\nscale = "Công văn mẫu số 1"\n'
ENTRANTS = "\n[rounds.entrants]\n"
HELD_BY_UNITS = f"{AT_UNITS}{ENTRANTS}"


def test_a_round_with_heats_is_not_held_by_the_units() -> None:
    heats, semi, final = "rounds[1]", "rounds[5]", "rounds[7]"
    assert told(PLAN.replace(ENTRANTS, HELD_BY_UNITS, 1)) == [
        f"{heats}.at_units units_hold_no_heats"
    ]
    # Every such round is named at its own place, beside what else is wrong in it.
    assert told(PLAN.replace(ENTRANTS, HELD_BY_UNITS)) == [
        f"rounds[{at}].at_units units_hold_no_heats" for at in range(1, 8)
    ]
    both = PLAN.replace(SEMI, SEMI.replace('"bang-d"]', f"{OWN}]")).replace(ENTRANTS, HELD_BY_UNITS)
    assert [each for each in told(both) if each.startswith(semi)] == [
        f"{semi}.at_units units_hold_no_heats",
        f"{semi}.entrants.from entrants_not_before chung-ket",
        f"{semi}.entrants.from entrants_not_alike chung-ket",
    ]
    assert [each for each in told(both) if each.startswith(final)] == [
        f"{final}.at_units units_hold_no_heats"
    ]


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('[rounds.at_units]\nscale = ""\n', "rounds[1].at_units.scale empty"),
        ("[rounds.at_units]\nscale = 7\n", "rounds[1].at_units.scale wrong_type"),
        ("[rounds.at_units]\nscal = 7\n", "rounds[1].at_units.scal unknown_key_near"),
        ('[[rounds.at_units]]\nscale = "Công văn"\n', "rounds[1].at_units wrong_type"),
        (f"{AT_UNITS}{AT_UNITS}", " twice_in_table"),
    ],
)
def test_the_worst_beside_entrants_is_told_at_its_place(table: str, problem: str) -> None:
    assert problem in told(PLAN.replace(ENTRANTS, f"\n{table}{ENTRANTS}", 1))
