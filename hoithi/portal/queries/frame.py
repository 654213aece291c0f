"""What stands around every public page: whose site it is, and what a reader must be warned of."""

from __future__ import annotations

from dataclasses import dataclass

from hoithi.contests.models import Contest
from hoithi.contests.notices import trial_notice
from hoithi.entries.models import Person, Team


@dataclass(frozen=True, slots=True)
class Frame:
    """`key` and `name` are empty on pages that belong to no single contest."""

    key: str
    name: str
    notice: str


def frame_of(*contests: Contest) -> Frame:
    """The frame of a contest's pages, or of pages that several or none share. Two queries."""
    only = contests[0] if len(contests) == 1 else None
    return Frame(
        key=only.key if only else "",
        name=only.short_title if only else "",
        notice=trial_notice(
            is_moved=any(contest.windows_moved_at is not None for contest in contests),
            has_samples=any(contest.is_sample for contest in contests)
            or Person.objects.filter(contest__in=contests, is_sample=True).exists()
            or Team.objects.filter(contest__in=contests, is_sample=True).exists(),
        ),
    )


def frame_of_site() -> Frame:
    """The frame of pages that belong to no contest, or to the only one."""
    return frame_of(*Contest.objects.all())
