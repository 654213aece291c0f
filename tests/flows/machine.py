"""An installation that does one thing after the other, in a process and a folder of its own.

It is told a line at a time what to do: a command of `hoithi`, through its `main`, or a function of
`tests.flows.unit_day` as what people do on the pages. A process for every command would spend most
of its time on starting.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import IO, Any

import django

from hoithi.config import cli
from tests.migrated import lay_tables
from tests.races import ROOT


class Machine:
    """An installation whose process runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def does(self, name: str) -> object:
        """What a function of `tests.flows.unit_day` answers."""
        return self._told({"does": name})

    def says(self, *arguments: str | Path, code: int = 0) -> str:
        """What a command of `hoithi` prints, and that it ends with this code."""
        ended, said = self._told({"command": [*map(str, arguments)]})
        assert ended == code, said
        assert isinstance(said, str)
        return said

    def _told(self, wish: dict[str, object]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def machine(folder: Path, *, is_bare: bool = False) -> Iterator[Machine]:
    """A fresh installation in a folder, a bare one without tables; it ends with the block."""
    if is_bare:
        folder.mkdir()
    else:
        lay_tables(folder)
    environment = {key: value for key, value in os.environ.items() if "HOITHI_" not in key}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.flows.machine"],
        cwd=ROOT,
        env=environment | {"HOITHI_VAR": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Machine(process)


def main(wishes: IO[str], answers: IO[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoithi.config.settings")
    django.setup()
    day = importlib.import_module("tests.flows.unit_day")
    for line in wishes:
        wish = json.loads(line)
        if "command" in wish:
            said = StringIO()
            with redirect_stdout(said), redirect_stderr(said):
                code = cli.main(wish["command"])
            answer: object = [code, said.getvalue()]
        else:
            answer = getattr(day, wish["does"])()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.stdin, sys.stdout)
