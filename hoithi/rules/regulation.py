"""The rules of one round as data: what a plan file says and a bundle publishes.

Every key is required: a rule that nobody wrote down is not a rule. `docs/rules/` tells each in
prose.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from hoithi.rules.paper import AttemptRule, Strict

FORMAT = "hoithi/regulation/1"

Counted = Literal["best", "first", "last"]
Duration = Literal["whole", "less_interruptions"]
Target = Literal["participants", "attempts", "all_correct"]
Distance = Literal["absolute", "not_above"]
# Lengths are those that the desk's tables hold (tests/contests/plan/test_limits.py).
KEY = r"\A[a-z0-9]+(-[a-z0-9]+)*\Z"
ONE_LINE = r"\A[^\n\t]*\Z"
Key = Annotated[str, msgspec.Meta(pattern=KEY, max_length=50)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=ONE_LINE)]
# Bounds that no contest reaches, so that a slip of the keyboard is told and not carried out.
Positive = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000_000)]

# What can break a tie (docs/rules/ranking.md); `segment:<key>` names a part of a live round.
CRITERIA = (
    "points",
    "correct",
    "prediction",
    "duration",
    "submitted",
    "started",
    "attempts",
    "full_marks",
    "lots",
)


class PrizeLine(Strict, frozen=True):
    """A line of the prize table."""

    key: Annotated[Key, msgspec.Meta(description="names it for the machine")]
    label: Annotated[Label, msgspec.Meta(description="shown to people")]
    count: Annotated[Positive, msgspec.Meta(description="so many of it")]
    amount_vnd: Annotated[
        Amount, msgspec.Meta(description="for each, whole đồng; 0 where the plan names no amount")
    ]


class PredictionRule(Strict, frozen=True):
    """Which frozen count a prediction is compared with, and how.

    `absolute`: the nearer the better; `not_above`: the same, and whoever predicted more than the
    count comes after everybody who did not.
    """

    target: Annotated[
        Target,
        msgspec.Meta(description="the count: people, attempts, or people with every answer right"),
    ]
    distance: Annotated[Distance, msgspec.Meta(description="how far off it is")]


class Online(Strict, frozen=True):
    """How papers of a round become one score per entry.

    `duration` says what the criterion of that name is.
    """

    points_per_item: Decimal
    counted: Counted
    attempts: AttemptRule
    prediction: PredictionRule | None
    duration: Duration = "whole"


class Segment(Strict, frozen=True):
    """A part of a live round with its highest mark."""

    key: Annotated[Key, msgspec.Meta(description="ranking refers to it as segment:KEY")]
    label: Annotated[Label, msgspec.Meta(description="shown to people")]
    maximum: Annotated[Decimal, msgspec.Meta(description="its highest mark")]


class Requirement(Strict, frozen=True):
    """What a prize presupposes, whatever the place."""

    all_correct: Annotated[
        bool, msgspec.Meta(description="whether every answer of the counted attempt must be right")
    ]
    minimum_points: Annotated[Decimal, msgspec.Meta(description="so many points or more")]


class Regulation(Strict, frozen=True):
    """The rules of one round; `online` or `segments` is there, as the round is held."""

    format: str
    round: Key
    online: Online | None
    segments: list[Segment]
    ranking: list[str]
    requirement: Requirement
    prizes: list[PrizeLine]


class CollectiveRule(Strict, frozen=True):
    """Score of a unit: points per percent of its people who took part, and points per prize."""

    points_per_percent: Annotated[Decimal, msgspec.Meta(description="1 makes 70 % worth 70 points")]
    prize_points: Annotated[
        dict[Key, Decimal],
        msgspec.Meta(description="for every prize key of the rounds, the points of one such prize"),
    ]
    ranking: Annotated[
        list[Literal["score", "percent", "participants"]],
        msgspec.Meta(description="what decides a place, in order"),
    ]
    prizes: Annotated[list[PrizeLine], msgspec.Meta(description="from the highest down")]


class OnePrize(Strict, frozen=True):
    """One person, one prize over all rounds: the higher is kept.

    A prize freed by this goes to the next in order, or is not given.
    """

    freed: Annotated[
        Literal["next", "not_given"], msgspec.Meta(description="what becomes of the lower prize")
    ]


def flaws(regulation: Regulation) -> list[str]:
    """Codes of what contradicts itself in a regulation; each is a sentence of the plan check."""
    found = []
    if (regulation.online is None) == (not regulation.segments):
        found.append("round_held_no_way_or_both")
    segments = {f"segment:{segment.key}" for segment in regulation.segments}
    if len(segments) != len(regulation.segments):
        found.append("segment_twice")
    known = segments | set(CRITERIA)
    found += [f"ranking_unknown:{name}" for name in regulation.ranking if name not in known]
    if len(set(regulation.ranking)) != len(regulation.ranking):
        found.append("ranking_twice")
    if not regulation.ranking or regulation.ranking[0] != "points":
        found.append("ranking_without_points")
    if "prediction" in regulation.ranking and not (
        regulation.online and regulation.online.prediction
    ):
        found.append("ranking_prediction_not_asked")
    keys = [line.key for line in regulation.prizes]
    if len(set(keys)) != len(keys):
        found.append("prize_twice")
    return found
