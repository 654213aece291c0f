"""Rows of a journal that could not have been written, and accepting that they are there.

None of them counts, so marks are the same without them; but nobody collects such a journal in
silence. Two people of the committee look at the rows and sign, or collecting goes on being refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from hoithi.exam.models import Sitting
from hoithi.hall.formats import Head
from hoithi.hall.ledger import Flaw
from hoithi.people.actions import approve
from hoithi.people.models import Approval, User
from hoithi.people.permissions import contest_scope
from hoithi.rules.canonical import canonical, sha256
from hoithi.rules.errors import RuleViolation

KIND = "flaws"
HEAD_NOT_PASSED = "head_not_passed"


def _subject(sitting: Sitting) -> str:
    return f"sitting:{sitting.public_id.hex}"


def _digest(flaws: Sequence[Sequence[str]]) -> str:
    return sha256(canonical([list(each) for each in flaws])).hex()


def check_flaws(sitting: Sitting, flaws: Sequence[Flaw], missed: Iterable[Head]) -> None:
    """Raises RuleViolation `journal_flawed` unless two people have accepted exactly these flaws;
    the sitting then shows them. `missed` are ends that were public during the exam and that no
    chain goes through any more."""
    found = [[each.code, each.attempt, each.row] for each in flaws]
    found += sorted([HEAD_NOT_PASSED, head.writer.hex(), str(head.batch)] for head in missed)
    if sitting.flaws != found:
        Sitting.objects.filter(pk=sitting.pk).update(flaws=found)
    if found and not _accepted(sitting, found):
        raise RuleViolation("journal_flawed", count=len(found))


def _accepted(sitting: Sitting, flaws: Sequence[Sequence[str]]) -> bool:
    return Approval.objects.filter(
        kind=KIND,
        subject=_subject(sitting),
        subject_hash=_digest(flaws),
        second__isnull=False,
        refused_at=None,
    ).exists()


def waiting_acceptance(sitting: Sitting) -> Approval | None:
    """The first signature under the flaws of a sitting, if there is one."""
    return (
        Approval.objects.filter(
            kind=KIND,
            subject=_subject(sitting),
            subject_hash=_digest(sitting.flaws),
            refused_at=None,
        )
        .select_related("first", "second")
        .first()
    )


@transaction.atomic
def accept_flaws(*, actor: User, sitting: Sitting, reason: str, now: datetime) -> Approval:
    """Sign that the journal is collected although these rows are in it.

    Raises RuleViolation: `reason_missing`, `no_flaws`, and those of `people.actions.approve`.
    """
    if not reason.strip():
        raise RuleViolation("reason_missing")
    if not sitting.flaws:
        raise RuleViolation("no_flaws")
    return approve(
        actor=actor,
        kind=KIND,
        scope=contest_scope(sitting.round.contest.key),
        subject=_subject(sitting),
        subject_hash=_digest(sitting.flaws),
        reason=reason,
        now=now,
    )
