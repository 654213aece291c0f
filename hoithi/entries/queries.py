"""Reading entries."""

from __future__ import annotations

from hoithi.entries.models import Entry
from hoithi.people.keys import code_key
from hoithi.rules.codes import access_code


def access_code_of(entry: Entry) -> str:
    """The code that opens the hall for an entry: derived, never stored (docs/decisions/0007)."""
    return access_code(code_key(), entry.public_id.bytes, entry.code_issue)
