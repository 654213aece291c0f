"""Writing the log. Callers name values, never personal data."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from django.db import transaction

from hoithi.audit.models import LogEntry
from hoithi.audit.queries import FIRST, entry_hash
from hoithi.rules.canonical import Value, all_composed, composed

Facts: TypeAlias = Mapping[str, Value]
# Any number that nobody else in the database locks by: the first digits of SHA-256 of the name.
_TURN = int.from_bytes(hashlib.sha256(b"hoithi/audit").digest()[:4], "big")


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
    """Append one act, in the transaction of the act itself; its texts come out composed (NFC).

    Raises RuntimeError outside of a transaction: an act and its entry stand or fall together.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("audit.record outside of a transaction")
    _wait_for_turn()
    last = LogEntry.objects.order_by("-number").first()
    entry = LogEntry(
        number=last.number + 1 if last else 1,
        at=now,
        actor_id=str(actor_id),
        actor_name=composed(actor_name),
        action=action,
        target=target,
        before=all_composed(before),
        after=all_composed(after),
        previous_hash=last.hash if last else FIRST,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry


def _wait_for_turn() -> None:
    """Keep others from writing until this transaction ends: each entry follows from the last.

    On SQLite it is the only one that writes anyway. On PostgreSQL a lock on the last row would not
    do: who waited for it would still hold the row that was the last before.
    """
    connection = transaction.get_connection()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
