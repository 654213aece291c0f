"""A bundle of a hundred thousand attempts, checked to the end on one core."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.cores import server_core
from bench.figures import Figure
from bench.large_bundle import ANSWERS, write_large_bundle

ATTEMPTS = 100_000


def measure() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="hoithi-bench-") as folder:
        bundle = Path(folder) / "bundle.zip"
        write_large_bundle(bundle, ATTEMPTS)
        size = bundle.stat().st_size
        with server_core():
            began, before = time.perf_counter(), _cpu_s()
            subprocess.run(
                [sys.executable, "-m", "hoithi.verify", str(bundle)],
                check=True,
                stdout=subprocess.DEVNULL,
                env=os.environ,
            )
            seconds, cpu = time.perf_counter() - began, _cpu_s() - before
    yield Figure(
        "verify_100k_s",
        seconds,
        60,
        "lower",
        {
            "CPU s": cpu,
            "peak MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000,
            "answers": ATTEMPTS * ANSWERS,
            "bundle MB": size / 1e6,
        },
    )


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
