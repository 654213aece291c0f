"""Days that turn at the contest's own midnight, limits, and which attempt counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from hoithi.rules.attempts import admitted, counted, granted_ms, span
from hoithi.rules.paper import AttemptRule
from hoithi.rules.ranking import RankKey
from hoithi.rules.regulation import Counted

VIETNAM = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Start:
    """An attempt as far as the limit looks at it."""

    number: int
    started_ms: int
    void: bool = False


def at(day: int, clock: str) -> int:
    """An instant of September 2025 in Vietnam."""
    hour, minute, second = (int(part) for part in clock.split(":"))
    return int(datetime(2025, 9, day, hour, minute, second, tzinfo=VIETNAM).timestamp() * 1000)


A_DAY = AttemptRule(1, "day", 420, [])
TWO_PERIODS = AttemptRule(
    1,
    "period",
    420,
    [(at(16, "08:00:00"), at(16, "20:00:00")), (at(16, "20:00:00"), at(17, "20:00:00"))],
)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (at(16, "00:00:00"), at(16, "23:59:59"), True),
        (at(16, "23:59:59"), at(17, "00:00:00"), False),
        (at(16, "06:59:59"), at(16, "07:00:00"), True),  # midnight in UTC
        (at(16, "12:00:00"), at(17, "12:00:00"), False),
    ],
)
def test_a_day_is_one_of_the_contests_own_time(one: int, other: int, same: bool) -> None:
    assert (span(A_DAY, one) == span(A_DAY, other)) is same


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (at(16, "08:00:00") - 1, -1),
        (at(16, "08:00:00"), 0),
        (at(16, "20:00:00") - 1, 0),
        (at(16, "20:00:00"), 1),
        (at(17, "20:00:00") - 1, 1),
        (at(17, "20:00:00"), -1),
    ],
)
def test_a_period_begins_with_its_first_instant_and_ends_before_its_last(
    instant: int, expected: int
) -> None:
    assert span(TWO_PERIODS, instant) == expected


def test_a_round_is_one_span() -> None:
    rule = AttemptRule(1, "round", 420, [])
    assert span(rule, at(1, "00:00:00")) == span(rule, at(30, "23:59:59"))


def test_the_earlier_attempts_of_a_span_stand() -> None:
    starts = [
        Start(3, at(17, "09:00:00")),
        Start(2, at(16, "10:00:00")),
        Start(1, at(16, "09:00:00")),
    ]
    assert [each.number for each in admitted(A_DAY, starts)] == [1, 3]


def test_an_annulled_attempt_is_not_admitted_and_uses_nothing_up() -> None:
    starts = [Start(1, at(16, "09:00:00"), void=True), Start(2, at(16, "10:00:00"))]
    assert [each.number for each in admitted(A_DAY, starts)] == [2]


MINUTE = 60_000


@pytest.mark.parametrize(
    ("first", "last", "granted"),
    [
        (30, 30, 0),  # nothing happened
        (30, 40, 10),  # a power cut of ten minutes while it was being written
        (40, 40, 0),  # minutes granted before the start: they are simply its time
        (40, 45, 5),  # the same, and five more after the start
        (20, 20, 0),  # begun late: the closing cut it
        (20, 30, 0),  # then the closing was moved, or minutes granted: a full time and no more
        (20, 33, 3),  # three minutes more than a full time
        (30, 12, 0),  # the sitting was closed early
    ],
)
def test_time_granted_after_the_start_beyond_a_full_time_is_an_interruption(
    first: int, last: int, granted: int
) -> None:
    """A working time of thirty minutes; ends in minutes after the start."""
    found = granted_ms(
        started_ms=7 * MINUTE,
        first_deadline_ms=(7 + first) * MINUTE,
        deadline_ms=(7 + last) * MINUTE,
        duration_ms=30 * MINUTE,
    )
    assert found == granted * MINUTE


def test_without_a_limit_every_attempt_is_admitted() -> None:
    starts = [Start(number, at(16, "09:00:00")) for number in range(1, 9)]
    assert admitted(AttemptRule(None, "day", 420, []), starts) == starts


STARTS = [Start(1, 0), Start(2, 0), Start(3, 0)]


@pytest.mark.parametrize(
    ("mode", "values", "number"),
    [
        ("first", (5, 9, 7), 1),
        ("last", (5, 9, 7), 3),
        ("best", (5, 9, 7), 2),
        ("best", (9, 5, 9), 1),  # equally good: the earlier
    ],
)
def test_one_attempt_counts(mode: Counted, values: tuple[int, int, int], number: int) -> None:
    keys: dict[int, RankKey] = {
        each.number: ((False, Decimal(-value)),) for each, value in zip(STARTS, values, strict=True)
    }
    assert counted(mode, STARTS, keys).number == number
