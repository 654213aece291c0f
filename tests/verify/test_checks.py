"""A whole bundle, honest and then changed at one place after another."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from hoithi.hall import formats
from hoithi.hall.formats import NO_HEAD, Kind, Row, batch_hash, receipt_text, root_by
from hoithi.hall.ledger import read_ledger
from hoithi.hall.roster import Roster, RosterLine
from hoithi.rules import paper
from hoithi.rules.canonical import canonical
from hoithi.rules.paper import AttemptRule
from hoithi.rules.regulation import Online, PrizeLine, Regulation, Requirement, Segment
from hoithi.verify import checks, rounds
from hoithi.verify.__main__ import main
from hoithi.verify.bundle import (
    BundleReader,
    BundleWriter,
    Closing,
    FrozenCounts,
    RoundRecord,
    RulingRecord,
    WriterHead,
)
from hoithi.verify.contest import ContestRecord, RoundLine
from hoithi.verify.results import (
    Published,
    PublishedAward,
    PublishedPlace,
    Recorded,
    RecordedEntry,
)
from hoithi.verify.tables import Batch
from tests.rules.test_paper import package

ROUND = "rounds/online"
SITTING = b"s" * 16
FOLDER = f"{ROUND}/sittings/{SITTING.hex()}"
WRITER = b"w" * 16
PACKAGE = package()
QUESTIONS = paper.read_questions(PACKAGE.questions)
KEYS = paper.read_keys(PACKAGE.keys)
LINES = [
    RosterLine(line, f"{line:032x}", f"{line + 100:032x}", "GN", "ca-nhan", False)
    for line in (1, 2)
]


REGULATION = Regulation(
    format="hoithi/regulation/1",
    round="online",
    online=Online(Decimal(1), "best", AttemptRule(1, "round", 420, []), None),
    segments=[],
    ranking=["points", "duration"],
    requirement=Requirement(all_correct=False, minimum_points=Decimal(0)),
    prizes=[PrizeLine("nhat", "Giải nhất", 1, 3_000_000)],
)
FIRST, SECOND = (line.entry for line in LINES)
PUBLISHED = Published(
    1,
    [
        PublishedPlace(FIRST, 1, "", "5.00"),
        PublishedPlace(SECOND, 2, "points", "3.00"),
    ],
    [PublishedAward(FIRST, "nhat", 1)],
)


def record_of(line: RoundLine) -> ContestRecord:
    """A contest of one round, without rules over several."""
    return ContestRecord(
        format="hoithi/contest/1",
        rounds=[line],
        units=[],
        one_prize=None,
        collective=None,
        same_person=[],
        decisions=[],
    )


@dataclass(frozen=True)
class Parts:
    """What a bundle is made of, so that a test can change one part before it is hashed."""

    questions: bytes = PACKAGE.questions
    keys: bytes = PACKAGE.keys
    roster: tuple[RosterLine, ...] = tuple(LINES)
    rows: tuple[Row, ...] = ()
    rulings: tuple[RulingRecord, ...] = ()
    published: Published = PUBLISHED


def attempt_rows(line: int, right: int) -> list[Row]:
    """An attempt of the line with so many right answers, handed in."""
    attempt = bytes([line]) * 16
    drawn = paper.draw(QUESTIONS, bytes.fromhex(LINES[line - 1].entry_key), 1)
    rows = [Row(attempt, 1, 0, Kind.START, line, 1, 1000, -1, formats.start_data(9000, bytes(8)))]
    for position, place in enumerate(drawn):
        key = KEYS.keys[QUESTIONS.file.items[place.item].id][0]
        option = place.order.index(key)
        chosen = option if position < right else (option + 1) % 4
        rows.append(Row(attempt, 1, position + 1, Kind.ANSWER, position, chosen, 2000 + position))
    rows.append(Row(attempt, 1, 0, Kind.SUBMIT, -1, -1, 5000, -1, b"n" * 16))
    return rows


OPENED = formats.opened_row(
    hashlib.sha256(
        msgspec.json.encode(Roster("hoithi/roster/1", SITTING.hex(), LINES), order="sorted")
    ).digest(),
    500,
)
HONEST = Parts(rows=(OPENED, *attempt_rows(1, 5), *attempt_rows(2, 3)))


def closing_of(parts: Parts) -> tuple[Closing, Batch]:
    digest = batch_hash(sitting=SITTING, writer=WRITER, batch=1, previous=NO_HEAD, rows=parts.rows)
    ledger = read_ledger(parts.rows, items=5, grace_ms=10_000)
    receipts = [facts.receipt for facts in ledger.attempts]
    roster = msgspec.json.encode(roster_of(parts), order="sorted")
    closing = Closing(
        sitting=SITTING.hex(),
        roster_sha256=hashlib.sha256(roster).hexdigest(),
        heads=[WriterHead(WRITER.hex(), 1, digest.hex())],
        receipts_root=formats.merkle_root(receipts).hex(),
        receipts=len(receipts),
    )
    return closing, Batch(1, NO_HEAD, len(parts.rows), digest)


def roster_of(parts: Parts) -> Roster:
    return Roster("hoithi/roster/1", SITTING.hex(), list(parts.roster))


def write(path: Path, parts: Parts, published: Parts = HONEST) -> Path:
    """A bundle of `parts` beside what was published of `published`."""
    questions_sha = hashlib.sha256(published.questions).digest()
    keys_sha = hashlib.sha256(published.keys).digest()
    closing, _ = closing_of(published)
    _, batch = closing_of(parts)
    writer = BundleWriter(path, "daknong-2023")
    writer.add_struct("contest.json", record_of(RoundLine("online", "person")))
    writer.add(f"{ROUND}/questions.json", parts.questions)
    writer.add(f"{ROUND}/keys.json", parts.keys)
    writer.add_struct(f"{ROUND}/regulation.json", REGULATION)
    writer.add_struct(f"{ROUND}/published.json", parts.published)
    writer.add_struct(
        f"{ROUND}/round.json",
        RoundRecord(
            key="online",
            commitment=paper.commitment(questions_sha, keys_sha).hex(),
            questions_sha256=questions_sha.hex(),
            keys_sha256=keys_sha.hex(),
            sittings=[SITTING.hex()],
            rulings=list(parts.rulings),
            frozen_counts=FrozenCounts(2, 2, 1),
            decisions=[],
        ),
    )
    writer.add_struct(f"{FOLDER}/roster.json", roster_of(parts))
    writer.add_struct(f"{FOLDER}/closing.json", closing)
    writer.add_batches(FOLDER, WRITER.hex(), [batch])
    writer.add_rows(FOLDER, WRITER.hex(), [(1, row) for row in parts.rows])
    writer.close()
    return path


def codes(path: Path) -> list[str]:
    return [finding.code for finding in checks.verify(path)]


def test_an_honest_bundle_fits_and_gives_the_marks(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", HONEST)
    assert codes(path) == []
    checked = rounds.check_round(BundleReader(path), ROUND, [])
    assert [(each.line.line, each.grade.correct) for each in checked.attempts] == [(1, 5), (2, 3)]


def without(kind: Kind) -> tuple[Row, ...]:
    return tuple(row for row in HONEST.rows if not (row.kind is kind and row.attempt[0] == 2))


def swapped_keys() -> bytes:
    keys = json.loads(PACKAGE.keys)
    first = min(keys["keys"])
    keys["keys"][first] = [(keys["keys"][first][0] + 1) % 4]
    return canonical(keys)


def with_place(second: PublishedPlace) -> Published:
    return msgspec.structs.replace(PUBLISHED, places=[PUBLISHED.places[0], second])


CHANGED_ANSWER = tuple(
    msgspec.structs.replace(row, option=(row.option + 1) % 4) if row.seq == 2 else row
    for row in HONEST.rows
)
OTHER_KEY = msgspec.structs.replace(LINES[1], entry_key="00" * 16)
ONE_MAN = RulingRecord(QUESTIONS.file.items[0].id, "drop", None, "sai", "7", "7")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (
            replace(HONEST, rows=CHANGED_ANSWER),
            [
                "head_differs",
                "receipts_differ",
                "counts_differ",
                "standings_differ",
                "standings_differ",
            ],
        ),
        (replace(HONEST, rows=without(Kind.SUBMIT)), ["head_differs", "receipts_differ"]),
        (
            replace(HONEST, rows=without(Kind.START)),
            [
                "head_differs",
                "attempt_without_start",
                "receipts_differ",
                "counts_differ",
                "standings_differ",
            ],
        ),
        (
            replace(HONEST, keys=swapped_keys()),
            ["commitment_differs"],
        ),
        (
            replace(HONEST, roster=(LINES[0], OTHER_KEY)),
            ["roster_differs", "standings_differ"],
        ),
        (
            replace(HONEST, roster=(LINES[0],)),
            ["roster_differs", "unknown_line", "counts_differ", "standings_differ"],
        ),
        (
            replace(HONEST, published=with_place(PublishedPlace(SECOND, 1, "points", "3.00"))),
            ["standings_differ"],
        ),
        (
            replace(
                HONEST,
                published=msgspec.structs.replace(
                    PUBLISHED, awards=[PublishedAward(SECOND, "nhat", 1)]
                ),
            ),
            ["awards_differ", "awards_differ"],
        ),
        (replace(HONEST, rulings=(ONE_MAN,)), ["ruling_by_one"]),
    ],
)
def test_whoever_rewrites_a_part_and_its_hashes_is_found_out(
    tmp_path: Path, parts: Parts, expected: list[str]
) -> None:
    assert codes(write(tmp_path / "b.zip", parts)) == expected


def test_an_option_that_the_paper_does_not_offer_is_foreign(tmp_path: Path) -> None:
    rows = tuple(
        msgspec.structs.replace(row, option=7) if row.seq == 1 else row for row in HONEST.rows
    )
    parts = replace(HONEST, rows=rows)
    assert codes(write(tmp_path / "b.zip", parts, parts)) == [
        *["foreign_paper"] * 2,
        "counts_differ",
        *["standings_differ"] * 2,
        "awards_differ",
    ]


LIVE = msgspec.structs.replace(
    REGULATION,
    round="live",
    online=None,
    segments=[Segment("quiz", "Kiến thức", Decimal(30)), Segment("skit", "Kịch", Decimal(40))],
    ranking=["points", "segment:quiz"],
)
TEAMS = Recorded(
    "2023-10-05",
    "00" * 32,
    [
        RecordedEntry(FIRST, "GN", False, {"quiz": Decimal("20.5"), "skit": Decimal(30)}),
        RecordedEntry(SECOND, "CJ", False, {"quiz": Decimal(30), "skit": Decimal("20.5")}),
    ],
)


def live_bundle(path: Path, published: Published, marks: Recorded = TEAMS) -> Path:
    writer = BundleWriter(path, "daknong-2023")
    writer.add_struct("contest.json", record_of(RoundLine("live", "team")))
    writer.add_struct("rounds/live/regulation.json", LIVE)
    writer.add_struct("rounds/live/recorded.json", marks)
    writer.add_struct("rounds/live/published.json", published)
    writer.close()
    return path


def test_a_live_round_is_recomputed_from_its_minutes(tmp_path: Path) -> None:
    right = Published(
        1,
        [
            PublishedPlace(SECOND, 1, "", "50.50"),
            PublishedPlace(FIRST, 2, "segment:quiz", "50.50"),
        ],
        [PublishedAward(SECOND, "nhat", 1)],
    )
    assert codes(live_bundle(tmp_path / "right.zip", right)) == []
    wrong = msgspec.structs.replace(right, awards=[PublishedAward(FIRST, "nhat", 1)])
    assert codes(live_bundle(tmp_path / "wrong.zip", wrong)) == ["awards_differ"] * 2
    unmarked = RecordedEntry(FIRST, "GN", False, {"quiz": Decimal(1)})
    torn = msgspec.structs.replace(TEAMS, entries=[unmarked])
    assert codes(live_bundle(tmp_path / "torn.zip", right, torn)) == ["mark_missing"]


def flip(name: str, content: bytes, at: int) -> Callable[[str, bytes], bytes]:
    changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    return lambda each, whole: changed if each == name else whole


def test_one_changed_byte_in_any_file_is_named(tmp_path: Path) -> None:
    honest = write(tmp_path / "honest.zip", HONEST)
    with zipfile.ZipFile(honest) as source:
        contents = {name: source.read(name) for name in source.namelist()}
    for name, content in contents.items():
        if name == "manifest.json":
            continue
        path = tmp_path / "changed.zip"
        change = flip(name, content, len(content) // 2)
        with zipfile.ZipFile(path, "w") as target:
            for each, whole in contents.items():
                target.writestr(each, change(each, whole))
        places = {(finding.code, finding.place) for finding in checks.verify(path)}
        assert ("file_changed", name) in places


def test_a_receipt_is_found_as_its_holder_wrote_it(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip", HONEST)
    (mine,) = read_ledger(attempt_rows(2, 3), items=5, grace_ms=0).attempts
    text = receipt_text(mine.receipt)
    report = checks.examine(path)
    (found,) = report.with_receipt(text.lower().replace("-", " "))
    assert found.facts == replace(mine, deadline_ms=9000)
    tree = report.receipts_beside(found)
    assert root_by(mine.receipt, tree.path(mine.receipt)) == tree.root
    assert report.with_receipt("0000-0000-0000-0000") == []


def test_the_command_names_what_does_not_fit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = write(tmp_path / "bad.zip", replace(HONEST, keys=swapped_keys()))
    assert main([str(bad)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "rounds/online: Đề hoặc đáp án không khớp với cam kết đã công bố."
    assert main([str(tmp_path / "none.zip"), "--language", "en"]) == 1
    assert capsys.readouterr().out == (
        "none.zip: Not a bundle: it cannot be opened as a zip file.\n"
    )
