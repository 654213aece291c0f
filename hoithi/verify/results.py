"""Recomputes the places of a round and compares what was published with what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

import msgspec

from hoithi.hall.roster import RosterLine
from hoithi.rules.awards import Awards
from hoithi.rules.live.events import Line
from hoithi.rules.regulation import Regulation
from hoithi.rules.side_prizes import SideAwards
from hoithi.rules.standings import Counts, Marked, Participant, Result
from hoithi.rules.standings import online_result as rank_online
from hoithi.rules.standings import recorded_result as rank_recorded
from hoithi.verify.bundle import BundleReader
from hoithi.verify.findings import Finding

T = TypeVar("T")
_NO_SIDE = SideAwards((), ())


class PublishedPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry's place by pseudonym; `points` is a decimal as text."""

    entry: str
    place: int
    decided_by: str
    points: str


class PublishedAward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    entry: str
    prize: str
    place: int


class PublishedSidePrize(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    entry: str
    prize: str


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The version of a round's result that is in force."""

    number: int
    places: list[PublishedPlace]
    awards: list[PublishedAward]
    side: list[PublishedSidePrize] = msgspec.field(default_factory=list)


class RecordedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A team of a live round and its marks by segment, decimals as text."""

    entry: str
    unit: str
    barred: bool
    marks: dict[str, Decimal]


class Recorded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A live round as its signed minutes say; `scan_sha256` is that of the scanned paper."""

    held_on: str
    scan_sha256: str
    entries: list[RecordedEntry]


class StageLog(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All lines of a round on stage, in order (docs/rules/live.md)."""

    lines: list[Line]


class ChoiceRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What two people chose of a side prize: its winners, or the order of equal teams."""

    prize: str
    order: list[str]
    reason: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A round recomputed by itself; `unit_of` gives the unit of every entry.

    `stood` are the teams with which the log of a stage begins.
    """

    regulation: Regulation
    result: Result
    unit_of: Mapping[str, str]
    stood: frozenset[str] | None = None
    side: SideAwards = _NO_SIDE


def online_result(
    regulation: Regulation,
    roster: Sequence[RosterLine],
    attempts: Sequence[Marked],
    counts: Counts,
    decisions: Sequence[Sequence[str]],
) -> Result:
    """The result of a round held online, from the bundle's own facts."""
    return rank_online(regulation, participants_of(roster), attempts, counts, decisions=decisions)


def participants_of(roster: Sequence[RosterLine]) -> list[Participant]:
    return [Participant(line.entry, line.unit, line.barred) for line in roster]


def recorded_result(
    regulation: Regulation,
    recorded: Recorded,
    decisions: Sequence[Sequence[str]],
    votes: Mapping[str, Mapping[str, int]] | None = None,
) -> Result:
    """The result of a live round, from its minutes or its log."""
    participants = [Participant(each.entry, each.unit, each.barred) for each in recorded.entries]
    marks = {each.entry: each.marks for each in recorded.entries}
    return rank_recorded(regulation, participants, marks, votes=votes, decisions=decisions)


def published_of(
    number: int, result: Result, awards: Awards, side: SideAwards = _NO_SIDE
) -> Published:
    """A result as it is published under pseudonyms."""
    return Published(
        number,
        [
            PublishedPlace(
                row.entry, row.place, row.decided_by, f"{result.scores[row.entry].values['points']}"
            )
            for row in result.placed
        ],
        [PublishedAward(award.entry, award.prize, award.place) for award in awards.given],
        [PublishedSidePrize(award.entry, award.prize) for award in side.given],
    )


def check_published(
    bundle: BundleReader,
    folder: str,
    result: Result,
    awards: Awards,
    findings: list[Finding],
    side: SideAwards = _NO_SIDE,
) -> None:
    """Compare a recomputed result with the published one; a round not yet published has none."""
    name = f"{folder}/published.json"
    if not bundle.has(name):
        return
    published = bundle.decode(name, Published)
    again = published_of(published.number, result, awards, side)
    wrong = {place.entry for place in unlike(published.places, again.places)}
    findings.extend(Finding("standings_differ", name, entry) for entry in sorted(wrong))
    others = sorted((award.entry, award.prize) for award in unlike(published.awards, again.awards))
    findings.extend(Finding("awards_differ", name, f"{entry} {prize}") for entry, prize in others)
    beside = sorted((each.entry, each.prize) for each in unlike(published.side, again.side))
    findings.extend(
        Finding("side_prizes_differ", name, f"{entry} {prize}") for entry, prize in beside
    )


def unlike(said: Sequence[T], due: Sequence[T]) -> list[T]:
    """What stands on one side only, or more often than on the other."""
    left, right = Counter(said), Counter(due)
    return [*(left - right).elements(), *(right - left).elements()]
