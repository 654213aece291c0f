"""Contestants of a large round, and when each of them asks for what.

Everybody enters and starts within ten seconds, answers until the end, and hands in within the last
thirty seconds. While somebody works, the page also asks for the time as often as it does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from random import Random
from typing import Literal

from bench import exam
from bench.load import post
from bench.open_loop import Due

Kind = Literal["enter", "start", "save", "submit", "pulse"]

ENTERING_S = 10.0
HANDING_IN_S = 30.0
_END_S = 2 * HANDING_IN_S
_READING_S = 1.0
"""Between entering and starting, and between starting or handing in and an answer."""
_PULSE_S = 4.5
"""On the average: the hall says four seconds, or up to a quarter more."""


class Contestant:
    """One line of the roster; gives an answer with every save, each with the next number."""

    __slots__ = ("_line", "_token", "seq")

    def __init__(self, line: int, token: str = "") -> None:
        self._line = line
        self._token = token
        self.seq = 0

    def request(self, kind: str) -> bytes:
        match kind:
            case "enter":
                return exam.enter(self._line)
            case "start":
                return exam.start(self._token)
            case "submit":
                body = json.dumps({"last_seq": self.seq}).encode()
                return post("/thi/v1/submit", body, self._token)
            case "pulse":
                return post("/thi/v1/pulse", b"", self._token)
        self.seq += 1
        return exam.save(self._token, self.seq)

    def take(self, kind: str, reply: bytes) -> None:
        if kind in ("enter", "start"):
            self._token = exam.token_in(reply)


def rush(contestants: int, seconds: float, chance: Random) -> list[Due]:
    """What is due from the first code to the last receipt."""
    if seconds < ENTERING_S + HANDING_IN_S + 2 * _READING_S:
        raise ValueError("too short for entering and handing in")
    schedule: list[Due] = []
    for who in range(contestants):
        enters = chance.uniform(0, ENTERING_S - _READING_S)
        starts = enters + _READING_S
        submits = chance.uniform(seconds - HANDING_IN_S, seconds)
        schedule += [(enters, who, "enter"), (starts, who, "start"), (submits, who, "submit")]
        first, last = starts + _READING_S, submits - _READING_S
        schedule += [(chance.uniform(first, last), who, "save") for _ in range(exam.ITEMS)]
        pulse = starts + chance.uniform(0, _PULSE_S)
        while pulse < submits:
            schedule.append((pulse, who, "pulse"))
            pulse += _PULSE_S
    schedule.sort()
    return schedule


def without_middle(schedule: Sequence[Due], cut_s: float) -> list[Due]:
    """The same round with so many seconds left out before its last minute.

    What is asked in them is not asked; what comes after comes so much earlier, as fast as ever.
    """
    goes_on = schedule[-1][0] - _END_S
    stops = goes_on - cut_s
    if stops < ENTERING_S:
        raise ValueError("too short for entering and handing in")
    return [
        (at if at < stops else at - cut_s, who, kind)
        for at, who, kind in schedule
        if not stops <= at < goes_on
    ]
