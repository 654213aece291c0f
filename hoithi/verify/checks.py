"""Recomputes a contest from its bundle, from the sealed files down to the last prize.

Each check adds findings and goes on, so that one changed byte is named at every place it shows.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hoithi.hall.formats import ReceiptTree, receipt_text
from hoithi.verify.bundle import MANIFEST, BundleReader
from hoithi.verify.contest import CONTEST, check_results
from hoithi.verify.findings import BundleError, Finding
from hoithi.verify.lineups import FOLDER, check_lineups
from hoithi.verify.public import PublicValues, check_passed, differences, values_of
from hoithi.verify.results import Outcome
from hoithi.verify.rounds import check_closed_round, check_recorded, check_round
from hoithi.verify.sittings import MarkedAttempt


@dataclass(frozen=True, slots=True)
class Report:
    """What a bundle comes to: what does not fit, its public values, and every attempt.

    `values` is none where they cannot be read.
    """

    findings: list[Finding]
    values: PublicValues | None
    attempts: tuple[MarkedAttempt, ...]

    def with_receipt(self, wanted: str) -> list[MarkedAttempt]:
        """The attempts whose receipt is this one, as its holder wrote it down."""
        text = "".join(letter for letter in wanted.upper() if letter.isalnum())
        return [
            each
            for each in self.attempts
            if each.facts.receipt and receipt_text(each.facts.receipt).replace("-", "") == text
        ]

    def receipts_beside(self, attempt: MarkedAttempt) -> ReceiptTree:
        """The tree over all receipts of an attempt's sitting."""
        return ReceiptTree(
            each.facts.receipt
            for each in self.attempts
            if each.sitting == attempt.sitting and each.facts.receipt
        )


def verify(path: Path) -> list[Finding]:
    """Check a bundle to the end; no finding means that it fits together."""
    return examine(path).findings


def examine(path: Path, expected: PublicValues | None = None) -> Report:
    """Check a bundle to the end, and hold it to what was public before."""
    findings: list[Finding] = []
    attempts: list[MarkedAttempt] = []
    values = None
    try:
        with closing(BundleReader(path)) as bundle:
            try:
                _check(bundle, findings, attempts)
            finally:
                # After the checks, which tell what is wrong with a file and which one is unused.
                with suppress(BundleError):
                    values = values_of(bundle)
            if expected is not None:
                findings += check_passed(bundle, expected)
    except BundleError as error:
        findings.append(error.finding)
    if expected is not None and values is not None:
        findings += differences(expected, values)
    elif expected is not None:
        findings.append(Finding("not_as_public", path.name, "values"))
    # Somebody who reads on after a file was found damaged finds it damaged again.
    return Report([*dict.fromkeys(findings)], values, tuple(attempts))


def _check(bundle: BundleReader, findings: list[Finding], attempts: list[MarkedAttempt]) -> None:
    outcomes: dict[str, Outcome] = {}
    check_manifest(bundle, findings)
    for key in rounds_with(bundle, "questions.json"):
        with _reading(f"rounds/{key}"):
            checked = check_round(bundle, f"rounds/{key}", findings)
            outcomes[key] = checked.outcome
            attempts += checked.attempts
    for key in rounds_with(bundle, "round.json"):
        if key not in outcomes:
            with _reading(f"rounds/{key}"):
                check_closed_round(bundle, f"rounds/{key}", findings)
    for key in rounds_with(bundle, "recorded.json"):
        if key in outcomes:
            raise BundleError("held_twice", f"rounds/{key}", key)
        with _reading(f"rounds/{key}"):
            outcomes[key] = check_recorded(bundle, f"rounds/{key}", findings)
    with _reading(FOLDER):
        check_lineups(bundle, outcomes, findings)
    with _reading(CONTEST):
        check_results(bundle, outcomes, findings)
    findings.extend(Finding("file_unused", name) for name in bundle.unused())


def check_manifest(bundle: BundleReader, findings: list[Finding]) -> None:
    """Every file is listed with its digest, and every listed file is there."""
    listed = bundle.manifest.files
    present = set(bundle.names) - {MANIFEST}
    findings.extend(Finding("file_unlisted", name) for name in sorted(present - listed.keys()))
    findings.extend(Finding("file_missing", name) for name in sorted(listed.keys() - present))
    for name in sorted(listed.keys() & present):
        try:
            if bundle.sha256(name) != listed[name]:
                findings.append(Finding("file_changed", name))
        except BundleError as error:
            findings.append(error.finding)


def rounds_with(bundle: BundleReader, file: str) -> list[str]:
    """The keys of the rounds that have a file of this name, in name order."""
    return sorted(
        name.removeprefix("rounds/").removesuffix(f"/{file}")
        for name in bundle.names
        if name.startswith("rounds/") and name.endswith(f"/{file}")
    )


@contextmanager
def _reading(part: str) -> Iterator[None]:
    """A bundle is anybody's file: what makes no sense in it is a finding about that part."""
    try:
        yield
    except BundleError:
        raise
    except (ValueError, LookupError, ArithmeticError, struct.error) as error:
        raise BundleError("unreadable", part, f"{type(error).__name__} {error}") from error
