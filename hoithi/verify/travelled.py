"""Whether a unit's file fits: its bundle by itself, and what the unit signed to the round."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from hoithi.rules.live.events import Line
from hoithi.rules.regulation import Regulation
from hoithi.verify.bundle import MANIFEST, BundleReader
from hoithi.verify.checks import examine
from hoithi.verify.contest import CONTEST
from hoithi.verify.findings import BundleError, Finding
from hoithi.verify.results import Recorded, StageLog
from hoithi.verify.units import BUNDLE, SIGNED, Signed, UnitSent, bundle_digest, check_sent, is_from

_OF_THE_ROUND = ("decisions.json", "recorded.json", "regulation.json")
_LOG = "stage.json"


def lines_of(
    signed: Signed,
    bundle: bytes,
    folder: Path,
    *,
    contest: str,
    public_key: str,
    regulation: Regulation,
) -> tuple[list[Line], Sequence[Finding]]:
    """The log that came with a statement, and what does not fit; `folder` is for the bundle.

    Nothing is unpacked that the holder of the key has not signed, and nothing but the one round is
    taken, so that nobody waits for what nobody asked for.
    """
    if not is_from(public_key, signed):
        return [], [Finding("unit_not_signed", SIGNED, signed.statement.unit)]
    if bundle_digest(bundle) != signed.statement.bundle:
        return [], [Finding("file_changed", BUNDLE)]
    path = folder / BUNDLE
    path.write_bytes(bundle)
    try:
        lines = _checked(signed, path, contest, public_key, regulation)
    except BundleError as error:
        return [], [error.finding]
    except (ValueError, LookupError, ArithmeticError, struct.error) as error:
        return [], [Finding("unreadable", BUNDLE, f"{type(error).__name__} {error}")]
    return lines, examine(path).findings


def _checked(
    signed: Signed, path: Path, contest: str, public_key: str, regulation: Regulation
) -> list[Line]:
    """Raises BundleError, and what reading a file of no sense raises."""
    said = signed.statement
    here = f"rounds/{regulation.round}"
    expected = {MANIFEST, CONTEST, *(f"{here}/{name}" for name in _OF_THE_ROUND)}
    with closing(BundleReader(path)) as reader:
        for name in sorted(expected ^ (set(reader.names) - {f"{here}/{_LOG}"})):
            raise BundleError("part_missing" if name in expected else "file_unused", name)
        recorded = reader.decode(f"{here}/recorded.json", Recorded)
        has_log = reader.has(f"{here}/{_LOG}")
        lines = reader.decode(f"{here}/{_LOG}", StageLog).lines if has_log else []
        if reader.manifest.contest != contest:
            raise BundleError("wrong_place", MANIFEST, reader.manifest.contest)
    sent = UnitSent(said.unit, public_key, said, signed.signature, lines)
    found = check_sent(sent, contest, regulation, f"{here}/{_LOG}")
    if {each.entry: each.marks for each in recorded.entries} != found:
        raise BundleError("stage_marks_differ", f"{here}/recorded.json")
    for each in recorded.entries:
        if each.unit != said.unit:
            raise BundleError("two_units", f"{here}/recorded.json", each.entry)
    return lines
