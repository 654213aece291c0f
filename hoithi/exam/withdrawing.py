"""Taking a sealed package back that the hall knows already (docs/decisions/0016).

Two people have signed. Every sitting of the package is ordered to let nobody start; when every hall
process has reported that it follows this, the journal says for good whether somebody has started.
If so, the order is called off and the package stays sealed; if not, package and sittings are
withdrawn. Killed at any step, all of it is done again from the first one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hoithi.audit.actions import record
from hoithi.contests.actions import hold_contest
from hoithi.entries.actions import mark_unseated
from hoithi.exam.hall_orders import order_withdrawal, push_to_hall
from hoithi.exam.hearing import somebody_started
from hoithi.exam.models import Package, RosterLine, Sitting, SittingState
from hoithi.exam.sealing import forget_seal
from hoithi.hall.store.api import Withdrawal
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation

HEARD_WITHIN_S = 20.0
_LOOK_EVERY_S = 0.2


def withdraw_from_hall(
    *,
    actor: User,
    package: Package,
    settle: Callable[[], None],
    within_s: float = HEARD_WITHIN_S,
) -> None:
    """Take the sittings of a package that is leaving out of the hall, and withdraw it.

    With what `settle` does. Raises RuleViolation: `withdrawn_too_late` when somebody has started or
    a sitting was collected, then the package stays sealed; `hall_not_stopped` when the hall has not
    answered in time, then nobody can start and this may be called again.
    """
    if not package.is_leaving or package.withdrawal is None:
        raise RuleViolation("withdrawn_too_late")
    reason = package.withdrawal.reason
    try:
        order = stop_starts(actor=actor, package=package, reason=reason)
        too_late = wait_for_word(package, order, within_s)
    except RuleViolation as violation:
        if violation.code != "sitting_over":
            raise
        too_late = True
    if too_late:
        call_off(actor=actor, package=package, reason=reason, now=timezone.now())
        raise RuleViolation("withdrawn_too_late")
    complete(actor=actor, package=package, reason=reason, now=timezone.now(), settle=settle)


def stop_starts(*, actor: User, package: Package, reason: str) -> int:
    """Order that nobody starts with the package any more; answers the last order's number.

    A roster that is on its way is sent first: it may have arrived. Raises RuleViolation
    `sitting_over`, `hall_out_of_reach`.
    """
    order = 0
    for sitting in package.sittings.all():
        push_to_hall(sitting)
        order = order_withdrawal(
            actor=actor,
            sitting=sitting,
            step=Withdrawal.ASKED,
            reason=reason,
            now=timezone.now(),
        )
    return order


def wait_for_word(package: Package, order: int, within_s: float) -> bool:
    """Whether somebody has started, once the hall can tell for good.

    Raises RuleViolation `hall_not_stopped`, `hall_out_of_reach`.
    """
    sittings = list(package.sittings.all())
    deadline = time.monotonic() + within_s
    while (started := somebody_started(sittings, order)) is None:
        if time.monotonic() > deadline:
            raise RuleViolation("hall_not_stopped")
        time.sleep(_LOOK_EVERY_S)
    return started


@transaction.atomic
def call_off(*, actor: User, package: Package, reason: str, now: datetime) -> None:
    """Leave the package sealed and its sittings as they were: people can start again."""
    hold_contest(package.round.contest)
    _hold_sittings(package)
    for sitting in package.sittings.filter(state=SittingState.PUBLISHED):
        order_withdrawal(actor=actor, sitting=sitting, step=Withdrawal.NONE, reason=reason, now=now)
    Package.objects.filter(pk=package.pk).update(withdrawal=None)
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action="exam.withdrawal_called_off",
        target=f"package:{package.public_id.hex}",
        now=now,
        after={"reason": reason},
    )


def _hold_sittings(package: Package) -> None:
    """All of them before the log, which each order writes: who orders one takes both in turn."""
    here = Sitting.objects.filter(package=package, state=SittingState.PUBLISHED)
    here.update(state=SittingState.PUBLISHED)


@transaction.atomic
def complete(
    *,
    actor: User,
    package: Package,
    reason: str,
    now: datetime,
    settle: Callable[[], None],
) -> None:
    """Withdraw a package in which nobody has started and nobody can.

    Its entries can be changed again, and sit with the next package.
    """
    hold_contest(package.round.contest)
    lines = RosterLine.objects.filter(sitting__package=package)
    elsewhere = RosterLine.objects.standing().exclude(sitting__package=package)
    mark_unseated(
        lines.exclude(entry__in=elsewhere.values("entry")).values_list("entry", flat=True)
    )
    _hold_sittings(package)
    for sitting in package.sittings.all():
        order_withdrawal(actor=actor, sitting=sitting, step=Withdrawal.DONE, reason=reason, now=now)
    Sitting.objects.filter(package=package).update(state=SittingState.WITHDRAWN)
    forget_seal(package)
    settle()
