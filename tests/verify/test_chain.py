"""Every way to change a journal after the fact is named by the verifier."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace

from hoithi.hall.formats import NO_HEAD, Kind, Row, batch_hash, opened_row
from hoithi.verify.bundle import BundleReader, BundleWriter, Closing, WriterHead
from hoithi.verify.chain import check_chains
from hoithi.verify.findings import BundleError, Finding
from hoithi.verify.tables import Batch

SITTING = b"s" * 16
FOLDER = f"rounds/online/sittings/{SITTING.hex()}"
ONE, TWO = b"1" * 16, b"2" * 16

Journal = dict[bytes, tuple[list[Batch], list[tuple[int, Row]]]]


def answer(seq: int) -> Row:
    return Row(b"a" * 16, 1, seq, Kind.ANSWER, seq, 1, 1000 + seq)


def chain(writer: bytes, previous: bytes, batches: list[list[Row]]) -> Journal:
    records, rows = [], []
    first = opened_row(b"r" * 32, 900)
    for number, content in enumerate([[first, *batches[0]], *batches[1:]], start=1):
        digest = batch_hash(
            sitting=SITTING, writer=writer, batch=number, previous=previous, rows=content
        )
        records.append(Batch(number, previous, len(content), digest))
        rows += [(number, row) for row in content]
        previous = digest
    return {writer: (records, rows)}


def honest() -> Journal:
    first = chain(ONE, NO_HEAD, [[answer(1), answer(2)], [answer(3)], [answer(4)]])
    head = first[ONE][0][-1].digest
    return first | chain(TWO, head, [[answer(5)]])


def closing_of(journal: Journal) -> Closing:
    heads = [
        WriterHead(writer.hex(), records[-1].number, records[-1].digest.hex())
        for writer, (records, _) in journal.items()
    ]
    return Closing(SITTING.hex(), "00" * 32, heads, "00" * 32, 0)


def findings(tmp_path: Path, journal: Journal, closing: Closing | None = None) -> list[Finding]:
    path = tmp_path / "bundle.zip"
    writer = BundleWriter(path, "test")
    for each, (records, rows) in journal.items():
        writer.add_batches(FOLDER, each.hex(), records)
        writer.add_rows(FOLDER, each.hex(), rows)
    writer.close()
    found: list[Finding] = []
    check_chains(BundleReader(path), FOLDER, closing or closing_of(honest()), found)
    return found


def test_an_honest_journal_of_two_writers_passes(tmp_path: Path) -> None:
    assert findings(tmp_path, honest()) == []


def test_one_changed_answer_names_its_batch(tmp_path: Path) -> None:
    journal = honest()
    records, rows = journal[ONE]
    changed = [(n, replace(row, option=2) if row.seq == 3 else row) for n, row in rows]
    journal[ONE] = (records, changed)
    assert findings(tmp_path, journal) == [Finding("batch_changed", f"{FOLDER}/{ONE.hex()}", "2")]


def test_a_rewritten_chain_differs_from_the_published_head(tmp_path: Path) -> None:
    rewritten = chain(ONE, NO_HEAD, [[answer(1), answer(2)], [answer(9)], [answer(4)]])
    journal = rewritten | {TWO: honest()[TWO]}
    assert [each.code for each in findings(tmp_path, journal)] == [
        "chain_from_nowhere",
        "head_differs",
    ]


def test_a_removed_event_names_its_batch(tmp_path: Path) -> None:
    journal = honest()
    records, rows = journal[ONE]
    journal[ONE] = (records, rows[:1] + rows[2:])
    assert findings(tmp_path, journal) == [Finding("batch_changed", f"{FOLDER}/{ONE.hex()}", "1")]


def test_a_dropped_end_is_missed_by_the_closing_record(tmp_path: Path) -> None:
    journal = honest()
    journal[TWO] = ([], [])
    assert findings(tmp_path, journal) == [
        Finding("head_differs", f"{FOLDER}/closing.json", TWO.hex())
    ]


def test_reordered_batches_are_out_of_place(tmp_path: Path) -> None:
    journal = honest()
    records, rows = journal[ONE]
    journal[ONE] = ([records[1], records[0], records[2]], rows)
    assert findings(tmp_path, journal)[0] == Finding(
        "batch_out_of_place", f"{FOLDER}/{ONE.hex()}", "1"
    )


def test_rows_without_their_batch_are_missing(tmp_path: Path) -> None:
    journal = honest()
    records, rows = journal[ONE]
    journal[ONE] = (records, rows[:-1])
    assert findings(tmp_path, journal) == [Finding("rows_missing", f"{FOLDER}/{ONE.hex()}", "3")]


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"<html>"])
def test_a_file_that_is_no_bundle_is_unreadable(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bundle.zip"
    path.write_bytes(content)
    with pytest.raises(BundleError):
        BundleReader(path)


def test_a_row_that_is_no_row_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "bundle.zip"
    writer = BundleWriter(path, "test")
    writer.add(f"{FOLDER}/{ONE.hex()}.rows.csv", b"batch,attempt\n1,zz\n")
    writer.close()
    with pytest.raises(BundleError):
        list(BundleReader(path).rows(FOLDER, ONE.hex()))


def test_the_same_contents_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        writer = BundleWriter(tmp_path / name, "test")
        writer.add("a.txt", b"x")
        writer.close()
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["a.txt", "manifest.json"]
