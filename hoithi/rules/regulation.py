"""The rules of one round as data: what a plan file says and a bundle publishes.

Every key is required: a rule that nobody wrote down is not a rule. `docs/rules/` tells each in
prose.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from hoithi.rules.judging import Judged, announced_panel, highest_mark, rubric_flaws
from hoithi.rules.overtime import TimeRule, time_flaws
from hoithi.rules.paper import AttemptRule
from hoithi.rules.quiz import Quiz, highest_points, quiz_flaws
from hoithi.rules.shapes import Amount, Key, Label, Positive, Strict
from hoithi.rules.together import Together

FORMAT = "hoithi/regulation/1"
JURY = "jury"
FEWEST_TEAMS = 2  # in a round into which teams are drawn, or to which they come

Counted = Literal["best", "first", "last"]
Duration = Literal["whole", "less_interruptions"]
Target = Literal["participants", "attempts", "all_correct"]
Distance = Literal["absolute", "not_above"]
ANSWER_TIME = "answer_time"
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
    ANSWER_TIME,
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


class Voted(Strict, frozen=True):
    """How a part is marked by the audience: the most votes bring the highest mark."""

    counted: Annotated[
        bool,
        msgspec.Meta(
            description="whether its marks are added to those of the other parts; otherwise the "
            "vote only decides a prize of its own"
        ),
    ]


class Segment(Strict, frozen=True, omit_defaults=True):
    """A part of a live round with its highest mark.

    At most one of `judged`, `quiz` and `voted` is there; with none of them its marks are those that
    two people enter. `time` goes with `judged`.
    """

    key: Annotated[Key, msgspec.Meta(description="ranking refers to it as segment:KEY")]
    label: Annotated[Label, msgspec.Meta(description="shown to people")]
    maximum: Annotated[Decimal, msgspec.Meta(description="its highest mark")]
    judged: Judged | None = None
    time: TimeRule | None = None
    quiz: Quiz | None = None
    voted: Voted | None = None

    @property
    def is_counted(self) -> bool:
        """Whether its marks are among the points; a vote may only decide a prize of its own."""
        return self.voted is None or self.voted.counted


class Requirement(Strict, frozen=True):
    """What a prize presupposes, whatever the place."""

    all_correct: Annotated[
        bool, msgspec.Meta(description="whether every answer of the counted attempt must be right")
    ]
    minimum_points: Annotated[Decimal, msgspec.Meta(description="so many points or more")]


class Entrants(Strict, frozen=True):
    """Who takes part in a round, where that is not everybody of its form (qualifying.py)."""

    among: Annotated[
        list[Key],
        msgspec.Meta(
            description="the rounds into which the teams are drawn by lot, this one among them; "
            "alone it needs no draw"
        ),
    ]
    teams: Annotated[Positive, msgspec.Meta(description="at most so many in each of them")]
    apart: Annotated[
        Literal["nobody", "unit", "round"],
        msgspec.Meta(
            description="whom the lots keep apart: teams of one unit, or those that come from one "
            "round"
        ),
    ]
    from_: Annotated[
        list[Key],
        msgspec.Meta(
            description="the rounds by whose published results they come; `[]` takes all accepted "
            "teams"
        ),
    ] = msgspec.field(name="from")
    first: Annotated[
        int, msgspec.Meta(ge=0, le=1000, description="so many of each, by their places")
    ]
    runners_up: Annotated[
        int,
        msgspec.Meta(
            ge=0, le=1000, description="so many of the best of all others, taken together"
        ),
    ]


class SidePrize(Strict, frozen=True):
    """A prize beside the places (giải phụ); it touches none of them."""

    key: Annotated[Key, msgspec.Meta(description="names it for the machine")]
    label: Annotated[Label, msgspec.Meta(description="shown to people")]
    count: Annotated[Positive, msgspec.Meta(description="so many of it")]
    amount_vnd: Annotated[
        Amount, msgspec.Meta(description="for each, whole đồng; 0 where the plan names no amount")
    ]
    by: Annotated[
        str,
        msgspec.Meta(
            max_length=60,
            description="what decides it: `segment:KEY`, the marks of a part, or its votes; or "
            "`jury`, whose choice two people enter with the reason",
        ),
    ]


class Regulation(Strict, frozen=True, omit_defaults=True):
    """The rules of one round; `online` or `segments` is there, as the round is held.

    `together` is there where all answer one question at a time.
    """

    format: str
    round: Key
    online: Online | None
    segments: list[Segment]
    ranking: list[str]
    requirement: Requirement
    prizes: list[PrizeLine]
    together: Together | None = None
    entrants: Entrants | None = None
    side_prizes: list[SidePrize] = msgspec.field(default_factory=list)


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
    parts = [flaw for segment in regulation.segments for flaw in segment_flaws(segment)]
    return round_flaws(regulation) + parts


def round_flaws(regulation: Regulation) -> list[str]:
    """Those of the round, without what is wrong inside a part."""
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
    if regulation.together is not None and regulation.online is None:
        found.append("together_not_online")
    if ANSWER_TIME in regulation.ranking and regulation.together is None:
        found.append("ranking_not_together")
    keys = [line.key for line in regulation.prizes]
    keys += [line.key for line in regulation.side_prizes]
    if len(set(keys)) != len(keys):
        found.append("prize_twice")
    found += [
        f"side_prize_unknown:{line.by}"
        for line in regulation.side_prizes
        if line.by not in {*segments, JURY}
    ]
    if regulation.online and regulation.side_prizes:
        found.append("side_prize_online")
    if regulation.entrants is not None:
        found += _entrants_flaws(regulation.entrants, regulation.round)
    return found


def _entrants_flaws(rule: Entrants, name: str) -> list[str]:
    """What contradicts itself about who takes part."""
    found = []
    if name not in rule.among or len(set(rule.among)) != len(rule.among):
        found.append("entrants_without_this_round")
    if len(set(rule.from_)) != len(rule.from_) or set(rule.from_) & set(rule.among):
        found.append("entrants_from_twice")
    if bool(rule.from_) != bool(rule.first + rule.runners_up):
        found.append("entrants_from_nowhere")
    if not rule.from_ and rule.apart == "round":
        found.append("entrants_from_no_round")
    coming = rule.first * len(rule.from_) + rule.runners_up
    if rule.from_ and not FEWEST_TEAMS * len(rule.among) <= coming <= rule.teams * len(rule.among):
        found.append(f"entrants_do_not_fit:{coming}")
    return found


def segment_flaws(segment: Segment) -> list[str]:
    """Those of one part; after a colon stands the criterion that is meant."""
    judged, quiz = segment.judged, segment.quiz
    found = []
    if sum(way is not None for way in (judged, quiz, segment.voted)) > 1:
        found.append("segment_marked_two_ways")
    if segment.time is not None:
        if judged is None:
            found.append("time_without_judges")
        found += time_flaws(segment.time)
    if judged is not None:
        wrong = rubric_flaws(judged)
        if not wrong and _highest_judged(judged, segment.maximum) != segment.maximum:
            wrong = ["rubric_not_maximum"]
        found += wrong
    if quiz is not None:
        wrong = quiz_flaws(quiz)
        if not wrong and highest_points(quiz) != segment.maximum:
            wrong = ["quiz_not_maximum"]
        found += wrong
    return found


def _highest_judged(rule: Judged, maximum: Decimal) -> Decimal:
    return highest_mark(rule, announced_panel(rule, maximum))
