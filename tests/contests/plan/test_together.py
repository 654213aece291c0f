"""A plan in which all answer one question at a time: what the check says of contradictions."""

from __future__ import annotations

import pytest

from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.reading import parse_plan
from hoithi.contests.plan.sentences import sentence
from tests.exam.together import RESCUE, plan

PLAN = plan(items=6, rescue=RESCUE).decode()
HERE = "rounds[1].online"


def told(text: str) -> list[str]:
    problems = check_plan(parse_plan(text.encode()))
    assert all(sentence(each) and sentence(each, "en") for each in problems)
    return [f"{each.key} {each.code}" for each in problems]


@pytest.mark.parametrize(
    ("good", "bad", "problems"),
    [
        ("spares = 1", "spares = 5", [f"{HERE}.together.rescue.from_question rescue_too_late"]),
        ("spares = 1", "spares = 0", [f"{HERE}.together.spares together_without_spare"]),
        (
            "spares = 1",
            "spares = 6",
            [
                f"{HERE}.together.spares together_without_spare",
                f"{HERE}.together.rescue.from_question rescue_too_late",
            ],
        ),
        ("from_question = 2", "from_question = 4", []),
        (
            "from_question = 2",
            "from_question = 5",
            [f"{HERE}.together.rescue.from_question rescue_too_late"],
        ),
        ('pace = "together"', 'pace = "own"', [f"{HERE}.pace together_half_said"]),
        (
            'show_result = "none"',
            'show_result = "score"',
            [f"{HERE}.show_result together_unfit_rule"],
        ),
        (
            "all_required = false",
            "all_required = true",
            [f"{HERE}.all_required together_unfit_rule"],
        ),
    ],
)
def test_what_contradicts_itself_is_named(good: str, bad: str, problems: list[str]) -> None:
    assert PLAN.count(good) == 1
    assert told(PLAN) == []
    assert told(PLAN.replace(good, bad)) == problems


def test_the_round_is_long_enough_for_all_questions() -> None:
    """Three seconds each: twenty take a minute, one more needs another."""

    def in_a_minute(items: int) -> list[str]:
        return told(plan(items=items).decode().replace("minutes = 60", "minutes = 1"))

    assert in_a_minute(20) == []
    assert in_a_minute(21) == [f"{HERE}.minutes together_too_short"]
