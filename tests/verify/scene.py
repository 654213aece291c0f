"""A bundle in which everything that can be is there once, and the files of it to be changed.

An online round of two sittings, one of them with two writers, with attempts of every kind, and a
live round of teams that share a place until a decision.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

import msgspec

from hoithi.hall import formats
from hoithi.hall.formats import NO_ATTEMPT, NO_HEAD, Kind, Row, batch_hash, opened_row
from hoithi.hall.ledger import read_ledger
from hoithi.hall.roster import Roster, RosterLine
from hoithi.rules import paper
from hoithi.rules.paper import AttemptRule, Prediction
from hoithi.rules.regulation import (
    FORMAT,
    Online,
    PredictionRule,
    PrizeLine,
    Regulation,
    Requirement,
    Segment,
)
from hoithi.verify import checks, results, rounds
from hoithi.verify.bundle import (
    MANIFEST,
    BundleReader,
    BundleWriter,
    Closing,
    FrozenCounts,
    RoundRecord,
    RulingRecord,
    WriterHead,
    struct_bytes,
)
from hoithi.verify.contest import ContestRecord, RoundLine
from hoithi.verify.results import Recorded, RecordedEntry
from hoithi.verify.tables import Batch, read_batches, read_rows
from tests.rules.test_paper import BLUEPRINT, POLICY, source

Files: TypeAlias = dict[str, bytes]
ROUND = "rounds/truc-tuyen"
LIVE = "rounds/san-khau"
FIRST, SECOND = b"\x51" * 16, b"\x52" * 16
ONE, TWO, THREE = b"\x61" * 16, b"\x62" * 16, b"\x63" * 16
ITEMS, GRACE_MS = 5, 10_000
BEGAN = 1_696_118_400_000
TEAMS = ["a" * 32, "b" * 32, "c" * 32]

PACKAGE = paper.build_package(
    source(),
    blueprint=BLUEPRINT,
    policy=msgspec.structs.replace(
        POLICY,
        duration_ms=60_000,
        attempts=AttemptRule(2, "round", 420, []),
        prediction=Prediction("Có bao nhiêu người dự thi?", 0, 1000),
    ),
    package_id="ab" * 16,
    secret=b"r" * 32,
)
QUESTIONS = paper.read_questions(PACKAGE.questions)
KEYS = paper.read_keys(PACKAGE.keys)


def line(number: int, entry: int, unit: str, *, barred: bool = False) -> RosterLine:
    return RosterLine(number, f"{entry:032x}", f"{entry + 100:032x}", unit, "ca-nhan", barred)


ROSTERS = {
    FIRST: [line(1, 1, "GN"), line(2, 2, "CJ"), line(3, 3, "GN", barred=True), line(4, 4, "DM")],
    SECOND: [line(1, 5, "DM"), line(2, 6, "KN"), line(3, 7, "KN")],
}


@dataclass
class Sitter:
    """Writes the rows of one attempt, one second apart."""

    sitting: bytes
    line: int
    number: int = 1
    epoch: int = 1
    seq: int = 0
    at: int = BEGAN
    rows: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        deadline = self.at + 60_000
        data = formats.start_data(deadline, bytes(8))
        self.put(Kind.START, 0, self.line, self.number, data)

    @property
    def attempt(self) -> bytes:
        return self.sitting[:1] + bytes([self.line, self.number]) * 7 + b"\x00"

    def put(self, kind: Kind, seq: int, item: int, option: int, data: bytes = b"") -> None:
        client = self.at - 40 if seq else -1
        self.rows.append(
            Row(self.attempt, self.epoch, seq, kind, item, option, self.at, client, data)
        )
        self.at += 1000

    def save(self, kind: Kind, item: int, option: int) -> None:
        self.seq += 1
        self.put(kind, self.seq, item, option)

    def answer(self, right: int, first: int = 0) -> None:
        """So many right answers, the others wrong by one."""
        entry_key = bytes.fromhex(ROSTERS[self.sitting][self.line - 1].entry_key)
        drawn = paper.draw(QUESTIONS, entry_key, self.number)
        for position in range(first, ITEMS):
            place = drawn[position]
            key = KEYS.keys[QUESTIONS.file.items[place.item].id][0]
            option = place.order.index(key)
            chosen = option if position < right else (option + 1) % 4
            self.save(Kind.ANSWER, position, chosen)

    def predict(self, number: int) -> None:
        self.save(Kind.PREDICT, -1, number)

    def take_over(self) -> None:
        self.epoch, self.seq = self.epoch + 1, 0
        self.put(Kind.DEVICE, 0, -1, self.epoch - 1, b"t" * 8)

    def submit(self) -> None:
        self.put(Kind.SUBMIT, 0, -1, -1, b"n" * 16)

    def expire(self) -> None:
        self.put(Kind.AUTO_SUBMIT, 0, -1, -1, b"x" * 16)


def of_sitting(kind: Kind, item: int, at: int, data: bytes = b"") -> Row:
    return Row(NO_ATTEMPT, 0, 0, kind, item, -1, at, -1, data)


def batches_of_first() -> dict[bytes, list[list[Row]]]:
    """Minutes for the first, a second device for the second; the third may get no prize."""
    again = Sitter(FIRST, 1)
    again.answer(3)
    again.predict(7)
    again.submit()
    longer = Sitter(FIRST, 1, number=2, at=BEGAN + 20_000)
    longer.answer(1)
    order = longer.at
    longer.put(Kind.DEADLINE, 0, 2, BEGAN + 90_000)
    longer.at = BEGAN + 85_000
    longer.answer(1, first=2)
    longer.at = BEGAN + 100_500
    longer.expire()
    moved = Sitter(FIRST, 2)
    moved.answer(0)
    moved.take_over()
    moved.put(Kind.STALE_ANSWER, 9, 0, 1)
    moved.answer(5)
    moved.predict(6)
    moved.submit()
    barred = Sitter(FIRST, 3)
    barred.answer(5)
    barred.submit()
    tied = Sitter(FIRST, 4)
    tied.answer(4)
    tied.predict(5)
    tied.submit()
    return {
        ONE: [again.rows + moved.rows[:4], moved.rows[4:] + barred.rows, longer.rows[:6]],
        TWO: [
            [of_sitting(Kind.ORDER, 2, order, b"o" * 32), *longer.rows[6:], *tied.rows],
            [of_sitting(Kind.CLOSED, 2, BEGAN + 200_000)],
        ],
    }


def batches_of_second() -> dict[bytes, list[list[Row]]]:
    """One void and restored, one who went on after the end."""
    tied = Sitter(SECOND, 1)
    tied.answer(4)
    tied.predict(5)
    tied.submit()
    tied.put(Kind.VOID, 0, 3, -1)
    tied.put(Kind.RESTORE, 0, 4, -1)
    late = Sitter(SECOND, 2)
    late.answer(2)
    late.at = BEGAN + 70_500
    late.expire()
    late.save(Kind.LATE_ANSWER, 4, 0)
    late.save(Kind.LATE_PREDICT, -1, 5)
    orders = [of_sitting(Kind.ORDER, number, BEGAN + 60_000, b"p" * 32) for number in (3, 4)]
    closed = of_sitting(Kind.CLOSED, 4, BEGAN + 200_000)
    return {THREE: [tied.rows[:5], [*tied.rows[5:], *orders], [*late.rows, closed]]}


def roster_of(sitting: bytes) -> bytes:
    return struct_bytes(Roster("hoithi/roster/1", sitting.hex(), ROSTERS[sitting]))


def opened(
    sitting: bytes, batches: Mapping[bytes, list[list[Row]]]
) -> dict[bytes, list[list[Row]]]:
    """Each writer begins with the roster that it read."""
    first = opened_row(hashlib.sha256(roster_of(sitting)).digest(), BEGAN - 5000)
    return {writer: [[first, *own[0]], *own[1:]] for writer, own in batches.items()}


BATCHES = {
    FIRST: opened(FIRST, batches_of_first()),
    SECOND: opened(SECOND, batches_of_second()),
}
REGULATION = Regulation(
    format=FORMAT,
    round="truc-tuyen",
    online=Online(
        Decimal(1),
        "best",
        AttemptRule(2, "round", 420, []),
        PredictionRule("participants", "absolute"),
    ),
    segments=[],
    ranking=["points", "prediction", "duration"],
    requirement=Requirement(all_correct=False, minimum_points=Decimal(2)),
    prizes=[
        PrizeLine("nhat", "Giải nhất", 1, 3_000_000),
        PrizeLine("nhi", "Giải nhì", 1, 2_000_000),
        PrizeLine("ba", "Giải ba", 1, 1_000_000),
    ],
)
ON_STAGE = msgspec.structs.replace(
    REGULATION,
    round="san-khau",
    online=None,
    segments=[Segment("quiz", "Kiến thức", Decimal(30)), Segment("skit", "Kịch", Decimal(40))],
    ranking=["points", "segment:quiz"],
)
MINUTES = Recorded(
    "2023-10-05",
    "00" * 32,
    [
        RecordedEntry(team, unit, False, {"quiz": Decimal(quiz), "skit": Decimal(skit)})
        for team, unit, quiz, skit in zip(
            TEAMS, ("GN", "CJ", "DM"), ("20.5", "20.5", "30"), ("30", "30", "19.5"), strict=True
        )
    ],
)


def ruled(sitting: bytes, line: int, number: int, position: int) -> tuple[str, int]:
    """The item at a place of somebody's paper, and the option next to the right one there."""
    key = bytes.fromhex(ROSTERS[sitting][line - 1].entry_key)
    place = paper.draw(QUESTIONS, key, number)[position]
    item = QUESTIONS.file.items[place.item].id
    return item, place.order[(place.order.index(KEYS.keys[item][0]) + 1) % 4]


def rulings() -> list[RulingRecord]:
    """One of each effect, about items that somebody has in the counted paper."""
    drop, _ = ruled(FIRST, 1, 2, 2)
    also, option = ruled(FIRST, 1, 2, 4)
    to_all, _ = ruled(SECOND, 2, 1, 3)
    return [
        RulingRecord(drop, "drop", None, "Câu sai", "11", "12"),
        RulingRecord(also, "accept_also", option, "Hai phương án đúng", "11", "12"),
        RulingRecord(to_all, "points_to_all", None, "Câu tối nghĩa", "12", "11"),
    ]


def folder(sitting: bytes) -> str:
    return f"{ROUND}/sittings/{sitting.hex()}"


def chained(sitting: bytes, batches: Mapping[bytes, list[list[Row]]]) -> dict[bytes, list[Batch]]:
    """Records to fit; the second writer found the first one's last head."""
    records: dict[bytes, list[Batch]] = {}
    previous = NO_HEAD
    for writer, own in batches.items():
        records[writer] = []
        for number, rows in enumerate(own, start=1):
            digest = batch_hash(
                sitting=sitting, writer=writer, batch=number, previous=previous, rows=rows
            )
            records[writer].append(Batch(number, previous, len(rows), digest))
            previous = digest
    return records


def closing_of(sitting: bytes, roster: bytes, batches: Mapping[bytes, list[list[Row]]]) -> Closing:
    """The closing record of a journal as the desk would make it."""
    rows = [row for own in batches.values() for batch in own for row in batch]
    ledger = read_ledger(rows, items=ITEMS, grace_ms=GRACE_MS)
    receipts = [facts.receipt for facts in ledger.attempts if facts.receipt]
    return Closing(
        sitting=sitting.hex(),
        roster_sha256=hashlib.sha256(roster).hexdigest(),
        heads=[
            WriterHead(writer.hex(), records[-1].number, records[-1].digest.hex())
            for writer, records in chained(sitting, batches).items()
        ],
        receipts_root=formats.merkle_root(receipts).hex(),
        receipts=len(receipts),
    )


def _add_sitting(writer: BundleWriter, sitting: bytes) -> None:
    writer.add(f"{folder(sitting)}/roster.json", roster_of(sitting))
    closing = closing_of(sitting, roster_of(sitting), BATCHES[sitting])
    writer.add_struct(f"{folder(sitting)}/closing.json", closing)
    for name, records in chained(sitting, BATCHES[sitting]).items():
        writer.add_batches(folder(sitting), name.hex(), records)
        rows = [
            (number, row)
            for number, own in enumerate(BATCHES[sitting][name], start=1)
            for row in own
        ]
        writer.add_rows(folder(sitting), name.hex(), rows)


def _write(path: Path, published: Mapping[str, results.Published]) -> None:
    questions_sha, keys_sha = QUESTIONS.sha256, hashlib.sha256(PACKAGE.keys).digest()
    writer = BundleWriter(path, "mau-2023")
    writer.add_struct(f"{ROUND}/regulation.json", REGULATION)
    writer.add(f"{ROUND}/questions.json", PACKAGE.questions)
    writer.add(f"{ROUND}/keys.json", PACKAGE.keys)
    record = RoundRecord(
        key="truc-tuyen",
        commitment=paper.commitment(questions_sha, keys_sha).hex(),
        questions_sha256=questions_sha.hex(),
        keys_sha256=keys_sha.hex(),
        sittings=[FIRST.hex(), SECOND.hex()],
        rulings=rulings(),
        frozen_counts=FrozenCounts(participants=5, attempts=6, all_correct=1),
        decisions=[[f"{5:032x}", f"{4:032x}"]],
    )
    writer.add_struct(f"{ROUND}/round.json", record)
    for sitting in (FIRST, SECOND):
        _add_sitting(writer, sitting)
    writer.add_struct(f"{LIVE}/regulation.json", ON_STAGE)
    writer.add_struct(f"{LIVE}/recorded.json", MINUTES)
    writer.add(f"{LIVE}/decisions.json", struct_bytes([[TEAMS[1], TEAMS[0]]]))
    for name, content in published.items():
        writer.add_struct(f"{name}/published.json", content)
    writer.add_struct(
        "contest.json",
        ContestRecord(
            format="hoithi/contest/1",
            rounds=[RoundLine("truc-tuyen", "person"), RoundLine("san-khau", "team")],
            units=[],
            one_prize=None,
            collective=None,
            same_person=[],
            decisions=[],
        ),
    )
    writer.close()


@cache
def _honest() -> Mapping[str, bytes]:
    with TemporaryDirectory() as place:
        path = Path(place) / "b.zip"
        _write(path, {})
        bundle = BundleReader(path)
        online = rounds.check_round(bundle, ROUND, []).outcome
        live = rounds.check_recorded(bundle, LIVE, [])
        bundle.close()
        published = {
            name: results.published_of(1, outcome.result, outcome.result.awards)
            for name, outcome in ((ROUND, online), (LIVE, live))
        }
        _write(path, published)
        return files_of(path)


def honest() -> Files:
    """The files of the bundle as it was published."""
    return dict(_honest())


def files_of(bundle: Path) -> Files:
    with zipfile.ZipFile(bundle) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, files: Mapping[str, bytes]) -> Path:
    """A bundle of these files, with a manifest to fit."""
    contest = json.loads(files[MANIFEST])["contest"]
    writer = BundleWriter(path, contest)
    for name, content in files.items():
        if name != MANIFEST:
            writer.add(name, content)
    writer.close()
    return path


def journal_of(files: Mapping[str, bytes], sitting: bytes) -> dict[bytes, list[list[Row]]]:
    """The rows of a sitting by writer and batch, as the files have them."""
    found: dict[bytes, list[list[Row]]] = {}
    for name, content in files.items():
        if name.startswith(folder(sitting)) and name.endswith(".rows.csv"):
            own: dict[int, list[Row]] = {}
            for batch, row, _ in read_rows(name, [content]):
                own.setdefault(batch, []).append(row)
            found[bytes.fromhex(name[-41:-9])] = list(own.values())
    return found


def rechained(
    files: Mapping[str, bytes], sitting: bytes, batches: Mapping[bytes, list[list[Row]]]
) -> Files:
    """What somebody would publish who wrote the journal anew, chains and closing record too."""
    with TemporaryDirectory() as place:
        path = Path(place) / "b.zip"
        writer = BundleWriter(path, "x")
        for name, records in chained(sitting, batches).items():
            writer.add_batches(folder(sitting), name.hex(), records)
            rows = [
                (number, row) for number, own in enumerate(batches[name], start=1) for row in own
            ]
            writer.add_rows(folder(sitting), name.hex(), rows)
        writer.close()
        made = files_of(path)
    del made[MANIFEST]
    closing = closing_of(sitting, files[f"{folder(sitting)}/roster.json"], batches)
    return {**files, **made, f"{folder(sitting)}/closing.json": struct_bytes(closing)}


def records_of(files: Mapping[str, bytes], name: str) -> list[Batch]:
    return list(read_batches(name, [files[name]]))


def found(path: Path, files: Mapping[str, bytes]) -> list[tuple[str, str, str]]:
    """What the verifier says about these files; each finding is a sentence in both languages."""
    findings = checks.verify(packed(path, files))
    for finding in findings:
        assert finding.sentence("vi") != finding.sentence("en")
    return [(each.code, each.place, each.detail) for each in findings]


def codes(path: Path, files: Mapping[str, bytes]) -> list[str]:
    return [code for code, _, _ in found(path, files)]


def lines_of(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(lines)
