"""A worker that dies in the middle of a list: nobody sees half of it, and nobody is left over."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.config.installation import ROOT
from tests.config.test_serve import wait_for
from tests.entries.test_on_disk import run
from tests.migrated import lay_tables

pytestmark = pytest.mark.faults
LONG = 3000
PREPARE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.entries.scene import begin, load
begin(load())
"""
SEND = f"""
from hoithi.entries.jobs import take_list
from hoithi.entries.models import UnitRegistration
from tests.entries.scene import NOW, ONLINE, officer, people
from tests.entries.tables import table
registration = UnitRegistration.objects.select_related("contest", "unit").get()
content = table([cells for _, cells in people({LONG})])
take_list(
    actor=officer(),
    registration=registration,
    form_key=ONLINE,
    file_name="ds.csv",
    content=content,
    now=NOW,
)
"""
SAVE = """
from hoithi.entries.jobs import save_mended
from hoithi.entries.models import UnitRegistration
from tests.entries.scene import NOW, ONLINE, officer, seen
registration = UnitRegistration.objects.select_related("contest", "unit").get()
save_mended(
    actor=officer(), registration=registration, form_key=ONLINE, seen=seen(), now=NOW
)
"""
OLD = {"first": "001", "people": 60, "persons": 60, "entries": 60, "saved": 1, "broken": None}
NEW = {"first": "040", "people": 121, "persons": 121, "entries": 121, "saved": 2, "broken": None}
SENT, STAGED, SAVED = (1, 0), (0, 1), (0, 0)


def environment(folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("HOITHI_")}
    return own | {"HOITHI_VAR": str(folder)}


def killed_at_every_statement(folder: Path, work: str) -> list[dict[str, Any]]:
    """What each worker left, and how it ended."""
    lay_tables(folder)
    done = subprocess.run(
        [sys.executable, "-m", "tests.entries.killing", work],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        check=True,
        timeout=900,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("work", "before", "after", "jobs"),
    [
        ("reading", (OLD, SENT), (OLD, STAGED), ["done"]),
        ("saving", (OLD, STAGED), (NEW, SAVED), ["done", "done"]),
    ],
)
def test_whenever_a_worker_is_killed_the_list_is_the_old_one_or_the_new_one(
    tmp_path: Path,
    work: str,
    before: tuple[dict[str, object], tuple[int, int]],
    after: tuple[dict[str, object], tuple[int, int]],
    jobs: list[str],
) -> None:
    *lives, last = killed_at_every_statement(tmp_path, work)
    assert (len(lives) > 20, {each["killed"] for each in lives}) == (True, {signal.SIGKILL})
    assert last["killed"] == 0
    unchanged, changed = (
        {**list_, "files": files, "staged": staged} for list_, (files, staged) in (before, after)
    )
    left = [each["left"] for each in lives]
    states = [each.pop("states") for each in left]
    ends = [each["end"] for each in (*lives, last)]
    assert [each.pop("states") for each in ends] == [jobs] * len(ends)
    assert [each for each in ends if each != changed] == []
    assert [each for each in left if each not in (unchanged, changed)] == []
    # The list changes with the job, not before and not after.
    assert [each == changed for each in left] == [state == jobs for state in states]


class Desk:
    """A folder of data with the worker that `hoithi serve` starts, or none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.worker: subprocess.Popen[bytes] | None = None

    def start_worker(self) -> None:
        command = [sys.executable, "-m", "hoithi.config.cli", "worker"]
        self.worker = subprocess.Popen(command, cwd=ROOT, env=environment(self.folder))

    def kill_worker(self) -> None:
        assert self.worker is not None
        self.worker.kill()
        self.worker.wait(timeout=30)

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / "desk.sqlite3", timeout=60)) as db, db:
            return db.execute(statement).fetchall()

    def counts(self) -> list[object]:
        tables = ("person", "entry", "stagedlist", "sentfile")
        return [self.rows(f"SELECT count(*) FROM entries_{each}")[0][0] for each in tables]

    def kill_in_the_middle(self) -> None:
        """Once the newest job has told how far it is."""
        self.start_worker()
        newest = "SELECT done FROM jobs_job ORDER BY id DESC LIMIT 1"
        wait_for(lambda: self.rows(newest) != [(0,)], within_s=60)
        self.kill_worker()
        self.rows("UPDATE jobs_job SET beat_at = '2023-01-01 00:00:00'")

    def finish(self) -> None:
        """Another worker does what is left."""
        self.start_worker()
        states = "SELECT DISTINCT state FROM jobs_job"
        wait_for(lambda: self.rows(states) == [("done",)], within_s=120)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    lay_tables(tmp_path)
    run(tmp_path, PREPARE)
    made = Desk(tmp_path)
    yield made
    made.kill_worker()


def test_the_next_worker_takes_up_what_a_killed_one_was_at(desk: Desk) -> None:
    run(desk.folder, SEND)
    desk.kill_in_the_middle()
    assert desk.counts() in ([0, 0, 0, 1], [0, 0, 1, 0])
    desk.finish()
    desk.kill_worker()
    assert desk.counts() == [0, 0, 1, 0]
    run(desk.folder, SAVE)
    desk.kill_in_the_middle()
    assert desk.counts() in ([0, 0, 1, 0], [LONG, LONG, 0, 0])
    desk.finish()
    assert desk.counts() == [LONG, LONG, 0, 0]
    assert desk.rows("PRAGMA integrity_check") == [("ok",)]
