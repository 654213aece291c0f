"""What every act on the register shares: holding a row, a reason that says no secrets, the log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils.translation import get_language

from hoithi.audit.actions import Facts, record
from hoithi.entries.models import RegistrationState, UnitRegistration
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation
from hoithi.rules.vietnamese import tidy
from hoithi.web.wording import moment

LONGEST_REASON = 300
_LONG_NUMBER = re.compile(r"(?:\d[ .\-]?){9}")


def hold(registration: UnitRegistration, states: Iterable[RegistrationState]) -> None:
    """Hold the row to the end of the transaction, if its state allows what is coming.

    An update of the expected state, as SQLite knows no `select_for_update`.
    Raises RuleViolation: `registration_accepted`, `registration_submitted`, `not_submitted`.
    """
    rows = UnitRegistration.objects.filter(pk=registration.pk)
    if not rows.filter(state__in=list(states)).update(declared=F("declared")):
        raise wrong_state(rows.values_list("state", flat=True).get())


def wrong_state(state: str) -> RuleViolation:
    """Why an act is refused in this state."""
    if state == RegistrationState.ACCEPTED:
        return RuleViolation("registration_accepted")
    if state == RegistrationState.SUBMITTED:
        return RuleViolation("registration_submitted")
    return RuleViolation("not_submitted")


def not_as_seen(registration: UnitRegistration) -> RuleViolation:
    """Why lists that were handed in cannot be decided about: the state, or `handed_in_anew` where
    these are others than those that were seen."""
    now = UnitRegistration.objects.get(pk=registration.pk)
    if now.state != RegistrationState.SUBMITTED or now.submitted_at is None:
        return wrong_state(now.state)
    at = moment(now.submitted_at, get_language() or "vi")
    return RuleViolation("handed_in_anew", who=now.submitted_by, at=at)


def checked_reason(text: str) -> str:
    """A reason as it is stored. Raises RuleViolation: `reason_missing`, `reason_too_long`, and
    `reason_has_number` for what may be a national id or a phone."""
    reason = tidy(text)
    if not reason:
        raise RuleViolation("reason_missing")
    if len(reason) > LONGEST_REASON:
        raise RuleViolation("reason_too_long", most=LONGEST_REASON)
    if _LONG_NUMBER.search(reason):
        raise RuleViolation("reason_has_number")
    return reason


def log(
    actor: User,
    action: str,
    target: str,
    now: datetime,
    *,
    before: Facts | None = None,
    after: Facts | None = None,
) -> None:
    """Record an act of this room; facts are states, counts and keys, never people."""
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=f"entries.{action}",
        target=target,
        now=now,
        before=before,
        after=after,
    )
