"""From TOML to a typed plan, with every error at its key, not only the first.

msgspec's own decoder stops at the first error; an organiser who mends a file wants all of them.
So containers are walked here and only single values are left to msgspec.
"""

from __future__ import annotations

import difflib
import re
import tomllib
import types
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from hoithi.contests.plan.schema import CODE, Plan
from hoithi.rules.errors import ParamValue
from hoithi.rules.marks import is_plain, round_marks
from hoithi.rules.shapes import KEY, ONE_LINE

MOST_BYTES = 2_000_000
_UTF16 = re.compile(rb"\xff\xfe|\xfe\xff|\0[ -~]\0[ -~]|[ -~]\0[ -~]\0")
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_FIRST_DAY, _LAST_DAY = f"{_FIRST_YEAR}-01-01", f"{_LAST_YEAR}-12-31"
_LARGEST = 1_000_000
_PATTERNS = {KEY: "key_form", CODE: "code_form", ONE_LINE: "one_line"}
_UNSEEN = frozenset({"Cc", "Cf"})  # control characters, and those that only steer others
_LONG_BITS = 200  # of a whole number; longer ones are not repeated
_SHOWN = 60  # characters of a value that a sentence repeats


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
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)  # one more tells that there are more
    except FileNotFoundError as error:
        raise PlanError([Problem("", "file_missing")]) from error
    except IsADirectoryError as error:
        raise PlanError([Problem("", "file_is_folder")]) from error
    except PermissionError as error:
        raise PlanError([Problem("", "file_closed")]) from error
    except OSError as error:
        raise PlanError([Problem("", "file_unreadable", {"why": error.strerror})]) from error


def read_plan(path: Path) -> Plan:
    """Read a plan file. Raises PlanError."""
    return parse_plan(read_bytes(path))


def parse_plan(content: bytes) -> Plan:
    """Read the bytes of a plan file. Raises PlanError with every problem of its shape."""
    if len(content) > MOST_BYTES:
        raise PlanError([Problem("", "file_too_large")])
    if _UTF16.match(content):
        raise PlanError([Problem("", "utf16")])
    try:
        text = content.decode("utf-8-sig")
        table = tomllib.loads(text, parse_float=_decimal)
    except UnicodeDecodeError as error:
        raise PlanError([Problem("", "not_utf8", {"byte": error.start})]) from error
    except tomllib.TOMLDecodeError as error:
        raise PlanError([_not_toml(str(error), text)]) from error
    except ValueError as error:  # Python reads no whole number of so many digits
        raise PlanError([Problem("", "number_too_long")]) from error
    except RecursionError as error:
        raise PlanError([Problem("", "nested_too_deep")]) from error
    return plan_from(table)


_PLACE = re.compile(r"(.+?) \(at (?:line (\d+), column (\d+)|end of document)\)")
_MESSAGES = {
    "Invalid date or datetime": "no_such_day",
    "Cannot overwrite a value": "twice_in_table",
    "Cannot declare": "twice_in_table",
    "Escaped character is not a Unicode scalar value": "no_such_escape",
    "Unescaped '\\' in a string": "no_such_escape",
}


def _not_toml(message: str, text: str) -> Problem:
    """What the reader of TOML found, at its line; at the end of the file something is not closed.

    Its messages are English: those that people meet have sentences of ours.
    """
    found = _PLACE.fullmatch(message)
    if found is None:
        return Problem("", "not_toml", {"line": 1, "column": 1, "why": message})
    why, line, column = found.groups()
    code = next((each for start, each in _MESSAGES.items() if why.startswith(start)), "not_toml")
    if line is None:
        if code == "not_toml":
            return Problem("", "not_toml_at_the_end", {"why": why})
        line, column = str(text.count("\n") + 1), "1"
    name, equals, _value = text.split("\n")[int(line) - 1].partition("=")
    key = _spelt(name.strip()) if code != "not_toml" and equals else ""
    return Problem(key, code, {"line": int(line), "column": int(column), "why": why})


def _decimal(text: str) -> Decimal:
    """What has more of an exponent than Decimal holds is out of any bounds."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


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
        named, kept = get_args(bare)
        return {
            _read(named, name, f"{key}.{_spelt(name)}", problems): _read(
                kept, each, f"{key}.{_spelt(name)}", problems
            )
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
    for name in (each for each in value if each not in fields):
        near = difflib.get_close_matches(name, fields, n=1)
        here = f"{key}.{_spelt(name)}" if key else _spelt(name)
        if near:
            problems.append(Problem(here, "unknown_key_near", {"near": near[0]}))
        else:
            problems.append(Problem(here, "unknown_key"))
    return read


def _spelt(name: str) -> str:
    """A key of the file's own choice, as it may be printed."""
    seen = "".join(letter if letter.isprintable() else "…" for letter in name)
    return _shortened(seen)


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _read_value(kind: Any, bare: Any, value: object, key: str, problems: list[Problem]) -> object:
    if get_origin(bare) is Literal:
        if value not in get_args(bare):
            choices = ", ".join(str(each) for each in get_args(bare))
            problems.append(Problem(key, "not_one_of", {"choices": choices}))
        return value
    if bare is Decimal and isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if isinstance(value, str):
        value = "" if value.isspace() else unicodedata.normalize("NFC", value)
    try:
        read = msgspec.convert(value, kind, builtin_types=(Decimal, date, datetime))
    except msgspec.ValidationError:
        problems.append(_explain(kind, bare, value, key))
        return value
    return _checked(read, key, problems)


def _checked(value: object, key: str, problems: list[Problem]) -> object:
    """A value that its type allows and no contest has is a slip."""
    match value:
        case str():
            problems += _unseen(value, key)
        case tuple():
            return tuple(_checked(each, key, problems) for each in value)
        case datetime() if value.tzinfo is None:
            problems.append(Problem(key, "time_without_zone"))
        case date() if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            problems.append(_out_of_bounds(key, value.isoformat(), _FIRST_DAY, _LAST_DAY))
        case Decimal() if not (value.is_finite() and 0 <= value <= _LARGEST):
            problems.append(_out_of_bounds(key, _shortened(str(value)), 0, _LARGEST))
        case Decimal() if value != round_marks(value) or not is_plain(value):
            problems.append(Problem(key, "decimal_form"))
    return value


def _out_of_bounds(key: str, shown: str, least: ParamValue, most: ParamValue) -> Problem:
    return Problem(key, "out_of_bounds", {"value": shown, "least": least, "most": most})


def _unseen(text: str, key: str) -> list[Problem]:
    """A character that nobody sees, with the letters before it, so that it can be found."""
    for at, letter in enumerate(text):
        if unicodedata.category(letter) in _UNSEEN and letter not in "\n\t":
            before = text[max(0, at - 20) : at]
            if before:
                return [Problem(key, "unseen_character_after", {"before": before})]
            return [Problem(key, "unseen_character")]
    return []


_WANTED = {
    str: "text",
    int: "number",
    bool: "bool",
    Decimal: "decimal",
    date: "date",
    datetime: "time",
}


def _explain(kind: Any, bare: Any, value: object, key: str) -> Problem:
    """Why a single value was refused: another type, or a value out of its bounds."""
    if type(value) is not bare:
        if get_origin(bare) is tuple:
            return Problem(key, "wrong_type", {"wanted": "pair"})
        return Problem(key, "wrong_type", {"wanted": _WANTED.get(bare, "text")})
    if isinstance(value, str):
        return _explain_text(kind, value, key)
    is_long = isinstance(value, int) and value.bit_length() > _LONG_BITS
    shown = "…" if is_long else str(value)
    for note in get_args(kind)[1:]:
        if isinstance(note, msgspec.Meta) and note.ge is not None and note.le is not None:
            return _out_of_bounds(key, shown, int(note.ge), int(note.le))
    return Problem(key, "wrong_type", {"wanted": _WANTED.get(bare, "text")})


def _explain_text(kind: Any, value: str, key: str) -> Problem:
    if not value:
        return Problem(key, "empty")
    notes = [note for note in get_args(kind)[1:] if isinstance(note, msgspec.Meta)]
    for note in notes:
        if note.max_length is not None and len(value) > note.max_length:
            return Problem(key, "too_long", {"length": len(value), "most": note.max_length})
    patterns = [note.pattern for note in notes if note.pattern is not None]
    return Problem(key, _PATTERNS[patterns[0]], {"value": _spelt(value)})
