"""What every page of a contest that is only tried out must say."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from hoithi.contests.models import Contest


def trial_notice(*, is_moved: bool, has_samples: bool) -> str:
    """The sentence of the band; empty where all is in earnest."""
    if is_moved and has_samples:
        return gettext("Trial: the days are moved to now, people and results are made-up samples.")
    if is_moved:
        return gettext("Trial: the days are moved to now; the signed plan names others.")
    if has_samples:
        return gettext("Sample data: the people and results shown are made up.")
    return ""


def notice_of_site() -> str:
    """The same of all contests here, for pages that belong to none. One query.

    A page that tells of a database out of reach is shown without it.
    """
    try:
        contests = list(Contest.objects.only("is_sample", "windows_moved_at"))
    except DatabaseError:
        return ""
    return trial_notice(
        is_moved=any(each.windows_moved_at is not None for each in contests),
        has_samples=any(each.is_sample for each in contests),
    )


def site_notice(_request: HttpRequest) -> dict[str, object]:
    """Context processor: `site_notice`, which is looked up only where a page shows it."""
    return {"site_notice": SimpleLazyObject(notice_of_site)}
