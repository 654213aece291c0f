"""Contestant numbers: the unit's code and a running number, never given twice."""

from __future__ import annotations

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
