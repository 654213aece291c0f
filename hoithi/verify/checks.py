"""Recomputes a contest from its bundle, from the sealed files down to every attempt's marks.

Each check adds findings and goes on, so that one changed byte is named at every place it shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from hoithi.hall.formats import Row, merkle_root, receipt_text
from hoithi.hall.ledger import AttemptFacts, Ledger, read_ledger
from hoithi.rules import paper, scoring
from hoithi.rules.attempts import granted_ms
from hoithi.rules.paper import KeysFile, PackageError, Paper, Policy, Questions
from hoithi.rules.regulation import FORMAT, Regulation, flaws
from hoithi.rules.scoring import Effect, Ruling
from hoithi.rules.standings import Marked
from hoithi.verify import results
from hoithi.verify.bundle import (
    MANIFEST,
    BundleReader,
    Closing,
    Roster,
    RosterLine,
    RoundRecord,
    UnreadableBundleError,
)
from hoithi.verify.chain import check_chains
from hoithi.verify.contest import CONTEST, check_results
from hoithi.verify.findings import Finding
from hoithi.verify.results import Outcome


@dataclass(frozen=True, slots=True)
class MarkedAttempt:
    """An attempt of the journal with its roster line and its marks."""

    sitting: str
    line: RosterLine
    facts: AttemptFacts
    grade: scoring.Grade


@dataclass(frozen=True, slots=True)
class SealedFiles:
    """A round's sealed files, read."""

    questions: Questions
    keys: KeysFile


def check_manifest(bundle: BundleReader, findings: list[Finding]) -> None:
    """Every file is listed with its digest, and every listed file is there."""
    listed = bundle.manifest.files
    present = set(bundle.names()) - {MANIFEST}
    findings.extend(Finding("file_unlisted", name) for name in sorted(present - listed.keys()))
    findings.extend(Finding("file_missing", name) for name in sorted(listed.keys() - present))
    for name in sorted(listed.keys() & present):
        try:
            if bundle.sha256(name) != listed[name]:
                findings.append(Finding("file_changed", name))
        except UnreadableBundleError as error:
            findings.append(Finding("unreadable", error.part, error.why))


def check_sealed_files(
    bundle: BundleReader, folder: str, record: RoundRecord, findings: list[Finding]
) -> SealedFiles:
    """Questions and keys against the commitment that was published before the first start."""
    questions_bytes = bundle.bytes(f"{folder}/questions.json")
    keys_bytes = bundle.bytes(f"{folder}/keys.json")
    questions_sha = hashlib.sha256(questions_bytes).digest()
    keys_sha = hashlib.sha256(keys_bytes).digest()
    published = (record.questions_sha256, record.keys_sha256, record.commitment)
    found = (questions_sha.hex(), keys_sha.hex(), paper.commitment(questions_sha, keys_sha).hex())
    if published != found:
        findings.append(Finding("commitment_differs", folder))
    try:
        questions = paper.read_questions(questions_bytes)
        keys = paper.read_keys(keys_bytes)
    except PackageError as error:
        raise UnreadableBundleError(folder, str(error)) from error
    missing = [item.id for item in questions.file.items if not keys.keys.get(item.id)]
    if missing:
        raise UnreadableBundleError(f"{folder}/keys.json", f"no key for {missing[0]}")
    if paper.shortages(questions):
        raise UnreadableBundleError(f"{folder}/questions.json", "too few items for a paper")
    return SealedFiles(questions, keys)


def rulings_of(record: RoundRecord, findings: list[Finding], folder: str) -> list[Ruling]:
    """The rulings, each made by two different people."""
    rulings = []
    for each in record.rulings:
        if not each.first or not each.second or each.first == each.second:
            findings.append(Finding("ruling_by_one", f"{folder}/round.json", each.item))
        rulings.append(Ruling(each.item, Effect(each.effect), each.option))
    return rulings


def check_sitting(
    bundle: BundleReader,
    folder: str,
    sealed: SealedFiles,
    points_per_item: Decimal,
    rulings: list[Ruling],
    findings: list[Finding],
) -> list[MarkedAttempt]:
    """Chains, roster, papers and receipts of one sitting; answers its marked attempts."""
    closing = bundle.decode(f"{folder}/closing.json", Closing)
    roster = bundle.decode(f"{folder}/roster.json", Roster)
    bundle.each_once(f"{folder}/closing.json", [head.writer for head in closing.heads])
    bundle.each_once(f"{folder}/roster.json", [line.line for line in roster.lines])
    bundle.each_once(f"{folder}/roster.json", [line.entry for line in roster.lines])
    if bundle.sha256(f"{folder}/roster.json") != closing.roster_sha256:
        findings.append(Finding("roster_differs", f"{folder}/roster.json"))
    writers = check_chains(bundle, folder, closing, findings)
    ledger = _ledger(bundle, folder, writers, sealed.questions)
    findings.extend(
        Finding("journal_flaw", folder, f"{flaw.code} {flaw.attempt} {flaw.row}".strip())
        for flaw in ledger.flaws
    )
    receipts = [facts.receipt for facts in ledger.attempts if facts.receipt]
    if (merkle_root(receipts).hex(), len(receipts)) != (closing.receipts_root, closing.receipts):
        findings.append(Finding("receipts_differ", f"{folder}/closing.json"))
    lines = {line.line: line for line in roster.lines}
    marked = []
    for facts in ledger.attempts:
        line = lines.get(facts.line)
        if line is None:
            findings.append(Finding("unknown_line", folder, str(facts.line)))
            continue
        drawn = paper.draw(sealed.questions, bytes.fromhex(line.entry_key), facts.number)
        if not _fits(drawn, facts):
            findings.append(Finding("foreign_paper", folder, facts.attempt.hex()))
            continue
        grade = scoring.grade(
            sealed.questions, sealed.keys, drawn, facts.answers, points_per_item, rulings
        )
        marked.append(MarkedAttempt(closing.sitting, line, facts, grade))
    return marked


def _ledger(bundle: BundleReader, folder: str, writers: list[str], questions: Questions) -> Ledger:
    def rows() -> Iterator[Row]:
        for writer in writers:
            for _, row in bundle.rows(folder, writer):
                yield row

    policy = questions.file.policy
    return read_ledger(rows(), items=questions.paper_length, grace_ms=policy.grace_ms)


def _fits(drawn: Paper, facts: AttemptFacts) -> bool:
    return all(
        answer < len(place.order) for place, answer in zip(drawn, facts.answers, strict=True)
    )


def find_receipt(path: Path, wanted: str) -> list[AttemptFacts]:
    """The attempts of a bundle whose receipt is this one, as its holder wrote it down."""
    bundle = BundleReader(path)
    text = "".join(letter for letter in wanted.upper() if letter.isalnum())
    found = []
    for name in bundle.names():
        if not name.endswith("/closing.json"):
            continue
        folder = name.removesuffix("/closing.json")
        round_folder = folder.partition("/sittings/")[0]
        questions = paper.read_questions(bundle.bytes(f"{round_folder}/questions.json"))
        ledger = _ledger(bundle, folder, bundle.writers(folder), questions)
        found += [
            facts
            for facts in ledger.attempts
            if facts.receipt and receipt_text(facts.receipt).replace("-", "") == text
        ]
    return found


@dataclass(frozen=True, slots=True)
class CheckedRound:
    """A round recomputed: its attempts with marks, and what they come to."""

    attempts: tuple[MarkedAttempt, ...]
    outcome: Outcome


def check_round(bundle: BundleReader, folder: str, findings: list[Finding]) -> CheckedRound:
    """All sittings of a round held online, and its places."""
    record = bundle.decode(f"{folder}/round.json", RoundRecord)
    if f"rounds/{record.key}" != folder:
        raise UnreadableBundleError(f"{folder}/round.json", f"of {record.key}")
    sealed = check_sealed_files(bundle, folder, record, findings)
    regulation = _regulation(bundle, folder)
    if regulation.online is None:
        raise UnreadableBundleError(f"{folder}/regulation.json", "not held online")
    bundle.each_once(f"{folder}/round.json", record.sittings)
    rulings = rulings_of(record, findings, folder)
    marked: list[MarkedAttempt] = []
    roster: list[RosterLine] = []
    for sitting in record.sittings:
        place = f"{folder}/sittings/{sitting}"
        marked += check_sitting(
            bundle, place, sealed, regulation.online.points_per_item, rulings, findings
        )
        roster += bundle.decode(f"{place}/roster.json", Roster).lines
    result = results.online_result(
        regulation,
        roster,
        [_as_marked(each, sealed.questions.file.policy) for each in marked],
        record.frozen_counts,
        record.decisions,
    )
    unit_of = {line.entry: line.unit for line in roster}
    return CheckedRound(tuple(marked), Outcome(regulation, result, unit_of))


def _regulation(bundle: BundleReader, folder: str) -> Regulation:
    """The rules of the round of this folder, and no others."""
    name = f"{folder}/regulation.json"
    regulation = bundle.decode(name, Regulation)
    if (regulation.format, f"rounds/{regulation.round}") != (FORMAT, folder):
        raise UnreadableBundleError(name, f"{regulation.format} of {regulation.round}")
    wrong = flaws(regulation)
    if wrong:
        raise UnreadableBundleError(name, ", ".join(wrong))
    return regulation


def _as_marked(each: MarkedAttempt, policy: Policy) -> Marked:
    facts = each.facts
    return Marked(
        attempt=facts.attempt.hex(),
        entry=each.line.entry,
        number=facts.number,
        started_ms=facts.started_ms,
        submitted_ms=min(facts.submitted_ms, facts.deadline_ms),
        automatic=facts.automatic,
        void=facts.void,
        correct=each.grade.correct,
        items=each.grade.items,
        points=each.grade.points,
        prediction=facts.prediction,
        granted_ms=granted_ms(
            started_ms=facts.started_ms,
            first_deadline_ms=facts.first_deadline_ms,
            deadline_ms=facts.deadline_ms,
            duration_ms=policy.duration_ms,
        ),
    )


def check_recorded(bundle: BundleReader, folder: str) -> Outcome:
    """A live round entered from its minutes, and its places."""
    regulation = _regulation(bundle, folder)
    recorded = bundle.decode(f"{folder}/recorded.json", results.Recorded)
    bundle.each_once(f"{folder}/recorded.json", [each.entry for each in recorded.entries])
    name = f"{folder}/decisions.json"
    decisions = bundle.decode(name, list[list[str]]) if bundle.has(name) else []
    for each in recorded.entries:
        for part in regulation.segments:
            if not 0 <= each.marks.get(part.key, Decimal(-1)) <= part.maximum:
                why = f"no mark for {part.key} of {each.entry}"
                raise UnreadableBundleError(f"{folder}/recorded.json", why)
    result = results.recorded_result(regulation, recorded, decisions)
    return Outcome(regulation, result, {each.entry: each.unit for each in recorded.entries})


def rounds_with(bundle: BundleReader, file: str) -> list[str]:
    """The keys of the rounds that have a file of this name, in name order."""
    return sorted(
        name.removeprefix("rounds/").removesuffix(f"/{file}")
        for name in bundle.names()
        if name.startswith("rounds/") and name.endswith(f"/{file}")
    )


@contextmanager
def _reading(part: str) -> Iterator[None]:
    """A bundle is anybody's file: what makes no sense in it is a finding about that part."""
    try:
        yield
    except UnreadableBundleError:
        raise
    except (ValueError, LookupError, ArithmeticError) as error:
        raise UnreadableBundleError(part, f"{type(error).__name__} {error}") from error


def verify(path: Path) -> list[Finding]:
    """Check a bundle to the end; no finding means that everything fits."""
    findings: list[Finding] = []
    outcomes: dict[str, Outcome] = {}
    try:
        bundle = BundleReader(path)
        check_manifest(bundle, findings)
        for key in rounds_with(bundle, "questions.json"):
            with _reading(f"rounds/{key}"):
                outcomes[key] = check_round(bundle, f"rounds/{key}", findings).outcome
        findings.extend(
            Finding("questions_closed", f"rounds/{key}")
            for key in rounds_with(bundle, "round.json")
            if not bundle.has(f"rounds/{key}/questions.json")
        )
        for key in rounds_with(bundle, "recorded.json"):
            with _reading(f"rounds/{key}"):
                outcomes[key] = check_recorded(bundle, f"rounds/{key}")
        with _reading(CONTEST):
            check_results(bundle, outcomes, findings)
    except UnreadableBundleError as error:
        findings.append(Finding("unreadable", error.part, error.why))
    return findings
