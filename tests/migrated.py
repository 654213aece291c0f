"""The desk's tables as the migrations make them, made once for a whole run of the tests.

Making them from nothing takes five seconds of a processor, and more on PostgreSQL; a copy takes
none. What comes after is the same: `hoithi setup` finds no migration left to do, and nor does
Django when it readies the database of a worker. The contest by hand, the browser's tour and the
tests of setting up begin with nothing.
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
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from tests.postgres import Cluster, temporary_cluster

ROOT = Path(__file__).parents[1]
DESK = "desk"  # the database that `cluster_with_desk` has
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


@contextmanager
def cluster_with_desk(*, syncs: bool = True) -> Iterator[Cluster]:
    """A PostgreSQL of one's own, with the desk's tables in its database DESK, to be copied."""
    with temporary_cluster(copied=_made("postgres", _make_cluster), syncs=syncs) as cluster:
        yield cluster


def _tables() -> Path:
    return _made("desk.sqlite3", _make_tables)


def _made(name: str, make: Callable[[Path], None]) -> Path:
    """Who comes first makes it, the others wait. A measurement is no run of the tests: it has it
    for itself.
    """
    if _SHARED not in os.environ:
        share_tables()
    folder = Path(os.environ[_SHARED])
    made = folder / name
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(made)
    return made


def _make_tables(made: Path) -> None:
    folder = made.with_name("making")
    folder.mkdir()
    _migrate({"HOITHI_VAR": str(folder)})
    (folder / "desk.sqlite3").rename(made)


def _make_cluster(made: Path) -> None:
    with temporary_cluster(syncs=False) as cluster:
        cluster.execute(f"CREATE DATABASE {DESK}")
        _migrate({"HOITHI_VAR": str(cluster.folder), "HOITHI_DATABASE_URL": cluster.url(DESK)})
        cluster.stop()
        cluster.data.rename(made)


def _migrate(environment: Mapping[str, str]) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("HOITHI_")}
    subprocess.run(
        [sys.executable, "-c", _MIGRATE],
        cwd=ROOT,
        env={**own, **environment, "DJANGO_SETTINGS_MODULE": "hoithi.config.settings"},
        check=True,
        timeout=120,
    )
