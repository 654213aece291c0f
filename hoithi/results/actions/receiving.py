"""What units send of the round that they held: checked, and taken once (decision 0021)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import msgspec
from django.db import transaction
from django.utils.translation import get_language

from hoithi.audit.actions import record
from hoithi.contests.actions import fix_rules, hold_contest
from hoithi.contests.models import Round
from hoithi.contests.queries import regulation_of
from hoithi.people.models import Unit
from hoithi.results.actions.recording import record_live_marks
from hoithi.results.models import UnitKit, UnitResult
from hoithi.results.units import (
    at_units,
    counted_results,
    is_of_a_unit,
    standing_results,
    statement_of,
    teams_of_unit,
)
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live.events import Line
from hoithi.rules.vietnamese import tidy
from hoithi.verify.bundle import fingerprint
from hoithi.verify.findings import BundleError, Finding
from hoithi.verify.travelled import lines_of
from hoithi.verify.units import Signed, bundle_digest, read_signed
from hoithi.web.keeping import keep

FOLDER = "unit-rounds"
SENT = "ket-qua.zip"
MOST_BYTES = 20 << 20
_MOST_SHOWN = 3


def take_unit_file(
    *,
    actor_id: str,
    actor_name: str,
    each: Round,
    file: bytes,
    file_name: str,
    reason: str,
    now: datetime,
    unit: Unit | None = None,
) -> tuple[UnitResult, bool]:
    """Check what a unit sent and take its marks into the round; whether that was new.

    What is there already changes nothing, however often it comes. Another result of the same unit
    is taken with a reason only, and voids the one before. `unit` is the one whose file is meant,
    where that was said. Raises RuleViolation: `not_held_by_units`, `province_takes_files`,
    `unit_file_too_large`, `unit_file_no_zip`, `unit_file_unreadable`, `unit_file_other_unit`,
    `unit_file_other_contest`, `unit_file_other_round`, `unit_kit_unknown`, `unit_kit_void`,
    `unit_file_not_signed`, `unit_rules_differ`, `unit_file_unfit` with what the verifier found,
    `unit_teams_unknown`, `unit_result_is_there`.
    """
    if at_units(each) is None:
        raise RuleViolation("not_held_by_units")
    if is_of_a_unit(each.contest):
        raise RuleViolation("province_takes_files")
    if len(file) > MOST_BYTES:
        raise RuleViolation("unit_file_too_large", max_mb=MOST_BYTES >> 20)
    with TemporaryDirectory() as folder:
        path = Path(folder) / SENT
        path.write_bytes(file)
        try:
            signed, bundle = read_signed(path)
        except BundleError as error:
            if error.finding.code == "not_a_bundle":
                raise RuleViolation("unit_file_no_zip") from error
            raise RuleViolation(
                "unit_file_unreadable", found=_sentences([error.finding])
            ) from error
        if unit is not None and signed.statement.unit != unit.code:
            raise RuleViolation("unit_file_other_unit", unit=unit.name)
        there = _already(each, signed, bundle)
        if there is not None:
            return there, False
        kit = _kit_of(each, signed)
        regulation = regulation_of(each)
        if signed.statement.regulation != fingerprint(regulation):
            raise RuleViolation("unit_rules_differ", unit=kit.unit.name)
        lines, findings = lines_of(
            signed,
            bundle,
            Path(folder),
            contest=each.contest.key,
            public_key=kit.public_key,
            regulation=regulation,
        )
    if any(finding.code == "unit_not_signed" for finding in findings):
        raise RuleViolation("unit_file_not_signed", unit=kit.unit.name)
    if findings:
        raise RuleViolation(
            "unit_file_unfit", unit=kit.unit.name, found=_sentences(findings[:_MOST_SHOWN])
        )
    return _merge(actor_id, actor_name, kit, signed, lines, file, file_name, tidy(reason), now)


def _sentences(findings: Sequence[Finding]) -> str:
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    return " ".join(finding.sentence(language) for finding in findings)


def _already(each: Round, signed: Signed, bundle: bytes) -> UnitResult | None:
    """The result that stands, where it is this one: the same statement over the same bundle."""
    if bundle_digest(bundle) != signed.statement.bundle:
        return None
    for result in standing_results(each):
        if statement_of(result) == signed.statement and result.signature == signed.signature:
            return result
    return None


def _kit_of(each: Round, signed: Signed) -> UnitKit:
    """The kit by which the file was signed, if it is of this round and stands."""
    said = signed.statement
    if said.contest != each.contest.key:
        raise RuleViolation("unit_file_other_contest", contest=said.contest[:60])
    if said.round != each.key:
        raise RuleViolation("unit_file_other_round", round=said.round)
    kit = (
        UnitKit.objects.filter(round=each, public_id=UUID(said.kit)).select_related("unit").first()
    )
    if kit is None or kit.unit.code != said.unit:
        raise RuleViolation("unit_kit_unknown", unit=said.unit[:20])
    if kit.voided_at is not None:
        raise RuleViolation("unit_kit_void", unit=kit.unit.name)
    return kit


@transaction.atomic
def _merge(
    actor_id: str,
    actor_name: str,
    kit: UnitKit,
    signed: Signed,
    lines: list[Line],
    file: bytes,
    file_name: str,
    reason: str,
    now: datetime,
) -> tuple[UnitResult, bool]:
    """One after the other: whoever comes second finds what the first has taken."""
    each, unit = kit.round, kit.unit
    hold_contest(each.contest)
    kit.refresh_from_db(fields=["voided_at"])
    if kit.voided_at is not None:
        raise RuleViolation("unit_kit_void", unit=unit.name)
    known = {entry.public_id.hex for entry in teams_of_unit(each, unit)}
    if not signed.statement.marks.keys() <= known:
        raise RuleViolation("unit_teams_unknown", unit=unit.name)
    before = UnitResult.objects.filter(round=each, unit=unit, voided_at=None).first()
    if before is not None:
        if statement_of(before) == signed.statement:
            return before, False
        if not reason:
            raise RuleViolation("unit_result_is_there", unit=unit.name)
        UnitResult.objects.filter(pk=before.pk).update(voided_at=now)
    result = UnitResult.objects.create(
        round=each,
        unit=unit,
        kit=kit,
        file_name=file_name[-200:],
        file_sha256=keep(FOLDER, file),
        statement=msgspec.to_builtins(signed.statement),
        signature=signed.signature,
        log=[msgspec.to_builtins(line) for line in lines],
        reason=reason if before is not None else "",
        taken_by=actor_name,
        taken_at=now,
    )
    fix_rules(each=each, now=now)
    marks, evidence = _all_marks(each)
    record_live_marks(
        each=each,
        regulation=regulation_of(each),
        marks=marks,
        evidence=evidence,
        actor_id=actor_id,
        actor_name=actor_name,
        now=now,
    )
    record(
        actor_id=actor_id,
        actor_name=actor_name,
        action="results.take_unit_file",
        target=_target(each),
        now=now,
        after={
            "unit": unit.code,
            "kit": kit.public_id.hex,
            "file": result.file_sha256,
            "teams": len(signed.statement.marks),
            "reason": result.reason,
        },
    )
    return result, True


def _all_marks(each: Round) -> tuple[Mapping[str, Mapping[str, Decimal]], dict[str, str]]:
    """The marks of all units whose results count, and on which file each rests."""
    marks: dict[str, Mapping[str, Decimal]] = {}
    evidence: dict[str, str] = {}
    for result in counted_results(each):
        for entry, found in statement_of(result).marks.items():
            marks[entry] = found
            evidence[entry] = f"unit:{result.unit.code}:{result.file_sha256[:16]}"
    return marks, evidence


def _target(each: Round) -> str:
    return f"round:{each.contest.key}/{each.key}"
