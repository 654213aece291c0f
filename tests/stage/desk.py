"""A desk that runs with a day that is open, in a process and on an installation of its own."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from hoithi.contests.plan.conversion import regulation_of
from hoithi.contests.plan.reading import parse_plan
from hoithi.rules.live.events import AnyEvent, Line
from hoithi.rules.live.fold import fold
from hoithi.rules.live.state import State
from tests.hall.scene import free_port
from tests.races import ROOT, run_race
from tests.stage.parts import plan

PUBLIC = "/san-khau/daknong-2023/truc-tiep/"
CONSOLE = "/ban-to-chuc/daknong-2023/vong/truc-tiep/san-khau/dieu-khien/"


class Prepared(msgspec.Struct):
    """Codes by seat, teams by unit, and the session of the secretary."""

    codes: dict[str, str]
    teams: dict[str, str]
    session: str
    session_name: str


@dataclass
class Desk:
    """The desk, and what its log on disk says."""

    folder: Path
    port: int
    day: Prepared
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """As `hoithi serve` starts it; returns when it listens."""
        environment = {key: value for key, value in os.environ.items() if "HOITHI_" not in key}
        environment |= {"HOITHI_VAR": str(self.folder), "HOITHI_DESK_PORT": str(self.port)}
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", "hoithi.config.asgi:application"),
                *("--port", str(self.port), "--log-level", "warning"),
                *("--timeout-graceful-shutdown", "1"),
            ],
            cwd=ROOT,
            env=environment,
        )
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/suc-khoe/", timeout=5):
                    return
            except OSError:
                time.sleep(0.1)  # until it listens
        raise AssertionError("the desk does not listen")

    def kill(self) -> None:
        """As when the power is cut."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    @property
    def state(self) -> State:
        """Where the log on disk has led to."""
        database = sqlite3.connect(f"file:{self.folder / 'desk.sqlite3'}?mode=ro", uri=True)
        try:
            rows = database.execute(
                "SELECT number, at_ms, event FROM stage_logline ORDER BY number"
            ).fetchall()
        finally:
            database.close()
        read = parse_plan(plan())
        lines = [
            Line(number, at_ms, msgspec.json.decode(event, type=AnyEvent))
            for number, at_ms, event in rows
        ]
        return fold(regulation_of(read, read.round("truc-tiep")), lines)


@contextmanager
def running_desk(folder: Path) -> Iterator[Desk]:
    day = msgspec.convert(run_race("tests.stage.at_once:prepared", folder, ""), Prepared)
    port = free_port()
    # The name of the cookie has the port in it; the day was prepared under another one.
    day.session_name = f"sessionid_{port}"
    desk = Desk(folder, port, day)
    desk.start()
    try:
        yield desk
    finally:
        desk.kill()
