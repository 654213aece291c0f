"""The bank as a contest needs it: its topics and levels, and whether it can fill the papers."""

from __future__ import annotations

from dataclasses import dataclass

from hoithi.bank.queries import stock_of
from hoithi.contests.models import Contest
from hoithi.contests.queries import plan_of


@dataclass(frozen=True, slots=True)
class StockRow:
    """Questions of a topic and level, and how many one paper takes."""

    topic: str
    level: str
    there: int
    wanted: int

    @property
    def is_short(self) -> bool:
        return self.there < self.wanted


def topic_names(contest: Contest) -> dict[str, str]:
    """Name → key of the plan's topics."""
    return {topic.name: topic.key for topic in plan_of(contest).topics}


def level_names(contest: Contest) -> dict[str, str]:
    """Name → key of the plan's levels."""
    return {level.name: level.key for level in plan_of(contest).levels}


def stock_rows(contest: Contest) -> list[StockRow]:
    """Every topic and level of the plan: what the bank has and what the greediest round takes."""
    plan = plan_of(contest)
    there = {
        (stock.topic, stock.level): stock.there for stock in stock_of(contest.key, contest.law_date)
    }
    wanted: dict[tuple[str, str], int] = {}
    for each in plan.rounds:
        for part in each.online.paper if each.online else []:
            key = (part.topic, part.level)
            wanted[key] = max(wanted.get(key, 0), part.count)
    return [
        StockRow(
            topic.name,
            level.name,
            there.get((topic.key, level.key), 0),
            wanted.get((topic.key, level.key), 0),
        )
        for topic in plan.topics
        for level in plan.levels
    ]
