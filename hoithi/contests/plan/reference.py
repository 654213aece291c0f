"""The plan file's reference, written from the types that read it: docs/plan-format.md.

`python -m hoithi.contests.plan.reference` prints it anew.
"""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from hoithi.contests.plan.reading import MOST_BYTES, field_types
from hoithi.contests.plan.schema import CODE, Code, Plan
from hoithi.contests.plan.sentences import SENTENCES
from hoithi.rules.shapes import KEY, ONE_LINE, Key, Strict

_HEAD = f"""\
# The plan file

`plans/<contest>/contest.toml` holds everything that differs between contests. This page is written
from the types that read the file (`hoithi/contests/plan/schema.py`) by
`python -m hoithi.contests.plan.reference > docs/plan-format.md`; a test keeps the two alike.

- TOML in UTF-8, at most {MOST_BYTES // 1_000_000} MB. Money is whole đồng; times carry their zone.
- Every key is required, so that a rule nobody thought of is missed when the file is checked and not
  when the prizes are given. “or none” means that `""` says there is none, and that the key may be
  left out. An unknown key is an error.
- A *key* names something for the machine: `a`–`z`, `0`–`9`, single hyphens inside; at most
  {get_args(Key)[1].max_length} characters. The *code* of a unit has letters without marks, digits,
  and single hyphens or dots inside; at most {get_args(Code)[1].max_length}.
- A *line* is a text without line breaks. No text has characters that cannot be seen.
- What the signed plan leaves open and the file fills in is listed under `[[assumptions]]`.
- Four contests stand in `plans/`; `tests/golden/` plays each against a table worked out by hand. A
  made-up one, `hoi-thi-mau`, has every form of the stage: heats, semi-finals, final, side prizes;
  `daknong-2023-tai-huyen` has the live form of 2023 as districts held it, by one marking scale.
"""
_CHECK = """\
## What the check says

Errors of shape and contradictions are told with the key at which they stand, counted from 1, as in
`rounds[1].online.minutes`.

| Code | Sentence |
|---|---|
"""
_SHAPES = {KEY: "key", CODE: "code", ONE_LINE: "line"}
_WORDS = {
    str: "text",
    int: "whole number",
    bool: "`true` or `false`",
    Decimal: "number",
    date: "date",
    datetime: "time with zone",
}


def reference() -> str:
    """The whole page in Markdown."""
    sections = [_HEAD, *_sections(Plan, "", repeated=False), _CHECK + _sentences()]
    return "\n".join(sections)


def _sections(struct: type[msgspec.Struct], path: str, *, repeated: bool) -> Iterator[str]:
    """The section of a table, then those of the tables in it, in the order of the file."""
    yield _section(struct, path, repeated=repeated)
    for key, kind in field_types(struct).items():
        inner, in_list = _table_in(kind)
        if inner is not None:
            yield from _sections(inner, f"{path}.{key}".lstrip("."), repeated=in_list)


def _section(struct: type[msgspec.Struct], path: str, *, repeated: bool) -> str:
    name = f"`[[{path}]]`" if repeated else f"`[{path}]`"
    rows = [
        f"| `{key}` | {_type(kind)} | {_constraint(kind)} | {_description(kind)} |"
        for key, kind in field_types(struct).items()
    ]
    return "\n".join(
        [
            f"## {name if path else 'At the top'}",
            "",
            *_documentation(struct),
            "| Key | Type | Constraint | Meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _documentation(struct: type[msgspec.Struct]) -> list[str]:
    """What the type says of itself, then what the types say that it extends."""
    lines: list[str] = []
    for each in struct.__mro__:
        if each in (Strict, msgspec.Struct, object):
            continue
        text = each.__dict__.get("__doc__")
        if isinstance(text, str):
            lines += [inspect.cleandoc(text), ""]
    return lines


def _bare(kind: Any) -> tuple[Any, list[msgspec.Meta], bool]:
    """The type without what is said about it: the type, the notes, whether it may be empty."""
    if get_origin(kind) is Annotated:
        inner, *notes = get_args(kind)
        return inner, [note for note in notes if isinstance(note, msgspec.Meta)], False
    if get_origin(kind) in (Union, types.UnionType):
        given = next(each for each in get_args(kind) if each is not type(None))
        inner, metas, _ = _bare(given)
        return inner, metas, True
    return kind, [], False


def _table_in(kind: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    """The table that a key holds, if it does, and whether it holds a list of them."""
    inner, _, _ = _bare(kind)
    if get_origin(inner) is list:
        table, _ = _table_in(get_args(inner)[0])
        return table, True
    is_table = isinstance(inner, type) and issubclass(inner, msgspec.Struct)
    return (inner if is_table else None), False


def _type(kind: Any) -> str:
    inner, _, _ = _bare(kind)
    table, in_list = _table_in(kind)
    if table is not None:
        return "tables" if in_list else "table"
    if get_origin(inner) is Literal:
        return _choice(inner)
    if get_origin(inner) is list:
        return f"list of {_element(get_args(inner)[0])}"
    if get_origin(inner) is dict:
        return f"table of {_element(get_args(inner)[1])}, each with its key"
    return _word(kind)


def _element(kind: Any) -> str:
    inner, _, _ = _bare(kind)
    if get_origin(inner) is Literal:
        return _choice(inner)
    if get_origin(inner) is tuple:
        return "pairs [from, to] of times"
    return f"{_word(kind)}s"


def _choice(literal: Any) -> str:
    *most, last = (f"`{each}`" for each in get_args(literal))
    return f"{', '.join(most)} or {last}" if most else last


def _word(kind: Any) -> str:
    inner, notes, _ = _bare(kind)
    for note in notes:
        if note.pattern:
            return _SHAPES[note.pattern]
    return _WORDS[inner]


def _constraint(kind: Any) -> str:
    inner, notes, may_be_empty = _bare(kind)
    said = ["or none"] if may_be_empty else []
    if get_origin(inner) is list and _table_in(kind)[0] is None:
        within = _constraint(get_args(inner)[0])
        said += [f"each {within}"] if within else []
    for note in notes:
        if note.min_length:
            said.append("not empty")
        if note.max_length and note.pattern not in (KEY, CODE):
            said.append(f"at most {note.max_length} characters")
        if note.ge is not None:
            said.append(f"{note.ge} or more" if note.le is None else f"{note.ge} to {note.le}")
    return ", ".join(said)


def _description(kind: Any) -> str:
    """What the key says of itself, else the first line of the table that it holds."""
    texts = [note.description for note in _bare(kind)[1] if note.description]
    table, _ = _table_in(kind)
    if table is not None:
        texts = [*_documentation(table)[:1], *texts]
    return texts[-1].partition("\n")[0] if texts else ""


def _sentences() -> str:
    return "".join(f"| `{code}` | {english} |\n" for code, (_, english) in SENTENCES.items())


if __name__ == "__main__":
    sys.stdout.write(reference())
