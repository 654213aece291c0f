"""What results put into a bundle: live rounds, and what holds over all; and a unit's own file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import plan_of, regulation_of
from hoithi.people.keys import vault
from hoithi.people.vault import Sealed
from hoithi.results.collective import unit_decisions_of
from hoithi.results.kits import sign
from hoithi.results.models import RecordedRound, TakenKit
from hoithi.results.queries import choices_of, decisions_of, scores_of, settled_rounds
from hoithi.results.units import (
    counted_results,
    standing_results,
    statement_of,
    taken_kit,
    units_sent,
)
from hoithi.rules.errors import RuleViolation
from hoithi.verify.bundle import BundleWriter, fingerprint, struct_bytes
from hoithi.verify.contest import CONTEST, FORMAT, ContestRecord, RoundLine, UnitLine
from hoithi.verify.results import ChoiceRecord, Recorded, RecordedEntry, StageLog
from hoithi.verify.units import FORMAT as UNIT_FORMAT
from hoithi.verify.units import (
    Marks,
    Signed,
    Statement,
    bundle_digest,
    head_of,
    write_signed,
)

KEY_PURPOSE = "unit_kit"


def add_recorded(writer: BundleWriter, folder: str, each: Round) -> None:
    """The marks of a live round, and what they follow from."""
    if standing_results(each):
        results = counted_results(each)
        said = [statement_of(result) for result in results]
        marks = {entry: found for one in said for entry, found in one.marks.items()}
        held_on = max((one.held_on.isoformat() for one in said), default="")
        writer.add_struct(f"{folder}/recorded.json", _recorded(each, held_on, "", marks))
        writer.add_struct(f"{folder}/units.json", units_sent(results))
    else:
        found = RecordedRound.objects.get(round=each, voided_at=None)
        writer.add_struct(
            f"{folder}/recorded.json",
            _recorded(each, found.held_on.isoformat(), found.scan_sha256, _marks(found)),
        )
        if found.log:
            writer.add_struct(f"{folder}/stage.json", _log(found))
    writer.add(f"{folder}/decisions.json", msgspec.json.encode(decisions_of(each)))
    choices = [
        ChoiceRecord(
            each.about,
            list(each.order),
            each.reason,
            str(each.approval.first_id),
            str(each.approval.second_id or ""),
        )
        for each in choices_of(each)
    ]
    if choices:
        writer.add(f"{folder}/choices.json", struct_bytes(choices))


def _recorded(
    each: Round, held_on: str, scan_sha256: str, marks: Mapping[str, Mapping[str, Decimal]]
) -> Recorded:
    scores = {score.entry.public_id.hex: score for score in scores_of(each)}
    return Recorded(
        held_on=held_on,
        scan_sha256=scan_sha256,
        entries=[
            RecordedEntry(
                entry=entry,
                unit=scores[entry].entry.unit.code,
                barred=bool(scores[entry].entry.barred_reason),
                marks=dict(by_part),
            )
            for entry, by_part in sorted(marks.items())
        ],
    )


def _marks(recorded: RecordedRound) -> Marks:
    return msgspec.convert(recorded.marks, Marks)


def _log(recorded: RecordedRound) -> StageLog:
    return msgspec.convert({"lines": recorded.log}, StageLog)


def contest_record(contest: Contest) -> ContestRecord:
    """The rules and facts over all rounds whose scores stand."""
    plan = plan_of(contest)
    settled = settled_rounds(contest)
    return ContestRecord(
        format=FORMAT,
        rounds=[
            RoundLine(key, "person" if each.held.of_people else "team")
            for key, each in settled.rounds.items()
        ],
        units=[UnitLine(unit.code, unit.headcount) for unit in plan.units],
        one_prize=plan.rules.one_prize,
        collective=plan.rules.collective,
        same_person=settled.same_person,
        decisions=unit_decisions_of(contest),
    )


def unit_statement(each: Round) -> tuple[TakenKit, Statement, bytes]:
    """On a unit's laptop: what it would sign now, and the bundle that goes with it.

    Raises RuleViolation: `no_kit_taken`, `nothing_to_send` before the round is closed.
    """
    kit = taken_kit(each)
    if kit is None:
        raise RuleViolation("no_kit_taken")
    recorded = RecordedRound.objects.filter(round=each, voided_at=None).first()
    if recorded is None:
        raise RuleViolation("nothing_to_send")
    bundle = _bundle(each)
    statement = Statement(
        format=UNIT_FORMAT,
        contest=each.contest.key,
        round=each.key,
        unit=kit.unit.code,
        kit=kit.public_id.hex,
        regulation=fingerprint(regulation_of(each)),
        bundle=bundle_digest(bundle),
        held_on=recorded.held_on,
        head=head_of(_log(recorded).lines),
        scan_sha256=recorded.scan_sha256,
        marks=_marks(recorded),
    )
    return kit, statement, bundle


def unit_file(each: Round) -> tuple[Statement, bytes]:
    """What is signed, and the file that travels to the province: always the same one, until a mark
    changes.

    Raises RuleViolation as `unit_statement` does.
    """
    kit, statement, bundle = unit_statement(each)
    seed = vault().open(KEY_PURPOSE, Sealed(kit.key_id, bytes(kit.cipher)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "unit.zip"
        write_signed(path, bundle, Signed(statement, sign(seed, statement)))
        return statement, path.read_bytes()


def _bundle(each: Round) -> bytes:
    """A bundle of this round alone, of which nothing is published."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.zip"
        writer = BundleWriter(path, each.contest.key)
        writer.add_struct(f"rounds/{each.key}/regulation.json", regulation_of(each))
        add_recorded(writer, f"rounds/{each.key}", each)
        writer.add_struct(CONTEST, contest_record(each.contest))
        writer.close()
        return path.read_bytes()
