"""A lineup is written: fixed, drawn, left by a team, begun, void. Who may, and why, say others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from hoithi.contests.models import Round
from hoithi.contests.queries import round_plan
from hoithi.entries.lineups import standing_lineup
from hoithi.entries.models import Entry, Leaving, Lineup
from hoithi.people.models import Approval
from hoithi.people.vault import Sealed
from hoithi.rules.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class Fixed:
    """A field as it is frozen; `sealed` is the secret of its draw, none where it needs no draw."""

    among: Sequence[str]
    sources: Mapping[str, int]
    decisions: Sequence[Sequence[str]]
    seats: Sequence[Mapping[str, str]]
    commitment: str
    sealed: Sealed | None


@transaction.atomic
def write_lineup(*, first: Round, fixed: Fixed, actor_name: str, now: datetime) -> Lineup:
    """Freeze a field. Raises RuleViolation `lineup_fixed_already`."""
    try:
        with transaction.atomic():
            return Lineup.objects.create(
                contest=first.contest,
                round=first,
                among=list(fixed.among),
                sources=dict(fixed.sources),
                decisions=[list(order) for order in fixed.decisions],
                field=[dict(seat) for seat in fixed.seats],
                commitment=fixed.commitment,
                cipher=fixed.sealed.cipher if fixed.sealed else None,
                key_id=fixed.sealed.key_id if fixed.sealed else "",
                fixed_by=actor_name,
                fixed_at=now,
            )
    except IntegrityError as error:
        raise RuleViolation("lineup_fixed_already") from error


def write_draw(
    *,
    lineup: Lineup,
    order: Sequence[str],
    rounds: Mapping[str, Sequence[str]],
    now: datetime,
    number: str = "",
    secret: str = "",
    by_hand: str = "",
) -> None:
    """Keep the lots and the teams of each round, once. Raises RuleViolation `lineup_drawn`."""
    drawn = Lineup.objects.filter(pk=lineup.pk, drawn_at=None, voided_at=None).update(
        order=list(order),
        rounds={key: list(entries) for key, entries in rounds.items()},
        number=number,
        secret=secret,
        by_hand=by_hand,
        drawn_at=now,
    )
    if not drawn:
        raise RuleViolation("lineup_drawn")
    lineup.refresh_from_db()


def write_leaving(
    *,
    lineup: Lineup,
    gone: Entry,
    comes: Entry | None,
    decisions: Sequence[Sequence[str]],
    approval: Approval,
    now: datetime,
) -> Leaving:
    """A team leaves, and another takes its seat by the orders that have been decided until now."""
    Lineup.objects.filter(pk=lineup.pk).update(decisions=[list(order) for order in decisions])
    return Leaving.objects.create(
        lineup=lineup,
        entry=gone,
        comes=comes,
        reason=approval.reason,
        approval=approval,
        left_at=now,
    )


def write_void(*, lineup: Lineup, approval: Approval, now: datetime) -> None:
    """A lineup does not hold; it stays readable."""
    Lineup.objects.filter(pk=lineup.pk, voided_at=None).update(voided_at=now, voiding=approval)
    lineup.refresh_from_db()


@transaction.atomic
def begin_round(*, each: Round) -> None:
    """From now on the teams of a round do not change; again changes nothing.

    To be called while the contest is held (`hold_contest`). Raises RuleViolation `lineup_missing`
    for a round that waits for its teams.
    """
    if round_plan(each).entrants is None:
        return
    lineup = standing_lineup(each)
    if lineup is None or lineup.drawn_at is None:
        raise RuleViolation("lineup_missing")
    if each.key not in lineup.begun:
        Lineup.objects.filter(pk=lineup.pk).update(begun=[*lineup.begun, each.key])
