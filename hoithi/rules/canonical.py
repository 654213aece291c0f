"""Canonical JSON: the one way in which a file that is hashed is written (docs/decisions/0003).

UTF-8, NFC strings, keys sorted, no white space; integers, strings, booleans, null, lists and
objects only. A float has many spellings and is refused.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TypeAlias

_UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)])
Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"


def canonical(value: Value) -> bytes:
    """The bytes of a value. Raises ValueError for a float, a text not in NFC or an odd key."""
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def composed(text: str) -> str:
    """A text in NFC, without what no file and no database takes: NUL and lone surrogates."""
    return unicodedata.normalize("NFC", text).translate(_UNSTORABLE)


def all_composed(value: Value) -> Value:
    """The same value with every text in it composed."""
    if isinstance(value, str):
        return composed(value)
    if isinstance(value, Mapping):
        return {key: all_composed(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [all_composed(inner) for inner in value]
    return value


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _check(value: Value) -> None:
    if isinstance(value, str):
        if not unicodedata.is_normalized("NFC", value):
            raise ValueError(f"not NFC: {value[:40]!r}")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"key must be ASCII: {key!r}")
            _check(inner)
    elif isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        for inner in value:
            _check(inner)
    elif value is not None and not isinstance(value, int):
        raise ValueError(f"cannot be canonical: {type(value).__name__}")
