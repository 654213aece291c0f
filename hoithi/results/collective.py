"""The table of units: what the rounds make of it now, and the versions that were published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import msgspec
from django.http import Http404

from hoithi.contests.models import Contest
from hoithi.contests.queries import plan_of
from hoithi.results.models import CollectivePublication, UnitTieDecision
from hoithi.results.queries import Settled, digest, settled_rounds
from hoithi.rules.awards import Tie
from hoithi.rules.canonical import Value
from hoithi.rules.errors import RuleViolation
from hoithi.rules.regulation import PrizeLine
from hoithi.rules.settling import persons, unit_result
from hoithi.verify.contest import PublishedCollective
from hoithi.verify.contest import PublishedUnit as BundledUnit

FORMAT = "hoithi/collective-publication/1"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of the table; `percent` is of its headcount."""

    place: int
    decided_by: str
    code: str
    name: str
    headcount: int
    participants: int
    percent: Decimal
    score: Decimal
    prize: str
    prize_key: str


@dataclass(frozen=True, slots=True)
class CollectiveProposal:
    """The table of units as the scores have it now; ties name units by their codes."""

    rows: tuple[UnitRow, ...]
    ties: tuple[Tie, ...]
    left: tuple[str, ...]
    prizes: tuple[PrizeLine, ...]


def unit_decisions_of(contest: Contest) -> list[list[str]]:
    """Recorded orders of tied units by their codes, oldest first."""
    return list(UnitTieDecision.objects.filter(contest=contest).values_list("order", flat=True))


def collective_proposal(contest: Contest) -> CollectiveProposal:
    """Score, rank and award the units of the plan. Raises RuleViolation `no_collective_rule`."""
    plan = plan_of(contest)
    rule = plan.rules.collective
    if rule is None:
        raise RuleViolation("no_collective_rule")
    settled = settled_rounds(contest)
    headcounts = {unit.code: unit.headcount for unit in plan.units}
    names = {unit.code: unit.name for unit in plan.units}
    result = unit_result(
        rule,
        {key: each.held for key, each in settled.rounds.items()},
        settled.awards,
        headcounts=headcounts,
        unit_of=_units_of(settled),
        person_of=persons(settled.same_person),
        decisions=unit_decisions_of(contest),
    )
    scores = {each.unit: each for each in result.scores}
    labels = {line.key: line.label for line in rule.prizes}
    given = {one.entry: one.prize for one in result.awards.given}
    rows = tuple(
        UnitRow(
            place=row.place,
            decided_by=row.decided_by,
            code=row.entry,
            name=names[row.entry],
            headcount=headcounts[row.entry],
            participants=scores[row.entry].participants,
            percent=scores[row.entry].percent,
            score=scores[row.entry].score,
            prize=labels.get(given.get(row.entry, ""), ""),
            prize_key=given.get(row.entry, ""),
        )
        for row in result.placed
    )
    return CollectiveProposal(rows, result.awards.ties, result.awards.left, tuple(rule.prizes))


def _units_of(settled: Settled) -> dict[str, str]:
    return {
        score.entry.public_id.hex: score.entry.unit.code
        for each in settled.rounds.values()
        for score in each.scores
    }


def collective_content(
    contest: Contest, proposed: CollectiveProposal, rounds: Mapping[str, int]
) -> dict[str, Value]:
    """What is frozen; `rounds` are the versions of the rounds on which the table rests."""
    return {
        "format": FORMAT,
        "contest": contest.key,
        "rounds": dict(rounds),
        "rows": [
            {
                "place": row.place,
                "decided_by": row.decided_by,
                "code": row.code,
                "unit": row.name,
                "headcount": row.headcount,
                "participants": row.participants,
                "percent": f"{row.percent:f}",
                "score": f"{row.score:f}",
                "prize": row.prize,
                "prize_key": row.prize_key,
            }
            for row in proposed.rows
        ],
    }


def published_collective(publication: CollectivePublication) -> PublishedCollective:
    """The table of units as the bundle has it."""
    units = [
        BundledUnit(
            unit=row["code"],
            place=row["place"],
            decided_by=row["decided_by"],
            participants=row["participants"],
            percent=row["percent"],
            score=row["score"],
            prize=row["prize_key"],
        )
        for row in publication.content["rows"]
    ]
    return PublishedCollective(publication.number, units)


class PublishedUnit(msgspec.Struct, frozen=True):
    """A row of a published version, as it was frozen."""

    place: int
    decided_by: str
    name: str = msgspec.field(name="unit")
    headcount: int
    participants: int
    percent: Decimal
    score: Decimal
    prize: str


def published_units(publication: CollectivePublication) -> list[PublishedUnit]:
    """The table of a published version."""
    return msgspec.convert(publication.content["rows"], list[PublishedUnit])


@dataclass(frozen=True, slots=True)
class RestsOn:
    """A round and the version of its result on which a version of the table rests."""

    key: str
    name: str
    number: int


def rests_on(publication: CollectivePublication) -> list[RestsOn]:
    """The rounds under a version of the table, in the order of the plan. One query."""
    numbers = publication.content["rounds"]
    rounds = publication.contest.rounds.all()
    return [
        RestsOn(each.key, each.name, numbers[each.key]) for each in rounds if each.key in numbers
    ]


def collective_by_number(contest: Contest, number: int) -> CollectivePublication:
    """Raises Http404."""
    found = CollectivePublication.objects.filter(contest=contest, number=number).first()
    if found is None:
        raise Http404
    return found


def latest_collective(contest: Contest) -> CollectivePublication | None:
    """The version in force."""
    return CollectivePublication.objects.filter(contest=contest).order_by("-number").first()


def is_collective_outdated(publication: CollectivePublication) -> bool:
    """Whether the table would come out otherwise now, whatever the versions it rests on."""
    return table_differs(publication, collective_proposal(publication.contest))


def table_digest(contest: Contest, proposed: CollectiveProposal) -> str:
    """Another one as soon as a proposed table says anything else."""
    return digest(collective_content(contest, proposed, {}))


def table_differs(publication: CollectivePublication, proposed: CollectiveProposal) -> bool:
    """Whether a proposed table says anything else than what was published."""
    again = collective_content(publication.contest, proposed, publication.content["rounds"])
    return bool(again != publication.content)
