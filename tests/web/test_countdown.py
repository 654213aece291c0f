"""The time that remains is never shown longer than it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hoithi.web.countdown import Countdown, countdown

START = datetime(2023, 10, 5, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "parts"),
    [
        (timedelta(days=12, hours=3, minutes=4, seconds=59), (12, 3, 4)),
        (timedelta(hours=24), (1, 0, 0)),
        (timedelta(seconds=59), (0, 0, 0)),
        (timedelta(0), (0, 0, 0)),
        (timedelta(days=-1), (0, 0, 0)),
    ],
)
def test_whole_days_hours_and_minutes_remain(
    before: timedelta, parts: tuple[int, int, int]
) -> None:
    assert countdown(START, START - before) == Countdown(START, *parts)
