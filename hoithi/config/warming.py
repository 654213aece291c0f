"""Readies what threads must not ready together, before a server has any.

msgspec describes a struct to itself at its first use. Two threads that come to it at once can end
the process with a fault of memory (seen with msgspec 0.22, and in `tests/config/test_warming.py`):
the first pages after a restart did. A struct that has been described once is safe.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import msgspec
from django.urls import get_resolver


def warm_up() -> list[type[msgspec.Struct]]:
    """Load every view, and with them every struct, and describe each; answers which."""
    _ = get_resolver().url_patterns
    described = []
    for struct in _below(msgspec.Struct):
        # One that is only handed about in memory may hold what no decoder could tell apart.
        with contextlib.suppress(TypeError):
            msgspec.json.Decoder(struct)
            described.append(struct)
    return described


def _below(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for each in struct.__subclasses__():
        yield each
        yield from _below(each)
