"""When each contestant does what, as people do: an order of times, drawn from a chance passed in.

Times are seconds after the opening; who waits for it has come before, at a negative one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from hoithi.rehearsal.spec import OPTIONS, Spec
from hoithi.rehearsal.together import Open, questions_of
from hoithi.rules.paper import Prediction

PREDICTION = -1
EARLY_SHARE = 0.2
"""Who hands in before the rush of the end."""
RUSH_S = 30.0
_OF_TWENTY_RELOADS, _OF_TWENTY_AWAY = 7, 13
_LONGEST_AWAY_S = 20.0
_READING_S = 1.0


class Answer(NamedTuple):
    """An option chosen at a position; position −1 is the prediction."""

    at: float
    position: int
    option: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one contestant does. `away` are the loss of the network and its return."""

    arrives: float
    starts: float
    answers: tuple[Answer, ...]
    submits: float
    reloads: float | None
    away: tuple[float, float] | None


def part(who: int, spec: Spec, chance: Random) -> Part:
    """The part of one contestant. Of twenty one reloads the page and one loses the network, in the
    very moment of saving an answer."""
    seconds = spec.seconds
    reading = min(_READING_S, seconds / 20)
    starts = chance.uniform(0, spec.starting_s)
    asked = questions_of(spec)
    if asked:
        return _together(who, spec, asked, starts, chance)
    submits = _submits(seconds, reading, chance)
    first, last = starts + reading, max(starts + reading, submits - reading)
    answers = [
        Answer(chance.uniform(first, last), position, chance.randrange(OPTIONS))
        for position in [
            *range(spec.items),
            *(chance.randrange(spec.items) for _ in range(spec.items // 10)),
        ]
    ]
    away = None
    if who % 20 == _OF_TWENTY_AWAY:
        # The answer at which it happens is one of those that are given anyway.
        at = max(answers[0].at, first)
        away = (at, at + min(_LONGEST_AWAY_S, (last - at) / 2))
    if spec.policy.prediction is not None:
        answers.append(_prediction(chance.uniform(first, last), spec.policy.prediction, chance))
    return Part(
        arrives=-chance.uniform(0, spec.arriving_s),
        starts=starts,
        answers=tuple(sorted(answers)),
        submits=submits,
        reloads=chance.uniform(first, last) if who % 20 == _OF_TWENTY_RELOADS else None,
        away=away,
    )


def _together(who: int, spec: Spec, asked: Sequence[Open], starts: float, chance: Random) -> Part:
    """The same where all answer together: one answer to each question while it is open, and one of
    the losses in the middle of a question. The hall hands in for all; here everybody does."""

    def during(each: Open) -> float:
        reading = (each.until - each.since) / 5
        return chance.uniform(each.since + reading, each.until - reading)

    answers = [Answer(during(each), at, chance.randrange(OPTIONS)) for at, each in enumerate(asked)]
    at = chance.randrange(len(asked))
    lost = answers[at].at
    back = lost + (asked[at].until - lost) / 2
    over = asked[-1].until
    return Part(
        arrives=-chance.uniform(0, spec.arriving_s),
        starts=starts,
        answers=tuple(answers),
        submits=max(over, chance.uniform(over, spec.seconds)),
        reloads=lost if who % 20 == _OF_TWENTY_RELOADS else None,
        away=(lost, back) if who % 20 == _OF_TWENTY_AWAY else None,
    )


def _submits(seconds: float, reading: float, chance: Random) -> float:
    rush = min(RUSH_S, seconds / 4)
    if chance.random() < EARLY_SHARE:
        return chance.uniform(seconds * 0.6, seconds - rush)
    return chance.uniform(seconds - rush, seconds - reading)


def _prediction(at: float, asked: Prediction, chance: Random) -> Answer:
    return Answer(at, PREDICTION, chance.randint(asked.minimum, asked.maximum))
