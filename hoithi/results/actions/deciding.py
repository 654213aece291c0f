"""What two people of the committee decide: the order in a tie, and what becomes of an item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Contest, Round
from hoithi.people.actions import approve
from hoithi.people.models import Approval, User
from hoithi.people.permissions import contest_scope
from hoithi.results.actions.motions import put_forward
from hoithi.results.collective import collective_proposal
from hoithi.results.models import Ruling, TieDecision, UnitTieDecision
from hoithi.results.queries import digest, proposal
from hoithi.results.units import check_decided_here
from hoithi.rules.awards import Tie
from hoithi.rules.canonical import Value, canonical, sha256
from hoithi.rules.errors import RuleViolation


@transaction.atomic
def decide_tie(
    *, actor: User, each: Round, order: Sequence[str], reason: str, now: datetime
) -> Approval:
    """Order entries that share a place across a prize line; two people decide the same.

    Raises RuleViolation: `decided_by_province` on a unit's own machine, `no_such_tie`,
    `reason_missing`, and those of `approve`.
    """
    check_decided_here(each.contest)
    _check_tie(proposal(each).ties, order, reason)
    approval = approve(
        actor=actor,
        kind="tie",
        scope=contest_scope(each.contest.key),
        subject=f"round:{each.contest.key}/{each.key}",
        subject_hash=sha256(canonical(list(order))).hex(),
        reason=reason,
        now=now,
    )
    if approval.is_complete:
        TieDecision.objects.create(
            round=each, order=list(order), reason=reason, approval=approval, decided_at=now
        )
    else:
        put_forward(approval, each.contest, each, {"order": list(order)})
    return approval


@transaction.atomic
def decide_unit_tie(
    *, actor: User, contest: Contest, order: Sequence[str], reason: str, now: datetime
) -> Approval:
    """Order units, by their codes, that share a place across a prize line; two people decide.

    Raises RuleViolation: `decided_by_province` on a unit's own machine, `no_collective_rule`,
    `no_such_tie`, `reason_missing`, and those of `approve`.
    """
    check_decided_here(contest)
    _check_tie(collective_proposal(contest).ties, order, reason)
    approval = approve(
        actor=actor,
        kind="tie",
        scope=contest_scope(contest.key),
        subject=f"contest:{contest.key}",
        subject_hash=sha256(canonical(list(order))).hex(),
        reason=reason,
        now=now,
    )
    if approval.is_complete:
        UnitTieDecision.objects.create(
            contest=contest, order=list(order), reason=reason, approval=approval, decided_at=now
        )
    else:
        put_forward(approval, contest, None, {"order": list(order)})
    return approval


def _check_tie(ties: Sequence[Tie], order: Sequence[str], reason: str) -> None:
    if not reason.strip():
        raise RuleViolation("reason_missing")
    if sorted(order) not in [sorted(tie.entries) for tie in ties]:
        raise RuleViolation("no_such_tie")


@transaction.atomic
def rule_on_item(
    *,
    actor: User,
    each: Round,
    item: str,
    effect: str,
    option: int | None,
    reason: str,
    now: datetime,
) -> Approval:
    """Rule on an item after the first start; marks change when the round is graded again.

    Ruling, grading and publishing take turns. Raises RuleViolation: `reason_missing`, and those of
    `approve`.
    """
    if not reason.strip():
        raise RuleViolation("reason_missing")
    hold_contest(each.contest)
    content: dict[str, Value] = {"item": item, "effect": effect, "option": option}
    approval = approve(
        actor=actor,
        kind="ruling",
        scope=contest_scope(each.contest.key),
        subject=f"round:{each.contest.key}/{each.key}",
        subject_hash=digest(content),
        reason=reason,
        now=now,
    )
    if approval.is_complete:
        Ruling.objects.create(
            round=each,
            item=item,
            effect=effect,
            option=option,
            reason=reason,
            approval=approval,
            ruled_at=now,
        )
    else:
        put_forward(approval, each.contest, each, content)
    return approval
