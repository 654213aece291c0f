"""Real workers beside each other, and one that is killed in the middle of its work."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.config.installation import ROOT, set_up
from tests.config.test_serve import wait_for

pytestmark = pytest.mark.faults
WORKER = (sys.executable, "-m", "tests.jobs.worker")


class Desk:
    """A folder of data with a queue, and workers on it."""

    def __init__(self, folder: Path) -> None:
        set_up(folder)
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("HOITHI_")
        } | {"HOITHI_VAR": str(folder)}
        self.workers: list[subprocess.Popen[bytes]] = []

    def ask(self, kind: str, count: int) -> None:
        command = [*WORKER, "ask", kind, str(count), str(self.folder)]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, timeout=60)

    def start_worker(self) -> subprocess.Popen[bytes]:
        worker = subprocess.Popen([*WORKER, "work"], cwd=ROOT, env=self.environment)
        self.workers.append(worker)
        return worker

    def rows(self, columns: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "desk.sqlite3", timeout=20)) as db:
            return db.execute(f"SELECT {columns} FROM jobs_job ORDER BY id").fetchall()

    def let_time_pass(self) -> None:
        """As if the last beat of every job were long ago."""
        with closing(sqlite3.connect(self.folder / "desk.sqlite3", timeout=20)) as db, db:
            db.execute("UPDATE jobs_job SET beat_at = '2023-01-01 00:00:00'")

    def half_done_by(self) -> set[int]:
        """The processes that have got half way through a long job."""
        return {int(mark.name.removeprefix("half-")) for mark in self.folder.glob("half-*")}

    def stop(self) -> list[int]:
        for worker in self.workers:
            worker.terminate()
        return [worker.wait(timeout=30) for worker in self.workers]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.stop()


def test_of_two_workers_each_job_is_done_by_one(desk: Desk) -> None:
    desk.ask("tests.short", 40)
    desk.start_worker()
    desk.start_worker()
    wait_for(lambda: {state for (state,) in desk.rows("state")} == {"done"}, within_s=60)
    marks = (desk.folder / "done").read_text().split("\n")[:-1]
    assert sorted(int(mark.split()[0]) for mark in marks) == list(range(40))
    assert {tries for (tries,) in desk.rows("tries")} == {1}
    assert desk.stop() == [0, 0]


def test_work_whose_worker_was_killed_is_finished_by_another(desk: Desk) -> None:
    desk.ask("tests.long", 1)
    killed = desk.start_worker()
    wait_for(lambda: desk.half_done_by() == {killed.pid})
    assert desk.rows("state, done, total, tries") == [("running", 1, 2, 1)]
    killed.send_signal(signal.SIGKILL)
    assert killed.wait(timeout=10) == -signal.SIGKILL
    second = desk.start_worker()
    desk.let_time_pass()
    wait_for(lambda: desk.half_done_by() == {killed.pid, second.pid})
    assert desk.rows("state, done, total, tries") == [("running", 1, 2, 2)]
    (desk.folder / "go").touch()
    wait_for(lambda: desk.rows("state") == [("done",)])
    finished = f'{{"finished_by": {second.pid}}}'
    assert desk.rows("done, total, tries, result") == [(2, 2, 2, finished)]


def test_a_long_step_is_not_taken_for_a_lost_worker(desk: Desk) -> None:
    """Half way it tells nothing for as long as it takes; its beat moves all the same."""
    desk.ask("tests.long", 1)
    worker = desk.start_worker()
    wait_for(lambda: desk.half_done_by() == {worker.pid})
    desk.let_time_pass()
    ((long_ago,),) = desk.rows("beat_at")
    wait_for(lambda: desk.rows("beat_at") != [(long_ago,)])
    (desk.folder / "go").touch()
    wait_for(lambda: desk.rows("state, tries") == [("done", 1)])


def test_a_duty_beside_jobs_does_not_wait_for_a_long_one(desk: Desk) -> None:
    desk.ask("tests.long", 1)
    worker = desk.start_worker()
    beside, between = (desk.folder / f"{name}-{worker.pid}" for name in ("beside", "between"))
    wait_for(beside.exists)
    assert desk.rows("state") == [("running",)]
    assert not between.exists()
    (desk.folder / "go").touch()
    wait_for(between.exists)


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_begun(desk: Desk) -> None:
    desk.ask("tests.long", 2)
    worker = desk.start_worker()
    wait_for(lambda: desk.half_done_by() == {worker.pid})
    worker.terminate()
    (desk.folder / "go").touch()
    assert worker.wait(timeout=30) == 0
    assert desk.rows("state, tries") == [("done", 1), ("waiting", 0)]
