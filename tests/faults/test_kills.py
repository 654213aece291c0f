"""SIGKILL of hall processes at random moments, on either store, while people answer."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from tests.faults.crowd import answering
from tests.hall.scene import HallProcess, now_ms, publish
from tests.postgres import Cluster

TIMES = 50
PEOPLE = 8
_SEED = 20231006


def moments() -> random.Random:
    return random.Random(_SEED)


def test_fifty_kills_lose_nothing_double_nothing_and_invent_nothing(new_hall: HallProcess) -> None:
    publish(new_hall.control_address, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=PEOPLE)
    new_hall.start()
    chance = moments()
    with answering([new_hall.port], PEOPLE) as crowd:
        for _ in range(TIMES):
            crowd.wait_for_more()
            time.sleep(chance.uniform(0, 0.1))
            new_hall.kill()
            new_hall.start()
        crowd.wait_for_more()
    new_hall.stop()
    crowd.check(new_hall.journal_address)


@pytest.mark.postgres
def test_of_two_nodes_one_is_always_killed_and_people_go_on_at_the_other(
    postgres_cluster: Cluster, tmp_path: Path
) -> None:
    url = postgres_cluster.fresh()
    publish(url, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=PEOPLE)
    nodes = [HallProcess(tmp_path, url).start() for _ in range(2)]
    chance = moments()
    try:
        with answering([node.port for node in nodes], PEOPLE) as crowd:
            for turn in range(20):
                crowd.wait_for_more()
                time.sleep(chance.uniform(0, 0.1))
                dying = nodes[turn % 2]
                dying.kill()
                crowd.wait_for_more()
                dying.start()
    finally:
        for node in nodes:
            node.stop()
    crowd.check(url)
