"""Barring somebody from being ranked, and taking that back: rows are added, none is changed.

Whoever is barred has a score and no place (docs/rules/ranking.md, article 10). A published result
stays as it is; the correction that follows is a version of its own.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from hoithi.entries.actions.holding import checked_reason, log
from hoithi.entries.models import Bar, Entry, EntryState
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation


@transaction.atomic
def bar_entry(*, actor: User, entry: Entry, reason: str, now: datetime) -> Bar:
    """Bar an accepted entry from being ranked: of the committee, sat for by somebody else, …

    Raises RuleViolation: `entry_not_accepted`, `entry_barred`, or what is wrong with the reason.
    """
    reason = checked_reason(reason)
    changed = Entry.objects.filter(pk=entry.pk, state=EntryState.ACCEPTED).update(
        barred_reason=reason
    )
    if not changed:
        raise RuleViolation("entry_not_accepted")
    try:
        with transaction.atomic():
            bar = Bar.objects.create(
                entry=entry, reason=reason, barred_by=actor.name, barred_at=now
            )
    except IntegrityError as error:
        raise RuleViolation("entry_barred") from error
    entry.refresh_from_db()
    log(actor, "bar", f"entry:{entry.public_id}", now, after={"reason": reason})
    return bar


@transaction.atomic
def lift_bar(*, actor: User, entry: Entry, reason: str, now: datetime) -> None:
    """Take a bar back, with the reason; the row of the bar stays.

    Raises RuleViolation: `entry_not_barred`, or what is wrong with the reason.
    """
    reason = checked_reason(reason)
    lifted = Bar.objects.filter(entry=entry, lifted_at=None).update(
        lifted_reason=reason, lifted_by=actor.name, lifted_at=now
    )
    if not lifted:
        raise RuleViolation("entry_not_barred")
    Entry.objects.filter(pk=entry.pk).update(barred_reason="")
    entry.refresh_from_db()
    log(actor, "lift_bar", f"entry:{entry.public_id}", now, after={"reason": reason})
