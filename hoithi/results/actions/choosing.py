"""What two people choose where the rules leave it to them: side prizes, equal runners-up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Round
from hoithi.entries.lineups import field_round
from hoithi.people.actions import approve
from hoithi.people.models import Approval, User
from hoithi.people.permissions import contest_scope
from hoithi.results.actions.motions import put_forward
from hoithi.results.models import Choice
from hoithi.results.qualifying import open_cut
from hoithi.results.queries import digest, standing_of
from hoithi.results.units import check_decided_here
from hoithi.rules.canonical import Value
from hoithi.rules.errors import RuleViolation
from hoithi.rules.qualifying import COMING_ON
from hoithi.rules.side_prizes import is_choice
from hoithi.rules.vietnamese import tidy

_MOST_REASON = 500


@transaction.atomic
def choose(
    *,
    actor: User,
    each: Round,
    about: str,
    order: Sequence[str],
    reason: str,
    now: datetime,
) -> Approval:
    """Choose the winners of a side prize, or the order of equal runners-up; two people do the same.

    `about` is the key of the prize, or empty. Raises RuleViolation: `decided_by_province` on a
    unit's own machine, `reason_missing`, `no_such_choice`, and those of `approve`.
    """
    hold_contest(each.contest)
    check_decided_here(each.contest)
    if about == COMING_ON:
        each = field_round(each) or each
    reason = tidy(reason)[:_MOST_REASON]
    if not reason:
        raise RuleViolation("reason_missing")
    if not _may_choose(each, about, order):
        raise RuleViolation("no_such_choice")
    content: dict[str, Value] = {"about": about, "order": list(order)}
    approval = approve(
        actor=actor,
        kind="choice",
        scope=contest_scope(each.contest.key),
        subject=f"round:{each.contest.key}/{each.key}",
        subject_hash=digest(content),
        reason=reason,
        now=now,
    )
    if approval.is_complete:
        Choice.objects.create(
            round=each,
            about=about,
            order=list(order),
            reason=reason,
            approval=approval,
            chosen_at=now,
        )
    else:
        put_forward(approval, each.contest, each, content)
    return approval


def _may_choose(each: Round, about: str, order: Sequence[str]) -> bool:
    """Whether this waits to be chosen now, and by such an order."""
    if about == COMING_ON:
        cut = open_cut(each)
        return cut is not None and sorted(order) == sorted(cut.entries)
    for waiting in standing_of(each).side.waiting:
        if waiting.prize == about:
            if waiting.of_jury:
                return is_choice(order, waiting.entries, waiting.free)
            return sorted(order) == sorted(waiting.entries)
    return False
