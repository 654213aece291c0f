"""The chains of a sitting: every batch hashes to its record, every record follows the one before.

Every writer begins with the hash of the roster that it had read, which the ledger compares with the
published one. The first batch of a writer names a head that some other writer had reached, or none;
the closing record names every writer's last head. So a batch that was changed, removed, added or
reordered shows, whoever rewrote the files around it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from hoithi.hall.formats import NO_HEAD, Kind, Row, chain_head
from hoithi.verify.bundle import BundleReader, Closing
from hoithi.verify.findings import Finding
from hoithi.verify.tables import Batch

_NO_BATCH = Batch(0, NO_HEAD, 0, NO_HEAD)


def check_chains(
    bundle: BundleReader, folder: str, closing: Closing, findings: list[Finding]
) -> None:
    """Check every writer's chain in a sitting's folder, for its own sake."""
    for _ in chained_rows(bundle, folder, closing, findings):
        pass


def chained_rows(
    bundle: BundleReader, folder: str, closing: Closing, findings: list[Finding]
) -> Iterator[Row]:
    """Every row of a sitting's folder, writers in name order, with all chains checked on the way.

    The rows are read once and never held: a journal may be larger than memory. What is found is
    complete when the last row has come.
    """
    writers = bundle.writers(folder)
    firsts = {writer: next(bundle.batches(folder, writer), _NO_BATCH) for writer in writers}
    awaited = {first.previous for first in firsts.values()} - {NO_HEAD}
    heads: dict[str, tuple[int, str]] = {}
    for writer in writers:
        chain = _Chain(bundle, folder, bytes.fromhex(closing.sitting), writer, awaited, findings)
        yield from chain.rows()
        heads[writer] = (chain.last.number, chain.last.digest.hex())
    findings.extend(
        Finding("chain_from_nowhere", f"{folder}/{writer}.batches.csv")
        for writer, first in firsts.items()
        if first.previous in awaited
    )
    named = {each.writer: (each.batch, each.hash) for each in closing.heads}
    findings.extend(
        Finding("head_differs", f"{folder}/closing.json", writer)
        for writer in sorted(named.keys() | heads.keys())
        if named.get(writer) != heads.get(writer)
    )


class _Chain:
    """One writer's rows and records, side by side.

    `last` is the last record read. What this writer reached is awaited no more.
    """

    def __init__(
        self,
        bundle: BundleReader,
        folder: str,
        sitting: bytes,
        writer: str,
        awaited: set[bytes],
        findings: list[Finding],
    ) -> None:
        self.last = _NO_BATCH
        self._awaited = awaited
        self._place = f"{folder}/{writer}"
        self._sitting = sitting
        self._writer = bytes.fromhex(writer)
        self._findings = findings
        self._records = bundle.batches(folder, writer)
        self._rows = bundle.rows(folder, writer)

    def rows(self) -> Iterator[Row]:
        """All rows; once rows and records have parted, what follows is not compared any more."""
        number, count, fits = 0, 0, True
        first, openings = Kind.OPENED, 0
        digest = hashlib.sha256()
        opened = Kind.OPENED
        for batch, row, packed in self._rows:
            if batch != number or not count:
                if fits and count:
                    self._compare(count, digest.digest())
                fits = fits and self._begins(batch)
                first = first if number else row.kind
                number, count, digest = batch, 0, hashlib.sha256()
            openings += row.kind is opened
            count += 1
            digest.update(packed)
            yield row
        if fits and count:
            self._compare(count, digest.digest())
        if first is not Kind.OPENED:
            self._findings.append(Finding("opening_missing", self._place, self._writer.hex()))
        elif openings > 1:
            self._findings.append(Finding("opening_again", self._place, self._writer.hex()))
        expected = self.last.number + 1
        if self._next() is not None and fits:
            self._findings.append(Finding("rows_missing", self._place, str(expected)))
        while self._next() is not None:
            pass

    def _next(self) -> Batch | None:
        record = next(self._records, None)
        if record is not None:
            self.last = record
            self._awaited.discard(record.digest)
        return record

    def _begins(self, batch: int) -> bool:
        """Take up the record of a batch whose first row has come."""
        before = self.last
        record = self._next()
        if record is None or record.number != batch or batch != before.number + 1:
            self._findings.append(Finding("batch_out_of_place", self._place, str(batch)))
            return False
        if batch > 1 and record.previous != before.digest:
            self._findings.append(Finding("chain_broken", self._place, str(batch)))
        return True

    def _compare(self, count: int, rows_hash: bytes) -> None:
        """Hold a batch whose last row has come to its record."""
        record = self.last
        digest = chain_head(
            sitting=self._sitting,
            writer=self._writer,
            batch=record.number,
            previous=record.previous,
            count=count,
            rows_hash=rows_hash,
        )
        if (digest, count) != (record.digest, record.rows):
            self._findings.append(Finding("batch_changed", self._place, str(record.number)))
