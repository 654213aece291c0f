"""A database's own word on whether a text is composed (NFC), for constraints.

PostgreSQL knows it. SQLite does not: there every mark of the block U+0300 to U+036F is looked for
behind each letter that has one sign together with it. So e and a breve are refused where ĕ is
meant, while ê̆, which Unicode knows in two parts only, is a letter of Ê Đê and stays.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Func

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler, _AsSqlType

_MARKS = [chr(code) for code in range(0x300, 0x370)]
# Latin, Greek and Cyrillic.
_LETTERS = [
    chr(code)
    for code in (*range(0x41, 0x530), *range(0x1E00, 0x2000))
    if chr(code).isalpha() and unicodedata.is_normalized("NFC", chr(code))
]


class IsComposed(Func):
    """Whether the text in a column is NFC."""

    arity = 1
    output_field = BooleanField()
    template = "(%(expressions)s IS NFC NORMALIZED)"

    def as_sqlite(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - Django's call
        **_: object,
    ) -> _AsSqlType:
        text, params = compiler.compile(self.get_source_expressions()[0])
        globs = [f"{text} GLOB '{pattern}'" for pattern in _loose()]
        sql = f"({text} NOT GLOB '*[{_MARKS[0]}-{_MARKS[-1]}]*' OR NOT ({' OR '.join(globs)}))"
        return sql, tuple(params) * (len(globs) + 1)


@cache
def _loose() -> tuple[str, ...]:
    """Patterns of GLOB for marks that a composed text has not: apart from a letter that they have
    one sign with, also across a mark that sits elsewhere; out of order; and never composed."""
    never = "".join(mark for mark in _MARKS if not unicodedata.is_normalized("NFC", mark))
    letters = {
        mark: "".join(
            each for each in _LETTERS if not unicodedata.is_normalized("NFC", each + mark)
        )
        for mark in _MARKS
        if mark not in never
    }
    places: defaultdict[int, str] = defaultdict(str)
    for mark in _MARKS:
        places[unicodedata.combining(mark)] += mark
    del places[0]  # what is placed nowhere keeps a letter and its mark apart
    patterns = [f"*[{never}]*"]
    for place, marks in places.items():
        before = "".join(places[each] for each in places if each < place)
        after = "".join(places[each] for each in places if each > place)
        apart = [(letters[mark], mark) for mark in marks if letters.get(mark)]
        patterns += [f"*[{bases}]{mark}*" for bases, mark in apart]
        patterns += [f"*[{bases}][{before}]{mark}*" for bases, mark in apart if before]
        patterns += [f"*[{after}][{marks}]*"] if after else []
    return tuple(patterns)
