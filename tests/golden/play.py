"""Plays a round from its plan: people and attempts in, what would be published out.

A case is written as text tables: a row a line, columns apart by blanks, `-` for nothing, and `#`
begins a comment. What the plan decides is taken from the plan alone: how many questions a paper
has, what a right answer is worth, when the time is up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from hoithi.contests.plan.conversion import ms, regulation_of
from hoithi.contests.plan.schema import OnlinePlan, Plan, Round
from hoithi.rules.attempts import granted_ms
from hoithi.rules.awards import Awards, Tie
from hoithi.rules.marks import round_marks
from hoithi.rules.standings import (
    NO_PREDICTION,
    Counts,
    Marked,
    Participant,
    Result,
    count,
    online_result,
    recorded_result,
)

VIETNAM = timezone(timedelta(hours=7))


class ImpossibleError(Exception):
    """The case cannot happen under this plan, such as an attempt while the round is closed."""


@dataclass(frozen=True, slots=True)
class Story:
    """Who took part in a round and what they did.

    `roster`: who, unit, and `barred` for one who may not take part or `later` for one who was
    disqualified after the counts were frozen.
    `attempts`: who, day of the round (1 is `first_day`), time of day at +07, time taken or `auto`
    for one that was never handed in, right answers, number guessed, and `void` for one annulled or
    `+05:00` for one that was given five minutes more after its start. The attempts of a person are
    numbered in the order in which they stand.
    """

    first_day: date
    roster: str
    attempts: str
    decisions: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A round as a table: place, who, points, off by, time taken, decided by, prize."""

    rows: list[tuple[str, ...]]
    barred: tuple[str, ...]
    ties: tuple[Tie, ...]
    left: tuple[str, ...]


def rows(text: str) -> list[tuple[str, ...]]:
    """The rows of a text table."""
    bare = (line.partition("#")[0].split() for line in text.splitlines())
    return [tuple(cells) for cells in bare if cells]


def play(plan: Plan, each: Round, story: Story) -> tuple[Counts, Result]:
    """The counts as they were frozen, and the result by them."""
    regulation = regulation_of(plan, each)
    attempts = _marked(each, story)
    frozen = count(regulation, _roster(story, {"barred"}), attempts)
    barred_now = _roster(story, {"barred", "later"})
    return frozen, online_result(
        regulation, barred_now, attempts, frozen, decisions=story.decisions
    )


def play_live(plan: Plan, each: Round, roster: str, minutes: str) -> Result:
    """A live round from its minutes: who, then the marks of each segment in the plan's order."""
    teams = [Participant(who, unit, "barred" in note) for who, unit, *note in rows(roster)]
    marks = {
        who: {part.key: Decimal(mark) for part, mark in zip(each.segments, given, strict=True)}
        for who, *given in rows(minutes)
    }
    return recorded_result(regulation_of(plan, each), teams, marks)


def told(result: Result, awards: Awards) -> Told:
    """A result as the table in which a case is worked out."""
    prizes = {one.entry: one.prize for one in awards.given}
    return Told(
        [
            (
                str(row.place),
                row.entry,
                str(result.scores[row.entry].values["points"]),
                _off(result.scores[row.entry].values),
                _clock(result.scores[row.entry].values),
                row.decided_by or "-",
                prizes.get(row.entry, "-"),
            )
            for row in result.placed
        ],
        result.barred,
        awards.ties,
        awards.left,
    )


def _off(values: Mapping[str, Decimal | None]) -> str:
    off = values.get("prediction")
    return "-" if off is None else str(off)


def _clock(values: Mapping[str, Decimal | None]) -> str:
    duration = values.get("duration")
    if duration is None:
        return "-"
    minutes, seconds = divmod(int(duration) // 1000, 60)
    return f"{minutes:02}:{seconds:02}"


def _roster(story: Story, barred: set[str]) -> list[Participant]:
    return [
        Participant(who, unit, bool(barred.intersection(note)))
        for who, unit, *note in rows(story.roster)
    ]


def _marked(each: Round, story: Story) -> list[Marked]:
    if each.online is None:
        raise ImpossibleError(f"{each.key} is not held online")
    numbers: dict[str, int] = {}
    marked = []
    for cells in rows(story.attempts):
        numbers[cells[0]] = numbers.get(cells[0], 0) + 1
        marked.append(_attempt(each, each.online, story.first_day, cells, numbers[cells[0]]))
    return marked


def _attempt(
    each: Round, online: OnlinePlan, first_day: date, cells: tuple[str, ...], number: int
) -> Marked:
    who, day, clock, took, right, guess, *note = cells
    items = sum(part.count for part in online.paper)
    started = datetime.combine(
        first_day + timedelta(days=int(day) - 1), time.fromisoformat(clock), VIETNAM
    )
    granted = sum((_duration(each[1:]) for each in note if each[0] == "+"), timedelta())
    first = min(started + timedelta(minutes=online.minutes), each.closes_at)
    deadline = first + granted
    submitted = deadline if took == "auto" else started + _duration(took)
    if not each.opens_at <= started < each.closes_at or submitted > deadline or int(right) > items:
        raise ImpossibleError(" ".join(cells))
    return Marked(
        attempt=f"{who}/{number}",
        entry=who,
        number=number,
        started_ms=ms(started),
        submitted_ms=ms(submitted),
        automatic=took == "auto",
        void="void" in note,
        correct=int(right),
        items=items,
        points=round_marks(online.points_per_item * int(right)),
        prediction=NO_PREDICTION if guess == "-" else int(guess),
        granted_ms=granted_ms(
            started_ms=ms(started),
            first_deadline_ms=ms(first),
            deadline_ms=ms(deadline),
            duration_ms=online.minutes * 60_000,
        ),
    )


def _duration(text: str) -> timedelta:
    minutes, seconds = text.split(":")
    return timedelta(minutes=int(minutes), seconds=int(seconds))
