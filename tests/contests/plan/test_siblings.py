"""Three more contests as plans: what their sources say, and that all else is an assumption."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.reading import parse_plan, read_plan
from hoithi.contests.plan.schema import OnlinePlan, Plan
from hoithi.contests.plan.writing import write_plan

PLANS = Path(__file__).parents[3] / "plans"
VIETNAM = timezone(timedelta(hours=7))
KEYS = ["daklak-2025", "binhthuan-2024", "quangnam-2022"]

# What the file needs to be a file, and says nothing about the contest.
OF_THE_FILE = [
    "format",
    "key",
    "contest.utc_offset_min",
    "contest.year",
    "registration.choose",
    "rules.version",
    "rules.consent_version",
    "forms[].key",
    "forms[].name",
    "rounds[].key",
    "rounds[].name",
    "rounds[].form",
    "rounds[].purpose",
    "rounds[].segments",
    "rounds[].online.signals_announced_in",  # none, as signals are off
    "rounds[].online.signals_days",
    "assumptions",
]
# What the published sources say, by key; a part of a key names everything below it.
FROM_SOURCE = {
    "daklak-2025": [
        *["contest.title", "contest.website", "contest.first_day", "contest.last_day"],
        *["contest.purposes", "audiences", "bodies"],
        *["forms[].kind", "forms[].entrant", "forms[].audiences"],
        *["rounds[].online.minutes", "rounds[].online.paper"],
        *["rounds[].online.attempts", "rounds[].online.counted"],
    ],
    "binhthuan-2024": [
        *["contest.title", "contest.first_day", "contest.last_day", "contest.purposes"],
        *["audiences", "forms[].kind", "forms[].entrant", "forms[].audiences"],
        *["rounds[].online.paper", "rounds[].online.prediction.target"],
    ],
    "quangnam-2022": [
        *["contest.website", "audiences"],
        *["forms[].kind", "forms[].entrant", "forms[].audiences"],
        *["rounds[].online.prediction.target", "rounds[].ranking"],
        *["rules.collective.points_per_percent", "rules.collective.prize_points"],
    ],
}


def plan_of(key: str) -> Plan:
    return read_plan(PLANS / key / "contest.toml")


def online(plan: Plan) -> list[OnlinePlan]:
    held = [each.online for each in plan.rounds if each.online is not None]
    assert len(held) == len(plan.rounds)
    return held


def days(plan: Plan) -> list[tuple[datetime, datetime]]:
    return [
        (each.opens_at.astimezone(VIETNAM), each.closes_at.astimezone(VIETNAM))
        for each in plan.rounds
    ]


@pytest.mark.parametrize("key", KEYS)
def test_it_makes_sense(key: str) -> None:
    assert check_plan(plan_of(key)) == []


@pytest.mark.parametrize("key", KEYS)
def test_an_exported_plan_is_the_same_plan(key: str) -> None:
    plan = plan_of(key)
    assert parse_plan(write_plan(plan).encode()) == plan


@pytest.mark.parametrize("key", KEYS)
def test_every_value_has_a_source_or_is_an_assumption(key: str) -> None:
    plan = plan_of(key)
    told = [*OF_THE_FILE, *FROM_SOURCE[key]]
    for assumption in plan.assumptions:
        told += assumption.about
    silent = [
        leaf
        for leaf in leaves(msgspec.to_builtins(plan), "")
        if not any(covers(part, leaf) for part in told)
    ]
    assert silent == []


@pytest.mark.parametrize("key", KEYS)
def test_no_amount_of_money_is_made_up(key: str) -> None:
    plan = plan_of(key)
    tables = [each.prizes for each in plan.rounds]
    if plan.rules.collective is not None:
        tables.append(plan.rules.collective.prizes)
    assert {line.amount_vnd for table in tables for line in table} == {0}
    assert (plan.budget.total_vnd, plan.budget.lines) == (0, [])


def test_dak_lak_has_four_periods_of_two_days_and_one_attempt_a_day() -> None:
    plan = plan_of("daklak-2025")
    assert days(plan) == [
        (datetime(2025, 9, first, tzinfo=VIETNAM), datetime(2025, 9, first + 2, tzinfo=VIETNAM))
        for first in (16, 18, 23, 25)
    ]
    for each in online(plan):
        assert sum(part.count for part in each.paper) == 10
        assert (each.minutes, each.counted) == (10, "best")
        assert (each.attempts.limit, each.attempts.per) == (1, "day")
        assert each.prediction is not None
        assert each.prediction.target == "participants"


def test_binh_thuan_has_two_rounds_and_any_number_of_attempts() -> None:
    plan = plan_of("binhthuan-2024")
    assert days(plan) == [
        (datetime(2024, 8, 17, tzinfo=VIETNAM), datetime(2024, 9, 1, tzinfo=VIETNAM)),
        (datetime(2024, 9, 9, tzinfo=VIETNAM), datetime(2024, 9, 24, tzinfo=VIETNAM)),
    ]
    for each in online(plan):
        assert sum(part.count for part in each.paper) == 15
        assert each.attempts.limit == 0
        assert each.prediction is not None
        assert each.prediction.target == "all_correct"


def test_quang_nam_breaks_ties_in_the_published_order_and_scores_schools() -> None:
    plan = plan_of("quangnam-2022")
    assert len(plan.rounds) == 2
    for each, held in zip(plan.rounds, online(plan), strict=True):
        assert each.ranking == ["points", "prediction", "duration", "started", "full_marks"]
        assert sum(part.count for part in held.paper) * held.points_per_item == 300
        assert held.prediction is not None
        assert held.prediction.target == "participants"
    rule = plan.rules.collective
    assert plan.rules.one_prize is not None
    assert rule is not None
    assert 70 * rule.points_per_percent == 70
    assert [rule.prize_points[prize] for prize in ("nhat", "nhi", "ba")] == [10, 8, 6]


def leaves(value: object, path: str) -> Iterator[str]:
    """The key of every single value; an empty list or table is one too."""
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for at, inner in enumerate(value, start=1):
            yield from leaves(inner, f"{path}[{at}]")
    else:
        yield path


def covers(part: str, leaf: str) -> bool:
    """Whether a key is `part` or lies below it; `[]` in a part is any element."""
    pattern = re.escape(part).replace(re.escape("[]"), r"\[\d+\]")
    return re.match(rf"{pattern}($|[.\[])", leaf) is not None
