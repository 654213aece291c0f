"""The desk's tables as the migrations make them, made once for a whole run of the tests.

Making them from nothing takes six seconds of a processor; a copy takes none. What comes after is
the same: `hoithi setup` finds no migration left to do, and nor does Django when it readies the
database of a worker. The contest by hand, the browser's tour and the tests of setting up begin
with nothing.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
_SHARED = "TESTS_TABLES"
_MIGRATE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""


def share_tables() -> None:
    """Name the folder in which this process and those that it starts keep the tables."""
    folder = tempfile.mkdtemp(prefix="hoithi-tables-")
    atexit.register(shutil.rmtree, folder)
    os.environ[_SHARED] = folder


def lay_tables(folder: Path) -> None:
    """Put the desk's tables into a folder of data."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_tables(), folder / "desk.sqlite3")


def fill(database: sqlite3.Connection) -> None:
    """Put the desk's tables into a database."""
    with closing(sqlite3.connect(_tables())) as made:
        made.backup(database)


def _tables() -> Path:
    """Who comes first makes them, the others wait for it. A measurement is no run of the tests: it
    has them for itself.
    """
    if _SHARED not in os.environ:
        share_tables()
    folder = Path(os.environ[_SHARED])
    made = folder / "desk.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _migrate(folder / "making")
            (folder / "making/desk.sqlite3").rename(made)
    return made


def _migrate(folder: Path) -> None:
    folder.mkdir()
    own = {name: value for name, value in os.environ.items() if not name.startswith("HOITHI_")}
    subprocess.run(
        [sys.executable, "-c", _MIGRATE],
        cwd=ROOT,
        env=own | {"HOITHI_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "hoithi.config.settings"},
        check=True,
        timeout=120,
    )
