"""Every value of a bundle is changed in turn, its hash made anew: nothing but labels goes unseen.

A bundle is anybody's file, so a change that makes no sense must be a finding too, never a crash.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from msgspec.structs import replace

from hoithi.hall.formats import Kind, Row
from hoithi.verify.bundle import MANIFEST
from tests.verify import scene, test_contest
from tests.verify.scene import (
    FIRST,
    LIVE,
    ONE,
    ROUND,
    SECOND,
    THREE,
    TWO,
    Files,
    codes,
    files_of,
    folder,
    honest,
    joined,
    journal_of,
    lines_of,
    rechained,
)

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"

# What decides no prize: words, money, days, the numbers of versions, and who signed with whom.
LABELS = "label|amount_vnd|number|held_on|scan_sha256|reason|first|second"
LABEL = re.compile(rf"({LABELS})=")
# Lists whose order says nothing.
ORDER = re.compile(r"(awards|places|entries|units|rounds|segments|heads|sittings|rulings)\[0\]~$")
# Rules that are in force and touch nobody of these bundles, or say the same twice.
WITHOUT_EFFECT = {
    "contest.json.collective.ranking[0]+",
    "contest.json.collective.ranking[2]+",
    "contest.json.collective.ranking[2]-",
    "contest.json.units[4].headcount",  # nobody of this unit took part
    "rounds/dot-2/regulation.json.prizes[3]-",  # nobody got this prize
    "rounds/dot-2/regulation.json.prizes[3].key",
    "rounds/san-khau/decisions.json[0]+",
    "rounds/san-khau/recorded.json.entries[0].unit",  # there is no table of units
    "rounds/san-khau/recorded.json.entries[2].unit",
    "rounds/san-khau/regulation.json.ranking[1]-",  # it separated nobody: there was a decision
    "rounds/truc-tuyen/regulation.json.ranking[2]-",
    "rounds/truc-tuyen/round.json.decisions[0]+",
    "rounds/truc-tuyen/round.json.rulings[0]+",
    "rounds/truc-tuyen/round.json.rulings[2]+",
}


def canonical(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def changes(value: Json) -> Iterator[tuple[str, Json]]:
    """Every way to change one value, with its path; of a list, the first and the last element.

    `-` is one removed, `+` one twice or one more, `~` two exchanged, `=` another value.
    """
    for other in _others(value):
        yield f"={json.dumps(other)[:20]}", other
    if isinstance(value, dict):
        yield "+", {**value, "them": 1}
        for key, inner in value.items():
            yield f".{key}-", {each: one for each, one in value.items() if each != key}
            for path, other in changes(inner):
                yield f".{key}{path}", {**value, key: other}
    elif isinstance(value, list):
        for at in sorted({0, len(value) - 1} & set(range(len(value)))):
            before, inner, after = value[:at], value[at], value[at + 1 :]
            yield f"[{at}]-", before + after
            yield f"[{at}]+", [*before, inner, inner, *after]
            if after and inner != after[0]:
                yield f"[{at}]~", [*before, after[0], inner, *after[1:]]
            for path, other in changes(inner):
                yield f"[{at}]{path}", [*before, other, *after]


def _others(value: Json) -> list[Json]:
    match value:
        case bool():
            return [not value]
        case str():
            return ["zz", ""] if value else ["zz"]
        case int():
            return [-1, 1_000_000_000, 2**70]
        case list():
            return [[]] if value else [["zz"], [0]]
        case dict():
            return [{}] if value else [{"zz": 1}]
        case _:
            return [0, "zz"]


def unseen(path: Path, files: Files) -> set[str]:
    """Paths of the values that can be changed without a finding."""
    missed = set()
    for name, content in files.items():
        if not name.endswith(".json") or name == MANIFEST:
            continue
        for at, other in changes(json.loads(content)):
            if not codes(path, {**files, name: canonical(other)}):
                missed.add(f"{name}{at}")
    return missed


def test_nothing_that_decides_a_prize_can_be_changed_unseen(tmp_path: Path) -> None:
    path = tmp_path / "changed.zip"
    several = test_contest.write(tmp_path / "several.zip", test_contest.HONEST)
    missed = unseen(path, honest()) | unseen(path, files_of(several))
    unnamed = {each for each in missed if not (LABEL.search(each) or ORDER.search(each))}
    assert {each.partition("=")[0] for each in unnamed} == WITHOUT_EFFECT


ROWS = [f"{folder(FIRST)}/{ONE.hex()}", f"{folder(FIRST)}/{TWO.hex()}"]
ROWS += [f"{folder(SECOND)}/{THREE.hex()}"]


def one_of_each_kind(name: str, content: bytes) -> Iterator[int]:
    """Numbers of lines: the first row of each kind, and the last line."""
    lines = lines_of(content)
    kinds: dict[bytes, int] = {}
    for at, line in enumerate(lines[1:], start=1):
        kinds.setdefault(line.split(b",")[4] if name.endswith(".rows.csv") else b"", at)
    yield from sorted({*kinds.values(), len(lines) - 1})


def other_fields(text: bytes, *, is_hex: bool, all_ways: bool) -> Iterator[bytes]:
    """A field as it must not be: another value, another width, another spelling of the same."""
    if is_hex:
        yield bytes([text[0] ^ 1]) + text[1:] if text else b"00"
        yield text + b"00"
        if all_ways:
            yield text[2:] if text else b"0"
            yield text.upper() if text.upper() != text else text + b" "
        return
    number = int(text)
    yield b"%d" % (number + 1)
    yield b"%d" % 2**63
    if all_ways:
        yield from (b"%d" % other for other in (number - 1, 70_000, 2**31, -(2**63) - 1))
        yield from (b"+" + text, b" " + text, b"0" + text, b"", b'"' + text + b'"', b"1e3")
        yield "٣".encode()


def other_lines(table: str, hex_fields: set[int]) -> Iterator[tuple[bytes, Files]]:
    """A line of each kind with one field changed, and the bundle with it."""
    lines = lines_of(honest()[table])
    for at in one_of_each_kind(table, honest()[table]):
        fields = lines[at].rstrip(b"\n").split(b",")
        for column, text in enumerate(fields):
            for other in other_fields(text, is_hex=column in hex_fields, all_ways=at == 1):
                line = b",".join([*fields[:column], other, *fields[column + 1 :]]) + b"\n"
                yield line, {**honest(), table: joined([*lines[:at], line, *lines[at + 1 :]])}


@pytest.mark.parametrize("table", [f"{name}.rows.csv" for name in ROWS])
def test_no_field_of_any_row_can_be_changed(tmp_path: Path, table: str) -> None:
    for line, files in other_lines(table, {1, 9}):
        found = codes(tmp_path / "b.zip", files)
        assert {"batch_changed", "batch_out_of_place", "bad_line"} & set(found), line


@pytest.mark.parametrize("table", [f"{name}.batches.csv" for name in ROWS])
def test_no_field_of_any_batch_can_be_changed(tmp_path: Path, table: str) -> None:
    for line, files in other_lines(table, {1, 3}):
        assert codes(tmp_path / "b.zip", files), line


ROW_TABLE, BATCH_TABLE = f"{ROWS[0]}.rows.csv", f"{ROWS[0]}.batches.csv"


def row_lines(order: list[int]) -> Files:
    """The first writer's rows in another order, some left out, some twice; 0 is the header."""
    lines = lines_of(honest()[ROW_TABLE])
    return {**honest(), ROW_TABLE: joined([lines[0], *(lines[at] for at in order)])}


def batch_lines(order: list[int]) -> Files:
    lines = lines_of(honest()[BATCH_TABLE])
    return {**honest(), BATCH_TABLE: joined([lines[0], *(lines[at] for at in order)])}


LAST = len(lines_of(honest()[ROW_TABLE])) - 1
ALL = list(range(1, LAST + 1))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (row_lines(ALL[1:]), "batch_changed"),
        (row_lines(ALL[:-1]), "batch_changed"),
        (row_lines([1, *ALL]), "batch_changed"),
        (row_lines([2, 1, *ALL[2:]]), "batch_changed"),
        (row_lines([*ALL, 1]), "batch_out_of_place"),
        (row_lines([LAST, *ALL[:-1]]), "batch_out_of_place"),
        (row_lines([]), "rows_missing"),
        (batch_lines([2, 1, 3]), "batch_out_of_place"),
        (batch_lines([1, 3]), "batch_out_of_place"),
        (batch_lines([1, 2]), "batch_out_of_place"),
        (batch_lines([1, 2, 3, 3]), "rows_missing"),
        (batch_lines([]), "batch_out_of_place"),
        ({**honest(), ROW_TABLE: honest()[ROW_TABLE][:-1]}, "bad_line"),
        ({**honest(), ROW_TABLE: honest()[ROW_TABLE] + b"\n"}, "bad_line"),
        ({**honest(), ROW_TABLE: honest()[ROW_TABLE].replace(b"\n", b"\r\n")}, "bad_line"),
        ({**honest(), ROW_TABLE: b""}, "bad_line"),
        ({**honest(), ROW_TABLE: b"," * 300_000}, "bad_line"),
    ],
)
def test_rows_and_batches_stand_where_they_stood(
    tmp_path: Path, files: Files, expected: str
) -> None:
    assert expected in codes(tmp_path / "b.zip", files)


def test_no_file_can_be_left_out_or_added(tmp_path: Path) -> None:
    for name in honest():
        if name == MANIFEST:
            continue
        files = honest()
        content = files.pop(name)
        # What was never published cannot be missed; `--expect` knows that it was.
        if not name.endswith("published.json"):
            assert codes(tmp_path / "b.zip", files), name
        added = name.replace(".", "-2.", 1)
        assert codes(tmp_path / "b.zip", {**honest(), added: content}), added
    for added in ("notes.txt", f"{ROUND}/sittings/{'0' * 32}/roster.json", f"{LIVE}/keys.json"):
        found = scene.found(tmp_path / "b.zip", {**honest(), added: b"{}"})
        assert ("file_unused", added, "") in found


def changed_rows(sitting: bytes, writer: bytes, change: dict[int, Row | None]) -> Files:
    """A journal written anew, chains, closing record and all, with rows changed or left out."""
    journal = journal_of(honest(), sitting)
    at = 0
    batches = []
    for batch in journal[writer]:
        rows = []
        for row in batch:
            kept = change.get(at, row)
            rows += [kept] if kept is not None else []
            at += 1
        batches.append(rows)
    return rechained(honest(), sitting, {**journal, writer: batches})


def row_of(sitting: bytes, writer: bytes, kind: Kind, number: int = 0) -> tuple[int, Row]:
    """The place of a writer's row in its chain, and the row."""
    rows = [row for batch in journal_of(honest(), sitting)[writer] for row in batch]
    return [(at, row) for at, row in enumerate(rows) if row.kind is kind][number]


def with_row(
    sitting: bytes, writer: bytes, of_kind: Kind, number: int = 0, **changed: int | bytes
) -> Files:
    at, row = row_of(sitting, writer, of_kind, number)
    return changed_rows(sitting, writer, {at: replace(row, **changed)})


def without_row(sitting: bytes, writer: bytes, kind: Kind, number: int = 0) -> Files:
    return changed_rows(sitting, writer, {row_of(sitting, writer, kind, number)[0]: None})


def old_receipts(files: Files, sitting: bytes) -> Files:
    """The same, but for the root of the receipts, which everybody had seen."""
    name = f"{folder(sitting)}/closing.json"
    published, now = json.loads(honest()[name]), json.loads(files[name])
    kept = {key: published[key] for key in ("receipts", "receipts_root")}
    return {**files, name: canonical({**now, **kept})}


def with_swapped_lines() -> Files:
    """Two people of the roster exchanged: each has the other's papers, and the closing record
    says that this was the roster."""
    name = f"{folder(FIRST)}/roster.json"
    roster = json.loads(honest()[name])
    one, two = roster["lines"][0], roster["lines"][1]
    for key in ("entry", "unit"):
        one[key], two[key] = two[key], one[key]
    files = {**honest(), name: canonical(roster)}
    return rechained(files, FIRST, journal_of(files, FIRST))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (with_row(SECOND, THREE, Kind.ANSWER, option=7), "foreign_paper"),
        (with_row(SECOND, THREE, Kind.PREDICT, option=1001), "foreign_paper"),
        (with_row(SECOND, THREE, Kind.ANSWER, option=2**40), "unknown_option"),
        (with_row(SECOND, THREE, Kind.ANSWER, item=5), "unknown_position"),
        (with_row(SECOND, THREE, Kind.ANSWER, seq=2), "number_twice"),
        (with_row(SECOND, THREE, Kind.ANSWER, seq=0), "number_missing"),
        (with_row(SECOND, THREE, Kind.ANSWER, seq=99), "number_missing"),
        (without_row(SECOND, THREE, Kind.ANSWER), "number_missing"),
        (without_row(SECOND, THREE, Kind.LATE_ANSWER), "number_missing"),
        (
            with_row(SECOND, THREE, Kind.ANSWER, 4, server_ms=scene.BEGAN + 10**6),
            "answer_after_end",
        ),
        (without_row(SECOND, THREE, Kind.OPENED), "opening_missing"),
        (without_row(FIRST, TWO, Kind.OPENED), "opening_missing"),
        (with_row(FIRST, TWO, Kind.OPENED, data=b"z" * 32), "opened_with_another_roster"),
        (with_row(FIRST, ONE, Kind.STALE_ANSWER, kind=Kind.OPENED), "opening_again"),
        (with_swapped_lines(), "opened_with_another_roster"),
        (without_row(SECOND, THREE, Kind.START), "attempt_without_start"),
        (with_row(SECOND, THREE, Kind.START, data=b""), "start_without_deadline"),
        (with_row(SECOND, THREE, Kind.START, option=0), "attempt_unnumbered"),
        (with_row(SECOND, THREE, Kind.START, option=2**40), "attempt_unnumbered"),
        (with_row(SECOND, THREE, Kind.START, 1, item=1), "attempt_twice"),
        (with_row(SECOND, THREE, Kind.START, item=9), "unknown_line"),
        (with_row(SECOND, THREE, Kind.START, item=-1), "unknown_line"),
        (with_row(SECOND, THREE, Kind.LATE_ANSWER, kind=Kind.ANSWER), "answer_after_end"),
        (
            with_row(SECOND, THREE, Kind.SUBMIT, server_ms=scene.BEGAN + 10**6),
            "submitted_after_deadline",
        ),
        (
            with_row(SECOND, THREE, Kind.ORDER, 1, item=3, data=b"q" * 32),
            "order_applied_differently",
        ),
        (
            with_row(FIRST, ONE, Kind.SUBMIT, 1, attempt=scene.Sitter(FIRST, 1).attempt),
            "submitted_twice",
        ),
        (
            with_row(
                FIRST,
                ONE,
                Kind.START,
                1,
                attempt=scene.Sitter(FIRST, 1).attempt,
            ),
            "started_twice",
        ),
        (with_row(FIRST, TWO, Kind.DEADLINE, option=scene.BEGAN), "answer_after_end"),
        (with_row(SECOND, THREE, Kind.RESTORE, kind=Kind.VOID), "standings_differ"),
        (old_receipts(without_row(SECOND, THREE, Kind.SUBMIT), SECOND), "receipts_differ"),
        (old_receipts(without_row(FIRST, ONE, Kind.PREDICT), FIRST), "receipts_differ"),
        (
            old_receipts(with_row(SECOND, THREE, Kind.SUBMIT, data=b"m" * 16), SECOND),
            "receipts_differ",
        ),
        (
            old_receipts(with_row(SECOND, THREE, Kind.ANSWER, option=-1), SECOND),
            "receipts_differ",
        ),
    ],
)
def test_a_journal_written_anew_contradicts_itself_or_what_was_published(
    tmp_path: Path, files: Files, expected: str
) -> None:
    assert expected in codes(tmp_path / "b.zip", files)


def edited(name: str, change: str, to: str) -> Files:
    """A file with one text changed."""
    files = honest()
    assert change.encode() in files[name]
    return {**files, name: files[name].replace(change.encode(), to.encode())}


def swapped_keys() -> Files:
    name = f"{ROUND}/keys.json"
    file = json.loads(honest()[name])
    one, *others = sorted(file["keys"])
    two = next(item for item in others if file["keys"][item] != file["keys"][one])
    file["keys"][one], file["keys"][two] = file["keys"][two], file["keys"][one]
    return {**honest(), name: canonical(file)}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (swapped_keys(), "commitment_differs"),
        (edited(f"{ROUND}/questions.json", "Câu 3?", "Câu 4?"), "commitment_differs"),
        (
            edited(f"{ROUND}/round.json", '"first":"11","item"', '"first":"12","item"'),
            "ruling_by_one",
        ),
        (edited(f"{ROUND}/round.json", '"second":"11"', '"second":""'), "ruling_by_one"),
        (edited(f"{ROUND}/round.json", '"effect":"drop"', '"effect":"gift"'), "ruling_unfit"),
        (edited(f"{ROUND}/round.json", '"option":null', '"option":1'), "ruling_unfit"),
        (
            edited(
                f"{ROUND}/regulation.json", '"prediction","duration"', '"duration","prediction"'
            ),
            "standings_differ",
        ),
        (edited(f"{ROUND}/regulation.json", '"count":1', '"count":2'), "awards_differ"),
        (edited(f"{LIVE}/regulation.json", '"segment:quiz"', '"segment:song"'), "rules_unfit"),
        (edited(f"{ROUND}/published.json", '"place":2', '"place":1'), "standings_differ"),
        (edited(f"{LIVE}/published.json", '"prize":"nhi"', '"prize":"ba"'), "awards_differ"),
        (edited(f"{LIVE}/recorded.json", '"20.5"', '"30.5"'), "mark_missing"),
        (edited(f"{folder(FIRST)}/roster.json", '"unit":"CJ"', '"unit":"GN"'), "roster_differs"),
        (edited(f"{folder(FIRST)}/roster.json", FIRST.hex(), SECOND.hex()), "wrong_place"),
        (edited(f"{folder(FIRST)}/roster.json", "roster/1", "roster/2"), "unknown_format"),
        (edited("contest.json", '"truc-tuyen"', '"truc-tiep"'), "round_unlisted"),
        (
            edited("contest.json", '"decisions":[]', '"decisions":[],"decisions":[]'),
            "not_canonical",
        ),
        (edited("contest.json", '"decisions":', ' "decisions":'), "not_canonical"),
        (edited(f"{ROUND}/keys.json", '"format":', ' "format":'), "not_canonical"),
        (edited("contest.json", '"decisions":[]', '"decisions":' + "[" * 99_999), "malformed"),
        (edited(f"{ROUND}/questions.json", '"items":[', '"items":' + "[" * 99_999), "malformed"),
    ],
)
def test_each_change_has_its_own_name(tmp_path: Path, files: Files, expected: str) -> None:
    assert expected in codes(tmp_path / "b.zip", files)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (honest(), set()),
        (with_swapped_lines(), {"opened_with_another_roster"}),
        (without_row(SECOND, THREE, Kind.OPENED), {"opening_missing"}),
        (row_lines(ALL[1:]), {"batch_changed", "opening_missing"}),
    ],
)
def test_chains_and_rosters_are_checked_before_the_questions_are_public(
    tmp_path: Path, files: Files, expected: set[str]
) -> None:
    closed = {
        name: content
        for name, content in files.items()
        if name not in (f"{ROUND}/questions.json", f"{ROUND}/keys.json")
    }
    assert set(codes(tmp_path / "closed.zip", closed)) == {"questions_closed", *expected}
