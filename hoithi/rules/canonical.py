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

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | None"


def canonical(value: Value) -> bytes:
    """The bytes of a value. Raises ValueError for a float, a text not in NFC or an odd key."""
    _check(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


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
