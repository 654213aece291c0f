"""An office of 300 people behind one address and one proxy, and a guesser beside them.

nginx runs with the configuration of docs/operations.md. The machine's other loopback addresses
stand for other places of the world.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from hoithi.hall.ledger import read_ledger
from tests.config.installation import set_up
from tests.hall.scene import (
    Client,
    HallProcess,
    close_connections,
    code,
    free_port,
    now_ms,
    publish,
)
from tests.hall.writing import chain_findings, stored_rows
from tests.nginx import Proxy, running_nginx

PEOPLE = 300
OFFICE, GUESSER, PROXY = "127.0.0.50", "127.0.0.66", "127.0.0.77"
FREE_GUESSES = 30


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real desk without a contest."""
    folder, port = tmp_path_factory.mktemp("desk"), free_port()
    set_up(folder)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "hoithi.config.asgi:application"),
            *("--port", str(port), "--log-level", "warning", "--no-proxy-headers"),
        ],
        env={**os.environ, "HOITHI_VAR": str(folder), "HOITHI_TRUSTED_PROXIES": "127.0.0.1"},
    )
    deadline = time.monotonic() + 60
    while True:
        try:
            Client(port).request("GET", "/suc-khoe/")
        except (OSError, HTTPException):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            break
    yield port
    close_connections()
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallProcess]:
    """A hall that trusts the proxy of this machine and no other."""
    process = HallProcess(tmp_path, more={"HOITHI_TRUSTED_PROXIES": "127.0.0.1"})
    publish(process.control_address, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=PEOPLE + 5)
    yield process.start()
    process.stop()


@pytest.fixture
def proxy(hall: HallProcess, desk: int, tmp_path: Path) -> Iterator[Proxy]:
    with running_nginx(tmp_path / "nginx", halls=[hall.port], desk=desk) as running:
        yield running
        close_connections()


def through(proxy: Proxy, address: str, line: int = 0) -> Client:
    """A device at an address of its own, behind the proxy."""
    return Client(proxy.port, device=f"{line:032x}", connection=proxy.connect(address))


def guess(client: Client, number: int, **headers: str) -> int:
    """A code whose check character fits and that nobody has; answers the status."""
    client.token = ""
    body = b'{"code":"%s"}' % code(50_000 + number).encode()
    return client.request("POST", "/thi/v1/enter", body, **headers)[0]


def all_at_once(act: Callable[[int], None]) -> None:
    """Everybody of the office does it in the same moment."""
    gate = threading.Barrier(PEOPLE)
    failed: list[BaseException] = []

    def one(line: int) -> None:
        try:
            gate.wait(timeout=60)
            act(line)
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=one, args=(line,)) for line in range(1, PEOPLE + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []


def test_three_hundred_people_behind_one_address_meet_no_limit(
    proxy: Proxy, hall: HallProcess
) -> None:
    people = {line: through(proxy, OFFICE, line) for line in range(1, PEOPLE + 1)}
    slip = code(1)[:-1] + ("A" if code(1)[-1] != "A" else "B")

    def enter(line: int) -> None:
        client = people[line]
        assert client.request("GET", "/thi/")[0] == 200
        assert client.request("POST", "/thi/v1/enter", b'{"code":"%s"}' % slip.encode())[0] == 400
        assert client.enter(code(line))[0] == 200

    def start(line: int) -> None:
        assert people[line].start()[0] == 200

    def save(line: int) -> None:
        for position in range(5):
            assert people[line].save((position, line % 4))[0] == 200

    def submit(line: int) -> None:
        assert people[line].submit()[0] == 200

    def read(line: int) -> None:
        assert people[line].request("GET", "/")[0] == 200  # the desk, at the same origin

    for act in (enter, start, save, submit, read):
        all_at_once(act)
    rows = stored_rows(hall.journal_address)
    ledger = read_ledger(rows, items=5, grace_ms=10_000)
    assert ledger.flaws == ()
    assert {facts.line: facts.answers for facts in ledger.attempts} == {
        line: (line % 4,) * 5 for line in range(1, PEOPLE + 1)
    }
    assert not any(facts.automatic for facts in ledger.attempts)
    assert chain_findings(hall.journal_address) == []


def test_a_guesser_is_stopped_at_the_thirty_first_and_nobody_else(proxy: Proxy) -> None:
    guesser = through(proxy, GUESSER)
    statuses = [guess(guesser, number) for number in range(FREE_GUESSES + 1)]
    assert statuses == [401] * FREE_GUESSES + [429]
    assert through(proxy, OFFICE).enter(code(1))[0] == 200
    assert guess(through(proxy, OFFICE), 99) == 401
    # Who sits beside him, with a right code, comes in.
    assert through(proxy, GUESSER).enter(code(2))[0] == 200


@pytest.mark.parametrize("header", ["X_Forwarded_For", "X_Real_IP", "Forwarded"])
def test_an_address_made_up_by_the_guesser_does_not_count(proxy: Proxy, header: str) -> None:
    guesser = through(proxy, GUESSER)
    statuses = [
        guess(guesser, number, **{header: f"10.0.{number}.1, 10.1.{number}.1"})
        for number in range(FREE_GUESSES + 1)
    ]
    assert statuses == [401] * FREE_GUESSES + [429]


def test_a_proxy_that_is_not_trusted_speaks_for_itself_only(
    hall: HallProcess, proxy: Proxy
) -> None:
    def reached(address: str) -> Client:
        made = HTTPConnection("127.0.0.1", hall.port, timeout=20, source_address=(address, 0))
        return Client(hall.port, connection=made)

    stranger = reached(PROXY)
    statuses = [
        guess(stranger, number, X_Forwarded_For=f"10.0.{number}.1")
        for number in range(FREE_GUESSES + 1)
    ]
    assert statuses == [401] * FREE_GUESSES + [429]
    # Nor does he use up the guesses of the address that he names.
    other = reached("127.0.0.78")
    for number in range(FREE_GUESSES + 1):
        guess(other, number, X_Forwarded_For=OFFICE)
    assert guess(through(proxy, OFFICE), 99) == 401
    for client in (stranger, other):
        assert client.connection is not None
        client.connection.close()
