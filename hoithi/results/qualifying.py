"""Who comes on from published rounds, and the lists that were fixed of it (docs/decisions/0022)."""

from __future__ import annotations

from dataclasses import dataclass

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import regulation_of, round_plan
from hoithi.entries.lineups import standing_lineup
from hoithi.entries.models import Entry, Lineup
from hoithi.entries.queries import accepted_entries
from hoithi.results.models import Choice, Motion, RecordedRound
from hoithi.results.pending import KEEPING
from hoithi.results.queries import differs, latest_publication, proposal, result_of, scores_of
from hoithi.rules.canonical import Value
from hoithi.rules.errors import RuleViolation
from hoithi.rules.qualifying import COMING_ON, Cut, Difference, Source, difference, field_from
from hoithi.rules.regulation import Entrants
from hoithi.verify.lineups import DrawRecord, Gone, Kept, LineupRecord, Seat


@dataclass(frozen=True, slots=True)
class Came:
    """The seats of a field before it is fixed, and the versions on which they rest."""

    seats: tuple[Seat, ...]
    sources: dict[str, int]
    decisions: list[list[str]]


def entrants_of(each: Round) -> Entrants:
    """Raises RuleViolation `everybody_takes_part` for a round of all teams of its form."""
    rule = round_plan(each).entrants
    if rule is None:
        raise RuleViolation("everybody_takes_part")
    return rule


def cut_choices(first: Round) -> list[list[str]]:
    """Orders of equal runners-up that two people chose for a field, oldest first."""
    found = Choice.objects.filter(round=first, about=COMING_ON)
    return list(found.values_list("order", flat=True))


def sources_of(contest: Contest, rule: Entrants) -> tuple[list[Source], dict[str, int]]:
    """The rounds from which teams come, as published. Raises RuleViolation `source_unpublished`,
    `source_outdated`."""
    sources, versions = [], {}
    for key in rule.from_:
        each = contest.rounds.select_related("contest", "category").get(key=key)
        publication = latest_publication(each)
        if publication is None:
            raise RuleViolation("source_unpublished", round=each.name)
        if differs(each, publication, proposal(each)):
            raise RuleViolation("source_outdated", round=each.name)
        result = result_of(each, scores_of(each))
        sources.append(Source(key, result.placed, result.scores, regulation_of(each).ranking))
        versions[key] = publication.number
    return sources, versions


def came(first: Round) -> Came:
    """Who comes into the rounds of a field now. Raises RuleViolation: `source_unpublished`,
    `source_outdated`, `cut_undecided`, `runners_up_equal`."""
    rule = entrants_of(first)
    entries = {entry.public_id.hex: entry for entry in accepted_entries(first.category)}
    if not rule.from_:
        fair = [entry for entry in entries.values() if not entry.barred_reason]
        return Came(tuple(_seat(entry, "") for entry in fair), {}, [])
    sources, versions = sources_of(first.contest, rule)
    decisions = cut_choices(first)
    field = field_from(rule, sources, decisions)
    if field.cut is not None:
        raise RuleViolation("runners_up_equal", count=len(field.cut.entries), free=field.cut.free)
    all_teams = {
        entry.public_id.hex: entry
        for entry in Entry.objects.filter(category=first.category).select_related("unit")
    }
    seats = tuple(_seat(all_teams[each.entry], each.origin) for each in field.coming)
    return Came(seats, versions, decisions)


def open_cut(first: Round) -> Cut | None:
    """Equal runners-up before the rounds of a field who wait for a choice: at the cut, or next in
    order when somebody leaves who has been put forward. Raises RuleViolation as `came`."""
    rule = entrants_of(first)
    if not rule.from_:
        return None
    sources, _ = sources_of(first.contest, rule)
    lineup = standing_lineup(first)
    gone: list[str] = []
    if lineup is not None:
        gone = [each.entry.public_id.hex for each in lineup.leavings.select_related("entry")]
        waiting = Motion.objects.filter(
            approval__kind="leaving",
            approval__second=None,
            approval__refused_at=None,
            content__lineup=lineup.pk,
        )
        gone += [motion.content["entry"] for motion in waiting]
    return field_from(rule, sources, cut_choices(first), gone).cut


def changed_since(lineup: Lineup) -> Difference | None:
    """Who would come in by the results of today, against the list as it was fixed; None while it
    rests on the versions that are public. Raises RuleViolation as `came`."""
    rule = entrants_of(lineup.round)
    if not rule.from_:
        return None
    sources, versions = sources_of(lineup.contest, rule)
    if versions == lineup.sources:
        return None
    field = field_from(rule, sources, cut_choices(lineup.round))
    return difference(field, [seat.entry for seat in seats_of(lineup)])


def keepings(lineup: Lineup) -> list[Motion]:
    """By what two people decided that a list stands although its sources were corrected."""
    return list(
        Motion.objects.filter(
            approval__kind=KEEPING, approval__second__isnull=False, content__lineup=lineup.pk
        )
        .select_related("approval__first", "approval__second")
        .order_by("id")
    )


def keeping_of(lineup: Lineup, found: Difference) -> dict[str, Value]:
    """What is signed: the list, and in whom it differs; who else differs needs another decision."""
    return {
        "lineup": lineup.pk,
        "left_out": list(found.left_out),
        "foreign": list(found.foreign),
    }


def _seat(entry: Entry, origin: str) -> Seat:
    return Seat(entry.public_id.hex, entry.unit.code, origin)


def seats_of(lineup: Lineup) -> list[Seat]:
    return [Seat(**seat) for seat in lineup.field]


def has_begun(lineup: Lineup, key: str) -> bool:
    """Whether a round of it was opened on stage, or entered from its minutes."""
    recorded = RecordedRound.objects.filter(
        round__contest=lineup.contest, round__key=key, voided_at=None
    )
    return key in lineup.begun or recorded.exists()


def record_of(lineup: Lineup) -> LineupRecord:
    """A list as the bundle has it."""
    draw = None
    if len(lineup.among) > 1:
        draw = DrawRecord(
            lineup.commitment, lineup.number, lineup.secret, lineup.by_hand, list(lineup.order)
        )
    voiding = lineup.voiding
    return LineupRecord(
        among=list(lineup.among),
        sources=dict(lineup.sources),
        decisions=[list(order) for order in lineup.decisions],
        field=seats_of(lineup),
        draw=draw,
        rounds={key: list(entries) for key, entries in lineup.rounds.items()},
        gone=[
            Gone(
                each.entry.public_id.hex,
                each.comes.public_id.hex if each.comes else "",
                each.reason,
                str(each.approval.first_id),
                str(each.approval.second_id or ""),
            )
            for each in lineup.leavings.select_related("entry", "comes", "approval")
        ],
        kept=[
            Kept(
                each.content["left_out"],
                each.content["foreign"],
                each.approval.reason,
                str(each.approval.first_id),
                str(each.approval.second_id or ""),
            )
            for each in keepings(lineup)
        ],
        void=voiding.reason if voiding else "",
        first=str(voiding.first_id) if voiding else "",
        second=str(voiding.second_id or "") if voiding else "",
    )


def lineup_records(contest: Contest) -> dict[str, list[LineupRecord]]:
    """Every list of a contest by the first of its rounds, void ones too."""
    found: dict[str, list[LineupRecord]] = {}
    for lineup in Lineup.objects.filter(contest=contest).select_related("round", "voiding"):
        found.setdefault(lineup.round.key, []).append(record_of(lineup))
    return found
