"""The signed minutes of a round that was held on stage, scanned and kept with its record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hoithi.audit.actions import record
from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Round
from hoithi.people.models import User
from hoithi.results.models import RecordedRound, SignedCopy
from hoithi.results.scans import keep_scan


@transaction.atomic
def attach_signed_copy(
    *, actor: User, each: Round, name: str, scan: bytes, now: datetime
) -> SignedCopy:
    """Attach a scan to the record that counts; a file that is there already stays once.

    Raises RecordedRound.DoesNotExist where the round has no record with the log of a stage.
    """
    hold_contest(each.contest)
    recorded = RecordedRound.objects.exclude(log=[]).get(round=each, voided_at=None)
    copy, is_new = SignedCopy.objects.get_or_create(
        record=recorded,
        sha256=keep_scan(scan),
        defaults={"name": name[-200:], "attached_by": actor.name, "attached_at": now},
    )
    if is_new:
        record(
            actor_id=str(actor.pk),
            actor_name=actor.name,
            action="results.signed_copy",
            target=f"round:{each.contest.key}/{each.key}",
            after={"sha256": copy.sha256},
            now=now,
        )
    return copy
