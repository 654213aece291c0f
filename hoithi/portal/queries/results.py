"""A published result as the public sees it: name, unit, score, prize, and what decided the place.

Everything comes from the frozen publication, so that a page says the same for ever; scores that
were recorded later are not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache

import msgspec
from django.core.paginator import Page, Paginator
from django.http import Http404

from hoithi.contests.models import Contest, Purpose, Round
from hoithi.contests.plan.conversion import regulation_of
from hoithi.contests.queries import plan_of
from hoithi.portal.queries.frame import Frame, frame_of
from hoithi.portal.queries.windows import windows_of
from hoithi.results.models import CollectivePublication, Publication
from hoithi.results.queries import (
    PassedOn,
    PublishedRow,
    PublishedSide,
    versions_of,
)
from hoithi.results.wording import decided_by
from hoithi.rules.regulation import Regulation
from hoithi.rules.vietnamese import fold, sort_key

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
    side: list[PublishedSide] = msgspec.field(default_factory=list)


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
    """A version of a round's result. `page` holds the found rows and `rows` what is shown of them;
    `ranked` counts all, found or not.
    """

    frame: Frame
    round_key: str
    round_name: str
    version: Version
    sha256: str
    versions: tuple[Version, ...]
    counts: PublishedCounts | None
    ranked: int
    prizes: tuple[PrizeGroup, ...]
    side: tuple[PublishedSide, ...]
    units: tuple[str, ...]
    page: Page[PublishedRow]
    rows: tuple[Row, ...]
    barred: tuple[BarredRow, ...]


@dataclass(frozen=True, slots=True)
class Awaited:
    """A round whose result is not published yet."""

    frame: Frame
    round_name: str
    closes_at: datetime
    is_closed: bool


class _Frozen:
    """A publication as read once: it never changes, and ten thousand rows take long to read."""

    def __init__(self, content: Published) -> None:
        self.content = content

    @cached_property
    def folded(self) -> list[str]:
        """The names of the rows in order, as they are searched."""
        return [fold(row.name) for row in self.content.rows]


@lru_cache(maxsize=4)
def _frozen(publication: int, sha256: str) -> _Frozen:  # noqa: ARG001 - with it none is mistaken
    contents = Publication.objects.values_list("content", flat=True)
    return _Frozen(msgspec.convert(contents.get(pk=publication), Published))


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
    """A version of a round's result, the one in force if no number is given. Six queries at most,
    five for a version that was read before.

    Raises Http404 for no such round, no such version.
    """
    each = public_round(contest, key)
    found = versions_of(each)
    if not found and number is None:
        closes_at = next(one.closes_at for one in windows_of(contest) if one.key == key)
        return Awaited(frame_of(contest), each.name, closes_at, closes_at <= now)
    publication = next((one for one in found if number in (None, one.number)), None)
    if publication is None:
        raise Http404
    versions = versions_from(found)
    frozen = _frozen(publication.pk, publication.sha256)
    content = frozen.content
    plan = plan_of(contest)
    regulation = regulation_of(plan, plan.round(key))
    rows = Paginator(_found(frozen, search), ROWS_ON_A_PAGE).get_page(page)
    needle = fold(search.name)
    return ResultsPage(
        frame=frame_of(contest),
        round_key=each.key,
        round_name=each.name,
        version=next(one for one in versions if one.number == publication.number),
        sha256=publication.sha256,
        versions=versions,
        counts=content.counts,
        ranked=len(content.rows),
        prizes=_prize_groups(content.rows, [line.label for line in regulation.prizes]),
        side=tuple(content.side),
        units=_units({row.unit for row in content.rows}, [unit.name for unit in plan.units]),
        page=rows,
        rows=tuple(_row(row, regulation) for row in rows),
        barred=tuple(
            row
            for row in content.barred
            if search.unit in ("", row.unit) and needle in fold(row.name)
        ),
    )


def versions_from(
    newest_first: Sequence[Publication | CollectivePublication],
) -> tuple[Version, ...]:
    """What is shown of versions; the first is in force."""
    return tuple(
        Version(one.number, one.published_at, one.reason, is_in_force=at == 0)
        for at, one in enumerate(newest_first)
    )


def _found(frozen: _Frozen, search: Search) -> Sequence[PublishedRow]:
    rows: Sequence[PublishedRow] = frozen.content.rows
    if search.name:
        needle = fold(search.name)
        rows = [row for row, name in zip(rows, frozen.folded, strict=True) if needle in name]
    return [row for row in rows if row.unit == search.unit] if search.unit else rows


def _units(named: set[str], order: Sequence[str]) -> tuple[str, ...]:
    """Units in the order of the plan; one that the plan calls otherwise by now comes last."""
    known = [name for name in order if name in named]
    return (*known, *sorted(named.difference(known), key=sort_key))


def _row(row: PublishedRow, regulation: Regulation) -> Row:
    words = str(decided_by(row.decided_by, regulation)) if row.decided_by else ""
    return Row(row.place, row.name, row.unit, row.points, row.prize, words, row.passed_on)


def _prize_groups(rows: Sequence[PublishedRow], labels: Sequence[str]) -> tuple[PrizeGroup, ...]:
    """Winners by prize in the order of the prize table.

    A label that the plan no longer has, in an older version, comes last.
    """
    winners = [row for row in rows if row.prize]
    given = {row.prize: None for row in winners}
    order = [label for label in labels if label in given]
    order += [label for label in given if label not in order]
    return tuple(
        PrizeGroup(label, tuple(row for row in winners if row.prize == label)) for label in order
    )
