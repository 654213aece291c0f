"""Whatever a file is, the verifier says something about it and never falls over."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoithi.hall.formats import Kind, Row
from hoithi.verify.bundle import MANIFEST
from hoithi.verify.checks import verify
from tests.verify.scene import (
    FIRST,
    ITEMS,
    ONE,
    SECOND,
    Files,
    honest,
    journal_of,
    packed,
    rechained,
)
from tests.verify.test_any_change import LABELS, Json, canonical

NAMES = sorted(set(honest()) - {MANIFEST})
JSONS = [name for name in NAMES if name.endswith(".json")]
LABELLED = re.compile(rf'"({LABELS})":("[^"]*"|\d+)'.encode())
FEW = settings(max_examples=150, suppress_health_check=list(HealthCheck))


def sentences(files: Files) -> list[str]:
    """What the verifier says, in both languages, of these files under a manifest to fit."""
    with tempfile.TemporaryDirectory() as place:
        return sentences_of(packed(Path(place) / "b.zip", files))


def sentences_of(path: Path) -> list[str]:
    said = [each.sentence(language) for each in verify(path) for language in ("vi", "en")]
    assert all(each.isprintable() for each in said)
    return said


def spliced(content: bytes, at: int, length: int, other: bytes) -> bytes:
    start = at % (len(content) + 1)
    return content[:start] + other + content[start + length :]


SPLICES = st.tuples(st.integers(0, 1 << 16), st.integers(0, 8), st.binary(max_size=8))


@FEW
@given(st.lists(SPLICES, min_size=1, max_size=3))
def test_bytes_of_the_zip_file(splices: list[tuple[int, int, bytes]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = packed(Path(place) / "b.zip", honest())
        content = path.read_bytes()
        for at, length, other in splices:
            content = spliced(content, at, length, other)
        path.write_bytes(content)
        sentences_of(path)


def without_labels(content: bytes) -> bytes:
    """A file without what only people read, and nothing is worked out from."""
    return LABELLED.sub(b"", content)


@FEW
@given(st.sampled_from(NAMES), st.lists(SPLICES, min_size=1, max_size=3))
def test_bytes_of_a_file(name: str, splices: list[tuple[int, int, bytes]]) -> None:
    content = honest()[name]
    for at, length, other in splices:
        content = spliced(content, at, length, other)
    said = sentences({**honest(), name: content})
    assert said or without_labels(content) == without_labels(honest()[name])


@FEW
@given(st.binary(max_size=400))
def test_a_file_of_any_bytes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "b.zip"
        path.write_bytes(content)
        assert sentences_of(path)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["1E+99999", "NaN", "-Infinity", "0" * 32, "f" * 64, "segment:", "lots"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def put(value: Json, steps: list[int], other: Json) -> Json:
    """A value with another one at the end of a path; each step chooses among what is there."""
    if not steps or not isinstance(value, (dict, list)) or not value:
        return other
    if isinstance(value, list):
        at = steps[0] % len(value)
        return [*value[:at], put(value[at], steps[1:], other), *value[at + 1 :]]
    key = sorted(value)[steps[0] % len(value)]
    return {**value, key: put(value[key], steps[1:], other)}


@FEW
@given(st.sampled_from(JSONS), st.lists(st.integers(0, 99), max_size=5), VALUES)
def test_any_value_anywhere(name: str, steps: list[int], other: Json) -> None:
    changed = canonical(put(json.loads(honest()[name]), steps, other))
    sentences({**honest(), name: changed})


ANY_ROW = st.builds(
    Row,
    st.sampled_from([bytes(16), b"z" * 16]) | st.binary(min_size=16, max_size=16),
    st.integers(0, 3) | st.integers(0, 2**16 - 1),
    st.integers(0, 3) | st.integers(0, 2**32 - 1),
    st.sampled_from(Kind),
    st.integers(-1, ITEMS) | st.integers(-(2**31), 2**31 - 1),
    st.integers(-1, 5) | st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.binary(max_size=40),
)


@FEW
@given(st.lists(ANY_ROW, min_size=1, max_size=12), st.booleans())
def test_any_rows_in_chains_that_fit(rows: list[Row], among_others: bool) -> None:
    journal = journal_of(honest(), FIRST) if among_others else {}
    sentences(rechained(honest(), FIRST, {**journal, ONE: [rows]}))


@FEW
@given(st.integers(0, 200), st.integers(0, 8), st.integers(-(2**63), 2**63 - 1), st.booleans())
def test_any_number_in_an_honest_row(at: int, field: int, number: int, small: bool) -> None:
    """As a forger would write it who makes chains and closing record anew."""
    journal = journal_of(honest(), SECOND)
    (writer,) = journal
    rows = [row for batch in journal[writer] for row in batch]
    row = rows[at % len(rows)]
    value = number % 7 - 1 if small else number
    attempt = rows[number % len(rows)].attempt
    changed = [
        Row(attempt, row.epoch, row.seq, *rest(row)),
        Row(row.attempt, value % 2**16, row.seq, *rest(row)),
        Row(row.attempt, row.epoch, value % 2**32, *rest(row)),
        Row(row.attempt, row.epoch, row.seq, list(Kind)[number % len(Kind)], *rest(row)[1:]),
        Row(row.attempt, row.epoch, row.seq, row.kind, value % 2**31, *rest(row)[2:]),
        Row(row.attempt, row.epoch, row.seq, row.kind, row.item, value, *rest(row)[3:]),
        Row(row.attempt, row.epoch, row.seq, *rest(row)[:3], value, *rest(row)[4:]),
        Row(row.attempt, row.epoch, row.seq, *rest(row)[:4], value, row.data),
        Row(row.attempt, row.epoch, row.seq, *rest(row)[:5], row.data[number % 9 :]),
    ][field]
    rows[at % len(rows)] = changed
    sentences(rechained(honest(), SECOND, {writer: [rows]}))


def rest(row: Row) -> tuple[Kind, int, int, int, int, bytes]:
    return row.kind, row.item, row.option, row.server_ms, row.client_ms, row.data
