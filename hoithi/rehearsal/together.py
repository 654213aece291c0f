"""A round in which all answer together, as it is rehearsed: when its questions are open, and the
presses at the desk (docs/decisions/0023).

Nobody goes out: the hall has the most to do with everybody in. Times are seconds after the opening.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hoithi.rehearsal.spec import Spec
from hoithi.rules.together import Announced, AnyEvent, Asked

_LEAD_S, _LEAST_LEAD_S = 4.0, 2.0
"""How long before its opening a question is ordered; presses are up to a second late."""
_SETTLING_S = 1.0
"""What a start takes before the first question, and what a node takes to shut one."""


class Open(NamedTuple):
    """From when to when a question is open."""

    since: float
    until: float


class Press(NamedTuple):
    at: float
    event: AnyEvent


def questions_of(spec: Spec) -> list[Open]:
    """As many questions as there is time for, one at least; none of a round of the own pace."""
    rule = spec.policy.together
    if rule is None:
        return []
    found: list[Open] = []
    since = spec.starting_s + _SETTLING_S + _lead_s(spec)
    while not found or (len(found) < spec.items and _shut_s(spec, since) <= spec.seconds):
        found.append(Open(since, since + rule.seconds))
        since = _shut_s(spec, since) + _lead_s(spec)
    return found


def _lead_s(spec: Spec) -> float:
    return min(_LEAD_S, max(_LEAST_LEAD_S, spec.seconds / 10))


def _shut_s(spec: Spec, since: float) -> float:
    """When no answer is taken any more to the question that opens then."""
    seconds = spec.policy.together.seconds if spec.policy.together is not None else 0
    return since + seconds + spec.policy.grace_ms / 1000 + _SETTLING_S


def presses_of(spec: Spec, opens_ms: int) -> Iterator[Press]:
    """What the desk does, in order; `opens_ms` is the opening."""
    everybody = list(range(1, spec.contestants + 1))
    for item, each in enumerate(questions_of(spec)):
        since_ms = opens_ms + round(each.since * 1000)
        until_ms = since_ms + round(each.until - each.since) * 1000
        yield Press(each.since - _lead_s(spec), Asked(item, since_ms, until_ms))
        yield Press(_shut_s(spec, each.since), Announced(item, [0], everybody, []))
