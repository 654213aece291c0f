"""Writing the log. Callers name values, never personal data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from django.db import transaction

from hoithi.audit.models import LogEntry
from hoithi.audit.queries import FIRST, entry_hash
from hoithi.rules.canonical import Value

Facts: TypeAlias = Mapping[str, Value]


def record(
    *,
    actor_id: int | str,
    actor_name: str,
    action: str,
    target: str,
    now: datetime,
    before: Facts | None = None,
    after: Facts | None = None,
) -> LogEntry:
    """Append one act, in the transaction of the act itself.

    Raises RuntimeError outside of a transaction: an act and its entry stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record outside of a transaction")
    last = LogEntry.objects.select_for_update().order_by("-number").first()
    entry = LogEntry(
        number=last.number + 1 if last else 1,
        at=now,
        actor_id=str(actor_id),
        actor_name=actor_name,
        action=action,
        target=target,
        before=before,
        after=after,
        previous_hash=last.hash if last else FIRST,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry
