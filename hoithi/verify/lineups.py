"""Who took part in heats, semi-finals and finals: recomputed, and held against who stood there.

`lineups/<first round>.json` has every list that was fixed for the rounds that are drawn together,
those that became void too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from hoithi.rules.draw import commit, lots_seed
from hoithi.rules.errors import RuleViolation
from hoithi.rules.qualifying import Source, deal, field_from, replaced, successor
from hoithi.rules.ranking import lots
from hoithi.rules.regulation import Entrants
from hoithi.verify.bundle import BundleReader
from hoithi.verify.findings import Finding
from hoithi.verify.results import Outcome

FOLDER = "lineups/"


class Seat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A team of a field by pseudonym, its unit, and the round that it comes from, or empty."""

    entry: str
    unit: str
    origin: str


class DrawRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lots: by secret and number, or by hand with the reason."""

    commitment: str
    number: str
    secret: str
    by_hand: str
    order: list[str]


class Gone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A team that left before its round began, who came for it, and the two who signed it."""

    entry: str
    comes: str
    reason: str
    first: str
    second: str


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That a list stands although results before it were corrected: who comes on by them and is not
    on it, who is on it and does not come on, and the two who decided so."""

    left_out: list[str]
    foreign: list[str]
    reason: str
    first: str
    second: str


class LineupRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list as it was fixed; `rounds` are the teams as dealt, before anybody left.

    `sources` are the published versions that it rests on, `decisions` the orders of equal
    runners-up. `kept` says that it stands after a correction; `void` says why it does not hold, and
    then `first` and `second` who decided that.
    """

    among: list[str]
    sources: dict[str, int]
    decisions: list[list[str]]
    field: list[Seat]
    draw: DrawRecord | None
    rounds: dict[str, list[str]]
    gone: list[Gone]
    kept: list[Kept] = []
    void: str = ""
    first: str = ""
    second: str = ""


def check_lineups(
    bundle: BundleReader, outcomes: Mapping[str, Outcome], findings: list[Finding]
) -> None:
    """Every list that is there, and that every round which needs one has one."""
    told: set[str] = set()
    for name in [each for each in bundle.names if each.startswith(FOLDER)]:
        records = bundle.decode(name, list[LineupRecord])
        for record in records:
            bundle.each_once(name, [seat.entry for seat in record.field])
            if not record.draw or record.draw.order:
                findings.extend(_dealt_otherwise(name, record, _rule(record, outcomes)))
        standing = [record for record in records if not record.void]
        if len(standing) > 1:
            findings.append(Finding("lineup_twice", name))
        for record in standing[:1]:
            told.update(record.among)
            findings.extend(_check(name, record, outcomes))
    findings.extend(
        Finding("lineup_missing", f"rounds/{key}")
        for key, outcome in outcomes.items()
        if outcome.regulation.entrants is not None and key not in told
    )


def _rule(record: LineupRecord, outcomes: Mapping[str, Outcome]) -> Entrants | None:
    """The rule of these rounds, as any of them that is there has it."""
    rules = [outcomes[key].regulation.entrants for key in record.among if key in outcomes]
    return next((rule for rule in rules if rule is not None), None)


def _dealt_otherwise(name: str, record: LineupRecord, rule: Entrants | None) -> Iterator[Finding]:
    """What of the lots does not follow from secret and number, or of the rounds from the lots."""
    entries = [seat.entry for seat in record.field]
    order = entries
    if record.draw is not None:
        draw = record.draw
        order = draw.order
        if not draw.by_hand:
            secret = bytes.fromhex(draw.secret)
            places = lots(entries, lots_seed(secret, draw.number))
            if commit(secret) != draw.commitment or order != sorted(
                entries, key=places.__getitem__
            ):
                yield Finding("lineup_lots_differ", name)
                return
    if rule is None or sorted(order) != sorted(entries):
        if rule is not None:
            yield Finding("lineup_lots_differ", name)
        return
    keeps = {
        seat.entry: seat.unit if rule.apart == "unit" else seat.origin for seat in record.field
    }
    try:
        dealt = deal(order, rule, keeps)
    except RuleViolation as violation:
        yield Finding("lineup_not_by_rules", name, violation.code)
        return
    if {key: list(teams) for key, teams in dealt.items()} != record.rounds:
        yield Finding("lineup_dealt_otherwise", name)


def _check(name: str, record: LineupRecord, outcomes: Mapping[str, Outcome]) -> Iterator[Finding]:
    rule = _rule(record, outcomes)
    if rule is None:
        return
    if rule.among != record.among or any(
        outcomes[key].regulation.entrants != rule for key in record.among if key in outcomes
    ):
        yield Finding("lineup_rules_differ", name)
        return
    dealt: Mapping[str, tuple[str, ...]] = {key: tuple(v) for key, v in record.rounds.items()}
    sources = [
        Source(
            key,
            outcomes[key].result.placed,
            outcomes[key].result.scores,
            outcomes[key].regulation.ranking,
        )
        for key in rule.from_
        if key in outcomes
    ]
    lacking = [key for key in rule.from_ if key not in outcomes]
    yield from (Finding("lineup_source_missing", name, key) for key in lacking)
    gone: list[str] = []
    try:
        foreign = list(_foreign_seats(name, record, rule, sources)) if not lacking else []
        is_kept = bool(foreign) and any(_covers(each, foreign) for each in record.kept)
        if not is_kept:
            yield from foreign
        for each in record.gone:
            # Who came before the correction came by results that are no longer there.
            if not lacking and not is_kept:
                due = successor(rule, sources, record.decisions, gone, each.entry)
                if due != each.comes:
                    yield Finding("successor_differs", name, each.comes or each.entry)
            if not each.first or not each.second or each.first == each.second:
                yield Finding("lineup_by_one", name, each.entry)
            gone.append(each.entry)
            dealt = replaced(dealt, each.entry, each.comes)
    except RuleViolation as violation:
        yield Finding("lineup_not_by_rules", name, violation.code)
    for key in record.among:
        if key in outcomes:
            yield from _foreign_teams(key, outcomes[key], set(dealt.get(key, ())))


def _foreign_seats(
    name: str, record: LineupRecord, rule: Entrants, sources: list[Source]
) -> Iterator[Finding]:
    """Teams of the field that did not come through, and those that did and are not in it."""
    if not rule.from_:
        return
    field = field_from(rule, sources, record.decisions)
    if field.cut is not None:
        yield Finding("lineup_not_by_rules", name, "cut")
        return
    due = {(each.entry, each.origin) for each in field.coming}
    said = {(seat.entry, seat.origin) for seat in record.field}
    yield from (Finding("foreign_team", name, entry) for entry, _ in sorted(said - due))
    yield from (Finding("team_left_out", name, entry) for entry, _ in sorted(due - said))


def _covers(kept: Kept, foreign: list[Finding]) -> bool:
    """Whether two people have decided about these very teams."""
    decided = [
        *(("foreign_team", entry) for entry in kept.foreign),
        *(("team_left_out", entry) for entry in kept.left_out),
    ]
    by_two = bool(kept.first) and bool(kept.second) and kept.first != kept.second
    return by_two and sorted(decided) == sorted((each.code, each.detail) for each in foreign)


def _foreign_teams(key: str, outcome: Outcome, teams: set[str]) -> Iterator[Finding]:
    """Who stood in a round and does not belong there, and who was not let stand there."""
    place = f"rounds/{key}"
    yield from (
        Finding("foreign_team", place, entry) for entry in sorted(outcome.unit_of.keys() - teams)
    )
    if outcome.stood is not None:
        yield from (
            Finding("foreign_team", place, entry)
            for entry in sorted(outcome.stood - teams - outcome.unit_of.keys())
        )
        yield from (
            Finding("team_left_out", place, entry) for entry in sorted(teams - outcome.stood)
        )
