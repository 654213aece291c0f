"""Takes the rules out of a plan one by one, to see whether a case notices."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias, TypeVar

from hoithi.contests.plan.checking import check_plan
from hoithi.contests.plan.reading import PlanError, plan_from
from hoithi.contests.plan.schema import Plan
from tests.golden.play import ImpossibleError

T = TypeVar("T")
Table: TypeAlias = Mapping[str, object]

PLANS = Path(__file__).parents[2] / "plans"
# Empty, these say that there is no such rule; nothing is lost with them.
_MAY_BE_NONE = {"online", "prediction", "one_prize", "collective", "star", "steal"}
# Who of a team may appear in a segment, and what is handed in before, decides no mark.
_BEFORE_THE_STAGE = {"part", "handed_in"}
# The options of the question that counts for nothing: none of them decides.
_NO_RULES = ".options"


def read_table(key: str) -> Table:
    """The plan file as TOML has it."""
    content = (PLANS / key / "contest.toml").read_text()
    return tomllib.loads(content, parse_float=Decimal)


def deletions(table: Table) -> Iterator[tuple[str, Table]]:
    """The plan without each of the keys and elements that carry rules, and which is missing.

    Those are all of the rounds, of the rule of one prize a person and of the score of units.
    """
    for name, rounds in _shortened(table["rounds"], "rounds"):
        yield name, {**table, "rounds": rounds}
    rules = table["rules"]
    assert isinstance(rules, dict)
    chosen = {key: rules[key] for key in ("one_prize", "collective")}
    others = {key: value for key, value in rules.items() if key not in chosen}
    for name, kept in _shortened(chosen, "rules"):
        assert isinstance(kept, dict)
        yield name, {**table, "rules": {**others, **kept}}


def _shortened(value: object, name: str) -> Iterator[tuple[str, object]]:
    """The value without one key or element, whichever; elements count from 1 in its name."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _BEFORE_THE_STAGE or (key in _MAY_BE_NONE and inner == ""):
                continue
            here = f"{name}.{key}"
            yield here, {other: kept for other, kept in value.items() if other != key}
            for deeper, shorter in _shortened(inner, here):
                yield deeper, {**value, key: shorter}
    elif isinstance(value, list) and not name.endswith(_NO_RULES):
        for at, inner in enumerate(value):
            here = f"{name}[{at + 1}]"
            yield here, [*value[:at], *value[at + 1 :]]
            for deeper, shorter in _shortened(inner, here):
                yield deeper, [*value[:at], shorter, *value[at + 1 :]]


def altered(table: Table, values: Mapping[str, object]) -> Table:
    """The plan with other values at keys such as `rounds[1].online.minutes`."""
    changed: object = table
    for key, value in values.items():
        changed = _with(changed, re.findall(r"[^.\[\]]+", key), value)
    assert isinstance(changed, dict)
    return changed


def _with(whole: object, steps: Sequence[str], value: object) -> object:
    step, *rest = steps
    if isinstance(whole, list):
        at = int(step) - 1
        return [*whole[:at], _with(whole[at], rest, value), *whole[at + 1 :]]
    assert isinstance(whole, dict)
    if rest:
        return {**whole, step: _with(whole[step], rest, value)}
    assert whole[step] != value
    return {**whole, step: value}


def result_of(table: Table, played: Callable[[Plan], T]) -> T | None:
    """What comes out under the plan; None where the plan is refused or the case impossible."""
    try:
        plan = plan_from(table)
        return None if check_plan(plan) else played(plan)
    except (PlanError, ImpossibleError):
        return None


def without_each(
    table: Table, played: Callable[[Plan], T], expected: T
) -> tuple[list[str], list[str]]:
    """What can be deleted and nobody notices: nothing, if the case is a good one.

    Beside it what can be deleted so that a plan remains which is accepted: there the refusal of
    incomplete plans does not help, and only the played case can notice.
    """
    unnoticed, accepted = [], []
    for name, shorter in deletions(table):
        result = result_of(shorter, played)
        if result is not None:
            accepted.append(name)
        if result == expected:
            unnoticed.append(name)
    return unnoticed, accepted
