"""From a plan to what the rules and the hall work with: regulation, blueprint, policy."""

from __future__ import annotations

from datetime import datetime

from hoithi.contests.plan.schema import OnlinePlan, Plan, Round
from hoithi.rules import regulation
from hoithi.rules.paper import (
    AttemptRule,
    BlueprintRow,
    Policy,
    Prediction,
    Sample,
    Text,
)
from hoithi.rules.regulation import Online, PredictionRule, Regulation, Segment


def ms(at: datetime) -> int:
    """An instant as integer milliseconds UTC."""
    return int(at.timestamp() * 1000)


def regulation_of(plan: Plan, each: Round) -> Regulation:
    """The rules of a round, as they are published and verified."""
    online = each.online
    return Regulation(
        format=regulation.FORMAT,
        round=each.key,
        online=_online(plan, online) if online else None,
        segments=[
            Segment(
                part.key,
                part.label,
                part.maximum,
                judged=part.judged,
                time=part.time,
                quiz=part.quiz,
                voted=part.voted,
            )
            for part in each.segments
        ],
        ranking=each.ranking,
        requirement=each.requirement,
        prizes=each.prizes,
        entrants=each.entrants,
        side_prizes=each.side_prizes or [],
        together=online.together if online else None,
    )


def _online(plan: Plan, online: OnlinePlan) -> Online:
    asked = online.prediction
    return Online(
        points_per_item=online.points_per_item,
        counted=online.counted,
        attempts=_attempts(plan, online),
        prediction=PredictionRule(asked.target, asked.distance) if asked else None,
        duration=online.duration,
    )


def _attempts(plan: Plan, online: OnlinePlan) -> AttemptRule:
    return AttemptRule(
        limit=online.attempts.limit or None,
        per=online.attempts.per,
        utc_offset_min=plan.contest.utc_offset_min,
        periods=[(ms(start), ms(end)) for start, end in online.attempts.periods],
    )


def blueprint_of(online: OnlinePlan) -> list[BlueprintRow]:
    """How many items of each topic and level a paper has."""
    return [BlueprintRow(part.topic, part.level, part.count) for part in online.paper]


_LONGEST_SITTING_MS = 366 * 86_400_000


def _duration_ms(online: OnlinePlan) -> int:
    """The time of an attempt. Where all answer together it ends with its sitting: whoever came
    early, and waits for the first question, is handed in with everybody else."""
    return _LONGEST_SITTING_MS if online.together is not None else online.minutes * 60_000


def policy_of(plan: Plan, online: OnlinePlan) -> Policy:
    """What the hall must know of a round; it goes into the sealed package."""
    asked = online.prediction
    return Policy(
        duration_ms=_duration_ms(online),
        grace_ms=online.grace_seconds * 1000,
        all_required=online.all_required,
        attempts=_attempts(plan, online),
        prediction=Prediction(asked.prompt, asked.minimum, asked.maximum) if asked else None,
        result=online.show_result,
        signals=online.signals,
        regulation=Text(plan.rules.version, plan.rules.text),
        consent=Text(plan.rules.consent_version, plan.rules.consent_text),
        sample=Sample(online.sample.stem, list(online.sample.options)),
        signals_announced_in=online.signals_announced_in or "",
        signals_days=online.signals_days or 0,
        together=online.together,
    )
