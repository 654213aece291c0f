"""The page of a field as ready values: where teams come from, the list, its lots, who left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hoithi.contests.models import Round
from hoithi.contests.queries import plan_of
from hoithi.entries.lineups import teams_by_round
from hoithi.entries.models import Entry, Lineup
from hoithi.results.models import Motion
from hoithi.results.pending import OF_LINEUPS, open_motions
from hoithi.results.qualifying import (
    came,
    changed_since,
    entrants_of,
    has_begun,
    keeping_of,
    keepings,
    open_cut,
    seats_of,
)
from hoithi.results.queries import entry_name, latest_publication
from hoithi.results.sheets import MotionCard, motion_card
from hoithi.rules.awards import Tie
from hoithi.rules.errors import RuleViolation
from hoithi.rules.qualifying import Cut
from hoithi.rules.regulation import Entrants
from hoithi.web.violations import explain


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A round from which teams come; version 0 while it has none. `is_newer` says that the list
    rests on an older one."""

    key: str
    name: str
    version: int
    is_newer: bool


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team of a field with where it comes from; its lot, 0 before the draw."""

    name: str
    origin: str
    lot: int


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round of the field with its teams."""

    key: str
    name: str
    teams: tuple[str, ...]
    has_begun: bool


@dataclass(frozen=True, slots=True)
class LeftLine:
    """A team that left, and who came."""

    name: str
    comes: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VoidLine:
    """A list that does not hold any more, and why."""

    fixed_at: datetime
    voided_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class KeptLine:
    """That a list stands after a correction, why, and who signed it."""

    reason: str
    first: str
    second: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CorrectedPart:
    """What it means that results before a list were corrected after it was fixed.

    `unpublished` says why nobody can tell yet; else who should be there and is not, and the other
    way round. `begun` are the rounds that are held already, `kept` what was decided.
    """

    unpublished: str
    left_out: tuple[str, ...]
    foreign: tuple[str, ...]
    begun: tuple[str, ...]
    kept: KeptLine | None

    @property
    def is_as_listed(self) -> bool:
        return not (self.unpublished or self.left_out or self.foreign)

    @property
    def may_keep(self) -> bool:
        return self.kept is None and bool(self.left_out or self.foreign)


@dataclass(frozen=True, slots=True)
class LineupPage:
    """What is known of a field; `lacking` says what stands between it and a list."""

    rule: Entrants
    sources: tuple[SourceLine, ...]
    preview: tuple[TeamLine, ...]
    lacking: str
    field: tuple[TeamLine, ...]
    rounds: tuple[RoundLine, ...]
    left: tuple[LeftLine, ...]
    void: tuple[VoidLine, ...]
    cut: Cut | None
    cut_names: Mapping[str, str]
    motions: tuple[MotionCard, ...]
    to_draw: Mapping[str, str]
    may_leave: Mapping[str, str]
    may_void: bool
    corrected: CorrectedPart | None


def names_in(each: Round) -> dict[str, str]:
    """The teams of a category by public id, as people tell them apart. One query."""
    return {
        entry.public_id.hex: f"{entry_name(entry)} ({entry.number}, {entry.unit.name})"
        for entry in Entry.objects.filter(category=each.category).select_related(
            "team", "person", "unit"
        )
    }


def tie_of_cut(cut: Cut | None) -> Tie | None:
    """The equal runners-up as a tie, so that one form serves both."""
    return Tie(0, cut.entries, ("",) * cut.free) if cut is not None else None


def lineup_page(
    each: Round, first: Round, lineup: Lineup | None, names: Mapping[str, str]
) -> LineupPage:
    """Everything of a field; as many queries as it has sources, and some."""
    rule = entrants_of(each)
    titles = {one.key: one.name for one in plan_of(each.contest).rounds}
    preview, lacking = _preview(first, titles, names) if lineup is None else ((), "")
    rounds = _rounds(lineup, rule, titles, names) if lineup is not None else ()
    cut = _cut(first)
    drawn = lineup is not None and lineup.drawn_at is not None
    here = teams_by_round(lineup).get(each.key, ()) if lineup is not None else ()
    begun = lineup is not None and any(one.has_begun for one in rounds)
    return LineupPage(
        rule=rule,
        sources=tuple(_sources(first, rule, titles, lineup)),
        preview=preview,
        lacking=lacking,
        field=_field(lineup, titles, names) if lineup is not None else (),
        rounds=rounds,
        left=_left(lineup, names) if lineup is not None else (),
        void=tuple(
            VoidLine(one.fixed_at, one.voided_at, one.voiding.reason if one.voiding else "")
            for one in Lineup.objects.filter(round=first)
            .exclude(voided_at=None)
            .select_related("voiding")
        ),
        cut=cut,
        cut_names={entry: names[entry] for entry in cut.entries} if cut is not None else {},
        motions=tuple(motion_card(one, names) for one in _motions(first, rule)),
        to_draw={seat.entry: names[seat.entry] for seat in seats_of(lineup)}
        if lineup is not None and not drawn
        else {},
        may_leave={entry: names[entry] for entry in here}
        if lineup is not None and drawn and not has_begun(lineup, each.key)
        else {},
        may_void=lineup is not None and not begun,
        corrected=_corrected(lineup, rounds, names) if drawn and lineup is not None else None,
    )


def _corrected(
    lineup: Lineup, rounds: Sequence[RoundLine], names: Mapping[str, str]
) -> CorrectedPart | None:
    begun = tuple(one.name for one in rounds if one.has_begun)
    try:
        found = changed_since(lineup)
    except RuleViolation as violation:
        return CorrectedPart(explain(violation), (), (), begun, None)
    if found is None:
        return None
    signed = keeping_of(lineup, found)
    kept = next((each for each in keepings(lineup) if each.content == signed), None)
    return CorrectedPart(
        unpublished="",
        left_out=tuple(names[entry] for entry in found.left_out),
        foreign=tuple(names[entry] for entry in found.foreign),
        begun=begun,
        kept=KeptLine(
            kept.approval.reason,
            kept.approval.first.name,
            kept.approval.second.name if kept.approval.second else "",
            kept.approval.second_at,
        )
        if kept is not None
        else None,
    )


def _motions(first: Round, rule: Entrants) -> list[Motion]:
    """What waits for a second person about the field, or a team of any of its rounds."""
    rounds = first.contest.rounds.filter(key__in=rule.among)
    return [
        motion
        for one in rounds
        for motion in open_motions(one)
        if motion.approval.kind in OF_LINEUPS
        or (motion.approval.kind == "choice" and not motion.content["about"])
    ]


def _cut(first: Round) -> Cut | None:
    try:
        return open_cut(first)
    except RuleViolation:
        return None


def _preview(
    first: Round, titles: Mapping[str, str], names: Mapping[str, str]
) -> tuple[tuple[TeamLine, ...], str]:
    try:
        seats = came(first).seats
    except RuleViolation as violation:
        return (), explain(violation)
    return tuple(TeamLine(names[seat.entry], titles.get(seat.origin, ""), 0) for seat in seats), ""


def _sources(
    first: Round, rule: Entrants, titles: Mapping[str, str], lineup: Lineup | None
) -> Sequence[SourceLine]:
    found = []
    rounds = {one.key: one for one in first.contest.rounds.filter(key__in=rule.from_)}
    for key in rule.from_:
        publication = latest_publication(rounds[key])
        number = publication.number if publication is not None else 0
        rests_on = lineup.sources.get(key, number) if lineup is not None else number
        found.append(SourceLine(key, titles[key], number, number != rests_on))
    return found


def _field(
    lineup: Lineup, titles: Mapping[str, str], names: Mapping[str, str]
) -> tuple[TeamLine, ...]:
    lots = {entry: at for at, entry in enumerate(lineup.order, start=1)}
    lines = [
        TeamLine(names[seat.entry], titles.get(seat.origin, ""), lots.get(seat.entry, 0))
        for seat in seats_of(lineup)
    ]
    return tuple(sorted(lines, key=lambda line: line.lot))


def _rounds(
    lineup: Lineup, rule: Entrants, titles: Mapping[str, str], names: Mapping[str, str]
) -> tuple[RoundLine, ...]:
    teams = teams_by_round(lineup)
    return tuple(
        RoundLine(
            key,
            titles[key],
            tuple(names[entry] for entry in teams.get(key, ())),
            has_begun(lineup, key),
        )
        for key in rule.among
    )


def _left(lineup: Lineup, names: Mapping[str, str]) -> tuple[LeftLine, ...]:
    return tuple(
        LeftLine(
            names[one.entry.public_id.hex],
            names[one.comes.public_id.hex] if one.comes else "",
            one.reason,
            one.left_at,
        )
        for one in lineup.leavings.select_related("entry", "comes")
    )
