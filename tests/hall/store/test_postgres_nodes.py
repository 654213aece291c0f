"""Two hall processes on one database, and the death of one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from hoithi.hall.formats import Kind
from hoithi.hall.ledger import read_ledger
from hoithi.hall.store import journal_reader
from hoithi.hall.store.api import OrderKind
from hoithi.hall.windows import HEARD_WITHIN_MS
from tests.hall.scene import (
    SITTING,
    Client,
    HallProcess,
    code,
    now_ms,
    order,
    publish,
    wait_for_order,
    wait_until,
)
from tests.hall.writing import chain_findings, stored_rows
from tests.postgres import Cluster

pytestmark = pytest.mark.postgres
PEOPLE = 8


@pytest.fixture
def nodes(postgres_cluster: Cluster, tmp_path: Path) -> Iterator[tuple[HallProcess, HallProcess]]:
    url = postgres_cluster.fresh()
    publish(url, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=PEOPLE)
    pair = HallProcess(tmp_path, url).start(), HallProcess(tmp_path, url).start()
    yield pair
    for node in pair:
        node.stop()


def device(node: HallProcess, line: int, name: str) -> Client:
    client = Client(node.port, device=name * 32)
    assert client.enter(code(line))[0] == 200
    return client


def test_a_phone_lost_on_one_node_is_stale_when_another_node_has_its_successor(
    nodes: tuple[HallProcess, HallProcess],
) -> None:
    first = device(nodes[0], 1, "a")
    assert first.start()[0] == 200
    assert first.save((0, 1))[0] == 200
    second = device(nodes[1], 1, "b")
    assert second.start() == (409, {"error": "other_device"})
    status, reply = second.start(take_over=True)
    assert (status, reply["epoch"], reply["answers"]) == (200, 2, [1, -1, -1, -1, -1])
    assert first.save((1, 1)) == (409, {"error": "stale_device"})
    assert second.save((1, 2))[0] == 200
    assert second.submit()[0] == 200
    assert first.pulse()[1]["state"] == "submitted"


def test_every_node_follows_an_order_and_its_effect_is_stored_once(
    nodes: tuple[HallProcess, HallProcess],
) -> None:
    clients = [device(node, line, "a") for line, node in enumerate(nodes, start=1)]
    attempts = [bytes.fromhex(str(client.start()[1]["attempt"])) for client in clients]
    url = nodes[0].database
    more = order(url, OrderKind.EXTRA_TIME, line=1, amount=60_000)
    last = order(url, OrderKind.VOID, line=2, attempt=attempts[1])
    for client in clients:
        wait_for_order(client, last)
    assert clients[1].save((0, 1)) == (403, {"error": "voided"})
    rows = stored_rows(url)
    moved = [(row.attempt, row.item) for row in rows if row.kind is Kind.DEADLINE]
    voided = [(row.attempt, row.item) for row in rows if row.kind is Kind.VOID]
    assert (moved, voided) == ([(attempts[0], more)], [(attempts[1], last)])
    applied = sorted(row.item for row in rows if row.kind is Kind.ORDER)
    assert applied == [more, more, last, last]
    assert chain_findings(url) == []


def test_a_window_is_heard_by_every_node(nodes: tuple[HallProcess, HallProcess]) -> None:
    url = nodes[0].database
    clients = [device(node, 1, "a") for node in nodes]
    closing = order(url, OrderKind.CLOSE_AT, amount=now_ms() - 1)
    for client in clients:
        wait_for_order(client, closing)
    assert clients[0].start() == (403, {"error": "closed"})
    text = f"{now_ms() - 1} DV-1"
    last = order(url, OrderKind.WINDOW, amount=now_ms() + 600_000, text=text)
    for client in clients:
        assert wait_for_order(client, last)["state"] == "ready"
    assert clients[1].start()[0] == 200
    assert clients[0].start()[0] == 200  # the same device, on the other node
    other = device(nodes[0], 2, "b")  # of another unit
    assert other.start() == (403, {"error": "closed"})
    assert chain_findings(url) == []


def test_on_no_node_a_later_window_moves_the_end_of_those_at_work(
    nodes: tuple[HallProcess, HallProcess],
) -> None:
    url = nodes[0].database
    people = [device(node, line, "a") for line, node in ((1, nodes[0]), (3, nodes[1]))]
    order(url, OrderKind.CLOSE_AT, amount=now_ms() - 1)
    ends_ms = now_ms() + 600_000
    first = order(url, OrderKind.WINDOW, amount=ends_ms, text=f"{now_ms() - 1} DV-1")
    for person in people:
        wait_for_order(person, first)
        assert person.start()[1]["deadline_ms"] == ends_ms
    later_ms = now_ms() + HEARD_WITHIN_MS + 60_000
    order(url, OrderKind.WINDOW, amount=ends_ms * 2, text=f"{now_ms() - 1} DV-1", at_ms=later_ms)
    last = order(
        url, OrderKind.WINDOW, amount=now_ms(), text=f"{now_ms() - 1} DV-1", at_ms=later_ms + 60_000
    )
    for person in people:
        assert wait_for_order(person, last)["deadline_ms"] == ends_ms
        assert person.save((0, 1))[0] == 200
    moves = [row.item for row in stored_rows(url) if row.kind is Kind.DEADLINE]
    assert moves == []
    for person, node in zip(people, nodes[::-1], strict=True):
        person.port, person.connection = node.port, None  # each at the other node
        assert wait_for_order(person, last)["deadline_ms"] == ends_ms
        assert person.submit()[0] == 200
    wait_until(lambda: len(closed_after(url, last)) == len(nodes))
    assert chain_findings(url) == []


def closed_after(url: str, number: int) -> set[bytes]:
    """The nodes that have closed the sitting after an order."""
    reader = journal_reader(url)
    found = {
        batch.writer
        for batch in reader.batches(SITTING)
        for row in batch.rows
        if row.kind is Kind.CLOSED and row.item >= number
    }
    reader.close()
    return found


@pytest.mark.faults
def test_a_node_killed_under_load_loses_nothing_it_acknowledged(
    nodes: tuple[HallProcess, HallProcess],
) -> None:
    """Everybody goes on at the other node; the ledger has what each was told, and nothing else."""
    dying, staying = nodes
    people = [device((dying, staying)[line % 2], line, "a") for line in range(1, PEOPLE + 1)]
    for person in people:
        assert person.start()[0] == 200
    told: list[dict[int, int]] = [{} for _ in people]
    killer = threading.Timer(0.3, dying.kill)
    killer.start()
    for round_ in range(150):
        for person, answers in zip(people, told, strict=True):
            choice = (round_ % 5, (round_ * 7 + len(answers)) % 4)
            try:
                status, _ = person.save(choice)
            except (OSError, HTTPException):
                person.port, person.connection = staying.port, None
                assert person.start()[0] == 200
                if person.seq == round_:
                    assert person.save(choice)[0] == 200
                status = 200
            assert status == 200
            answers[choice[0]] = choice[1]
    killer.join()
    ledger = read_ledger(stored_rows(dying.database), items=5, grace_ms=10_000)
    assert ledger.flaws == ()
    assert [list(attempt.answers) for attempt in ledger.attempts] == [
        [answers[position] for position in range(5)] for answers in told
    ]
    assert chain_findings(dying.database) == []
