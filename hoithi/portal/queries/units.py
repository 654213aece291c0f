"""The published table of units, where the plan scores them."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from django.http import Http404

from hoithi.contests.models import Contest
from hoithi.contests.queries import plan_of
from hoithi.portal.queries.frame import Frame, frame_of
from hoithi.portal.queries.results import Version, versions_from
from hoithi.results.collective import PublishedUnit
from hoithi.results.models import CollectivePublication
from hoithi.results.wording import units_decided_by


class TableRow(PublishedUnit, frozen=True):
    """A unit's row with what decided its place."""

    @property
    def reason(self) -> str:
        """What separates the unit from the one above, in words; empty for the first."""
        return str(units_decided_by(self.decided_by)) if self.decided_by else ""


@dataclass(frozen=True, slots=True)
class UnitsPage:
    """A version of the table of units; without one, `version` and `rows` are empty."""

    frame: Frame
    version: Version | None
    sha256: str
    versions: tuple[Version, ...]
    rows: tuple[TableRow, ...]


def units_page(contest: Contest, number: int | None) -> UnitsPage:
    """A version of the table, the one in force if no number is given. Four queries at most.

    Raises Http404 for a contest that scores no units, no such version.
    """
    if plan_of(contest).rules.collective is None:
        raise Http404
    found = list(CollectivePublication.objects.filter(contest=contest).order_by("-number"))
    shown = next((one for one in found if number in (None, one.number)), None)
    versions = versions_from(found)
    if shown is None:
        if number is not None:
            raise Http404
        return UnitsPage(frame_of(contest), None, "", (), ())
    return UnitsPage(
        frame=frame_of(contest),
        version=next(one for one in versions if one.number == shown.number),
        sha256=shown.sha256,
        versions=versions,
        rows=tuple(msgspec.convert(shown.content["rows"], list[TableRow])),
    )
