"""What a running rehearsal tells of itself once a second, and how it ends: a line of JSON each."""

from __future__ import annotations

from typing import Literal

import msgspec

from hoithi.rehearsal.report import Report
from hoithi.rules.errors import ParamValue

Step = Literal["preparing", "arriving", "working", "comparing"]


class Live(msgspec.Struct, frozen=True):
    """How far it is, in seconds of so many, and what has happened up to now."""

    step: Step
    done_s: int
    total_s: int
    entered: int = 0
    started: int = 0
    submitted: int = 0
    saves: int = 0
    saves_a_second: int = 0
    p99_ms: int = 0
    errors: int = 0


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line: where it is, or what came of it, or why it cannot be played."""

    live: Live | None = None
    report: Report | None = None
    refused: str = ""
    facts: dict[str, ParamValue] = {}
