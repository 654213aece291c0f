"""Acts of several people in the same moment, for tests/races.py."""

from __future__ import annotations

from django.db import transaction

from hoithi.audit.actions import record
from hoithi.audit.models import LogEntry
from hoithi.audit.queries import first_broken
from tests.factories import now
from tests.races import at_once

TIMES = 20


def _act() -> None:
    with transaction.atomic():
        record(actor_id=7, actor_name="Thử", action="race", target="x:1", now=now())


def _acts() -> None:
    for _ in range(TIMES):
        _act()


def many_acts() -> object:
    """The first of all, then three people at once, each again and again."""
    _act()
    errors = at_once(_acts, _acts, _acts)
    return {"errors": errors, "entries": LogEntry.objects.count(), "broken": first_broken()}
