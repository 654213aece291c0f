"""The bundle: everything that decided a contest's prizes, in one zip file, naming nobody.

    manifest.json                               format, contest, SHA-256 of every other file
    contest.json                                rules and facts over all rounds (verify.contest)
    collective.json                             the table of units as it was published
    rounds/<key>/regulation.json                the rules of the round, as hoithi.rules reads them
    rounds/<key>/questions.json, keys.json      the sealed files (docs/decisions/0003)
    rounds/<key>/round.json                     commitment, rulings, frozen counts, decisions
    rounds/<key>/recorded.json                  marks of a round held outside the platform
    rounds/<key>/published.json                 standings and awards as they were published
    rounds/<key>/sittings/<hex>/roster.json     the roster, naming nobody
    rounds/<key>/sittings/<hex>/closing.json    last heads of all writers, Merkle root of receipts
    rounds/<key>/sittings/<hex>/<writer>.rows.csv      batch, then the fields of a row
    rounds/<key>/sittings/<hex>/<writer>.batches.csv   batch, previous hash, rows, hash

Digests and ids are lower-case hex. The files are plain enough to be read with any tool.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from hoithi.hall.formats import Kind, Row

T = TypeVar("T")

FORMAT = "hoithi/bundle/1"
MANIFEST = "manifest.json"
ROW_FIELDS = (
    "batch",
    "attempt",
    "epoch",
    "seq",
    "kind",
    "item",
    "option",
    "server_ms",
    "client_ms",
    "data",
)
BATCH_FIELDS = ("batch", "previous", "rows", "hash")


class UnreadableBundleError(ValueError):
    """The file is not a bundle, or a part of it cannot be read; `part` names it."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"{part}: {why}")
        self.part = part
        self.why = why


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    contest: str
    files: dict[str, str]


class RosterLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: int
    entry: str
    entry_key: str
    unit: str
    category: str
    barred: bool


class Roster(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    sitting: str
    lines: list[RosterLine]


class WriterHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    writer: str
    batch: int
    hash: str


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was published when a sitting was collected, before keys were opened."""

    sitting: str
    roster_sha256: str
    heads: list[WriterHead]
    receipts_root: str
    receipts: int


class RulingRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ruling and the two people who made it, by the ids that stand in the audit log."""

    item: str
    effect: str
    option: int | None
    reason: str
    first: str
    second: str


class RoundRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the committee published about a round besides the sealed files."""

    key: str
    commitment: str
    questions_sha256: str
    keys_sha256: str
    sittings: list[str]
    rulings: list[RulingRecord]
    frozen_counts: dict[str, int]
    decisions: list[list[str]]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch record as the bundle has it."""

    number: int
    previous: bytes
    rows: int
    digest: bytes


class BundleReader:
    """Reads one bundle. Every reading method raises UnreadableBundleError."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise UnreadableBundleError(path.name, "not a zip file") from error
        self.manifest = self.decode(MANIFEST, Manifest)
        if self.manifest.format != FORMAT:
            raise UnreadableBundleError(MANIFEST, f"format is not {FORMAT}")

    def names(self) -> list[str]:
        return sorted(self._zip.namelist())

    def has(self, name: str) -> bool:
        return name in self._zip.namelist()

    def bytes(self, name: str) -> bytes:
        try:
            return self._zip.read(name)
        except KeyError as error:
            raise UnreadableBundleError(name, "missing") from error
        except (zipfile.BadZipFile, OSError, RuntimeError) as error:
            raise UnreadableBundleError(name, "damaged") from error

    def decode(self, name: str, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(self.bytes(name), type=kind)
        except msgspec.DecodeError as error:
            raise UnreadableBundleError(name, str(error)) from error

    def sha256(self, name: str) -> str:
        return hashlib.sha256(self.bytes(name)).hexdigest()

    def each_once(self, name: str, values: Iterable[str | int]) -> None:
        """Raises UnreadableBundleError for the first value that stands twice in a file."""
        seen: set[str | int] = set()
        for value in values:
            if value in seen:
                raise UnreadableBundleError(name, f"{value} twice")
            seen.add(value)

    def writers(self, folder: str) -> list[str]:
        """Hex ids of the writers of a sitting's folder."""
        ending = ".batches.csv"
        return sorted(
            name[len(folder) + 1 : -len(ending)]
            for name in self.names()
            if name.startswith(f"{folder}/") and name.endswith(ending)
        )

    def batches(self, folder: str, writer: str) -> Iterator[Batch]:
        name = f"{folder}/{writer}.batches.csv"
        for fields in self._table(name, BATCH_FIELDS):
            try:
                yield Batch(
                    int(fields[0]),
                    bytes.fromhex(fields[1]),
                    int(fields[2]),
                    bytes.fromhex(fields[3]),
                )
            except ValueError as error:
                raise UnreadableBundleError(name, ",".join(fields)[:80]) from error

    def rows(self, folder: str, writer: str) -> Iterator[tuple[int, Row]]:
        """(batch number, row) in the order of the chain."""
        name = f"{folder}/{writer}.rows.csv"
        for fields in self._table(name, ROW_FIELDS):
            try:
                yield int(fields[0]), read_row(fields[1:])
            except ValueError as error:
                raise UnreadableBundleError(name, ",".join(fields)[:80]) from error

    def _table(self, name: str, wanted: tuple[str, ...]) -> Iterator[list[str]]:
        if not self.has(name):
            raise UnreadableBundleError(name, "missing")
        with self._zip.open(name) as stream:
            try:
                reader = csv.reader(io.TextIOWrapper(stream, "ascii", newline=""))
                if next(reader, None) != list(wanted):
                    raise UnreadableBundleError(name, "unexpected header")
                for fields in reader:
                    if len(fields) != len(wanted):
                        raise UnreadableBundleError(name, ",".join(fields)[:80])
                    yield fields
            except (UnicodeDecodeError, csv.Error, zipfile.BadZipFile) as error:
                raise UnreadableBundleError(name, "damaged") from error


def read_row(fields: list[str]) -> Row:
    """A row from its nine fields as text. Raises ValueError."""
    attempt, epoch, seq, kind, item, option, server_ms, client_ms, data = fields
    return Row(
        bytes.fromhex(attempt),
        int(epoch),
        int(seq),
        Kind(int(kind)),
        int(item),
        int(option),
        int(server_ms),
        int(client_ms),
        bytes.fromhex(data),
    )


def row_fields(row: Row) -> list[str]:
    """A row as the nine fields of a bundle's table."""
    return [
        row.attempt.hex(),
        str(row.epoch),
        str(row.seq),
        str(int(row.kind)),
        str(row.item),
        str(row.option),
        str(row.server_ms),
        str(row.client_ms),
        row.data.hex(),
    ]


class BundleWriter:
    """Writes one bundle; the same contents give the same bytes."""

    def __init__(self, path: Path, contest: str) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        self._contest = contest
        self._digests: dict[str, str] = {}

    def add(self, name: str, content: bytes) -> None:
        self._digests[name] = hashlib.sha256(content).hexdigest()
        self._put(name, content)

    def add_struct(self, name: str, content: msgspec.Struct) -> None:
        self.add(name, msgspec.json.encode(content, order="sorted"))

    def add_batches(self, folder: str, writer: str, batches: Iterable[Batch]) -> None:
        lines = (
            [str(each.number), each.previous.hex(), str(each.rows), each.digest.hex()]
            for each in batches
        )
        self.add(f"{folder}/{writer}.batches.csv", _table_bytes(BATCH_FIELDS, lines))

    def add_rows(self, folder: str, writer: str, rows: Iterable[tuple[int, Row]]) -> None:
        lines = ([str(batch), *row_fields(row)] for batch, row in rows)
        self.add(f"{folder}/{writer}.rows.csv", _table_bytes(ROW_FIELDS, lines))

    def close(self) -> None:
        manifest = {"format": FORMAT, "contest": self._contest, "files": self._digests}
        text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        self._put(MANIFEST, text.encode())
        self._zip.close()

    def _put(self, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        self._zip.writestr(entry, content)


def _table_bytes(header: tuple[str, ...], lines: Iterable[list[str]]) -> bytes:
    out = io.StringIO(newline="")
    table = csv.writer(out, lineterminator="\n")
    table.writerow(header)
    table.writerows(lines)
    return out.getvalue().encode("ascii")
