"""Who opens the pages of a live round: some read them, some run the day."""

from __future__ import annotations

from hoithi.people.models import Role

READERS = (Role.ORGANISER, Role.COMMITTEE, Role.OBSERVER)
RUNNERS = (Role.ORGANISER, Role.COMMITTEE)
