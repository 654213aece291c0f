"""A published result as the public sees it: name, unit, score, prize, and what decided the place.

Everything comes from the frozen publication, so that a page says the same for ever; scores that
were recorded later are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec
from django.core.paginator import Page, Paginator
from django.http import Http404

from hoithi.contests.models import Contest, Purpose, Round
from hoithi.contests.queries import regulation_of
from hoithi.portal.queries.frame import Frame, frame_of
from hoithi.portal.queries.windows import windows_of
from hoithi.results.models import CollectivePublication, Publication
from hoithi.results.queries import (
    PassedOn,
    PublishedRow,
    publication_by_number,
    versions_of,
)
from hoithi.results.wording import decided_by
from hoithi.rules.regulation import Regulation
from hoithi.rules.vietnamese import fold

ROWS_ON_A_PAGE = 50


class BarredRow(msgspec.Struct, frozen=True):
    """Somebody who took part and is not ranked."""

    number: str
    name: str
    unit: str


class PublishedCounts(msgspec.Struct, frozen=True):
    """The counts that were frozen when an online round was closed."""

    participants: int
    attempts: int
    all_correct: int


class Published(msgspec.Struct, frozen=True):
    """The content of a publication, typed."""

    rows: list[PublishedRow]
    barred: list[BarredRow]
    counts: PublishedCounts | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is shown; `decided_by` is in words and empty for the first.

    `passed_on` is a prize left for a higher one, where the contest has one prize a person.
    """

    place: int
    name: str
    unit: str
    points: Decimal
    prize: str
    decided_by: str
    passed_on: PassedOn | None


@dataclass(frozen=True, slots=True)
class PrizeGroup:
    """The winners of one prize, in order of place."""

    label: str
    winners: tuple[PublishedRow, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the publication; the latest is in force."""

    number: int
    published_at: datetime
    reason: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class Search:
    """What the reader looks for: a part of a name, and a unit."""

    name: str = ""
    unit: str = ""

    def __bool__(self) -> bool:
        return bool(self.name or self.unit)


@dataclass(frozen=True, slots=True)
class ResultsPage:
    """A version of a round's result. `page` holds the found rows, `ranked` counts all of them."""

    frame: Frame
    round_key: str
    round_name: str
    version: Version
    sha256: str
    versions: tuple[Version, ...]
    counts: PublishedCounts | None
    ranked: int
    prizes: tuple[PrizeGroup, ...]
    units: tuple[str, ...]
    page: Page[Row]
    barred: tuple[BarredRow, ...]


@dataclass(frozen=True, slots=True)
class Awaited:
    """A round whose result is not published yet."""

    frame: Frame
    round_name: str
    closes_at: datetime
    is_closed: bool


def content_of(publication: Publication) -> Published:
    """The frozen content. Raises msgspec.ValidationError when it is not one."""
    return msgspec.convert(publication.content, Published)


def public_round(contest: Contest, key: str) -> Round:
    """An official round: others have no public result. Raises Http404."""
    found = contest.rounds.filter(key=key, purpose=Purpose.OFFICIAL).first()
    if found is None:
        raise Http404
    return found


def results_of(
    contest: Contest, key: str, *, number: int | None, search: Search, page: str, now: datetime
) -> ResultsPage | Awaited:
    """A version of a round's result, the one in force if no number is given. Six queries at most.

    Raises Http404 for no such round, no such version.
    """
    each = public_round(contest, key)
    versions = versions_from(versions_of(each))
    if not versions and number is None:
        closes_at = next(one.closes_at for one in windows_of(contest) if one.key == key)
        return Awaited(frame_of(contest), each.name, closes_at, closes_at <= now)
    shown = next((one for one in versions if number in (None, one.number)), None)
    if shown is None:
        raise Http404
    publication = publication_by_number(each, shown.number)
    content = content_of(publication)
    regulation = regulation_of(each)
    found = [_row(row, regulation) for row in content.rows if _fits(row, search)]
    return ResultsPage(
        frame=frame_of(contest),
        round_key=each.key,
        round_name=each.name,
        version=shown,
        sha256=publication.sha256,
        versions=versions,
        counts=content.counts,
        ranked=len(content.rows),
        prizes=_prize_groups(content.rows, [line.label for line in regulation.prizes]),
        units=tuple(sorted({row.unit for row in content.rows})),
        page=Paginator(found, ROWS_ON_A_PAGE).get_page(page),
        barred=tuple(row for row in content.barred if _fits(row, search)),
    )


def versions_from(
    newest_first: Sequence[Publication | CollectivePublication],
) -> tuple[Version, ...]:
    """What is shown of versions; the first is in force."""
    return tuple(
        Version(one.number, one.published_at, one.reason, is_in_force=at == 0)
        for at, one in enumerate(newest_first)
    )


def _fits(row: PublishedRow | BarredRow, search: Search) -> bool:
    return fold(search.name) in fold(row.name) and search.unit in ("", row.unit)


def _row(row: PublishedRow, regulation: Regulation) -> Row:
    words = str(decided_by(row.decided_by, regulation)) if row.decided_by else ""
    return Row(row.place, row.name, row.unit, row.points, row.prize, words, row.passed_on)


def _prize_groups(rows: Sequence[PublishedRow], labels: Sequence[str]) -> tuple[PrizeGroup, ...]:
    """Winners by prize in the order of the prize table.

    A label that the plan no longer has, in an older version, comes last.
    """
    given = {row.prize: None for row in rows if row.prize}
    order = [label for label in labels if label in given]
    order += [label for label in given if label not in order]
    return tuple(
        PrizeGroup(label, tuple(row for row in rows if row.prize == label)) for label in order
    )
