"""The bank as a contest needs it: its topics and levels, and whether it can fill the papers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TypeAlias

from hoithi.bank.queries import stock_of
from hoithi.contests.models import Contest
from hoithi.contests.queries import plan_of

_ANY = ""
_Wanted: TypeAlias = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class StockRow:
    """Questions of a topic and level, of any with an empty one; how many one paper takes, and how
    many all packets on stage, spares included."""

    topic: str
    level: str
    there: int
    wanted: int
    on_stage: int

    @property
    def is_short(self) -> bool:
        return self.there < max(self.wanted, self.on_stage)


def topic_names(contest: Contest) -> dict[str, str]:
    """Name → key of the plan's topics."""
    return {topic.name: topic.key for topic in plan_of(contest).topics}


def level_names(contest: Contest) -> dict[str, str]:
    """Name → key of the plan's levels."""
    return {level.name: level.key for level in plan_of(contest).levels}


def stock_rows(contest: Contest) -> list[StockRow]:
    """Every topic and level of the plan: what the bank has, what the greediest paper takes, and
    what the packets of all rounds on stage take together. A row for any level where one is taken
    so, with everything that is taken of its topic."""
    plan = plan_of(contest)
    there = Counter(
        {(each.topic, each.level): each.there for each in stock_of(contest.key, contest.law_date)}
    )
    of_any: set[tuple[str, str]] = set()
    papers: _Wanted = Counter()
    on_stage: _Wanted = Counter()
    for each in plan.rounds:
        paper: _Wanted = Counter()
        for part in each.online.paper if each.online else []:
            paper[part.topic, part.level] += part.count
        of_any |= {key for key in paper if key[1] == _ANY}
        papers |= _with_totals(paper)
        for quiz in (segment.quiz for segment in each.segments if segment.quiz):
            for asked in quiz.parts:
                on_stage[asked.topic, asked.level] += asked.count * quiz.packets + quiz.spares
    of_any |= {key for key in on_stage if key[1] == _ANY}
    on_stage = _with_totals(on_stage)
    rows = []
    for topic in plan.topics:
        for level in plan.levels:
            key = (topic.key, level.key)
            rows.append(StockRow(topic.name, level.name, there[key], papers[key], on_stage[key]))
        key = (topic.key, _ANY)
        if key in of_any:
            total = sum(there[topic.key, level.key] for level in plan.levels)
            rows.append(StockRow(topic.name, "", total, papers[key], on_stage[key]))
    return rows


def _with_totals(wanted: _Wanted) -> _Wanted:
    """The same, and all of a topic where any level stands."""
    totals: _Wanted = Counter()
    for (topic, _level), count in wanted.items():
        totals[topic, _ANY] += count
    return Counter({**wanted, **totals})
