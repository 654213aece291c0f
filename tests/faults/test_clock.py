"""Somebody sets the machine's clock while people sit: nobody is ended, nobody gains a minute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hoithi.hall import store
from hoithi.hall.monitor import Snapshot
from tests.hall.scene import Client, HallProcess, Json, code, now_ms, publish, wait_until
from tests.hall.writing import chain_findings

HOUR_MS = 3_600_000
NEAR_MS = 60_000
_PLACES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))


class Machine:
    """A machine whose wall clock the test sets; its monotonic clocks go on as they do."""

    def __init__(self, folder: Path) -> None:
        self._setting = folder / "clock"
        self.set(0)
        self.hall = HallProcess(
            folder,
            more={
                "LD_PRELOAD": str(_PLACES[0]),
                "FAKETIME_TIMESTAMP_FILE": str(self._setting),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            },
        )

    def set(self, ahead_s: int) -> None:
        self._setting.write_text(f"{ahead_s:+d}s\n")


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    made = Machine(tmp_path)
    publish(made.hall.control, opens_ms=0, closes_ms=now_ms() + 5 * HOUR_MS, lines=3)
    made.hall.start()
    yield made
    made.hall.stop()


def sitting(machine: Machine) -> Client:
    client = Client(machine.hall.port)
    assert client.enter(code(1))[0] == 200
    assert client.start()[0] == 200
    assert client.save((0, 1))[0] == 200
    return client


def number(reply: Json, name: str) -> int:
    value = reply[name]
    assert isinstance(value, int)
    return value


def left_ms(client: Client) -> int:
    status, reply = client.pulse()
    assert (status, reply["state"]) == (200, "open")
    return number(reply, "deadline_ms") - number(reply, "now_ms")


@pytest.mark.parametrize("jump_s", [3600, -3600], ids=["forward", "back"])
def test_an_hour_more_or_less_on_the_wall_changes_nothing(machine: Machine, jump_s: int) -> None:
    client = sitting(machine)
    before = left_ms(client)
    machine.set(jump_s)
    wait_until(lambda: abs(drift_ms(machine) - jump_s * 1000) < NEAR_MS)
    assert before - NEAR_MS < left_ms(client) <= before
    assert client.save((1, 1))[0] == 200
    assert client.submit()[0] == 200
    assert chain_findings(machine.hall.journal_address) == []


@pytest.mark.parametrize("jump_s", [3600, -3600], ids=["forward", "back"])
def test_nor_does_a_hall_that_is_started_again_after_it(machine: Machine, jump_s: int) -> None:
    client = sitting(machine)
    before = left_ms(client)
    wait_until(lambda: bool(snapshots(machine)))
    machine.hall.kill()
    machine.set(jump_s)
    machine.hall.start()
    client.connection = None
    assert client.start()[0] == 200
    assert before - NEAR_MS < left_ms(client) <= before
    assert client.save((1, 1))[0] == 200
    assert chain_findings(machine.hall.journal_address) == []


def test_when_nobody_sits_a_hall_started_again_goes_by_the_clock_that_was_set_right(
    machine: Machine,
) -> None:
    client = sitting(machine)
    assert client.submit()[0] == 200
    wait_until(lambda: bool(snapshots(machine)))
    machine.hall.kill()
    machine.set(3600)
    machine.hall.start()
    client.connection = None
    now = number(client.pulse()[1], "now_ms")
    assert abs(now - now_ms() - HOUR_MS) < NEAR_MS


def snapshots(machine: Machine) -> list[Snapshot]:
    """What the hall's lives last reported."""
    reader = store.journal_reader(machine.hall.journal_address)
    nodes = reader.nodes()
    reader.close()
    return [msgspec.json.decode(node.snapshot, type=Snapshot) for node in nodes]


def drift_ms(machine: Machine) -> int:
    return max((each.drift_ms for each in snapshots(machine)), key=abs, default=0)
