"""Answers on stage → points (docs/rules/quiz.md).

A *question* belongs to a team's packet, or in a buzzer part to nobody. A *try* is one answer to it:
the owner's, and where the plan allows it, that of another team which pressed first afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from msgspec import Meta

from hoithi.rules.marks import round_marks
from hoithi.rules.shapes import Key, Positive, Seconds, Strict


class QuizPart(Strict, frozen=True):
    """So many questions of a topic and level, alike in every packet."""

    topic: Annotated[Key, Meta(description="a key of `[[topics]]`")]
    level: Annotated[str, Meta(max_length=50, description="a key of `[[levels]]`; empty takes any")]
    count: Annotated[Positive, Meta(description="so many in every packet")]
    points: Annotated[Decimal, Meta(description="the value of each, for a right answer")]
    seconds: Annotated[Seconds, Meta(description="time to answer; 0 has no countdown")]


class Star(Strict, frozen=True):
    """Ngôi sao hy vọng: laid on one question of a packet before it is shown.

    Who laid it and gives no answer pays as for a wrong one: nobody lays it at no risk.
    """

    right: Annotated[Decimal, Meta(description="a right answer brings so many times the value")]
    wrong: Annotated[
        Decimal, Meta(description="a wrong answer, or none, costs so many times the value")
    ]


class Steal(Strict, frozen=True):
    """What a team may do with a question that its owner did not answer rightly."""

    seconds: Annotated[Seconds, Meta(description="so long others may press")]
    right: Annotated[Decimal, Meta(description="a right answer brings so many times the value")]
    wrong: Annotated[Decimal, Meta(description="a wrong answer costs so many times the value")]
    taken: Annotated[bool, Meta(description="whether what it brings is taken from the owner")]


class Speed(Strict, frozen=True):
    """Extra points for a right answer within so many seconds; the first line that holds counts."""

    within_seconds: Annotated[Positive, Meta(description="after the question's time began")]
    points: Annotated[Decimal, Meta(description="on top of the value")]


class Quiz(Strict, frozen=True):
    """How a part with questions is held and counted."""

    form: Annotated[
        Literal["packet", "buzzer"],
        Meta(description="a packet drawn by lot for every team, or one packet for which all press"),
    ]
    packets: Annotated[
        Positive, Meta(description="how many are made; in the form packet no fewer than teams")
    ]
    spares: Annotated[
        int, Meta(ge=0, le=100, description="spare questions for every part of a packet")
    ]
    wrong: Annotated[
        Decimal, Meta(description="a wrong answer costs so many times the value; 0 nothing")
    ]
    not_below_zero: Annotated[
        bool, Meta(description="whether no team's points of the part fall below zero")
    ]
    star: Star | None
    steal: Steal | None
    speed: Annotated[list[Speed], Meta(description="from the quickest on; `[]` has none")]
    parts: Annotated[list[QuizPart], Meta(description="in the order in which they are asked")]

    @property
    def length(self) -> int:
        """Questions in a packet."""
        return sum(part.count for part in self.parts)

    def part_of(self, position: int) -> QuizPart:
        """The part to which a position of the packet, from 0, belongs. Raises IndexError."""
        for part in self.parts:
            if position < part.count:
                return part
            position -= part.count
        raise IndexError(position)


@dataclass(frozen=True, slots=True)
class Try:
    """One answer; `after_ms` from when the question's time began. No answer is no try."""

    entry: str
    is_right: bool
    after_ms: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it went: `owner` is empty in a buzzer part, `tries` are in order."""

    position: int
    owner: str
    has_star: bool
    tries: tuple[Try, ...]


def quiz_points(rule: Quiz, asked: Iterable[Asked]) -> dict[str, Decimal]:
    """Points of every team that tried or owned a question."""
    points: dict[str, Decimal] = {}
    for question in asked:
        if question.owner:
            points.setdefault(question.owner, Decimal(0))
        for entry, change in _changes(rule, question):
            points[entry] = points.get(entry, Decimal(0)) + change
    lowest = Decimal(0) if rule.not_below_zero else None
    return {
        entry: round_marks(value if lowest is None else max(lowest, value))
        for entry, value in points.items()
    }


def _changes(rule: Quiz, question: Asked) -> Iterable[tuple[str, Decimal]]:
    """What the tries bring and cost, in order; after a right answer there is nothing to win."""
    value = rule.part_of(question.position).points
    star = rule.star if question.has_star else None
    if star and question.owner not in {attempt.entry for attempt in question.tries}:
        yield question.owner, -value * star.wrong
    for attempt in question.tries:
        if question.owner and attempt.entry != question.owner:
            yield from _stolen(rule, question, attempt, value)
        elif attempt.is_right:
            yield attempt.entry, value * (star.right if star else 1) + _bonus(rule, attempt)
        else:
            yield attempt.entry, -value * (star.wrong if star else rule.wrong)
        if attempt.is_right:
            return


def _stolen(
    rule: Quiz, question: Asked, attempt: Try, value: Decimal
) -> Iterable[tuple[str, Decimal]]:
    if rule.steal is None:
        return
    if not attempt.is_right:
        yield attempt.entry, -value * rule.steal.wrong
        return
    brought = value * rule.steal.right
    yield attempt.entry, brought
    if rule.steal.taken:
        yield question.owner, -brought


def _bonus(rule: Quiz, attempt: Try) -> Decimal:
    for line in rule.speed:
        if attempt.after_ms <= line.within_seconds * 1000:
            return line.points
    return Decimal(0)


def highest_points(rule: Quiz) -> Decimal:
    """What one team can reach with its own packet, or with every question of a buzzer part."""
    bonus = max((line.points for line in rule.speed), default=Decimal(0))
    values = sum(((part.points + bonus) * part.count for part in rule.parts), Decimal(0))
    if rule.star is None:
        return values
    return values + max(part.points for part in rule.parts) * (rule.star.right - 1)


def quiz_flaws(rule: Quiz) -> list[str]:
    """Codes of what contradicts itself in the rule."""
    found = []
    if not rule.parts:
        found.append("quiz_without_questions")
    if any(part.points <= 0 for part in rule.parts):
        found.append("question_without_points")
    if rule.form == "buzzer" and (rule.star or rule.steal):
        found.append("buzzer_with_star_or_steal")
    if rule.wrong < 0 or (rule.steal and (rule.steal.wrong < 0 or rule.steal.right <= 0)):
        found.append("wrong_below_zero")
    if rule.star and (rule.star.right <= 1 or rule.star.wrong < 0):
        found.append("star_out_of_bounds")
    seconds = [line.within_seconds for line in rule.speed]
    if seconds != sorted(set(seconds)):
        found.append("speed_out_of_order")
    if any(line.points <= 0 for line in rule.speed):
        found.append("speed_not_positive")
    return found
