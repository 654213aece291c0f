"""A unit's round that travels: the statement that its laptop signs, and the file it comes in.

The file is a zip of two members: `bundle.zip`, the bundle of the one round (verify.bundle), and
`signed.json`, the statement with its signature (docs/decisions/0021). What was taken stands in the
province's bundle as `rounds/<key>/units.json`.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from hoithi.rules.errors import RuleViolation
from hoithi.rules.live.events import START, Hex16, Hex32, Line, Opened, line_hash
from hoithi.rules.live.fold import apply
from hoithi.rules.live.marks import marks
from hoithi.rules.live.state import State
from hoithi.rules.regulation import Regulation
from hoithi.rules.shapes import Key
from hoithi.rules.signing import is_signed
from hoithi.verify.archive import Archive
from hoithi.verify.bundle import fingerprint, struct_bytes
from hoithi.verify.findings import BundleError

T = TypeVar("T")

FORMAT: Literal["hoithi/unit-round/1"] = "hoithi/unit-round/1"
BUNDLE = "bundle.zip"
SIGNED = "signed.json"
# The log of a day of sixty teams is a hundredth of this.
MOST_BYTES = 32 << 20
_DOMAIN = b"hoithi/unit-round/1\x00"
Signature = Annotated[str, Meta(pattern=r"\A[0-9a-f]{128}\Z")]
MaybeHex32 = Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")]
Marks = dict[str, dict[str, Decimal]]


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a unit says of its round: `head` is the hash of the last line of its log, empty where
    the marks are those of minutes that two people entered; then `scan_sha256` names their scan.
    """

    format: Literal["hoithi/unit-round/1"]
    contest: str
    round: Key
    unit: str
    kit: Hex16
    regulation: Hex32
    bundle: Hex32
    held_on: date
    head: MaybeHex32
    scan_sha256: MaybeHex32
    marks: dict[Hex16, dict[Key, Decimal]]


class Signed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A statement and the Ed25519 signature over it."""

    statement: Statement
    signature: Signature


class UnitSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was taken of a unit: its key as the province knows it, statement, signature and log."""

    unit: str
    public_key: Hex32
    statement: Statement
    signature: Signature
    lines: list[Line]


class UnitsSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The units whose rounds make up a round, in the order of the plan."""

    units: list[UnitSent]


def signed_bytes(statement: Statement) -> bytes:
    """What the signature is over."""
    return _DOMAIN + struct_bytes(statement)


def check_code(statement: Statement) -> str:
    """Sixteen digits that people compare, in fours."""
    digest = fingerprint(statement)[:16].upper()
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))


def is_from(public_key: str, signed: Signed | UnitSent) -> bool:
    """Whether the holder of the key has signed the statement."""
    return is_signed(
        bytes.fromhex(public_key), signed_bytes(signed.statement), bytes.fromhex(signed.signature)
    )


def head_of(lines: Sequence[Line]) -> str:
    """The hash of the last line; empty for no log."""
    head = START
    for line in lines:
        head = line_hash(head, line)
    return head if lines else ""


def write_signed(path: Path, bundle: bytes, signed: Signed) -> None:
    """Write the file that travels; the same contents give the same bytes."""
    with zipfile.ZipFile(path, "w") as out:
        for name, content in ((BUNDLE, bundle), (SIGNED, struct_bytes(signed))):
            out.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content)


def read_signed(path: Path) -> tuple[Signed, bytes]:
    """Statement and bundle of a file that anybody may have sent. Raises BundleError."""
    with closing(Archive(path)) as archive:
        if archive.names != [BUNDLE, SIGNED]:
            raise BundleError("not_of_a_unit", path.name)
        for name in archive.names:
            if archive.size(name) > MOST_BYTES:
                raise BundleError("too_large", name, str(archive.size(name)))
        signed = _decoded(SIGNED, archive.content(SIGNED), Signed)
        return signed, archive.content(BUNDLE)


def _decoded(name: str, content: bytes, kind: type[T]) -> T:
    try:
        value = msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BundleError("malformed", name, str(error)) from error
    if struct_bytes(value) != content:
        raise BundleError("not_canonical", name)
    return value


def bundle_digest(bundle: bytes) -> str:
    return hashlib.sha256(bundle).hexdigest()


def check_bounds(regulation: Regulation, found: Marks, place: str) -> None:
    """Every mark is there and within its part. Raises BundleError."""
    for entry, by_part in found.items():
        for part in regulation.segments:
            if not 0 <= by_part.get(part.key, Decimal(-1)) <= part.maximum:
                raise BundleError("mark_missing", place, f"{entry} {part.key}")


def folded(regulation: Regulation, lines: Sequence[Line], place: str) -> tuple[State, Marks]:
    """Where a log leads by these rules, with its marks. Raises BundleError."""
    opened = lines[0].event if lines else None
    if not isinstance(opened, Opened) or opened.regulation != fingerprint(regulation):
        raise BundleError("stage_rules_differ", place)
    state = State(regulation)
    for line in lines:
        try:
            apply(state, line)
        except RuleViolation as violation:
            raise BundleError(
                "stage_line_refused", place, f"{line.number} {violation.code}"
            ) from violation
    try:
        return state, marks(state)
    except ValueError as error:
        raise BundleError("stage_not_complete", place, str(error)) from error


def check_sent(sent: UnitSent, contest: str, regulation: Regulation, place: str) -> Marks:
    """The marks of a unit, from its log or as its minutes say. Raises BundleError."""
    said = sent.statement
    if not is_from(sent.public_key, sent):
        raise BundleError("unit_not_signed", place, sent.unit)
    if (said.contest, said.round, said.unit, said.regulation) != (
        contest,
        regulation.round,
        sent.unit,
        fingerprint(regulation),
    ):
        raise BundleError("unit_of_other_round", place, sent.unit)
    if head_of(sent.lines) != said.head:
        raise BundleError("unit_log_differs", place, sent.unit)
    if sent.lines:
        _state, found = folded(regulation, sent.lines, place)
    else:
        check_bounds(regulation, said.marks, place)
        found = said.marks
    if found != said.marks:
        raise BundleError("stage_marks_differ", place)
    return found
