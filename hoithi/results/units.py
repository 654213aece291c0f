"""Rounds that units hold themselves: what there is of each unit, and on whose machine we are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec
from django.http import Http404

from hoithi.contests.models import Contest, Round
from hoithi.contests.plan.schema import AtUnits
from hoithi.contests.queries import round_plan, units_of
from hoithi.entries.models import Entry
from hoithi.entries.queries import accepted_entries
from hoithi.people.models import Unit
from hoithi.results.models import TakenKit, UnitKit, UnitResult
from hoithi.results.queries import entry_name
from hoithi.rules.errors import RuleViolation
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


def standing_results(each: Round) -> list[UnitResult]:
    """What was taken of each unit, in the order of the plan. One query."""
    return list(
        UnitResult.objects.filter(round=each, voided_at=None)
        .select_related("unit", "kit")
        .order_by("unit__position")
    )


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
class UnitLine:
    """A unit with a team in the round: its kit and its result, as far as there are any."""

    unit: Unit
    teams: int
    kit: UnitKit | None
    result: UnitResult | None

    @property
    def code(self) -> str:
        return check_code(statement_of(self.result)) if self.result else ""


def unit_lines(each: Round) -> list[UnitLine]:
    """Every unit that has teams, a kit or a result, in the order of the plan. Four queries."""
    teams: dict[int, int] = {}
    for entry in accepted_entries(each.category):
        teams[entry.unit_id] = teams.get(entry.unit_id, 0) + 1
    standing = UnitKit.objects.filter(round=each, voided_at=None).defer("file")
    kits = {kit.unit_id: kit for kit in standing}
    results = {result.unit_id: result for result in standing_results(each)}
    return [
        UnitLine(unit, teams.get(unit.pk, 0), kits.get(unit.pk), results.get(unit.pk))
        for unit in units_of(each.contest)
        if unit.pk in teams or unit.pk in kits or unit.pk in results
    ]


def kits_of(each: Round, unit: Unit) -> list[UnitKit]:
    """Newest first."""
    return list(UnitKit.objects.filter(round=each, unit=unit).defer("file").order_by("-id"))


def kit_by_id(each: Round, unit: Unit, kit: str) -> UnitKit:
    """The kit that stands, by its public id in hex. Raises Http404."""
    for found in UnitKit.objects.filter(round=each, unit=unit, voided_at=None):
        if found.public_id.hex == kit:
            return found
    raise Http404


@dataclass(frozen=True, slots=True)
class TeamMarks:
    """The marks of a team by part, in the order of the plan, and their sum."""

    team: str
    marks: tuple[tuple[str, Decimal], ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class TakenMarks:
    """A result of a unit, standing or replaced, with the marks of its teams."""

    result: UnitResult
    code: str
    held_on: date
    rows: list[TeamMarks]


def marks_of(each: Round, unit: Unit, statement: Statement) -> list[TeamMarks]:
    """What a unit says of its teams. One query."""
    parts = round_plan(each).segments
    names = {
        entry.public_id.hex: entry_name(entry)
        for entry in Entry.objects.filter(category=each.category, unit=unit).select_related(
            "team", "person"
        )
    }
    return [
        TeamMarks(
            names.get(entry, entry[:8]),
            tuple((part.label, marks[part.key]) for part in parts if part.key in marks),
            sum((marks.get(part.key, Decimal(0)) for part in parts if part.is_counted), Decimal(0)),
        )
        for entry, marks in statement.marks.items()
    ]


def results_of_unit(each: Round, unit: Unit) -> list[TakenMarks]:
    """Newest first."""
    found = []
    for result in UnitResult.objects.filter(round=each, unit=unit).select_related("kit"):
        said = statement_of(result)
        rows = marks_of(each, unit, said)
        found.append(TakenMarks(result, check_code(said), said.held_on, rows))
    return found


def result_file(each: Round, unit: Unit, sha256: str) -> UnitResult:
    """A result of the unit by the hash of its file. Raises Http404."""
    found = UnitResult.objects.filter(round=each, unit=unit, file_sha256=sha256).first()
    if found is None:
        raise Http404
    return found
