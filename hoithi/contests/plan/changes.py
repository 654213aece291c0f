"""What a new version of a plan changes of the rules that prizes hang on.

Once the questions of a round are sealed, or its marks are known, one person alone may not change
how it is judged (docs/decisions/0005). What is told of a round and when it is held may be changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import msgspec

from hoithi.contests.plan.checking import at_path
from hoithi.contests.plan.schema import Plan, Round
from hoithi.contests.plan.writing import value_text

# Of a round; of `online` everything but the question that counts for nothing.
_OF_A_ROUND = (
    *("form", "purpose", "segments", "ranking", "requirement", "prizes"),
    *("entrants", "side_prizes", "at_units"),
)
_HARMLESS = ("sample",)


@dataclass(frozen=True, slots=True)
class Change:
    """A key of the new file, its value before and now as the file spells it; empty for none."""

    key: str
    before: str
    now: str


def changes(old: Plan, new: Plan, fixed: Collection[str]) -> list[Change]:
    """What is changed of the rules of the fixed rounds, and of what holds over all rounds."""
    if not fixed:
        return []
    found = [*_over_all(old, new, fixed)]
    for at, each in enumerate(new.rounds, start=1):
        if each.key in fixed:
            found += _differing(_judged(old.round(each.key)), _judged(each), f"rounds[{at}]")
    return found


def missing_rounds(new: Plan, fixed: Collection[str]) -> list[str]:
    """Fixed rounds that the new file does not have any more."""
    there = {each.key for each in new.rounds}
    return sorted(key for key in fixed if key not in there)


def changed_assumptions(old: Plan, new: Plan) -> set[str]:
    """Keys of assumptions that do not say in the new file what they said in the old one: in their
    words, in their source, or in what rests on them. One that the old file had not is among them.
    """
    said = dict(_said(old))
    return {key for key, says in _said(new) if said.get(key) != says}


def _said(plan: Plan) -> Iterator[tuple[str, object]]:
    whole = msgspec.to_builtins(plan)
    for each in plan.assumptions:
        rests = [(path, at_path(whole, path)) for path in each.about]
        yield each.key, (each.value, each.source, rests)


def _judged(each: Round) -> dict[str, object]:
    judged = {name: _builtins(getattr(each, name)) for name in _OF_A_ROUND}
    online = _builtins(each.online)
    if isinstance(online, dict):
        online = {name: value for name, value in online.items() if name not in _HARMLESS}
    return {**judged, "online": online}


def _over_all(old: Plan, new: Plan, fixed: Collection[str]) -> Iterator[Change]:
    """Rules of one prize a person and of units, whose time it is, and which round comes first."""
    yield from _differing(
        old.contest.utc_offset_min, new.contest.utc_offset_min, "contest.utc_offset_min"
    )
    for name in ("one_prize", "collective"):
        yield from _differing(
            _builtins(getattr(old.rules, name)),
            _builtins(getattr(new.rules, name)),
            f"rules.{name}",
        )
    before, now = ([each.key for each in plan.rounds if each.key in fixed] for plan in (old, new))
    yield from _differing(before, now, "rounds")
    if old.rules.collective is not None:
        counts = {unit.code: unit.headcount for unit in old.units}
        for at, unit in enumerate(new.units, start=1):
            was = counts.get(unit.code, unit.headcount)
            yield from _differing(was, unit.headcount, f"units[{at}].headcount")


def _builtins(value: object) -> object:
    return msgspec.to_builtins(value, builtin_types=(Decimal, date, datetime))


def _differing(before: object, now: object, key: str) -> Iterator[Change]:
    """The innermost keys in which two values differ; lists of another length differ as a whole."""
    if before == now:
        return
    if isinstance(before, dict) and isinstance(now, dict):
        for name in dict.fromkeys([*before, *now]):
            yield from _differing(before.get(name), now.get(name), f"{key}.{name}")
    elif (
        isinstance(before, list)
        and isinstance(now, list)
        and len(before) == len(now)
        and all(isinstance(each, dict) for each in (*before, *now))
    ):
        for at, (one, other) in enumerate(zip(before, now, strict=True), start=1):
            yield from _differing(one, other, f"{key}[{at}]")
    else:
        yield Change(key, _text(before), _text(now))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return ", ".join(f"{name} = {_text(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return f"[{'; '.join(_text(each) for each in value)}]"
    return value_text(value)
