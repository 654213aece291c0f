"""From TOML to a typed plan, with every error at its key, not only the first.

msgspec's own decoder stops at the first error; an organiser who mends a file wants all of them.
So containers are walked here and only single values are left to msgspec.
"""

from __future__ import annotations

import difflib
import tomllib
import types
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from hoithi.contests.plan.schema import Plan
from hoithi.rules.errors import ParamValue
from hoithi.rules.marks import round_marks

MOST_BYTES = 2_000_000
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_LARGEST = 1_000_000
_BLANK = 32


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a key of the file; the sentence is in `sentences`."""

    key: str
    code: str
    params: Mapping[str, ParamValue] = field(default_factory=dict)


class PlanError(Exception):
    """The file cannot be a plan; `problems` are all that was found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(f"{each.key}: {each.code}" for each in problems))
        self.problems = tuple(problems)


def read_bytes(path: Path) -> bytes:
    """The bytes of a plan file. Raises PlanError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlanError([Problem("", "file_missing", {"why": error.strerror})]) from error


def read_plan(path: Path) -> Plan:
    """Read a plan file. Raises PlanError."""
    return parse_plan(read_bytes(path))


def parse_plan(content: bytes) -> Plan:
    """Read the bytes of a plan file. Raises PlanError with every problem of its shape."""
    if len(content) > MOST_BYTES:
        raise PlanError([Problem("", "file_too_large")])
    try:
        table = tomllib.loads(content.decode(), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise PlanError([Problem("", "not_utf8", {"byte": error.start})]) from error
    except tomllib.TOMLDecodeError as error:
        raise PlanError([Problem("", "not_toml", {"why": str(error)})]) from error
    except RecursionError as error:
        raise PlanError([Problem("", "not_toml", {"why": "[[[["})]) from error
    return plan_from(table)


def plan_from(table: Mapping[str, object]) -> Plan:
    """The plan of a TOML table, its numbers as Decimal. Raises PlanError as `parse_plan` does."""
    problems: list[Problem] = []
    plan = _read(Plan, table, "", problems)
    if problems:
        raise PlanError(problems)
    return msgspec.convert(plan, Plan, builtin_types=(Decimal, date, datetime))


def _read(kind: Any, value: object, key: str, problems: list[Problem]) -> object:
    """The value in plain types, ready for msgspec; problems are added, and reading goes on."""
    bare = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if get_origin(bare) in (Union, types.UnionType):
        inner = [each for each in get_args(bare) if each is not type(None)]
        return None if value in ("", {}) else _read(inner[0], value, key, problems)
    if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
        return _read_table(bare, value, key, problems)
    if get_origin(bare) is list:
        if not isinstance(value, list):
            problems.append(Problem(key, "wrong_type", {"wanted": "list"}))
            return []
        return [
            _read(get_args(bare)[0], each, f"{key}[{at}]", problems)
            for at, each in enumerate(value, start=1)
        ]
    if get_origin(bare) is dict:
        if not isinstance(value, dict):
            problems.append(Problem(key, "wrong_type", {"wanted": "table"}))
            return {}
        return {
            name: _read(get_args(bare)[1], each, f"{key}.{name}", problems)
            for name, each in value.items()
        }
    return _read_value(kind, bare, value, key, problems)


@cache
def field_types(struct: type[msgspec.Struct]) -> Mapping[str, Any]:
    """The keys of a table in order, as the file spells them, each with its annotated type."""
    hints = get_type_hints(struct, include_extras=True)
    return {each.encode_name: hints[each.name] for each in msgspec.structs.fields(struct)}


def _read_table(
    struct: type[msgspec.Struct], value: object, key: str, problems: list[Problem]
) -> dict[str, object]:
    if not isinstance(value, dict):
        problems.append(Problem(key, "wrong_type", {"wanted": "table"}))
        return {}
    fields = field_types(struct)
    read: dict[str, object] = {}
    for name, kind in fields.items():
        here = f"{key}.{name}" if key else name
        if name in value:
            read[name] = _read(kind, value[name], here, problems)
        elif type(None) in get_args(kind):
            read[name] = None
        else:
            problems.append(Problem(here, "missing"))
    for name in value.keys() - fields.keys():
        near = difflib.get_close_matches(name, fields, n=1)
        here = f"{key}.{name}" if key else name
        if near:
            problems.append(Problem(here, "unknown_key_near", {"near": near[0]}))
        else:
            problems.append(Problem(here, "unknown_key"))
    return read


def _read_value(kind: Any, bare: Any, value: object, key: str, problems: list[Problem]) -> object:
    if get_origin(bare) is Literal:
        if value not in get_args(bare):
            choices = ", ".join(str(each) for each in get_args(bare))
            problems.append(Problem(key, "not_one_of", {"choices": choices}))
        return value
    if bare is Decimal and isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    try:
        read = msgspec.convert(value, kind, builtin_types=(Decimal, date, datetime))
    except msgspec.ValidationError:
        problems.append(_explain(bare, value, key))
        return value
    return _checked(read, key, problems)


def _checked(value: object, key: str, problems: list[Problem]) -> object:
    """A value that its type allows and no contest has is a slip; texts come out composed (NFC)."""
    match value:
        case str():
            if any(ord(letter) < _BLANK and letter not in "\n\t" for letter in value):
                problems.append(Problem(key, "control_character"))
            return unicodedata.normalize("NFC", value)
        case tuple():
            return tuple(_checked(each, key, problems) for each in value)
        case datetime() if value.tzinfo is None:
            problems.append(Problem(key, "time_without_zone"))
        case date() if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            problems.append(Problem(key, "out_of_bounds", {"value": value.isoformat()}))
        case Decimal() if not (value.is_finite() and 0 <= value <= _LARGEST):
            problems.append(Problem(key, "out_of_bounds", {"value": str(value)}))
        case Decimal() if value != round_marks(value):
            problems.append(Problem(key, "decimal_form"))
    return value


_WANTED = {
    str: "text",
    int: "number",
    bool: "bool",
    Decimal: "decimal",
    date: "date",
    datetime: "time",
}


def _explain(bare: Any, value: object, key: str) -> Problem:
    """Why a single value was refused: another type, or a value out of its bounds."""
    if type(value) is bare:
        return Problem(key, "empty" if value == "" else "out_of_bounds", {"value": str(value)})
    if get_origin(bare) is tuple:
        return Problem(key, "wrong_type", {"wanted": "pair"})
    return Problem(key, "wrong_type", {"wanted": _WANTED.get(bare, "text")})
