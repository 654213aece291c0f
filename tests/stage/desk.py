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
from functools import cached_property
from pathlib import Path

import msgspec

from hoithi.contests.plan.conversion import regulation_of
from hoithi.contests.plan.reading import parse_plan
from hoithi.rules.live.events import AnyEvent, Line
from hoithi.rules.live.fold import fold
from hoithi.rules.live.state import State
from hoithi.rules.regulation import Regulation
from tests.hall.scene import free_port
from tests.races import ROOT, run_race
from tests.stage.parts import PLAN, plan

PUBLIC = "/san-khau/daknong-2023/truc-tiep/"
CONSOLE = "/ban-to-chuc/daknong-2023/vong/truc-tiep/san-khau/dieu-khien/"


class Prepared(msgspec.Struct):
    """Codes by seat, teams by unit, sessions by who signed in (secretary, chair, member), and the
    right answers of each packet in its order, which only a test may know."""

    codes: dict[str, str]
    teams: dict[str, str]
    sessions: dict[str, str]
    right: list[list[int]]


@dataclass
class Desk:
    """The desk, and what its log on disk says."""

    folder: Path
    port: int
    day: Prepared
    plan: bytes
    round: str = "truc-tiep"
    process: subprocess.Popen[bytes] | None = None

    @cached_property
    def regulation(self) -> Regulation:
        read = parse_plan(self.plan)
        return regulation_of(read, read.round(self.round))

    @cached_property
    def contest(self) -> str:
        return parse_plan(self.plan).key

    @property
    def public(self) -> str:
        """Where the audience, the screen and the devices find the round."""
        return f"/san-khau/{self.contest}/{self.round}/"

    @property
    def desk(self) -> str:
        """Where the desk finds it, without the last slash."""
        return f"/ban-to-chuc/{self.contest}/vong/{self.round}"

    @property
    def console(self) -> str:
        return f"{self.desk}/san-khau/dieu-khien/"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def session_name(self) -> str:
        """The cookie's name has the port in it; the day was prepared under another one."""
        return f"sessionid_{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """For processes of this installation."""
        kept = {key: value for key, value in os.environ.items() if "HOITHI_" not in key}
        return kept | {"HOITHI_VAR": str(self.folder), "HOITHI_DESK_PORT": str(self.port)}

    def start(self) -> None:
        """As `hoithi serve` starts it; returns when it listens."""
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", "hoithi.config.asgi:application"),
                *("--port", str(self.port), "--log-level", "warning"),
                *("--timeout-graceful-shutdown", "1"),
            ],
            cwd=ROOT,
            env=self.environment,
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
        lines = [
            Line(number, at_ms, msgspec.json.decode(event, type=AnyEvent))
            for number, at_ms, event in rows
        ]
        return fold(self.regulation, lines)


@contextmanager
def running_desk(folder: Path, *, of_2023: bool = False) -> Iterator[Desk]:
    """A desk with an open day; `of_2023` by the plan of 2023 as it is, else with smaller parts."""
    name = "prepared_2023" if of_2023 else "prepared"
    content = PLAN.read_bytes() if of_2023 else plan()
    with desk_of(folder, f"tests.stage.at_once:{name}", content, "truc-tiep") as desk:
        yield desk


@contextmanager
def desk_of(folder: Path, prepared: str, content: bytes, round_key: str) -> Iterator[Desk]:
    """A desk with a day that `module:function` has prepared, in a round of this plan."""
    day = msgspec.convert(run_race(prepared, folder, ""), Prepared)
    desk = Desk(folder, free_port(), day, content, round_key)
    desk.start()
    try:
        yield desk
    finally:
        desk.kill()
