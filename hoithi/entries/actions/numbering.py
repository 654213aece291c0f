"""Contestant numbers: the unit's code and a running number, never given twice."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from hoithi.entries.models import Entry
from hoithi.people.models import Unit


def person_number(unit: Unit, running: int) -> str:
    """GN-001, GN-002 …"""
    return f"{unit.code}-{running:03d}"


def team_number(unit: Unit, running: int) -> str:
    """GN-D01: the letter keeps teams (đội) apart from persons."""
    return f"{unit.code}-D{running:02d}"


def next_number(entry: Entry) -> str:
    """The number for whoever takes an entry's place: after all that the unit ever had."""
    given = (
        Entry.objects.filter(contest=entry.contest, unit=entry.unit)
        .exclude(number="")
        .exclude(person=None)
        .values_list("number", flat=True)
    )
    highest = max((int(number.rpartition("-")[2]) for number in given), default=0)
    return person_number(entry.unit, highest + 1)


def store_accepted(entries: Sequence[Entry]) -> None:
    """Write number, state and time of entries that have just been accepted.

    One prepared statement: a bulk update grows with the square of its rows, and thousands of
    them would keep other writers waiting for many seconds.
    """
    table = connection.ops.quote_name(Entry._meta.db_table)
    write = connection.ops.adapt_datetimefield_value
    rows = [(entry.number, entry.state, write(entry.accepted_at), entry.pk) for entry in entries]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET number = %s, state = %s, accepted_at = %s WHERE id = %s",  # noqa: S608 - our own table's name
            rows,
        )
