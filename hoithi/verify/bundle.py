"""The bundle: everything that decided a contest's prizes, in one zip file, naming nobody.

    manifest.json                               format, contest, SHA-256 of every other file
    contest.json                                rules and facts over all rounds (verify.contest)
    collective.json                             the table of units as it was published
    lineups/<first>.json                        who came into rounds that are drawn together
    rounds/<key>/regulation.json                the rules of the round, as hoithi.rules reads them
    rounds/<key>/questions.json, keys.json      the sealed files (docs/decisions/0003)
    rounds/<key>/round.json                     commitment, rulings, frozen counts, decisions
    rounds/<key>/recorded.json                  marks of a round held outside the platform
    rounds/<key>/choices.json                   side prizes that two people chose
    rounds/<key>/stage.json                     the log of a round held on stage (rules.live.events)
    rounds/<key>/units.json                     what units signed of their parts (verify.units)
    rounds/<key>/published.json                 standings and awards as they were published
    rounds/<key>/sittings/<hex>/roster.json     the roster, naming nobody
    rounds/<key>/sittings/<hex>/closing.json    last heads of all writers, Merkle root of receipts
    rounds/<key>/sittings/<hex>/times.json      when one could start, and the orders about that
    rounds/<key>/sittings/<hex>/together.json   the log of a round in which all answer together
    rounds/<key>/sittings/<hex>/<writer>.rows.csv      batch, then the fields of a row
    rounds/<key>/sittings/<hex>/<writer>.batches.csv   batch, previous hash, rows, hash

Digests and ids are lower-case hex. The files are plain enough to be read with any tool.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec

from hoithi.hall.formats import Hex16, Hex32, Row
from hoithi.rules.canonical import canonical
from hoithi.verify.archive import Archive
from hoithi.verify.findings import BundleError
from hoithi.verify.tables import (
    BATCHES_HEADER,
    ROWS_HEADER,
    Batch,
    batch_line,
    read_batches,
    read_rows,
    row_line,
)

T = TypeVar("T")

FORMAT = "hoithi/bundle/1"
MANIFEST = "manifest.json"
_LINES_AT_ONCE = 5000
_BATCHES = ".batches.csv"


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    contest: str
    files: dict[str, Hex32]


class WriterHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    writer: Hex16
    batch: Annotated[int, msgspec.Meta(ge=1)]
    hash: Hex32


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What was published when a sitting was collected, before keys were opened.

    `times_sha256` is the hash of `times.json`; sittings collected before there was one have none.
    `presses_sha256` is that of `together.json`, in rounds in which all answer together.
    """

    sitting: Hex16
    roster_sha256: Hex32
    heads: list[WriterHead]
    receipts_root: Hex32
    receipts: Annotated[int, msgspec.Meta(ge=0)]
    times_sha256: Hex32 | None = None
    presses_sha256: Hex32 | None = None


class RulingRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ruling and the two people who made it, by the ids that stand in the audit log."""

    item: str
    effect: str
    option: int | None
    reason: str
    first: str
    second: str


class FrozenCounts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers that predictions are about, as they were when the round was first graded."""

    participants: int
    attempts: int
    all_correct: int


class RoundRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the committee published about a round besides the sealed files.

    `barred` and `cleared` are entries that stand otherwise on a roster, committed earlier.
    """

    key: str
    commitment: Hex32
    questions_sha256: Hex32
    keys_sha256: Hex32
    sittings: list[Hex16]
    rulings: list[RulingRecord]
    frozen_counts: FrozenCounts
    decisions: list[list[str]]
    barred: list[str] = []
    cleared: list[str] = []


def struct_bytes(content: object) -> bytes:
    """A part of a bundle as it is written: the only spelling that is read back."""
    return msgspec.json.encode(content, order="sorted")


def fingerprint(content: object) -> str:
    """SHA-256 in hex of a part of a bundle, as `sha256sum` tells it of the file."""
    return hashlib.sha256(struct_bytes(content)).hexdigest()


class BundleReader:
    """Reads one bundle. Every reading method raises BundleError."""

    def __init__(self, path: Path) -> None:
        self._archive = Archive(path)
        self._read: set[str] = set()
        self.names = self._archive.names
        self.manifest = self.decode(MANIFEST, Manifest)
        if self.manifest.format != FORMAT:
            raise BundleError("unknown_format", MANIFEST, self.manifest.format)

    def close(self) -> None:
        self._archive.close()

    def has(self, name: str) -> bool:
        return name in self._archive.names

    def content(self, name: str) -> bytes:
        self._read.add(name)
        return self._archive.content(name)

    def sha256(self, name: str) -> str:
        return self._archive.sha256(name)

    def unused(self) -> list[str]:
        """The files that no part of the bundle refers to; asked when all has been read."""
        return [name for name in self.names if name not in self._read]

    def decode(self, name: str, kind: type[T]) -> T:
        content = self.content(name)
        try:
            value = msgspec.json.decode(content, type=kind)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise BundleError("malformed", name, str(error)) from error
        if struct_bytes(value) != content:
            raise BundleError("not_canonical", name)
        return value

    def sealed(self, name: str, read: Callable[[bytes], T]) -> T:
        """A sealed file, read by the function that knows it; in canonical JSON (decision 0003)."""
        content = self.content(name)
        try:
            value = read(content)
            is_canonical = canonical(msgspec.json.decode(content)) == content
        except (ValueError, RecursionError) as error:
            raise BundleError("malformed", name, str(error)) from error
        if not is_canonical:
            raise BundleError("not_canonical", name)
        return value

    def each_once(self, name: str, values: Iterable[str | int]) -> None:
        """Raises BundleError for the first value that stands twice in a file."""
        seen: set[str | int] = set()
        for value in values:
            if value in seen:
                raise BundleError("value_twice", name, str(value))
            seen.add(value)

    def writers(self, folder: str) -> list[str]:
        """Hex ids of the writers of a sitting's folder."""
        found = []
        for name in self.names:
            if name.startswith(f"{folder}/") and name.endswith(_BATCHES):
                writer = name[len(folder) + 1 : -len(_BATCHES)]
                if len(writer) != 32 or not set(writer) <= set("0123456789abcdef"):
                    raise BundleError("name_refused", name)
                found.append(writer)
        return found

    def batches(self, folder: str, writer: str) -> Iterator[Batch]:
        name = f"{folder}/{writer}{_BATCHES}"
        self._read.add(name)
        return read_batches(name, self._archive.blocks(name))

    def rows(self, folder: str, writer: str) -> Iterator[tuple[int, Row, bytes]]:
        """(batch number, row, its canonical bytes) in the order of the chain."""
        name = f"{folder}/{writer}.rows.csv"
        self._read.add(name)
        return read_rows(name, self._archive.blocks(name))


class BundleWriter:
    """Writes one bundle; the same contents give the same bytes."""

    def __init__(self, path: Path, contest: str) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._contest = contest
        self._digests: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self._digests[name] = hashlib.sha256(content).hexdigest()
        self._zip.writestr(_entry(name), content)

    def add_struct(self, name: str, content: msgspec.Struct) -> None:
        self.add(name, struct_bytes(content))

    def add_batches(self, folder: str, writer: str, batches: Iterable[Batch]) -> None:
        lines = (batch_line(batch) for batch in batches)
        self._add_lines(f"{folder}/{writer}{_BATCHES}", BATCHES_HEADER, lines)

    def add_rows(self, folder: str, writer: str, rows: Iterable[tuple[int, Row]]) -> None:
        lines = (row_line(batch, row) for batch, row in rows)
        self._add_lines(f"{folder}/{writer}.rows.csv", ROWS_HEADER, lines)

    def close(self) -> None:
        manifest = Manifest(FORMAT, self._contest, self._digests)
        self._zip.writestr(_entry(MANIFEST), struct_bytes(manifest))
        self._zip.close()

    def _add_lines(self, name: str, header: bytes, lines: Iterator[str]) -> None:
        """A table may be larger than memory: it goes out as it comes."""
        digest = hashlib.sha256(header)
        with self._zip.open(_entry(name), "w", force_zip64=True) as out:
            out.write(header)
            while some := "".join(islice(lines, _LINES_AT_ONCE)).encode("ascii"):
                digest.update(some)
                out.write(some)
        self._digests[name] = digest.hexdigest()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
