"""The command line as a person uses it, on folders of data of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.migrated import lay_tables

ROOT = Path(__file__).parents[2]


def hoithi(folder: Path, *arguments: str | Path, **variables: str) -> tuple[int, str]:
    """Exit code and everything that was said."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("HOITHI_")
    }
    done = subprocess.run(
        ["bin/hoithi", *arguments],
        cwd=ROOT,
        env=environment | {"HOITHI_VAR": str(folder)} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout


def set_up(folder: Path) -> None:
    """`hoithi setup` where the tables are there already: for tests that begin after it."""
    lay_tables(folder)
    assert hoithi(folder, "setup") == (0, "")


def warnings_in(log: Path) -> list[str]:
    """What Python warned of. Most of it is an error in a process of the tests (tests/conftest.py);
    what is only noticed when things are cleared away is printed and nothing else."""
    return [line for line in log.read_text().splitlines() if "Warning: " in line]


def exported(folder: Path, **variables: str) -> str:
    """The plan in force, as an installation writes it."""
    code, plan = hoithi(folder, "plan", "export", "daknong-2023", **variables)
    assert code == 0, plan
    return plan
