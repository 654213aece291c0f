"""An installation as its owner has it: a folder of data, three processes, a command line."""

from __future__ import annotations

import http.client
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from hoithi.rules.codes import access_code
from tests.config.installation import ROOT, warnings_in
from tests.hall.scene import free_port

STARTS_WITHIN_S = 90.0


@dataclass
class Installation:
    """`hoithi run` or `hoithi serve` in a folder; every secret is the one for development."""

    folder: Path
    desk_port: int = field(default_factory=free_port)
    hall_port: int = field(default_factory=free_port)
    variables: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def desk(self) -> Path:
        return self.folder / "desk.sqlite3"

    @property
    def log(self) -> Path:
        """What its processes said."""
        return self.folder / "said.log"

    @property
    def journal(self) -> Path:
        return self.folder / "hall/journal.sqlite3"

    def start(self, command: str) -> Installation:
        """Start it and wait until desk and hall answer."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HOITHI_")} | {
            "HOITHI_VAR": str(self.folder),
            "HOITHI_DESK_PORT": str(self.desk_port),
            "HOITHI_HALL_PORT": str(self.hall_port),
            **self.variables,
        }
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hoithi.config.cli", command],
                cwd=ROOT,
                env=environment,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not (_answers(self.desk_port, "/") and _answers(self.hall_port, "/thi/health")):
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(self.log.read_text())
            time.sleep(0.1)
        return self

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)
            assert warnings_in(self.log) == []

    def kill(self) -> None:
        """SIGKILL to all of it at once, as when the power fails."""
        if self.process is None or self.process.poll() is not None:
            return
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, children)):
            os.kill(each, signal.SIGKILL)
        self.process.wait(timeout=60)

    def codes(self) -> list[str]:
        """The access codes of those who sit, by their numbers, as their slips have them."""
        with closing(sqlite3.connect(f"file:{self.desk}?mode=ro", uri=True)) as desk:
            entries = desk.execute(
                "SELECT public_id, code_issue FROM entries_entry JOIN exam_rosterline"
                " ON exam_rosterline.entry_id = entries_entry.id ORDER BY entries_entry.number"
            ).fetchall()
        return [
            access_code(b"development-code-key", bytes.fromhex(public_id), issue)
            for public_id, issue in entries
        ]


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
