"""What contestants say about how their names are printed, and what they are answered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hoithi.audit.actions import Facts, record
from hoithi.entries.actions.naming import rename_entrant
from hoithi.entries.models import Entry
from hoithi.people.models import User
from hoithi.results.models import NameComplaint
from hoithi.results.papers import replace_certificates
from hoithi.results.queries import entry_name
from hoithi.rules.errors import RuleViolation
from hoithi.rules.vietnamese import is_name, tidy


@transaction.atomic
def complain_about_name(*, entry: Entry, said: str, now: datetime) -> NameComplaint:
    """Take in a contestant's word on how the name is written; somebody answers it.

    The log names the contestant by number only. Raises RuleViolation: `name_form`,
    `name_as_printed`, `complaint_waiting` while an earlier one has no answer.
    """
    name = tidy(said)
    if not is_name(name):
        raise RuleViolation("name_form")
    if name == entry_name(entry):
        raise RuleViolation("name_as_printed", name=name)
    if NameComplaint.objects.filter(entry=entry, answered_at=None).exists():
        raise RuleViolation("complaint_waiting")
    complaint = NameComplaint.objects.create(entry=entry, said=name, said_at=now)
    record(
        actor_id=entry.log_target,
        actor_name=entry.number,
        action="results.complain_about_name",
        target=entry.log_target,
        now=now,
        after={"complaint": complaint.pk},
    )
    return complaint


@transaction.atomic
def correct_name(*, actor: User, complaint: NameComplaint, name: str, now: datetime) -> None:
    """Write the name as its bearer says, or as `name` has it after a look at the papers.

    Certificates that have been numbered are replaced; what was published stays as it was until the
    committee publishes a correction. Raises RuleViolation: `name_form`, `name_as_printed`,
    `complaint_answered` when somebody else was quicker.
    """
    entry = complaint.entry
    printed = entry_name(entry)
    if tidy(name) == printed:
        raise RuleViolation("name_as_printed", name=printed)
    _answer(actor, complaint, now, printed=printed, corrected=tidy(name))
    rename_entrant(actor=actor, entry=entry, name=name, now=now)
    replaced = replace_certificates(actor=actor, entry=entry, now=now)
    _record(actor, "correct_name", complaint, now, {"papers": len(replaced)})


@transaction.atomic
def refuse_name(*, actor: User, complaint: NameComplaint, reason: str, now: datetime) -> None:
    """Leave the name as it is; the contestant reads the reason.

    Raises RuleViolation: `reason_missing`, `complaint_answered` when somebody else was quicker.
    """
    if not reason.strip():
        raise RuleViolation("reason_missing")
    _answer(actor, complaint, now, printed=entry_name(complaint.entry), answer=reason.strip())
    _record(actor, "refuse_name", complaint, now, {})


def _answer(actor: User, complaint: NameComplaint, now: datetime, **said: str) -> None:
    rows = NameComplaint.objects.filter(pk=complaint.pk, answered_at=None)
    if not rows.update(answered_at=now, answered_by=actor.name, **said):
        raise RuleViolation("complaint_answered")
    complaint.refresh_from_db()


def _record(actor: User, act: str, complaint: NameComplaint, now: datetime, facts: Facts) -> None:
    """The log names the complaint, and not what the names are."""
    record(
        actor_id=actor.pk,
        actor_name=actor.name,
        action=f"results.{act}",
        target=f"entry:{complaint.entry.public_id.hex}",
        now=now,
        after={"complaint": complaint.pk, **facts},
    )
