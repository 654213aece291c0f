"""The chains of a sitting: every batch hashes to its record, every record follows the one before.

The first batch of a writer names a head that some other writer had reached, or none; the closing
record names every writer's last head. So a batch that was changed, removed, added or reordered
shows, whoever rewrote the files around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from hoithi.hall.formats import NO_HEAD, Head, Row, batch_hash
from hoithi.verify.bundle import Batch, BundleReader, Closing
from hoithi.verify.findings import Finding


def check_chains(
    bundle: BundleReader, folder: str, closing: Closing, findings: list[Finding]
) -> list[str]:
    """Check every writer's chain in a sitting's folder; answers the writers in name order."""
    writers = bundle.writers(folder)
    sitting = bytes.fromhex(closing.sitting)
    heads: dict[str, Head] = {}
    firsts: dict[str, bytes] = {}
    known = {NO_HEAD}
    for writer in writers:
        batches = list(bundle.batches(folder, writer))
        known.update(batch.digest for batch in batches)
        if batches:
            firsts[writer] = batches[0].previous
            last = batches[-1]
            heads[writer] = Head(bytes.fromhex(writer), last.number, last.digest)
        _check_writer(bundle, folder, sitting, writer, batches, findings)
    for writer, previous in firsts.items():
        if previous not in known:
            findings.append(Finding("chain_from_nowhere", f"{folder}/{writer}.batches.csv"))
    _check_closing(folder, closing, heads, findings)
    return writers


def _check_writer(
    bundle: BundleReader,
    folder: str,
    sitting: bytes,
    writer: str,
    batches: list[Batch],
    findings: list[Finding],
) -> None:
    place = f"{folder}/{writer}"
    rows_of = groupby(bundle.rows(folder, writer), key=itemgetter(0))
    expected = 1
    previous: bytes | None = None
    pending: Iterator[Batch] = iter(batches)
    for number, group in rows_of:
        rows = [row for _, row in group]
        batch = next(pending, None)
        if batch is None or batch.number != number or number != expected:
            findings.append(Finding("batch_out_of_place", place, str(number)))
            return
        if previous is not None and batch.previous != previous:
            findings.append(Finding("chain_broken", place, str(number)))
        if not _hashes_to(sitting, writer, batch, rows):
            findings.append(Finding("batch_changed", place, str(number)))
        previous = batch.digest
        expected += 1
    if next(pending, None) is not None:
        findings.append(Finding("rows_missing", place, str(expected)))


def _hashes_to(sitting: bytes, writer: str, batch: Batch, rows: list[Row]) -> bool:
    digest = batch_hash(
        sitting=sitting,
        writer=bytes.fromhex(writer),
        batch=batch.number,
        previous=batch.previous,
        rows=rows,
    )
    return digest == batch.digest and len(rows) == batch.rows


def _check_closing(
    folder: str, closing: Closing, heads: dict[str, Head], findings: list[Finding]
) -> None:
    named = {each.writer: (each.batch, each.hash) for each in closing.heads}
    found = {writer: (head.batch, head.digest.hex()) for writer, head in heads.items()}
    findings.extend(
        Finding("head_differs", f"{folder}/closing.json", writer)
        for writer in sorted(named.keys() | found.keys())
        if named.get(writer) != found.get(writer)
    )
