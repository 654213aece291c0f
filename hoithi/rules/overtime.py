"""Time on stage → points taken off (docs/rules/overtime.md).

A part has a least and a most time. The *excess* is how far a team is over the one or under the
other, in whole seconds: 5:00.9 of 5:00 is no second over, 2:59.1 of 3:00 no second under.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from hoithi.rules.shapes import Positive, Seconds, Strict

_SECOND_MS = 1000


class Step(Strict, frozen=True):
    """From this excess on, so much is taken off altogether."""

    from_seconds: Annotated[
        Positive, Meta(description="the excess from which it holds; 1 is the first whole second")
    ]
    points: Annotated[Decimal, Meta(description="taken off altogether, not on top of earlier ones")]


class TimeRule(Strict, frozen=True):
    """How long a part may take and what it costs to be over or under."""

    least_seconds: Annotated[Seconds, Meta(description="shorter is under; 0 says no limit")]
    most_seconds: Annotated[Seconds, Meta(description="longer is over; 0 says no limit")]
    warn_seconds: Annotated[
        Seconds, Meta(description="so long before the end the stage is warned; 0 warns nobody")
    ]
    over: Annotated[list[Step], Meta(description="with growing excess")]
    under: Annotated[list[Step], Meta(description="with growing excess")]
    repeat_seconds: Annotated[
        Seconds,
        Meta(description="after the last step of over, every so many seconds more; 0 never"),
    ]
    repeat_points: Annotated[Decimal, Meta(description="are taken off for each of them")]
    nothing_from: Annotated[
        Seconds,
        Meta(description="from this excess on, over or under, the part has no marks; 0 never"),
    ]


@dataclass(frozen=True, slots=True)
class Deduction:
    """What a team's time costs; `nothing` says that the part has no marks at all."""

    side: Literal["", "over", "under"]
    excess_s: int
    points: Decimal
    nothing: bool


def deduction(rule: TimeRule, elapsed_ms: int) -> Deduction:
    """What so many milliseconds on stage cost."""
    side, excess = _excess(rule, elapsed_ms)
    if not excess:
        return Deduction("", 0, Decimal(0), nothing=False)
    steps = rule.over if side == "over" else rule.under
    reached = [step for step in steps if step.from_seconds <= excess]
    points = reached[-1].points if reached else Decimal(0)
    if side == "over" and steps and rule.repeat_seconds and reached == steps:
        again = (excess - steps[-1].from_seconds) // rule.repeat_seconds
        points += again * rule.repeat_points
    nothing = bool(rule.nothing_from) and excess >= rule.nothing_from
    return Deduction(side, excess, points, nothing)


def _excess(rule: TimeRule, elapsed_ms: int) -> tuple[Literal["", "over", "under"], int]:
    """In whole seconds; a fraction of one costs nobody anything, over or under."""
    over = elapsed_ms // _SECOND_MS - rule.most_seconds
    if rule.most_seconds and over > 0:
        return "over", over
    under = rule.least_seconds + -elapsed_ms // _SECOND_MS
    return ("under", under) if under > 0 else ("", 0)


def time_flaws(rule: TimeRule) -> list[str]:
    """Codes of what contradicts itself in the rule."""
    found = []
    if rule.most_seconds and rule.least_seconds > rule.most_seconds:
        found.append("least_above_most")
    if (rule.over or rule.repeat_seconds) and not rule.most_seconds:
        found.append("over_without_most")
    if rule.under and not rule.least_seconds:
        found.append("under_without_least")
    if rule.repeat_seconds and not rule.over:
        found.append("repeat_without_step")
    for steps in (rule.over, rule.under):
        seconds = [step.from_seconds for step in steps]
        points = [step.points for step in steps]
        if seconds != sorted(set(seconds)) or points != sorted(points):
            found.append("steps_out_of_order")
        if any(step.points <= 0 for step in steps):
            found.append("step_not_positive")
    if bool(rule.repeat_seconds) != (rule.repeat_points > 0):
        found.append("repeat_half_said")
    return found
