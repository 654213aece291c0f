"""The hall, its database and the echo, each on the measured core."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http.client import HTTPException
from pathlib import Path

from bench.cores import server_core
from bench.exam import publish
from tests.hall.scene import Client, HallProcess, close_connections, free_port
from tests.postgres import temporary_cluster

_IDLE_S = 0.1


@contextmanager
def running_hall(
    lines: int, *, postgres: bool = False, on_one_core: bool = True
) -> Iterator[HallProcess]:
    """A hall with nothing in its journal and one open sitting."""
    with tempfile.TemporaryDirectory(prefix="hoithi-bench-") as folder, _database(postgres) as url:
        hall = HallProcess(Path(folder), url)
        publish(hall.control_address, lines)
        with started(hall, on_one_core=on_one_core):
            settle(hall)
            yield hall


@contextmanager
def started(hall: HallProcess, *, on_one_core: bool = True) -> Iterator[float]:
    """The hall while it runs; answers the seconds until its first 200."""
    begin = time.perf_counter()
    try:
        with server_core() if on_one_core else nullcontext():
            hall.start()
        yield time.perf_counter() - begin
    finally:
        close_connections()
        hall.stop()


def settle(hall: HallProcess) -> None:
    """Wait until the hall has drawn its papers ahead and only waits."""
    before = _cpu_s(hall)
    while True:
        time.sleep(0.5)
        now = _cpu_s(hall)
        if now - before < _IDLE_S:
            return
        before = now


def _cpu_s(hall: HallProcess) -> float:
    assert hall.process is not None
    times = Path(f"/proc/{hall.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _database(postgres: bool) -> Iterator[str]:
    if not postgres:
        yield ""
        return
    with server_core(), temporary_cluster() as cluster:
        yield cluster.fresh()


@contextmanager
def running_echo(reply: bytes) -> Iterator[int]:
    """The port of an echo that answers with these bytes."""
    port = free_port()
    with tempfile.NamedTemporaryFile(prefix="hoithi-bench-") as file:
        file.write(reply)
        file.flush()
        with server_core():
            process = subprocess.Popen([sys.executable, "-m", "bench.echo", str(port), file.name])
        try:
            _wait(port)
            yield port
        finally:
            close_connections()
            process.terminate()
            process.wait(timeout=20)


def _wait(port: int) -> None:
    for _ in range(500):
        try:
            Client(port).request("GET", "/")
        except (OSError, HTTPException):
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("the echo does not answer")
