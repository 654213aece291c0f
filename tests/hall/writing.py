"""A journal without a hall around it, for tests that look at what is written and when."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from hoithi.hall import store
from hoithi.hall.clock import Clock
from hoithi.hall.formats import Kind, Row
from hoithi.hall.journal import Journal
from hoithi.hall.session import Reply, SaveAnswers, Saved, Standing, Start, Terms
from hoithi.hall.store.api import JournalStore, Opening, StoredBatch
from hoithi.rules.paper import AttemptRule
from hoithi.verify.bundle import BundleReader, BundleWriter, Closing, WriterHead
from hoithi.verify.chain import check_chains
from hoithi.verify.findings import Finding
from hoithi.verify.tables import Batch
from tests.hall.scene import SITTING

ITEMS = 30
OPENING = Opening(ITEMS, b"r" * 32)
TERMS = Terms(
    opens_ms=0,
    closes_ms=2**50,
    duration_ms=600_000,
    grace_ms=10_000,
    items=ITEMS,
    all_required=False,
    has_prediction=False,
    attempts=AttemptRule(None, "round", 420, []),
)


async def opened(journal: str | JournalStore) -> Journal:
    """A journal ready to write, by its address or its store."""
    opened_store = store.journal(journal) if isinstance(journal, str) else journal
    made = Journal(opened_store, Clock())
    await made.store.open({SITTING: OPENING})
    made.start()
    return made


async def begin(journal: Journal, line: int, device: bytes = b"d" * 8) -> bytes:
    """Start, or take over; answers the attempt."""
    start = Start(device, True, os.urandom(16), os.urandom(16))
    reply = await journal.act(SITTING, line, start, TERMS)
    assert isinstance(reply, Standing)
    return reply.attempt.attempt


async def begin_all(journal: Journal, lines: int) -> list[bytes]:
    return await asyncio.gather(*(begin(journal, line) for line in range(1, lines + 1)))


async def save(journal: Journal, line: int, attempt: bytes, seq: int, epoch: int = 1) -> Reply:
    command = SaveAnswers(attempt, epoch, ((seq, seq % ITEMS, 1, -1),))
    return await journal.act(SITTING, line, command, TERMS)


async def saved(journal: Journal, line: int, attempt: bytes, seq: int) -> None:
    """Save, and be acknowledged."""
    reply = await save(journal, line, attempt, seq)
    assert isinstance(reply, Saved)
    assert reply.acknowledged == seq


def stored_batches(address: str, sitting: bytes = SITTING) -> list[StoredBatch]:
    reader = store.journal_reader(address)
    batches = list(reader.batches(sitting))
    reader.close()
    return batches


def stored_rows(address: str) -> list[Row]:
    return [row for batch in stored_batches(address) for row in batch.rows]


def stored_numbers(address: str) -> dict[bytes, list[int]]:
    """The numbers of the answers that are stored of each attempt, in order."""
    numbers: dict[bytes, list[int]] = {}
    for row in stored_rows(address):
        if row.kind is Kind.START:
            numbers.setdefault(row.attempt, [])
        elif row.kind is Kind.ANSWER:
            numbers.setdefault(row.attempt, []).append(row.seq)
    return {attempt: sorted(each) for attempt, each in numbers.items()}


def chain_findings(address: str, sitting: bytes = SITTING) -> list[Finding]:
    """What the verifier says about the journal's chains, published as they are."""
    folder = f"rounds/online/sittings/{sitting.hex()}"
    batches = stored_batches(address, sitting)
    reader = store.journal_reader(address)
    heads = [WriterHead(h.writer.hex(), h.batch, h.digest.hex()) for h in reader.heads(sitting)]
    reader.close()
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "bundle.zip"
        bundle = BundleWriter(path, "test")
        for writer in sorted({batch.writer for batch in batches}):
            own = [batch for batch in batches if batch.writer == writer]
            records = [Batch(b.number, b.previous, len(b.rows), b.digest) for b in own]
            bundle.add_batches(folder, writer.hex(), records)
            bundle.add_rows(folder, writer.hex(), [(b.number, row) for b in own for row in b.rows])
        bundle.close()
        findings: list[Finding] = []
        closing = Closing(sitting.hex(), "00" * 32, heads, "00" * 32, 0)
        check_chains(BundleReader(path), folder, closing, findings)
    return findings
