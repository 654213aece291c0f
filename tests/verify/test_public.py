"""A bundle is held to what was public before it: a forgery without a fault fails that."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from hoithi.hall.formats import Kind
from hoithi.verify import results, rounds
from hoithi.verify.__main__ import main
from hoithi.verify.bundle import BundleReader, WriterHead, struct_bytes
from hoithi.verify.checks import examine, verify
from hoithi.verify.findings import BundleError
from hoithi.verify.public import PublicSitting, PublicValues, PublicVersion, read_expected
from tests.verify.scene import (
    FIRST,
    LIVE,
    ROUND,
    SECOND,
    folder,
    honest,
    journal_of,
    packed,
    rechained,
)

KEY = "truc-tuyen"


def public(path: Path) -> PublicValues:
    values = examine(path).values
    assert values is not None
    return values


def kept(path: Path, values: PublicValues) -> Path:
    path.write_bytes(struct_bytes(values))
    return path


def forged(tmp_path: Path) -> Path:
    """Everything made anew around one answer: rows, chains, heads, receipts, places, prizes."""
    journal = journal_of(honest(), SECOND)
    (writer,) = journal
    batches = [
        [
            replace(row, option=(row.option + 1) % 4)
            if row.kind is Kind.ANSWER and row.item == 0
            else row
            for row in own
        ]
        for own in journal[writer]
    ]
    files = rechained(honest(), SECOND, {writer: batches})
    del files[f"{ROUND}/published.json"]
    bundle = BundleReader(packed(tmp_path / "forged.zip", files))
    outcome = rounds.check_round(bundle, ROUND, []).outcome
    bundle.close()
    again = results.published_of(1, outcome.result, outcome.result.awards)
    return packed(
        tmp_path / "forged.zip", {**files, f"{ROUND}/published.json": struct_bytes(again)}
    )


def test_a_forgery_without_a_fault_is_not_what_was_public(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = public(packed(tmp_path / "honest.zip", honest()))
    file = kept(tmp_path / "van-tay.json", expected)
    path = forged(tmp_path)
    assert verify(path) == []
    assert main([str(path)]) == 0
    assert "còn phải so các vân tay trên" in capsys.readouterr().out
    here = folder(SECOND)
    assert [(each.place, each.detail) for each in examine(path, expected).findings] == [
        (here, "heads"),
        (here, "receipts_root"),
        (f"{ROUND}/published.json", "published"),
    ]
    assert main([str(path), "--expect", str(file)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-3] == f"{here}: Khác với giá trị đã công bố trước: mã cuối các sổ ghi."


def test_chains_go_through_what_was_public_during_the_exam(tmp_path: Path) -> None:
    """Kept in the middle, before anything of the end was known: the file has no closing yet."""
    path = packed(tmp_path / "b.zip", honest())
    (writer,) = journal_of(honest(), SECOND)
    with closing(BundleReader(path)) as bundle:
        *_, last = bundle.batches(folder(SECOND), writer.hex())
    head = WriterHead(writer.hex(), last.number, last.digest.hex())
    whole = public(path)
    running = replace(whole.rounds[KEY].sittings[SECOND.hex()], closing=None, heads=[head])
    expected = replace(
        whole,
        rounds={KEY: replace(whole.rounds[KEY], sittings={SECOND.hex(): running}, published=None)},
    )
    assert examine(path, expected).findings == []
    assert [(each.place, each.detail) for each in examine(forged(tmp_path), expected).findings] == [
        (folder(SECOND), "passed")
    ]
    for change in (
        {"writer": "cd" * 16},
        {"batch": head.batch + 1},
        {"hash": OTHER},
    ):
        other = edited(
            expected, *SITTING, "heads", 0, next(iter(change)), to=next(iter(change.values()))
        )
        (found,) = examine(path, other).findings
        assert found.sentence("vi") == (
            f"{folder(SECOND)}: Khác với giá trị đã công bố trước: mã sổ ghi trong lúc thi."
        )


def test_what_is_printed_is_what_the_files_hash_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(tmp_path / "b.zip", honest())
    assert main([str(path)]) == 0
    said = capsys.readouterr().out.splitlines()

    def sha256(name: str) -> str:
        return hashlib.sha256(honest()[name]).hexdigest()

    inner = bytes.fromhex(sha256(f"{ROUND}/questions.json") + sha256(f"{ROUND}/keys.json"))
    closing = json.loads(honest()[f"{folder(FIRST)}/closing.json"])
    assert said[:11] == [
        "Cuộc thi: mau-2023",
        "Vòng: san-khau",
        f"  Vân tay kết quả, phiên bản 1: {sha256(f'{LIVE}/published.json')}",
        "Vòng: truc-tuyen",
        f"  Mã cam kết: {hashlib.sha256(inner).hexdigest()}",
        f"  Vân tay bộ câu hỏi: {sha256(f'{ROUND}/questions.json')}",
        f"  Vân tay đáp án: {sha256(f'{ROUND}/keys.json')}",
        f"  Ca thi: {FIRST.hex()}",
        f"    Vân tay danh sách: {sha256(f'{folder(FIRST)}/roster.json')}",
        f"    Cuối sổ ghi, lô 3: {closing['heads'][0]['hash']}",
        f"    Cuối sổ ghi, lô 2: {closing['heads'][1]['hash']}",
    ]
    assert said[11] == f"    Mã gốc của {closing['receipts']} biên nhận: {closing['receipts_root']}"
    assert said[-2] == "Hồ sơ khớp."


def test_an_honest_bundle_fits_what_was_public_at_every_hour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the round only the seal was public; what the file lacks is said."""
    path = packed(tmp_path / "b.zip", honest())
    whole = public(path)
    assert main([str(path), "--expect", str(kept(tmp_path / "e.json", whole))]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Hồ sơ khớp với tệp các giá trị đã công bố."
    sealed = replace(whole.rounds[KEY], sittings={}, published=None)
    early = replace(whole, rounds={KEY: sealed})
    assert main([str(path), "--expect", str(kept(tmp_path / "e.json", early))]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "Chưa so được, vì khi lưu tệp đó chưa có: kết quả của vòng san-khau; "
        f"ca thi {FIRST.hex()} của vòng truc-tuyen; ca thi {SECOND.hex()} của vòng truc-tuyen; "
        "kết quả của vòng truc-tuyen."
    )


def edited(values: PublicValues, *path: str | int, to: object) -> PublicValues:
    """The values with one of them changed; none takes it out."""
    plain = json.loads(struct_bytes(values))
    inner = plain
    for step in path[:-1]:
        inner = inner[step]
    if to is None and isinstance(inner, dict) and isinstance(path[-1], str):
        del inner[path[-1]]
    else:
        inner[path[-1]] = to
    return msgspec.convert(plain, PublicValues)


SITTING = ("rounds", KEY, "sittings", SECOND.hex())
OTHER = "ab" * 32


@pytest.mark.parametrize(
    ("change", "place", "name"),
    [
        (("contest", "khac"), "manifest.json", "cuộc thi"),
        (("rounds", KEY, "seal", "commitment", OTHER), ROUND, "mã cam kết"),
        (("rounds", KEY, "seal", "questions_sha256", OTHER), ROUND, "vân tay bộ câu hỏi"),
        (("rounds", KEY, "seal", "keys_sha256", OTHER), ROUND, "vân tay đáp án"),
        ((*SITTING, "roster_sha256", OTHER), folder(SECOND), "vân tay danh sách"),
        ((*SITTING, "closing", "receipts", 9), folder(SECOND), "số biên nhận"),
        ((*SITTING, "closing", "receipts_root", OTHER), folder(SECOND), "mã gốc của các biên nhận"),
        ((*SITTING, "closing", "heads", []), folder(SECOND), "mã cuối các sổ ghi"),
        ((*SITTING, "closing", "heads", 0, "hash", OTHER), folder(SECOND), "mã cuối các sổ ghi"),
        ((*SITTING, "closing", "heads", 0, "batch", 9), folder(SECOND), "mã cuối các sổ ghi"),
        ((*SITTING, None), folder(SECOND), "ca thi"),
        (("rounds", KEY, "published", "number", 2), f"{ROUND}/published.json", "kết quả"),
        (
            ("rounds", KEY, "published", "number", 0),
            f"{ROUND}/published.json",
            (
                "kết quả, nay là phiên bản khác "
                "(vân tay của phiên bản cũ có trên trang của phiên bản đó)"
            ),
        ),
        (("rounds", KEY, "published", "sha256", OTHER), f"{ROUND}/published.json", "kết quả"),
    ],
)
def test_every_value_is_compared(
    tmp_path: Path, change: tuple[str | int, ...], place: str, name: str
) -> None:
    path = packed(tmp_path / "b.zip", honest())
    expected = edited(public(path), *change[:-1], to=change[-1])
    findings = examine(path, expected).findings
    assert [(each.code, each.place) for each in findings] == [("not_as_public", place)]
    assert findings[0].sentence("vi") == f"{place}: Khác với giá trị đã công bố trước: {name}."
    assert findings[0].sentence("en") != findings[0].sentence("vi")


def test_what_was_public_may_not_be_missing(tmp_path: Path) -> None:
    path = packed(tmp_path / "b.zip", honest())
    whole = public(path)
    version = PublicVersion(1, OTHER)
    more = replace(whole, rounds={**whole.rounds, "chung-khao": whole.rounds["san-khau"]})
    assert [each.place for each in examine(path, more).findings] == ["rounds/chung-khao"]
    table = replace(whole, collective=version)
    assert [each.place for each in examine(path, table).findings] == ["collective.json"]
    sitting = replace(
        whole.rounds[KEY], sittings={**whole.rounds[KEY].sittings, "cd" * 16: sittings_of(whole)}
    )
    third = replace(whole, rounds={**whole.rounds, KEY: sitting})
    assert [each.detail for each in examine(path, third).findings] == ["sitting"]
    waiting = replace(whole.rounds[KEY], published=None)
    later = replace(whole, rounds={**whole.rounds, "vong-sau": waiting})
    assert examine(path, later).findings == []


def sittings_of(values: PublicValues) -> PublicSitting:
    return values.rounds[KEY].sittings[FIRST.hex()]


def test_a_bundle_that_cannot_be_read_is_not_what_was_public(tmp_path: Path) -> None:
    expected = public(packed(tmp_path / "b.zip", honest()))
    (tmp_path / "torn.zip").write_bytes(b"PK")
    findings = examine(tmp_path / "torn.zip", expected).findings
    assert [each.code for each in findings] == ["not_a_bundle", "not_as_public"]
    assert findings[1].sentence("vi") == (
        "torn.zip: Khác với giá trị đã công bố trước: tất cả, vì hồ sơ không đọc được."
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "malformed"),
        (b"{}", "malformed"),
        (b"<html>", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"[" * 100_000, "malformed"),
        (
            b'{"format":"hoithi/public/9","contest":"x","rounds":{},"collective":null}',
            "unknown_format",
        ),
    ],
)
def test_a_file_that_is_none_of_ours_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, code: str
) -> None:
    path = packed(tmp_path / "b.zip", honest())
    (tmp_path / "e.json").write_bytes(content)
    with pytest.raises(BundleError) as refused:
        read_expected(tmp_path / "e.json")
    assert refused.value.finding.code == code
    assert main([str(path), "--expect", str(tmp_path / "e.json")]) == 1
    assert capsys.readouterr().out == refused.value.finding.sentence() + "\n"
    assert main([str(path), "--expect", str(tmp_path / "none.json")]) == 1
    assert capsys.readouterr().out == "none.json: Hồ sơ thiếu tệp này.\n"


def test_what_is_kept_reads_back(tmp_path: Path) -> None:
    values = public(packed(tmp_path / "b.zip", honest()))
    assert read_expected(kept(tmp_path / "e.json", values)) == values
