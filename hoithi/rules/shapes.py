"""The shapes of single values in rules as data: keys, labels, counts, amounts."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a file: a key that is not known here is refused."""


# Lengths are those that the desk's tables hold (tests/contests/plan/test_limits.py).
KEY = r"\A[a-z0-9]+(-[a-z0-9]+)*\Z"
ONE_LINE = r"\A[^\n\t]*\Z"
Key = Annotated[str, msgspec.Meta(pattern=KEY, max_length=50)]
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=ONE_LINE)]
Sentence = Annotated[str, msgspec.Meta(max_length=300, pattern=ONE_LINE)]
# Bounds that no contest reaches, so that a slip of the keyboard is told and not carried out.
Positive = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=36_000)]
Amount = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000_000)]
