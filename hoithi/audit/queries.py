"""Reading the log."""

from __future__ import annotations

import hashlib

from hoithi.audit.models import LogEntry
from hoithi.rules.canonical import canonical

FIRST = "0" * 64


def first_broken() -> int | None:
    """The number of the first entry that does not follow from the one before; none when all do."""
    previous = FIRST
    for number, entry in enumerate(LogEntry.objects.order_by("number").iterator(), start=1):
        if (entry.number, entry.previous_hash, entry.hash) != (
            number,
            previous,
            entry_hash(entry),
        ):
            return number
        previous = entry.hash
    return None


def entry_hash(entry: LogEntry) -> str:
    """SHA-256 over the entry's canonical form and the hash before it."""
    content = canonical(
        {
            "number": entry.number,
            "at": int(entry.at.timestamp() * 1000),
            "actor_id": entry.actor_id,
            "actor_name": entry.actor_name,
            "action": entry.action,
            "target": entry.target,
            "before": entry.before,
            "after": entry.after,
        }
    )
    return hashlib.sha256(bytes.fromhex(entry.previous_hash) + content).hexdigest()
