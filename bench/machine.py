"""On what the figures were measured; nothing that names the machine."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
import time

import apsw

from bench.cores import CORES, SEPARATE
from tests.postgres import binaries

_SYNCING_S = 0.5


def machine() -> dict[str, str | int | float | bool]:
    """Cores, versions, and how often its disk can sync four kilobytes in a second."""
    postgres = subprocess.run(
        [binaries() / "postgres", "--version"], check=True, capture_output=True, text=True
    )
    return {
        "cores": len(CORES),
        "load on a core of its own": SEPARATE,
        "python": platform.python_version(),
        "sqlite": apsw.sqlite_lib_version(),
        "postgresql": postgres.stdout.split()[2],
        "disk syncs/s": round(_disk_syncs()),
    }


def _disk_syncs() -> float:
    with tempfile.TemporaryFile() as file:
        count = 0
        started = time.perf_counter()
        while time.perf_counter() - started < _SYNCING_S:
            os.write(file.fileno(), b"x" * 4096)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.perf_counter() - started)
