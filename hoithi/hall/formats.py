"""The stored formats of the hall: rows, batches, receipts (docs/decisions/0004).

They are frozen: published journals depend on every byte. Nothing here does I/O.
"""

from __future__ import annotations

import hashlib
import struct
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated

import msgspec

from hoithi.rules.codes import ALPHABET, grouped, letters

NO_HEAD = bytes(32)
NO_ATTEMPT = bytes(16)
NONE = -1
RECEIPT_LETTERS = 16
Hex16 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
"""Sixteen bytes, as an id is written in JSON."""
Hex32 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""Thirty-two bytes, as a SHA-256 is written in JSON."""

_ROW = struct.Struct(">16sHIBiqqqH")
_BATCH = struct.Struct(">16s16sQ32sI32s")
_START = struct.Struct(">q8s")


class Kind(IntEnum):
    """What a row says; a number never changes its meaning."""

    START = 1
    ANSWER = 2
    PREDICT = 3
    SUBMIT = 4
    AUTO_SUBMIT = 5
    DEVICE = 6
    DEADLINE = 7
    VOID = 8
    RESTORE = 9
    LATE_ANSWER = 10
    LATE_PREDICT = 11
    STALE_ANSWER = 12
    ORDER = 13
    CLOSED = 14
    OPENED = 15
    SHUT = 16


class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of the journal; `item`, `option` and `data` mean what the kind says."""

    attempt: bytes
    epoch: int
    seq: int
    kind: Kind
    item: int
    option: int
    server_ms: int
    client_ms: int = NONE
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest batch of one writer in one sitting."""

    writer: bytes
    batch: int
    digest: bytes


def opened_row(roster_sha256: bytes, now_ms: int) -> Row:
    """A writer's first row in a sitting: the hash of the roster that it has read and checked."""
    return Row(NO_ATTEMPT, 0, 0, Kind.OPENED, NONE, NONE, now_ms, NONE, roster_sha256)


def row_bytes(row: Row) -> bytes:
    """The canonical bytes of a row, as they are hashed."""
    return (
        _ROW.pack(
            row.attempt,
            row.epoch,
            row.seq,
            row.kind,
            row.item,
            row.option,
            row.server_ms,
            row.client_ms,
            len(row.data),
        )
        + row.data
    )


def batch_hash(
    *, sitting: bytes, writer: bytes, batch: int, previous: bytes, rows: Iterable[Row]
) -> bytes:
    """The head of a writer's chain after this batch; `previous` as docs/decisions/0004 says."""
    packed = [row_bytes(row) for row in rows]
    return chain_head(
        sitting=sitting,
        writer=writer,
        batch=batch,
        previous=previous,
        count=len(packed),
        rows_hash=hashlib.sha256(b"".join(packed)).digest(),
    )


def chain_head(
    *, sitting: bytes, writer: bytes, batch: int, previous: bytes, count: int, rows_hash: bytes
) -> bytes:
    """The same, of so many rows that have been hashed one after the other."""
    body = _BATCH.pack(sitting, writer, batch, previous, count, rows_hash)
    return hashlib.sha256(b"hoithi/batch/1\x00" + body).digest()


def start_data(deadline_ms: int, device_tag: bytes) -> bytes:
    """The data of a START row."""
    return _START.pack(deadline_ms, device_tag)


START_BYTES = _START.size


def read_start_data(data: bytes) -> tuple[int, bytes]:
    """Deadline in milliseconds and device tag of a START row."""
    deadline_ms, device_tag = _START.unpack(data)
    return deadline_ms, device_tag


def device_tag(device_id: bytes) -> bytes:
    """What is stored of a browser's random device id."""
    return hashlib.sha256(device_id).digest()[:8]


def receipt(
    *,
    nonce: bytes,
    attempt: bytes,
    submitted_ms: int,
    answers: Sequence[int],
    prediction: int = NONE,
) -> bytes:
    """The ten bytes that bind the final answers; `answers[i]` is −1 where none was given."""
    count = len(answers)
    body = struct.pack(f">H{count}iq", count, *answers, prediction)
    stamp = struct.pack(">q", submitted_ms)
    content = b"hoithi/receipt/1\x00" + nonce + attempt + stamp + body
    return hashlib.sha256(content).digest()[:10]


def receipt_text(value: bytes) -> str:
    """A receipt as its holder sees it: sixteen characters in fours."""
    return grouped(letters(int.from_bytes(value, "big"), RECEIPT_LETTERS))


def receipt_bytes(text: str) -> bytes:
    """The receipt of a text as `receipt_text` makes it, hyphens aside. Raises ValueError."""
    value = 0
    for letter in text.replace("-", ""):
        value = value << 5 | ALPHABET.index(letter)
    return value.to_bytes(10, "big")


@dataclass(frozen=True, slots=True)
class PathStep:
    """A neighbour on the way up a tree: its digest, and whether it stands to the left."""

    is_left: bool
    digest: bytes


class ReceiptTree:
    """The Merkle tree over all receipts of a sitting, in any order given.

    Leaves are SHA-256(00 ‖ receipt) in the order of the receipts' bytes, knots SHA-256(01 ‖ left ‖
    right); the odd one of a level goes up as it is. Without a receipt the root is the SHA-256
    of nothing.
    """

    def __init__(self, receipts: Iterable[bytes]) -> None:
        self._leaves = sorted(receipts)
        level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in self._leaves]
        self._levels = [level]
        while len(level) > 1:
            level = [
                hashlib.sha256(b"\x01" + level[at] + level[at + 1]).digest()
                if at + 1 < len(level)
                else level[at]
                for at in range(0, len(level), 2)
            ]
            self._levels.append(level)

    @property
    def root(self) -> bytes:
        top = self._levels[-1]
        return top[0] if top else hashlib.sha256(b"").digest()

    def path(self, receipt: bytes) -> list[PathStep]:
        """The neighbours from a receipt up to the root. Raises LookupError where it is no leaf."""
        at = bisect_left(self._leaves, receipt)
        if self._leaves[at : at + 1] != [receipt]:
            raise LookupError
        steps = []
        for level in self._levels[:-1]:
            if (beside := at ^ 1) < len(level):
                steps.append(PathStep(beside < at, level[beside]))
            at //= 2
        return steps


def root_by(receipt: bytes, path: Iterable[PathStep]) -> bytes:
    """The root that a receipt and its path lead to."""
    digest = hashlib.sha256(b"\x00" + receipt).digest()
    for step in path:
        pair = step.digest + digest if step.is_left else digest + step.digest
        digest = hashlib.sha256(b"\x01" + pair).digest()
    return digest


def merkle_root(receipts: Iterable[bytes]) -> bytes:
    """The root of the `ReceiptTree`."""
    return ReceiptTree(receipts).root
