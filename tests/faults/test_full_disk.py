"""The disk takes no more in the middle of a sitting, and later does again, on either store.

No file of the writing process may grow over a limit: what a full disk does, without filling one.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.crowd import answering
from tests.hall.scene import HallProcess, now_ms, publish
from tests.postgres import Cluster, server_user, temporary_cluster

PEOPLE = 8
SEGMENT = 1024 * 1024


def limit_files(
    process: subprocess.Popen[bytes] | None, size: int | None, user: str | None = None
) -> None:
    """Let no file of a process, nor of its children now and later, grow over so many bytes."""
    assert process is not None
    tasks = Path(f"/proc/{process.pid}/task")
    children = [
        int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()
    ]
    for pid in (process.pid, *children):
        # As its own user: nobody else may.
        subprocess.run(
            ["/usr/bin/prlimit", "--pid", str(pid), f"--fsize={size or 'unlimited'}:"],
            user=user,
            check=False,
        )


def test_a_full_disk_is_said_and_freed_space_is_used(tmp_path: Path) -> None:
    hall = HallProcess(tmp_path)
    publish(hall.control, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=PEOPLE)
    hall.start()
    try:
        with answering([hall.port], PEOPLE) as crowd:
            crowd.wait_for_more()
            limit_files(hall.process, Path(f"{hall.journal}-wal").stat().st_size + 100_000)
            crowd.wait_for_refusals()
            limit_files(hall.process, None)
            crowd.wait_for_more(5)
    finally:
        hall.stop()
    crowd.check(hall.journal_address)


@pytest.fixture
def small_segments() -> Iterator[Cluster]:
    """A server whose log is written in pieces that stay below the limit."""
    with temporary_cluster("--wal-segsize", "1") as cluster:
        yield cluster


@pytest.mark.postgres
def test_a_database_server_with_a_full_disk_is_said_and_comes_back(
    small_segments: Cluster, tmp_path: Path
) -> None:
    url = small_segments.fresh()
    publish(url, opens_ms=0, closes_ms=now_ms() + 3_600_000, lines=PEOPLE)
    hall = HallProcess(tmp_path, url).start()
    try:
        with answering([hall.port], PEOPLE) as crowd:
            crowd.wait_for_more()
            limit_files(small_segments.process, SEGMENT, server_user())
            crowd.wait_for_refusals()
            limit_files(small_segments.process, None, server_user())
            crowd.wait_for_more(5)
    finally:
        hall.stop()
    crowd.check(url)
