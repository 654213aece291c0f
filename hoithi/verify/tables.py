"""The two tables of a writer as text: rows and batch records, one line each, one spelling each.

A line is exactly what `row_line` or `batch_line` writes: plain decimals, lower-case hex, every
field within the width that it is hashed with. So two files that read alike are alike.
"""

from __future__ import annotations

import re
import struct
from binascii import unhexlify
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hoithi.hall.formats import Kind, Row, row_bytes
from hoithi.verify.archive import whole_lines
from hoithi.verify.findings import BundleError

ROWS_HEADER = b"batch,attempt,epoch,seq,kind,item,option,server_ms,client_ms,data\n"
BATCHES_HEADER = b"batch,previous,rows,hash\n"
_LONGEST_LINE = 200_000  # 65,535 bytes of data in hex, and the rest
_NUMBER = rb"(0|-?[1-9][0-9]{0,18})"
_COUNT = rb"(0|[1-9][0-9]{0,9})"


def _pattern(*fields: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"^" + rb",".join(fields) + rb"$", re.MULTILINE)


_ROW = _pattern(
    _COUNT, rb"([0-9a-f]{32})", *[_NUMBER] * 2, _COUNT, *[_NUMBER] * 4, rb"((?:[0-9a-f]{2})*)"
)
_BATCH = _pattern(_COUNT, rb"([0-9a-f]{64})", _COUNT, rb"([0-9a-f]{64})")
_KINDS = {b"%d" % kind: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch record as the bundle has it."""

    number: int
    previous: bytes
    rows: int
    digest: bytes


def row_line(batch: int, row: Row) -> str:
    return (
        f"{batch},{row.attempt.hex()},{row.epoch},{row.seq},{row.kind:d},{row.item},{row.option},"
        f"{row.server_ms},{row.client_ms},{row.data.hex()}\n"
    )


def batch_line(batch: Batch) -> str:
    return f"{batch.number},{batch.previous.hex()},{batch.rows},{batch.digest.hex()}\n"


def read_rows(name: str, blocks: Iterable[bytes]) -> Iterator[tuple[int, Row, bytes]]:
    """(batch, row, the row's canonical bytes), in the order of the file. Raises BundleError."""
    for fields in _fields(name, blocks, ROWS_HEADER, _ROW):
        batch, attempt, epoch, seq, kind, item, option, server_ms, client_ms, data = fields
        try:
            row = Row(
                unhexlify(attempt),
                int(epoch),
                int(seq),
                _KINDS[kind],
                int(item),
                int(option),
                int(server_ms),
                int(client_ms),
                unhexlify(data) if data else b"",
            )
            packed = row_bytes(row)
        except (KeyError, struct.error) as error:
            raise BundleError("bad_line", name, _shown(fields)) from error
        yield int(batch), row, packed


def read_batches(name: str, blocks: Iterable[bytes]) -> Iterator[Batch]:
    """Batch records in the order of the file. Raises BundleError."""
    for number, previous, rows, digest in _fields(name, blocks, BATCHES_HEADER, _BATCH):
        yield Batch(int(number), unhexlify(previous), int(rows), unhexlify(digest))


def _fields(
    name: str, blocks: Iterable[bytes], header: bytes, pattern: re.Pattern[bytes]
) -> Iterator[tuple[bytes, ...]]:
    """The fields of every line, matched a block at a time."""
    expected = header
    for whole in whole_lines(name, blocks, _LONGEST_LINE):
        block = whole
        if expected:
            if not block.startswith(expected):
                raise BundleError("bad_line", name, block[:80].decode("latin-1"))
            block, expected = block[len(expected) :], b""
        found: list[tuple[bytes, ...]] = pattern.findall(block)
        if len(found) != block.count(b"\n"):
            (*lines, _) = block.split(b"\n")
            bad = next(line for line in lines if not pattern.fullmatch(line))
            raise BundleError("bad_line", name, bad[:80].decode("latin-1"))
        yield from found
    if expected:
        raise BundleError("bad_line", name, "")


def _shown(fields: tuple[bytes, ...]) -> str:
    return b",".join(fields)[:80].decode()
