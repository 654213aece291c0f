"""A plan back to TOML: the same plan comes out when the file is read again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

import msgspec

from hoithi.contests.plan.schema import Plan


def write_plan(plan: Plan) -> str:
    """The text of the plan file; keys stand in the order of the schema."""
    table = msgspec.to_builtins(plan, builtin_types=(Decimal, date, datetime))
    return "\n".join(_table("", table)) + "\n"


def _table(name: str, table: Mapping[str, object]) -> Iterator[str]:
    """The lines of a table: its values first, then the tables in it."""
    later: list[tuple[str, object]] = []
    for bare, value in table.items():
        key = _key(bare)
        if isinstance(value, dict) or _is_tables(value):
            later.append((key, value))
        elif value is None:
            yield f"{key} = {_EMPTY}"
        else:
            yield f"{key} = {value_text(value)}"
    for key, value in later:
        full = f"{name}.{key}" if name else key
        if isinstance(value, dict):
            yield from ("", f"[{full}]", *_table(full, value))
        elif isinstance(value, list):
            for each in value:
                yield from ("", f"[[{full}]]", *_table(full, each))


_EMPTY = '""'
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def _key(name: str) -> str:
    """A key as TOML takes it: of plain letters as it is, any other in quotes."""
    return name if _BARE.fullmatch(name) else _text(name)


def _text(value: str) -> str:
    """JSON's escapes are TOML's, but for the one control character that JSON lets stand."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def value_text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(value_text(each) for each in value)}]"
        case _:
            raise TypeError(f"no TOML for {type(value).__name__}")
