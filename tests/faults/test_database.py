"""The database server is restarted, or the line to it is cut for half a minute, while people
answer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.faults.crowd import answering
from tests.hall.scene import HallProcess, now_ms, publish, wait_until
from tests.hall.store.cable import Cable
from tests.postgres import Cluster

pytestmark = pytest.mark.postgres
PEOPLE = 8
CUT_S = 30.0


def test_a_server_killed_and_started_again_three_times_loses_nothing(
    mortal: Cluster, tmp_path: Path
) -> None:
    url = mortal.fresh()
    publish(url, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=PEOPLE)
    hall = HallProcess(tmp_path, url).start()
    try:
        with answering([hall.port], PEOPLE) as crowd:
            for _ in range(3):
                crowd.wait_for_more(3)
                mortal.kill()
                crowd.wait_for_refusals()
                mortal.start()
            crowd.wait_for_more(3)
    finally:
        hall.stop()
    crowd.check(url)


def test_a_line_cut_for_half_a_minute_is_said_all_the_while_and_loses_nothing(
    postgres_cluster: Cluster, tmp_path: Path
) -> None:
    url = postgres_cluster.fresh()
    publish(url, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=PEOPLE)
    with Cable(postgres_cluster.port) as cable:
        hall = HallProcess(tmp_path, cable.url(url)).start()
        try:
            with answering([hall.port], PEOPLE) as crowd:
                crowd.wait_for_more(3)
                cable.cut()
                until = time.monotonic() + CUT_S
                while time.monotonic() < until:
                    crowd.wait_for_refusals()
                told = crowd.told
                cable.mend()
                wait_until(lambda: crowd.told > told)
                crowd.wait_for_more(3)
        finally:
            hall.stop()
    crowd.check(url)
