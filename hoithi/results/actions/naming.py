"""What contestants say about how their names are printed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from hoithi.audit.actions import record
from hoithi.entries.models import Entry
from hoithi.results.models import NameComplaint
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
