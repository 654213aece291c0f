"""Signals: nothing where they were not announced; apart, bounded and erasable where they were."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import msgspec
import pytest

from hoithi.hall.config import signals_beside
from hoithi.hall.signals import MOST_AT_ONCE, MOST_OF_ATTEMPT, STARTED, Signals
from hoithi.hall.store import signal_store
from hoithi.hall.store.api import UnavailableError
from hoithi.hall.store.signals import Kept, Pace, Signal, SqliteSignals, Told
from tests.hall.scene import (
    SITTING,
    Client,
    HallProcess,
    Json,
    code,
    now_ms,
    publish,
    wait_until,
)
from tests.hall.writing import stored_rows
from tests.rules.test_paper import POLICY

LINES = count(1)
WATCHING = msgspec.structs.replace(
    POLICY, signals=True, signals_announced_in="Điều 8", signals_days=30
)
LEFT = ["left", 2, 1_700_000_000_000, 4500]


@pytest.fixture(scope="module")
def watching(
    new_database: Callable[[], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HallProcess]:
    """A hall with a sitting whose rules announce signals; it stands behind a proxy."""
    process = HallProcess(
        tmp_path_factory.mktemp("watching"),
        new_database(),
        more={"HOITHI_TRUSTED_PROXIES": "127.0.0.1"},
    )
    publish(
        process.control_address,
        opens_ms=now_ms() - 1000,
        closes_ms=now_ms() + 3_600_000,
        lines=40,
        policy=WATCHING,
    )
    yield process.start()
    process.stop()


def sitting_client(hall: HallProcess) -> tuple[Client, str]:
    """Somebody new who has started, and the attempt."""
    client = Client(hall.port)
    assert client.enter(code(next(LINES)))[0] == 200
    _, started = client.start()
    return client, str(started["attempt"])


def tell(client: Client, *rows: object, **headers: str) -> tuple[int, Json]:
    status, reply, _ = client.request(
        "POST", "/thi/v1/signals", msgspec.json.encode({"signals": rows}), **headers
    )
    return status, reply


def all_stored(hall: HallProcess, attempt: str) -> list[Signal]:
    signals = signal_store(signals_beside(hall.journal_address)).read(SITTING)
    return [each for each in signals if each.attempt.hex() == attempt]


def stored(hall: HallProcess, attempt: str) -> list[Signal]:
    """What the page has told."""
    return [each for each in all_stored(hall, attempt) if each.kind != STARTED]


def test_nothing_is_kept_where_nothing_was_announced(hall: HallProcess) -> None:
    client, _ = sitting_client(hall)
    assert tell(client, LEFT) == (403, {"error": "signals_off"})
    assert not (hall.folder / "signals.sqlite3").exists()


def test_a_page_that_was_left_is_kept_apart_from_the_journal(watching: HallProcess) -> None:
    client, attempt = sitting_client(watching)
    before = len(stored_rows(watching.journal_address))
    assert client.post("signals", {"signals": [LEFT, ["copied", -1, -1, 0]]}) == (200, {"taken": 2})
    wait_until(lambda: len(stored(watching, attempt)) == 2)
    left, copied = stored(watching, attempt)
    assert (left.kind, left.item, left.lasted_ms, left.epoch) == ("left", 2, 4500, 1)
    assert (copied.kind, copied.item, copied.lasted_ms) == ("copied", -1, 0)
    assert len(stored_rows(watching.journal_address)) == before


def test_equal_addresses_are_equal_and_none_is_told(watching: HallProcess) -> None:
    digests = []
    for address in ("203.0.113.7", "203.0.113.7", "203.0.113.8"):
        client, attempt = sitting_client(watching)
        tell(client, LEFT, X_Forwarded_For=address)
        wait_until(lambda attempt=attempt: len(stored(watching, attempt)) == 1)  # type: ignore[misc]
        digests.append(stored(watching, attempt)[0].address)
    assert digests[0] == digests[1] != digests[2]
    assert all(len(digest) == 8 and b"203" not in digest for digest in digests)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [LEFT] * (MOST_AT_ONCE + 1),
        [["murdered", 0, 0, 0]],
        [["left", 5, 0, 0]],
        [["left", -2, 0, 0]],
        [["left", 0, 0, -1]],
        [["left", 0, 2**63, 0]],
        [["left", 0, 0]],
        [["left", 0.5, 0, 0]],
        ["left"],
        [None],
    ],
)
def test_the_worst_that_is_sent_is_refused_and_not_kept(
    watching: HallProcess, rows: list[object]
) -> None:
    client, attempt = sitting_client(watching)
    assert tell(client, *rows) == (400, {"error": "malformed"})
    assert tell(client, LEFT)[0] == 200
    wait_until(lambda: len(stored(watching, attempt)) > 0)
    assert len(stored(watching, attempt)) == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"signals":null}', b"\xff", b"{" * 9000])
def test_no_message_at_all(watching: HallProcess, body: bytes) -> None:
    client = Client(watching.port)
    client.enter(code(40))
    client.start()
    assert client.request("POST", "/thi/v1/signals", body)[:2] == (400, {"error": "malformed"})


def test_without_a_token_or_before_the_start(watching: HallProcess) -> None:
    client = Client(watching.port)
    assert tell(client, LEFT) == (401, {"error": "token_invalid"})
    client.enter(code(39))
    assert tell(client, LEFT) == (401, {"error": "token_invalid"})


def test_an_attempt_is_bounded_and_its_answers_go_on(watching: HallProcess) -> None:
    client, attempt = sitting_client(watching)
    taken = 0
    for _ in range(MOST_OF_ATTEMPT // MOST_AT_ONCE + 2):
        status, reply = tell(client, *[LEFT] * MOST_AT_ONCE)
        assert status == 200
        taken += int(str(reply["taken"]))
    assert taken == MOST_OF_ATTEMPT - 1
    assert client.save((0, 1))[0] == 200
    wait_until(lambda: len(all_stored(watching, attempt)) == MOST_OF_ATTEMPT)


def test_the_start_keeps_where_from_and_the_page_is_told_the_terms(watching: HallProcess) -> None:
    client = Client(watching.port)
    status, entered = client.enter(code(next(LINES)))
    assert (status, entered["signals"]) == (200, True)
    assert (entered["signals_in"], entered["signals_days"]) == ("Điều 8", 30)
    _, started = client.start()
    attempt = str(started["attempt"])
    wait_until(lambda: len(all_stored(watching, attempt)) == 1)
    (came,) = all_stored(watching, attempt)
    assert (came.kind, came.item, came.epoch, len(came.address)) == (STARTED, -1, 1, 8)


def signal(sitting: bytes, address: str = "203.0.113.7") -> Signal:
    return Signal(sitting, b"a" * 16, 1, "left", -1, 0, 77_777, 0, address.encode())


@pytest.fixture
def signals_address(new_database: Callable[[], str], tmp_path: Path) -> str:
    return new_database() or str(tmp_path / "signals.sqlite3")


def test_erasing_takes_one_sitting_with_its_key(signals_address: str) -> None:
    """The same address, told again, has another digest: the old key is no more."""
    store = signal_store(signals_address)
    assert (store.read(b"1" * 16), store.erase(b"1" * 16)) == ([], 0)
    store.write([signal(b"1" * 16), signal(b"1" * 16), signal(b"2" * 16)])
    (old, same) = store.read(b"1" * 16)
    assert old.address == same.address != store.read(b"2" * 16)[0].address
    assert store.erase(b"1" * 16) == 2
    assert store.read(b"1" * 16) == []
    assert len(store.read(b"2" * 16)) == 1
    store.write([signal(b"1" * 16)])
    assert store.read(b"1" * 16)[0].address != old.address


def test_what_is_kept_is_put_together_by_attempt_and_erased_whole(signals_address: str) -> None:
    store = signal_store(signals_address)
    one, two = b"1" * 16, b"2" * 16
    assert store.kept(one) == Kept([], [], [])
    away = [
        Signal(one, b"b" * 16, 1, "left", 0, 0, lasted, 0, b"203.0.113.8")
        for lasted in (500, 2**63 - 1)
    ]
    store.write([signal(one), signal(one), signal(two), *away])
    store.keep_paces(one, [Pace(b"a" * 16, 9, 9, 9)])
    store.keep_paces(one, [Pace(b"a" * 16, 1, 30, 2), Pace(b"b" * 16, 2, 28, 0)])
    store.keep_paces(two, [Pace(b"a" * 16, 1, 30, 0)])
    kept = store.kept(one)
    day_ms = 24 * 3_600_000
    assert kept.told == [
        Told(b"a" * 16, "left", 2, 2 * 77_777),
        Told(b"b" * 16, "left", 2, day_ms + 500),
    ]
    assert sorted(attempt for _, attempt in kept.addresses) == [b"a" * 16, b"b" * 16]
    assert len({address for address, _ in kept.addresses}) == 2
    assert kept.paces == [Pace(b"a" * 16, 1, 30, 2), Pace(b"b" * 16, 2, 28, 0)]
    assert store.erase(one) == 4
    assert store.kept(one) == Kept([], [], [])
    assert len(store.kept(two).paces) == 1


def test_nothing_of_an_erased_row_is_left_in_the_files(tmp_path: Path) -> None:
    path = tmp_path / "signals.sqlite3"
    store = SqliteSignals(path)
    mark = b"a mark of the tests"[:16]
    store.write([signal(b"1" * 16), Signal(b"1" * 16, mark, 1, "left", 0, 0, 0, 0, b"x")])
    assert mark in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    store.erase(b"1" * 16)
    assert [each.name for each in tmp_path.iterdir()] == ["signals.sqlite3"]
    assert mark not in path.read_bytes()


async def _full(tmp_path: Path) -> None:
    blocked = tmp_path / "not a file"
    blocked.mkdir()
    signals = Signals(SqliteSignals(blocked))
    assert signals.take(b"a", [signal(b"1" * 16)]) == 1
    await signals.write()
    blocked.rmdir()
    await signals.write()
    assert len(SqliteSignals(blocked).read(b"1" * 16)) == 1


def test_a_store_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    asyncio.run(_full(tmp_path))


def test_a_file_that_is_no_database_is_a_plain_refusal(tmp_path: Path) -> None:
    path = tmp_path / "signals.sqlite3"
    path.write_text("xin chào" * 1000)
    with pytest.raises(UnavailableError):
        SqliteSignals(path).read(b"1" * 16)
