"""When rounds are really open: their sittings can be opened, delayed and closed by order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min, Q

from hoithi.contests.models import Contest, Purpose, Round
from hoithi.exam.models import SittingState
from hoithi.exam.queries import held_between


@dataclass(frozen=True, slots=True)
class Window:
    """A round's name and the time in which somebody can take part in it."""

    key: str
    name: str
    is_online: bool
    is_official: bool
    opens_at: datetime
    closes_at: datetime


def windows_of(contest: Contest) -> list[Window]:
    """The rounds of a contest in order. One query."""
    standing = ~Q(sittings__state=SittingState.WITHDRAWN)
    rounds = contest.rounds.annotate(
        first=Min("sittings__opens_at", filter=standing),
        last=Max("sittings__closes_at", filter=standing),
    )
    return [
        Window(
            each.key,
            each.name,
            each.is_online,
            each.purpose == Purpose.OFFICIAL,
            each.first or each.opens_at,
            each.last or each.closes_at,
        )
        for each in rounds
    ]


def window_of(each: Round) -> Window:
    """The same of one round. No query when its `sittings` are prefetched."""
    opens_at, closes_at = held_between(each, each.sittings.all())
    return Window(
        each.key, each.name, each.is_online, each.purpose == Purpose.OFFICIAL, opens_at, closes_at
    )
