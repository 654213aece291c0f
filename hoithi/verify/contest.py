"""What holds over all rounds of a bundle: prizes together, and the table of units.

`contest.json` has the rules and facts for it, `collective.json` the table of units as published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Literal

import msgspec

from hoithi.rules.awards import Awards
from hoithi.rules.collective import CollectiveResult
from hoithi.rules.regulation import CollectiveRule, OnePrize
from hoithi.rules.settling import HeldRound, persons, settled_awards, unit_result
from hoithi.verify.bundle import BundleReader
from hoithi.verify.findings import BundleError, Finding
from hoithi.verify.results import Outcome, check_published, unlike

FORMAT: Literal["hoithi/contest/1"] = "hoithi/contest/1"
CONTEST = "contest.json"
COLLECTIVE = "collective.json"


class RoundLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An official round whose scores stand, and who is ranked in it."""

    key: str
    entrant: Literal["person", "team"]


class UnitLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit of the plan; headcount 0 where it is not known."""

    code: str
    headcount: int


class ContestRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rounds in the order of the plan, also those that are not published yet; units as they are.

    `same_person` are the entries of each person who has several, `decisions` the committee's
    orders of units that share a place.
    """

    format: Literal["hoithi/contest/1"]
    rounds: list[RoundLine]
    units: list[UnitLine]
    one_prize: OnePrize | None
    collective: CollectiveRule | None
    same_person: list[list[str]]
    decisions: list[list[str]]


class PublishedUnit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A unit's row; `percent` and `score` are decimals as text, `prize` a key or empty."""

    unit: str
    place: int
    decided_by: str
    participants: int
    percent: str
    score: str
    prize: str


class PublishedCollective(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version of the table of units that is in force."""

    number: int
    units: list[PublishedUnit]


def check_results(
    bundle: BundleReader, outcomes: Mapping[str, Outcome], findings: list[Finding]
) -> None:
    """Settle all rounds together; compare places, prizes and the table of units."""
    record = bundle.decode(CONTEST, ContestRecord)
    bundle.each_once(CONTEST, [line.key for line in record.rounds])
    bundle.each_once(CONTEST, [line.code for line in record.units])
    bundle.each_once(CONTEST, chain.from_iterable(record.same_person))
    rounds = dict(_in_order(record, outcomes, findings))
    awards = settled_awards(rounds, record.one_prize, persons(record.same_person))
    for key, each in rounds.items():
        side = outcomes[key].side
        check_published(bundle, f"rounds/{key}", each.result, awards[key], findings, side)
    if record.one_prize is not None and any(each.code == "awards_differ" for each in findings):
        findings.extend(
            Finding("round_missing", CONTEST, line.key)
            for line in record.rounds
            if line.key not in outcomes
        )
    if bundle.has(COLLECTIVE):
        _check_collective(bundle, _units(record, rounds, awards, outcomes), findings)


def _in_order(
    record: ContestRecord, outcomes: Mapping[str, Outcome], findings: list[Finding]
) -> Iterator[tuple[str, HeldRound]]:
    """The recomputed rounds in the order of the plan; one that it does not name comes last."""
    named = {line.key: line.entrant for line in record.rounds}
    for key in [*named, *sorted(outcomes.keys() - named.keys())]:
        if key not in named:
            findings.append(Finding("round_unlisted", CONTEST, key))
        if key in outcomes:
            outcome = outcomes[key]
            of_people = named.get(key) == "person"
            yield key, HeldRound(outcome.result, outcome.regulation.prizes, of_people)


def _units(
    record: ContestRecord,
    rounds: Mapping[str, HeldRound],
    awards: Mapping[str, Awards],
    outcomes: Mapping[str, Outcome],
) -> CollectiveResult | None:
    """The table of units again; none where the contest has no rule for it."""
    if record.collective is None:
        return None
    unit_of: dict[str, str] = {}
    for outcome in outcomes.values():
        for entry, unit in outcome.unit_of.items():
            if unit_of.setdefault(entry, unit) != unit:
                raise BundleError("two_units", CONTEST, entry)
    try:
        return unit_result(
            record.collective,
            rounds,
            awards,
            headcounts={line.code: line.headcount for line in record.units},
            unit_of=unit_of,
            person_of=persons(record.same_person),
            decisions=record.decisions,
        )
    except KeyError as error:
        raise BundleError("not_told", CONTEST, str(error.args[0])) from error


def published_units(result: CollectiveResult) -> list[PublishedUnit]:
    """The table of units as it is published."""
    scores = {each.unit: each for each in result.scores}
    prizes = {award.entry: award.prize for award in result.awards.given}
    return [
        PublishedUnit(
            unit=row.entry,
            place=row.place,
            decided_by=row.decided_by,
            participants=scores[row.entry].participants,
            percent=f"{scores[row.entry].percent:f}",
            score=f"{scores[row.entry].score:f}",
            prize=prizes.get(row.entry, ""),
        )
        for row in result.placed
    ]


def _check_collective(
    bundle: BundleReader, result: CollectiveResult | None, findings: list[Finding]
) -> None:
    """Compare a recomputed table of units with the published one."""
    said = bundle.decode(COLLECTIVE, PublishedCollective).units
    due = published_units(result) if result is not None else []
    findings.extend(
        Finding("collective_differ", COLLECTIVE, unit)
        for unit in sorted({row.unit for row in unlike(said, due)})
    )
