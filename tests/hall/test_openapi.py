"""The published description, and whatever could be sent by it or against it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hoithi.hall.formats import Kind
from hoithi.hall.openapi import REFUSALS, codes_never_refused, description, written
from hoithi.hall.wire import MESSAGES, Refusal
from tests.hall.scene import Client, HallProcess, Json, code, hold_to, now_ms, publish
from tests.hall.writing import chain_findings, stored_rows

DOCS = Path(__file__).parents[2] / "docs"
ITEMS = 5
PEOPLE = 2000
NEXT = count(1)


def test_the_description_in_the_docs_is_the_one_of_the_messages() -> None:
    """Made anew by `python -m hoithi.hall.openapi > docs/hall-openapi.json`."""
    assert (DOCS / "hall-openapi.json").read_bytes() == written()


def test_every_message_and_every_error_has_its_place() -> None:
    assert REFUSALS.keys() == MESSAGES.keys() == description()["paths"].keys()  # type: ignore[union-attr]
    assert codes_never_refused() == {"not_found"}
    table = (DOCS / "hall.md").read_text()
    for refusals in REFUSALS.values():
        for error, statuses in refusals.items():
            (row,) = [line for line in table.splitlines() if line.startswith(f"| `{error}` |")]
            assert all(str(status) in row.split("|")[2] for status in statuses), row


@pytest.fixture(scope="module")
def crowded(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HallProcess]:
    """A running hall in which each example finds somebody who has not come yet."""
    process = HallProcess(tmp_path_factory.mktemp("crowded"), new_database())
    publish(
        process.control_address,
        opens_ms=now_ms() - 1000,
        closes_ms=now_ms() + 3_600_000,
        lines=PEOPLE,
    )
    yield process.start()
    assert chain_findings(process.journal_address) == []
    process.stop()


NUMBERS = st.one_of(st.integers(-2, 12), st.integers(-(2**33), 2**33), st.integers(-(2**70), 2**70))
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, st.floats(allow_nan=False), st.text())
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)
ROWS = st.lists(st.tuples(NUMBERS, st.integers(-2, ITEMS), st.integers(-2, 4), NUMBERS), max_size=4)
FIELDS: dict[str, dict[str, st.SearchStrategy[object]]] = {
    "enter": {"code": st.one_of(st.text(), st.from_regex(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}"))},
    "start": {
        "device": st.one_of(st.from_regex(r"[0-9a-f]{32}", fullmatch=True), st.text()),
        "regulation": st.sampled_from(["1", "2", ""]),
        "consent": st.sampled_from(["1", "2"]),
        "take_over": st.booleans(),
    },
    "save": {"saves": ROWS},
    "submit": {"last_seq": NUMBERS},
    "pulse": {},
    "signals": {
        "signals": st.lists(
            st.tuples(st.sampled_from(["left", "copied", "sold"]), NUMBERS, NUMBERS, NUMBERS),
            max_size=4,
        )
    },
}


def messages(name: str) -> st.SearchStrategy[bytes]:
    """Bodies as they should be, with a field too many, too few or wrong, or nothing of the kind."""
    right = st.fixed_dictionaries(FIELDS[name])
    bent = st.dictionaries(st.sampled_from([*FIELDS[name], "device", "more"]), ANYTHING)
    return st.one_of(
        right.map(_json),
        right.map(_json),
        bent.map(_json),
        ANYTHING.map(_json),
        st.binary(max_size=40),
    )


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


STEPS = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda name: st.tuples(
        st.just(name), messages(name), st.sampled_from(["own", "own", "own", "none", "torn"])
    )
)


def check(path: str, status: int, reply: Json) -> None:
    """What came back is what the description says of this address, field by field."""
    if status in (200, 202):
        assert status == 200 or path == "/thi/v1/save"
        hold_to(MESSAGES[path][1], reply)
        return
    hold_to(Refusal, reply)
    assert status in REFUSALS[path].get(str(reply["error"]), ()), (path, status, reply)
    assert status < 500


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(STEPS, max_size=12))
def test_whatever_is_sent_the_answer_is_a_documented_one_and_nothing_is_lost(
    crowded: HallProcess, steps: list[tuple[str, bytes, str]]
) -> None:
    """Somebody sits, and sends anything in between; what was acknowledged is stored, once."""
    client = Client(crowded.port)
    assert client.enter(code(next(NEXT)))[0] == 200
    status, started = client.start()
    assert status == 200
    own, epoch = client.token, int(str(started["epoch"]))
    acknowledged = {epoch: 0}
    for name, body, token in steps:
        client.token = {"own": own, "none": "", "torn": own[:-5]}[token]
        path = f"/thi/v1/{name}"
        status, reply, _ = client.request("POST", path, body)
        check(path, status, reply)
        if status == 200 and name == "start":
            own, epoch = str(reply["token"]), int(str(reply["epoch"]))
        if status in (200, 202) and name == "save":
            acknowledged[epoch] = int(str(reply["acknowledged"]))
    attempt = bytes.fromhex(str(started["attempt"]))
    stored = [
        (row.epoch, row.seq)
        for row in stored_rows(crowded.journal_address)
        if row.attempt == attempt and row.kind is Kind.ANSWER
    ]
    assert len(stored) == len(set(stored))
    for epoch, last in acknowledged.items():
        assert {(epoch, seq) for seq in range(1, last + 1)} <= set(stored)
