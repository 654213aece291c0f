"""How long it is to a moment, for web/parts/countdown.html."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Countdown:
    """Whole days, hours and minutes that remain; all zero once the moment has come."""

    until: datetime
    days: int
    hours: int
    minutes: int


def countdown(until: datetime, now: datetime) -> Countdown:
    """Begun minutes do not count, so that nobody reads more time than there is."""
    minutes = max(0, int((until - now).total_seconds()) // 60)
    return Countdown(until, minutes // 1440, minutes // 60 % 24, minutes % 60)
