"""Rounds that units hold themselves: what there is of each unit, and on whose machine we are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import msgspec
from django.http import Http404

from hoithi.contests.models import Contest, Round
from hoithi.contests.plan.schema import AtUnits
from hoithi.contests.queries import regulation_of, round_plan, units_of
from hoithi.entries.models import Entry, EntryState, TeamChange
from hoithi.entries.queries import accepted_entries
from hoithi.people.models import Unit
from hoithi.results.models import TakenKit, UnitKit, UnitResult
from hoithi.results.queries import entry_name
from hoithi.rules.errors import RuleViolation
from hoithi.rules.regulation import Segment
from hoithi.verify.bundle import fingerprint
from hoithi.verify.units import Statement, UnitSent, UnitsSent, check_code


def at_units(each: Round) -> AtUnits | None:
    """By which paper units hold the round themselves; none for one that is held in one place."""
    return round_plan(each).at_units


def taken_kit(each: Round) -> TakenKit | None:
    """On a unit's laptop: the kit by which it holds its part. One query."""
    return TakenKit.objects.filter(round=each, voided_at=None).select_related("unit").first()


def is_of_a_unit(contest: Contest) -> bool:
    """Whether this installation is a unit's, made by a kit."""
    return TakenKit.objects.filter(round__contest=contest).exists()


def check_held_here(each: Round) -> None:
    """Raises RuleViolation `held_by_units` for a round that units hold, on any other machine."""
    if at_units(each) is not None and taken_kit(each) is None:
        raise RuleViolation("held_by_units")


def check_decided_here(contest: Contest) -> None:
    """Raises RuleViolation `decided_by_province` on a unit's own machine: what its people would
    decide of prizes goes nowhere, for the province gives them over all units.
    """
    if is_of_a_unit(contest):
        raise RuleViolation("decided_by_province")


def standing_results(each: Round) -> list[UnitResult]:
    """What was taken of each unit, in the order of the plan. One query."""
    return list(
        UnitResult.objects.filter(round=each, voided_at=None)
        .select_related("unit", "kit")
        .order_by("unit__position")
    )


def counted_results(each: Round) -> list[UnitResult]:
    """Results that stand and were marked by the rules in force; those by rules that two people have
    changed since make no round together with them. Two queries.
    """
    in_force = fingerprint(regulation_of(each))
    return [result for result in standing_results(each) if not is_outdated(result, in_force)]


def outdated_results(each: Round) -> list[UnitResult]:
    """The others that stand. One query where there are no results, as in rounds of other kinds."""
    standing = standing_results(each)
    if not standing:
        return []
    in_force = fingerprint(regulation_of(each))
    return [result for result in standing if is_outdated(result, in_force)]


def is_outdated(result: UnitResult, in_force: str) -> bool:
    """Whether a result was marked by other rules than those with this fingerprint."""
    return statement_of(result).regulation != in_force


def statement_of(result: UnitResult) -> Statement:
    return msgspec.convert(result.statement, Statement)


def units_sent(results: list[UnitResult]) -> UnitsSent:
    """The same as the bundle has it."""
    return UnitsSent(
        [
            msgspec.convert(
                {
                    "unit": each.unit.code,
                    "public_key": each.kit.public_key,
                    "statement": each.statement,
                    "signature": each.signature,
                    "lines": each.log,
                },
                UnitSent,
            )
            for each in results
        ]
    )


def teams_of_unit(each: Round, unit: Unit) -> list[Entry]:
    """The accepted teams of a unit, by their numbers."""
    return [entry for entry in accepted_entries(each.category) if entry.unit_id == unit.pk]


@dataclass(frozen=True, slots=True)
class UnitTeams:
    """How many accepted teams a unit has, and when any of its teams was last another."""

    accepted: int
    changed_at: datetime | None


def teams_by_unit(each: Round) -> dict[int, UnitTeams]:
    """By the key of the unit: taking part, withdrawing and substitutions. Two queries."""
    accepted: dict[int, int] = {}
    changed: dict[int, datetime] = {}

    def note(unit: int, at: datetime | None) -> None:
        if at is not None:
            changed[unit] = max(at, changed.get(unit, at))

    teams = Entry.objects.filter(category=each.category_id)
    rows = teams.values_list("unit_id", "state", "accepted_at", "withdrawn_at")
    for unit, state, accepted_at, withdrawn_at in rows:
        accepted[unit] = accepted.get(unit, 0) + (state == EntryState.ACCEPTED)
        note(unit, accepted_at)
        note(unit, withdrawn_at)
    changes = TeamChange.objects.filter(team__entries__category=each.category_id)
    for unit, at in changes.values_list("team__unit_id", "changed_at"):
        note(unit, at)
    return {unit: UnitTeams(count, changed.get(unit)) for unit, count in accepted.items()}


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with a team in the round: its kit and its result, as far as there are any.

    `in_force` is the fingerprint of the rules of the round as they are now.
    """

    unit: Unit
    teams: UnitTeams
    kit: UnitKit | None
    result: UnitResult | None
    in_force: str

    @property
    def code(self) -> str:
        return check_code(statement_of(self.result)) if self.result else ""

    @property
    def is_from_minutes(self) -> bool:
        """Whether the result is that of signed minutes, with no log to compute it from."""
        return self.result is not None and not self.result.log

    @property
    def has_older_rules(self) -> bool:
        """Whether the kit is of rules that two people have changed since it was made."""
        return self.kit is not None and self.kit.regulation != self.in_force

    @property
    def has_older_teams(self) -> bool:
        """Whether a team of a unit that has yet to send its result is another since its kit."""
        changed_at = self.teams.changed_at
        return (
            self.kit is not None
            and self.result is None
            and changed_at is not None
            and changed_at > self.kit.made_at
        )

    @property
    def is_result_outdated(self) -> bool:
        return self.result is not None and is_outdated(self.result, self.in_force)


def unit_lines(each: Round) -> list[UnitLine]:
    """Every unit that has teams, a kit or a result, in the order of the plan. Six queries."""
    teams = teams_by_unit(each)
    standing = UnitKit.objects.filter(round=each, voided_at=None).defer("file")
    kits = {kit.unit_id: kit for kit in standing}
    results = {result.unit_id: result for result in standing_results(each)}
    in_force = fingerprint(regulation_of(each))
    none = UnitTeams(0, None)
    lines = [
        UnitLine(unit, teams.get(unit.pk, none), kits.get(unit.pk), results.get(unit.pk), in_force)
        for unit in units_of(each.contest)
    ]
    return [line for line in lines if line.teams.accepted or line.kit or line.result]


def line_of(each: Round, unit: Unit) -> UnitLine:
    """The same of one unit, teams or not. Five queries."""
    kits = UnitKit.objects.filter(round=each, unit=unit, voided_at=None).defer("file")
    results = UnitResult.objects.filter(round=each, unit=unit, voided_at=None)
    return UnitLine(
        unit,
        teams_by_unit(each).get(unit.pk, UnitTeams(0, None)),
        kits.first(),
        results.first(),
        fingerprint(regulation_of(each)),
    )


def voided_kits(each: Round, unit: Unit) -> list[UnitKit]:
    """Newest first. One query."""
    voided = UnitKit.objects.filter(round=each, unit=unit).exclude(voided_at=None)
    return list(voided.defer("file").order_by("-id"))


def kit_by_id(each: Round, unit: Unit, kit: str) -> UnitKit:
    """The kit that stands, by its public id in hex. Raises Http404."""
    found = UnitKit.objects.filter(round=each, unit=unit, voided_at=None).first()
    if found is None or found.public_id.hex != kit:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class TeamMarks:
    """The marks of a team by part, in the order of the plan, and their sum."""

    team: str
    marks: tuple[tuple[str, Decimal], ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class TakenMarks:
    """A result of a unit, standing or replaced, with the marks of its teams.

    `scan_sha256` names the scan of its minutes, where they are all that there is: no log.
    """

    result: UnitResult
    code: str
    held_on: date
    scan_sha256: str
    rows: list[TeamMarks]


def names_in(each: Round, unit: Unit) -> dict[str, str]:
    """The names of a unit's teams by their public ids, of withdrawn ones too. One query."""
    entries = Entry.objects.filter(category=each.category_id, unit=unit)
    return {
        entry.public_id.hex: entry_name(entry) for entry in entries.select_related("team", "person")
    }


def marks_of(
    statement: Statement, parts: Sequence[Segment], names: Mapping[str, str]
) -> list[TeamMarks]:
    """What a unit says of its teams, by the parts of the round as they are now."""
    return [
        TeamMarks(
            names.get(entry, entry[:8]),
            tuple((part.label, marks[part.key]) for part in parts if part.key in marks),
            sum((marks.get(part.key, Decimal(0)) for part in parts if part.is_counted), Decimal(0)),
        )
        for entry, marks in statement.marks.items()
    ]


def results_of_unit(each: Round, unit: Unit, parts: Sequence[Segment]) -> list[TakenMarks]:
    """Newest first. Two queries."""
    results = list(UnitResult.objects.filter(round=each, unit=unit).select_related("kit"))
    names = names_in(each, unit) if results else {}
    found = []
    for result in results:
        said = statement_of(result)
        rows = marks_of(said, parts, names)
        found.append(TakenMarks(result, check_code(said), said.held_on, said.scan_sha256, rows))
    return found


def result_file(each: Round, unit: Unit, sha256: str) -> UnitResult:
    """A result of the unit by the hash of its file. Raises Http404."""
    found = UnitResult.objects.filter(round=each, unit=unit, file_sha256=sha256).first()
    if found is None:
        raise Http404
    return found
