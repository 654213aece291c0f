"""One round of a bundle: held online, from its sealed files down to its places; or from minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

import msgspec

from hoithi.hall.formats import Kind
from hoithi.hall.roster import RosterLine
from hoithi.rules import paper
from hoithi.rules.paper import KeysFile, Questions
from hoithi.rules.regulation import FORMAT, Regulation, flaws
from hoithi.rules.scoring import Effect, Ruling
from hoithi.rules.side_prizes import SideAwards, side_awards
from hoithi.rules.standings import Counts, Result, count
from hoithi.verify import results
from hoithi.verify.bundle import BundleReader, RoundRecord, RulingRecord
from hoithi.verify.chain import chained_rows
from hoithi.verify.findings import BundleError, Finding
from hoithi.verify.results import Outcome
from hoithi.verify.sittings import (
    Grading,
    MarkedAttempt,
    Sat,
    Start,
    as_marked,
    check_roster,
    check_sitting,
    check_times,
    read_sitting,
)
from hoithi.verify.together import Rule, check_presses, check_together
from hoithi.verify.units import UnitsSent, check_bounds, check_sent, folded


@dataclass(frozen=True, slots=True)
class CheckedRound:
    """A round recomputed: its attempts with marks, and what they come to."""

    attempts: tuple[MarkedAttempt, ...]
    outcome: Outcome


def check_round(bundle: BundleReader, folder: str, findings: list[Finding]) -> CheckedRound:
    """All sittings of a round held online, and its places."""
    record = bundle.decode(f"{folder}/round.json", RoundRecord)
    if f"rounds/{record.key}" != folder:
        raise BundleError("wrong_place", f"{folder}/round.json", record.key)
    questions, keys = check_sealed_files(bundle, folder, record, findings)
    regulation = _regulation(bundle, folder)
    if regulation.online is None:
        raise BundleError("rules_unfit", f"{folder}/regulation.json", "online")
    if regulation.online.attempts != questions.file.policy.attempts:
        findings.append(Finding("rules_unfit", f"{folder}/regulation.json", "attempts"))
    bundle.each_once(f"{folder}/round.json", record.sittings)
    rulings = rulings_of(record, questions, findings, folder)
    grading = Grading(questions, keys, regulation.online.points_per_item, tuple(rulings))
    sat = [
        check_sitting(bundle, f"{folder}/sittings/{sitting}", grading, findings)
        for sitting in record.sittings
    ]
    if regulation.together != questions.file.policy.together:
        raise BundleError("rules_unfit", f"{folder}/regulation.json", "together")
    if regulation.together is not None:
        rule = Rule(regulation.together, regulation.ranking, _barred(sat, record))
        sat = [
            check_together(bundle, f"{folder}/sittings/{sitting}", grading, rule, each, findings)
            for sitting, each in zip(record.sittings, sat, strict=True)
        ]
    frozen = record.frozen_counts
    counts = Counts(frozen.participants, frozen.attempts, frozen.all_correct)
    turned = [replace(each, roster=tuple(as_it_stands(each.roster, record))) for each in sat]
    roster = [*chain.from_iterable(each.roster for each in turned)]
    strange = {*record.barred, *record.cleared} - {line.entry for line in roster}
    findings.extend(
        Finding("unknown_line", f"{folder}/round.json", each) for each in sorted(strange)
    )
    attempts = tuple(chain.from_iterable(each.attempts for each in sat))
    duration_ms = questions.file.policy.duration_ms
    marked = [as_marked(each.facts, each.line.entry, each.grade, duration_ms) for each in attempts]
    is_now = _is_same(
        regulation, count(regulation, results.participants_of(roster), marked), counts
    )
    if not is_now and not any(
        could_have_counted(regulation, grading, each, counts) for each in (sat, turned)
    ):
        findings.append(Finding("counts_differ", f"{folder}/round.json"))
    result = results.online_result(regulation, roster, marked, counts, record.decisions)
    unit_of = {line.entry: line.unit for line in roster}
    return CheckedRound(attempts, Outcome(regulation, result, unit_of))


def as_it_stands(roster: Sequence[RosterLine], record: RoundRecord) -> list[RosterLine]:
    """A roster with what was decided about its entries after it was committed."""
    turned = dict.fromkeys(record.barred, True) | dict.fromkeys(record.cleared, False)
    return [
        msgspec.structs.replace(line, barred=turned.get(line.entry, line.barred)) for line in roster
    ]


def check_closed_round(bundle: BundleReader, folder: str, findings: list[Finding]) -> None:
    """A round whose questions another one may still draw: what can be checked without them."""
    record = bundle.decode(f"{folder}/round.json", RoundRecord)
    if f"rounds/{record.key}" != folder:
        raise BundleError("wrong_place", f"{folder}/round.json", record.key)
    findings.append(Finding("questions_closed", folder))
    together = _regulation(bundle, folder).together is not None
    published = f"{folder}/published.json"
    if bundle.has(published):
        bundle.decode(published, results.Published)
    for sitting in record.sittings:
        place = f"{folder}/sittings/{sitting}"
        closing, roster = read_sitting(bundle, place, common=together)
        check_roster(bundle, place, closing, findings)
        rosters, starts, orders = [], [], {}
        for row in chained_rows(bundle, place, closing, findings):
            if row.kind is Kind.OPENED:
                rosters.append(row.data.hex())
            elif row.kind is Kind.START:
                starts.append(Start(row.attempt, row.item, row.server_ms))
            elif row.kind is Kind.ORDER:
                orders[row.item] = row.data
        check_times(bundle, place, closing, roster, orders, starts, findings)
        if together:
            check_presses(bundle, place, closing, orders, findings)
        findings += [
            Finding("opened_with_another_roster", place, each)
            for each in rosters
            if each != closing.roster_sha256
        ]


def check_sealed_files(
    bundle: BundleReader, folder: str, record: RoundRecord, findings: list[Finding]
) -> tuple[Questions, KeysFile]:
    """Questions and keys against the commitment that was published before the first start."""
    questions_name, keys_name = f"{folder}/questions.json", f"{folder}/keys.json"
    questions = bundle.sealed(questions_name, paper.read_questions)
    keys = bundle.sealed(keys_name, paper.read_keys)
    keys_sha = hashlib.sha256(bundle.content(keys_name)).digest()
    published = (record.questions_sha256, record.keys_sha256, record.commitment)
    found = (questions.sha256.hex(), keys_sha.hex())
    if published != (*found, paper.commitment(questions.sha256, keys_sha).hex()):
        findings.append(Finding("commitment_differs", folder))
    if keys.package != questions.file.package:
        raise BundleError("keys_unfit", keys_name, keys.package)
    options = {item.id: len(item.options) for item in questions.file.items}
    for item in sorted(options.keys() | keys.keys.keys()):
        right = keys.keys.get(item)
        if not right or not all(0 <= index < options.get(item, 0) for index in right):
            raise BundleError("keys_unfit", keys_name, item)
    if paper.shortages(questions):
        raise BundleError("too_few_items", questions_name)
    return questions, keys


def rulings_of(
    record: RoundRecord, questions: Questions, findings: list[Finding], folder: str
) -> list[Ruling]:
    """The rulings, each about an item of this package and made by two different people."""
    place = f"{folder}/round.json"
    options = {item.id: len(item.options) for item in questions.file.items}
    rulings = []
    for each in record.rulings:
        if not each.first or not each.second or each.first == each.second:
            findings.append(Finding("ruling_by_one", place, each.item))
        if _applies(each, options.get(each.item, 0)):
            rulings.append(Ruling(each.item, Effect(each.effect), each.option))
        else:
            findings.append(Finding("ruling_unfit", place, each.item))
    return rulings


def _applies(ruling: RulingRecord, options: int) -> bool:
    """Whether the item is there, and an option is named exactly where the effect needs one."""
    if not options or ruling.effect not in list(Effect):
        return False
    if ruling.effect == Effect.ACCEPT_ALSO:
        return ruling.option is not None and 0 <= ruling.option < options
    return ruling.option is None


def could_have_counted(
    regulation: Regulation, grading: Grading, sat: Sequence[Sat], counts: Counts
) -> bool:
    """Whether these counts were right when they were frozen (docs/rules/ranking.md, 6).

    They stay when a ruling is made later or a sitting is added, so they may be those of the first
    sittings and the first rulings.
    """
    for held in range(len(sat), 0, -1):
        people = results.participants_of([*chain.from_iterable(each.roster for each in sat[:held])])
        attempts = [*chain.from_iterable(each.attempts for each in sat[:held])]
        for made in range(len(grading.rulings), -1, -1):
            is_now = made == len(grading.rulings)
            marked = (
                as_marked(
                    each.facts,
                    each.line.entry,
                    each.grade
                    if is_now
                    else grading.grade(grading.draw(each.line, each.facts), each.facts, made),
                    grading.questions.file.policy.duration_ms,
                )
                for each in attempts
            )
            if _is_same(regulation, count(regulation, people, marked), counts):
                return True
    return not sat


def _is_same(regulation: Regulation, found: Counts, frozen: Counts) -> bool:
    """Where all answer together nobody predicts, so how many had all right says nothing."""
    if regulation.together is not None:
        found = replace(found, all_correct=frozen.all_correct)
    return found == frozen


def _barred(sat: Sequence[Sat], record: RoundRecord) -> tuple[frozenset[str], ...]:
    """Who was barred as the rosters were committed, and who is now."""
    lines = [*chain.from_iterable(each.roster for each in sat)]
    then = frozenset(line.entry for line in lines if line.barred)
    return then, (then | frozenset(record.barred)) - frozenset(record.cleared)


def _regulation(bundle: BundleReader, folder: str) -> Regulation:
    """The rules of the round of this folder, and no others."""
    name = f"{folder}/regulation.json"
    regulation = bundle.decode(name, Regulation)
    if regulation.format != FORMAT:
        raise BundleError("unknown_format", name, regulation.format)
    if f"rounds/{regulation.round}" != folder:
        raise BundleError("wrong_place", name, regulation.round)
    wrong = flaws(regulation)
    if wrong:
        raise BundleError("rules_unfit", name, ", ".join(wrong))
    return regulation


def check_recorded(bundle: BundleReader, folder: str, findings: list[Finding]) -> Outcome:
    """A live round entered from its minutes, or held on stage, and its places."""
    regulation = _regulation(bundle, folder)
    recorded = bundle.decode(f"{folder}/recorded.json", results.Recorded)
    bundle.each_once(f"{folder}/recorded.json", [each.entry for each in recorded.entries])
    name = f"{folder}/decisions.json"
    decisions = bundle.decode(name, list[list[str]]) if bundle.has(name) else []
    found = {each.entry: each.marks for each in recorded.entries}
    state = None
    if bundle.has(f"{folder}/units.json"):
        _check_units(bundle, folder, regulation, recorded)
    elif bundle.has(f"{folder}/stage.json"):
        # What a team takes from another may lift it above the highest mark of its own questions.
        name = f"{folder}/stage.json"
        state, due = folded(regulation, bundle.decode(name, results.StageLog).lines, name)
        if due != found:
            raise BundleError("stage_marks_differ", name)
    else:
        check_bounds(regulation, found, f"{folder}/recorded.json")
    votes = state.votes if state else None
    result = results.recorded_result(regulation, recorded, decisions, votes)
    return Outcome(
        regulation,
        result,
        {each.entry: each.unit for each in recorded.entries},
        frozenset(state.teams) if state else None,
        _side(bundle, folder, regulation, result, findings),
    )


def _side(
    bundle: BundleReader,
    folder: str,
    regulation: Regulation,
    result: Result,
    findings: list[Finding],
) -> SideAwards:
    """The side prizes again, by the marks and by what two people chose."""
    name = f"{folder}/choices.json"
    choices = bundle.decode(name, list[results.ChoiceRecord]) if bundle.has(name) else []
    findings.extend(
        Finding("choice_by_one", name, each.prize)
        for each in choices
        if not each.first or not each.second or each.first == each.second
    )
    chosen = {each.prize: each.order for each in choices}
    return side_awards(regulation, result.scores, result.barred, chosen)


def _check_units(
    bundle: BundleReader, folder: str, regulation: Regulation, recorded: results.Recorded
) -> None:
    """Each unit signed its part, and together they are what was recorded. Raises BundleError."""
    name = f"{folder}/units.json"
    units = bundle.decode(name, UnitsSent).units
    bundle.each_once(name, [each.unit for each in units])
    due: dict[tuple[str, str], dict[str, Decimal]] = {}
    for each in units:
        for entry, found in check_sent(each, bundle.manifest.contest, regulation, name).items():
            due[each.unit, entry] = found
    if due != {(each.unit, each.entry): each.marks for each in recorded.entries}:
        raise BundleError("stage_marks_differ", name)
