"""Two halls on one PostgreSQL behind nginx, with one desk and its worker: `make nodes`.

What docs/operations.md tells of several machines, on ports of this one. Everything is made anew
at the start and is gone at the end; Ctrl-C ends it, the halls first.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tests.nginx import running_nginx
from tests.postgres import temporary_cluster

ROOT = Path(__file__).parents[1]
_STARTS_WITHIN_S = 180
HEALTH = "/thi/health"
READY = "Ready. Ctrl-C ends everything."


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make nodes", description=__doc__)
    parser.add_argument("--desk", type=int, default=8020)
    parser.add_argument("--halls", type=int, nargs=2, default=[8021, 8022])
    parser.add_argument("--proxy", type=int, default=8443)
    ports = parser.parse_args(arguments)
    stopped = threading.Event()
    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, lambda *_: stopped.set())
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="hoithi-nodes-"))
        stack.callback(shutil.rmtree, folder)
        url = stack.enter_context(temporary_cluster()).fresh()
        print(f"PostgreSQL        {url}", flush=True)
        stack.enter_context(
            running_nginx(folder / "nginx", halls=ports.halls, desk=ports.desk, secure=ports.proxy)
        )
        first, second = ports.halls
        shared = _environment(folder, url, ports.desk, first, ports.proxy)
        doors = {ports.desk: "/", first: HEALTH}
        stack.enter_context(_running([ROOT / "bin/hoithi", "run"], shared, doors, stopped))
        node = [sys.executable, "-m", "hoithi.hall"]
        alone = shared | {"HOITHI_HALL_PORT": str(second)}
        stack.enter_context(_running(node, alone, {second: HEALTH}, stopped))
        if not stopped.is_set():
            print(_what_to_open(ports.desk, ports.halls, ports.proxy), flush=True)
        stopped.wait()
        print("Stopping.", flush=True)
    return 0


def _environment(folder: Path, url: str, desk: int, hall: int, proxy: int) -> dict[str, str]:
    """What every process is told. The desk's tables and the hall's stand in one database."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HOITHI_")}
    return own | {
        "HOITHI_VAR": str(folder / "var"),
        "HOITHI_DATABASE_URL": url,
        "HOITHI_HALL_CONTROL": url,
        "HOITHI_HALL_JOURNAL": url,
        "HOITHI_DESK_PORT": str(desk),
        "HOITHI_HALL_PORT": str(hall),
        "HOITHI_PUBLIC_URL": f"https://127.0.0.1:{proxy}",
        "HOITHI_HALL_URL": f"https://127.0.0.1:{proxy}/thi/",
        "HOITHI_TRUSTED_PROXIES": "127.0.0.1",
    }


@contextmanager
def _running(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    doors: Mapping[int, str],
    stopped: threading.Event,
) -> Iterator[None]:
    """A process from when it answers at all its doors, a path at each port, until it has ended.
    In a session of its own: Ctrl-C is for this program, which knows the order."""
    process = subprocess.Popen(command, env=environment, cwd=ROOT, start_new_session=True)
    try:
        for port, path in doors.items():
            _wait(process, port, path, stopped)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def _wait(process: subprocess.Popen[bytes], port: int, path: str, stopped: threading.Event) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while not _answers(port, path):
        if process.poll() is not None:
            raise SystemExit(f"the process for port {port} has ended; see above")
        if time.monotonic() > deadline:
            raise SystemExit(f"nothing answers on port {port}")
        if stopped.wait(0.1):
            return


def _answers(port: int, path: str) -> bool:
    door = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        door.request("GET", path)
        return door.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        door.close()


def _what_to_open(desk: int, halls: list[int], proxy: int) -> str:
    first, second = halls
    return "\n".join(
        (
            "",
            f"For everybody     https://127.0.0.1:{proxy}/   (nginx; its certificate is made up)",
            f"Exam              https://127.0.0.1:{proxy}/thi/",
            f"Behind it         desk {desk}, halls {first} and {second}, taken by turns",
            f"One hall less     end the process on port {second}: the other goes on",
            READY,
        )
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
