"""One sitting of a bundle: its chains, its roster, and every attempt with its marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hoithi.hall.formats import NONE, merkle_root
from hoithi.hall.ledger import AttemptFacts, Ledger, read_ledger
from hoithi.hall.roster import FORMAT as ROSTER_FORMAT
from hoithi.hall.roster import Roster, RosterLine
from hoithi.hall.times import Times, not_applied, started_outside
from hoithi.rules import paper, scoring
from hoithi.rules.attempts import granted_ms
from hoithi.rules.paper import KeysFile, Paper, Prediction, Questions
from hoithi.rules.scoring import Ruling
from hoithi.rules.standings import Marked
from hoithi.verify.bundle import BundleReader, Closing
from hoithi.verify.chain import chained_rows
from hoithi.verify.findings import BundleError, Finding


@dataclass(frozen=True, slots=True)
class MarkedAttempt:
    """An attempt of the journal with its roster line and its marks."""

    sitting: str
    line: RosterLine
    facts: AttemptFacts
    grade: scoring.Grade


@dataclass(frozen=True, slots=True)
class Start:
    """The beginning of an attempt, where nothing else of it can be read yet."""

    attempt: bytes
    line: int
    started_ms: int


@dataclass(frozen=True, slots=True)
class Grading:
    """What papers of a round are marked with."""

    questions: Questions
    keys: KeysFile
    points_per_item: Decimal
    rulings: tuple[Ruling, ...]

    def draw(self, line: RosterLine, facts: AttemptFacts) -> Paper:
        return paper.draw(self.questions, bytes.fromhex(line.entry_key), facts.number)

    def grade(self, drawn: Paper, facts: AttemptFacts, rulings: int | None = None) -> scoring.Grade:
        """Mark a paper, with all rulings or with the first few."""
        return scoring.grade(
            self.questions,
            self.keys,
            drawn,
            facts.answers,
            self.points_per_item,
            self.rulings[:rulings],
        )


@dataclass(frozen=True, slots=True)
class Sat:
    """A sitting as it was held; `orders` are the digests that its journal has."""

    roster: tuple[RosterLine, ...]
    attempts: tuple[MarkedAttempt, ...]
    orders: Mapping[int, bytes]


def check_sitting(
    bundle: BundleReader, folder: str, grading: Grading, findings: list[Finding]
) -> Sat:
    """Chains, roster, papers and receipts of one sitting; answers its marked attempts."""
    closing, roster = read_sitting(
        bundle, folder, common=grading.questions.file.policy.together is not None
    )
    check_roster(bundle, folder, closing, findings)
    ledger = ledger_of(bundle, folder, closing, grading.questions, findings)
    findings.extend(
        Finding(flaw.code, folder, f"{flaw.attempt} {flaw.row}".strip()) for flaw in ledger.flaws
    )
    orders = dict(ledger.orders)
    check_times(bundle, folder, closing, roster, orders, ledger.attempts, findings)
    receipts = [facts.receipt for facts in ledger.attempts if facts.receipt]
    if (merkle_root(receipts).hex(), len(receipts)) != (closing.receipts_root, closing.receipts):
        findings.append(Finding("receipts_differ", f"{folder}/closing.json"))
    lines = {line.line: line for line in roster.lines}
    prediction = grading.questions.file.policy.prediction
    marked = []
    for facts in ledger.attempts:
        line = lines.get(facts.line)
        if line is None:
            findings.append(Finding("unknown_line", folder, str(facts.line)))
            continue
        drawn = grading.draw(line, facts)
        if not _fits(drawn, facts, prediction):
            findings.append(Finding("foreign_paper", folder, facts.attempt.hex()))
            continue
        grade = grading.grade(drawn, facts)
        marked.append(MarkedAttempt(closing.sitting, line, facts, grade))
    return Sat(tuple(roster.lines), tuple(marked), orders)


def check_roster(
    bundle: BundleReader, folder: str, closing: Closing, findings: list[Finding]
) -> None:
    """The roster against the hash that was committed at the opening."""
    if bundle.sha256(f"{folder}/roster.json") != closing.roster_sha256:
        findings.append(Finding("roster_differs", f"{folder}/roster.json"))


def check_times(
    bundle: BundleReader,
    folder: str,
    closing: Closing,
    roster: Roster,
    orders: Mapping[int, bytes],
    attempts: Iterable[AttemptFacts | Start],
    findings: list[Finding],
) -> None:
    """The times are those of the closing record, and every attempt began when its line might start.

    A sitting that was collected before there were times says nothing of it. `orders` are the
    digests that the journal has.
    """
    name = f"{folder}/times.json"
    if not bundle.has(name):
        if closing.times_sha256 is not None:
            findings.append(Finding("part_missing", name))
        return
    if closing.times_sha256 not in (None, bundle.sha256(name)):
        findings.append(Finding("times_differ", name))
    times = bundle.decode(name, Times)
    if times.sitting != closing.sitting:
        raise BundleError("wrong_place", name, times.sitting)
    findings.extend(
        Finding("order_differs", name, str(number)) for number in not_applied(times, orders)
    )
    units = {line.line: line.unit for line in roster.lines}
    findings.extend(
        Finding("started_outside", folder, each.attempt.hex())
        for each in started_outside(times, attempts, units)
    )


def read_sitting(
    bundle: BundleReader, folder: str, *, common: bool = False
) -> tuple[Closing, Roster]:
    """Closing record and roster, both of the sitting whose folder it is. Raises BundleError.

    With `common` every line draws the same paper, else no two.
    """
    closing = bundle.decode(f"{folder}/closing.json", Closing)
    roster = bundle.decode(f"{folder}/roster.json", Roster)
    if roster.format != ROSTER_FORMAT:
        raise BundleError("unknown_format", f"{folder}/roster.json", roster.format)
    for name, sitting in (("closing", closing.sitting), ("roster", roster.sitting)):
        if not folder.endswith(f"/{sitting}"):
            raise BundleError("wrong_place", f"{folder}/{name}.json", sitting)
    bundle.each_once(f"{folder}/closing.json", [head.writer for head in closing.heads])
    bundle.each_once(f"{folder}/roster.json", [line.line for line in roster.lines])
    bundle.each_once(f"{folder}/roster.json", [line.entry for line in roster.lines])
    keys = [line.entry_key for line in roster.lines]
    if not common:
        bundle.each_once(f"{folder}/roster.json", keys)
    elif len(set(keys)) > 1:
        raise BundleError("papers_differ", f"{folder}/roster.json")
    return closing, roster


def ledger_of(
    bundle: BundleReader,
    folder: str,
    closing: Closing,
    questions: Questions,
    findings: list[Finding],
) -> Ledger:
    """The attempts of a sitting, its chains checked while their rows are read."""
    return read_ledger(
        chained_rows(bundle, folder, closing, findings),
        items=questions.paper_length,
        grace_ms=questions.file.policy.grace_ms,
        roster_sha256=bytes.fromhex(closing.roster_sha256),
        timed=questions.file.policy.together is not None,
    )


def as_marked(facts: AttemptFacts, entry: str, grade: scoring.Grade, duration_ms: int) -> Marked:
    """An attempt as the rules take it; `duration_ms` is the full working time."""
    return Marked(
        attempt=facts.attempt.hex(),
        entry=entry,
        number=facts.number,
        started_ms=facts.started_ms,
        submitted_ms=min(facts.submitted_ms, facts.deadline_ms),
        automatic=facts.automatic,
        void=facts.void,
        correct=grade.correct,
        items=grade.items,
        points=grade.points,
        prediction=facts.prediction,
        granted_ms=granted_ms(
            started_ms=facts.started_ms,
            first_deadline_ms=facts.first_deadline_ms,
            deadline_ms=facts.deadline_ms,
            duration_ms=duration_ms,
        ),
        answer_ms=grade.answer_ms,
    )


def _fits(drawn: Paper, facts: AttemptFacts, prediction: Prediction | None) -> bool:
    """Whether everything chosen was offered: options of this paper, a prediction in its bounds."""
    if facts.prediction != NONE and not (
        prediction and prediction.minimum <= facts.prediction <= prediction.maximum
    ):
        return False
    return all(
        answer < len(place.order) for place, answer in zip(drawn, facts.answers, strict=True)
    )
