"""A bundle of one round that very many sat, written by the writer that writes real ones.

Everybody answers the thirty questions of a paper one after the other and hands in; how many are
right is drawn. Two writers take turns, four thousand rows in a batch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

from hoithi.hall import formats
from hoithi.hall.formats import NO_HEAD, Kind, Row, batch_hash, opened_row
from hoithi.hall.ledger import read_ledger
from hoithi.hall.roster import FORMAT as ROSTER_FORMAT
from hoithi.hall.roster import Roster, RosterLine
from hoithi.rules import paper
from hoithi.rules.paper import AttemptRule, BlueprintRow, Policy, Sample, SourceItem, Text
from hoithi.rules.regulation import FORMAT, Online, PrizeLine, Regulation, Requirement
from hoithi.rules.standings import Counts, Marked, Participant, count, online_result
from hoithi.verify.bundle import (
    BundleWriter,
    Closing,
    FrozenCounts,
    RoundRecord,
    WriterHead,
    struct_bytes,
)
from hoithi.verify.contest import ContestRecord, RoundLine
from hoithi.verify.results import published_of
from hoithi.verify.tables import Batch

ANSWERS = 30
_ITEMS = 150
_ROWS = 4000
_KEY = "truc-tuyen"
_SITTING = b"\x51" * 16
_BEGAN = 1_696_118_400_000
_RULE = AttemptRule(1, "round", 420, [])
_REGULATION = Regulation(
    format=FORMAT,
    round=_KEY,
    online=Online(Decimal(1), "best", _RULE, None),
    segments=[],
    ranking=["points", "duration", "submitted"],
    requirement=Requirement(all_correct=False, minimum_points=Decimal(0)),
    prizes=[PrizeLine("nhat", "Giải nhất", 1, 3_000_000)],
)


def _package() -> paper.Package:
    topics = ("chung", "so", "dich-vu")
    return paper.build_package(
        [
            SourceItem(topics[at % 3], "", f"Câu hỏi số {at}?", ("a", "b", "c", "d"), (at % 4,))
            for at in range(_ITEMS)
        ],
        blueprint=[BlueprintRow(topic, "", ANSWERS // 3) for topic in topics],
        policy=Policy(
            duration_ms=1_200_000,
            grace_ms=10_000,
            all_required=False,
            attempts=_RULE,
            prediction=None,
            result="none",
            signals=False,
            regulation=Text("1", "Thể lệ"),
            consent=Text("1", "Đồng ý"),
            sample=Sample("Thử?", ["Có", "Không"]),
        ),
        package_id="ab" * 16,
        secret=b"b" * 32,
    )


def write_large_bundle(path: Path, attempts: int) -> None:
    """Write the bundle; whoever reads it finds that everything fits."""
    chance = Random(7)
    made = _package()
    questions, keys = paper.read_questions(made.questions), paper.read_keys(made.keys)
    lines = [
        RosterLine(at, f"{at:032x}", chance.randbytes(16).hex(), f"DV-{at % 71}", "ca-nhan", False)
        for at in range(1, attempts + 1)
    ]
    roster = struct_bytes(Roster(ROSTER_FORMAT, _SITTING.hex(), lines))
    roster_sha256 = hashlib.sha256(roster).digest()
    folder = f"rounds/{_KEY}/sittings/{_SITTING.hex()}"
    writer = BundleWriter(path, "mau")
    marked: list[Marked] = []
    receipts: list[bytes] = []

    def rows_of(line: RosterLine) -> list[Row]:
        attempt = chance.randbytes(16)
        at = _BEGAN + chance.randrange(600_000)
        drawn = paper.draw(questions, bytes.fromhex(line.entry_key), 1)
        data = formats.start_data(at + 1_200_000, bytes(8))
        rows = [Row(attempt, 1, 0, Kind.START, line.line, 1, at, -1, data)]
        skill = chance.random()
        right = 0
        for position, place in enumerate(drawn):
            key = keys.keys[questions.file.items[place.item].id][0]
            at += chance.randrange(1000, 30_000)
            is_right = chance.random() < skill
            right += is_right
            option = (place.order.index(key) + (not is_right)) % 4
            client = at - chance.randrange(20, 400)
            rows.append(Row(attempt, 1, position + 1, Kind.ANSWER, position, option, at, client))
        at += 1000
        rows.append(Row(attempt, 1, 0, Kind.SUBMIT, -1, -1, at, -1, chance.randbytes(16)))
        (facts,) = read_ledger(rows, items=ANSWERS, grace_ms=10_000).attempts
        receipts.append(facts.receipt)
        points = Decimal(f"{right}.00")
        marked.append(
            Marked(
                attempt=attempt.hex(),
                entry=line.entry,
                number=1,
                started_ms=facts.started_ms,
                submitted_ms=facts.submitted_ms,
                automatic=False,
                void=False,
                correct=right,
                items=ANSWERS,
                points=points,
                prediction=-1,
            )
        )
        return rows

    heads = []
    previous = NO_HEAD
    for name, part in ((b"\x61" * 16, lines[::2]), (b"\x62" * 16, lines[1::2])):
        records: list[Batch] = []

        def chained(
            before: bytes,
            name: bytes = name,
            part: list[RosterLine] = part,
            records: list[Batch] = records,
        ) -> Iterator[tuple[int, Row]]:
            pending = [opened_row(roster_sha256, _BEGAN - 1000)]

            def close(rows: list[Row]) -> None:
                nonlocal before
                number = len(records) + 1
                digest = batch_hash(
                    sitting=_SITTING, writer=name, batch=number, previous=before, rows=rows
                )
                records.append(Batch(number, before, len(rows), digest))
                before = digest

            for line in part:
                pending += rows_of(line)
                while len(pending) >= _ROWS:
                    full, pending = pending[:_ROWS], pending[_ROWS:]
                    close(full)
                    yield from ((len(records), row) for row in full)
            if pending:
                close(pending)
                yield from ((len(records), row) for row in pending)

        writer.add_rows(folder, name.hex(), chained(previous))
        writer.add_batches(folder, name.hex(), records)
        previous = records[-1].digest
        heads.append(WriterHead(name.hex(), len(records), previous.hex()))
    writer.add(f"{folder}/roster.json", roster)
    closing = Closing(
        sitting=_SITTING.hex(),
        roster_sha256=roster_sha256.hex(),
        heads=heads,
        receipts_root=formats.merkle_root(receipts).hex(),
        receipts=len(receipts),
    )
    writer.add_struct(f"{folder}/closing.json", closing)
    _add_round(writer, made, lines, marked)
    writer.close()


def _add_round(
    writer: BundleWriter, made: paper.Package, lines: list[RosterLine], marked: list[Marked]
) -> None:
    people = [Participant(line.entry, line.unit, line.barred) for line in lines]
    counts: Counts = count(_REGULATION, people, marked)
    result = online_result(_REGULATION, people, marked, counts)
    sha256 = [hashlib.sha256(each).digest() for each in (made.questions, made.keys)]
    folder = f"rounds/{_KEY}"
    writer.add(f"{folder}/questions.json", made.questions)
    writer.add(f"{folder}/keys.json", made.keys)
    writer.add_struct(f"{folder}/regulation.json", _REGULATION)
    writer.add_struct(
        f"{folder}/round.json",
        RoundRecord(
            key=_KEY,
            commitment=paper.commitment(*sha256).hex(),
            questions_sha256=sha256[0].hex(),
            keys_sha256=sha256[1].hex(),
            sittings=[_SITTING.hex()],
            rulings=[],
            frozen_counts=FrozenCounts(counts.participants, counts.attempts, counts.all_correct),
            decisions=[],
        ),
    )
    writer.add_struct(f"{folder}/published.json", published_of(1, result, result.awards))
    writer.add_struct(
        "contest.json",
        ContestRecord(
            format="hoithi/contest/1",
            rounds=[RoundLine(_KEY, "person")],
            units=[],
            one_prize=None,
            collective=None,
            same_person=[],
            decisions=[],
        ),
    )
