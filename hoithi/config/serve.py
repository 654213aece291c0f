"""`hoithi serve`: desk, hall and worker as separate processes; a dead one is started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_LOOK_EVERY_S = 0.2
_START_AGAIN_S = 0.5
_MOST_STARTS = 5
_WITHIN_S = 30.0
_RUNS_AFTER_S = 5.0
_PAUSE_S = 15.0
_STOP_WITHIN_S = 20.0
_FOR_ALL = ("HOITHI_ENV", "HOITHI_VAR", "HOITHI_TRUSTED_PROXIES")


class CannotServeError(Exception):
    """The sentence says why and what to do."""


@dataclass(slots=True)
class Child:
    """One supervised process; `starts` are the monotonic times at which it was started.

    One that never ran is a fault of the installation and stops everything. One that has run
    before is tried again and again: a broken worker must not take a hall full of people with it.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    due: float = 0.0
    has_run: bool = False
    starts: list[float] = field(default_factory=list)

    def look(self, now: float) -> None:
        """Start it again when it has ended, after a pause. Raises CannotServeError."""
        if self.process is None:
            if now >= self.due:
                self._start(now)
        elif self.process.poll() is None:
            self.has_run = self.has_run or now - self.starts[-1] > _RUNS_AFTER_S
        else:
            self._ended(self.process.returncode, now)

    def _start(self, now: float) -> None:
        self.starts = [at for at in self.starts if now - at < _WITHIN_S] + [now]
        # Its own session, so that Ctrl-C reaches only the supervisor, which stops it in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command, env=dict(self.environment), start_new_session=True
        )

    def _ended(self, code: int, now: float) -> None:
        self.process = None
        often = len(self.starts) >= _MOST_STARTS and now - self.starts[-_MOST_STARTS] < _WITHIN_S
        if often and not self.has_run:
            raise CannotServeError(
                f"{self.name} ended {_MOST_STARTS} times within {_WITHIN_S:.0f} s; see its messages"
            )
        self.due = now + (_PAUSE_S if often else _START_AGAIN_S)
        sys.stderr.write(f"{self.name} ended ({code}); starting again\n")

    def stop(self, until: float) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where desk and hall listen."""

    host: str
    desk_port: int
    hall_port: int


def check_ports(addresses: Addresses) -> None:
    """Raises CannotServeError when somebody listens there already."""
    for name, port in (
        ("HOITHI_DESK_PORT", addresses.desk_port),
        ("HOITHI_HALL_PORT", addresses.hall_port),
    ):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((addresses.host, port))
            except OSError as error:
                raise CannotServeError(
                    f"Cannot listen on {addresses.host}:{port} ({error.strerror}). "
                    f"Stop what listens there, or choose another port: {name}=…"
                ) from error


def children(addresses: Addresses, environment: Mapping[str, str] = os.environ) -> list[Child]:
    """The three processes, with what each must be told."""
    shared = {
        **environment,
        "DJANGO_SETTINGS_MODULE": "hoithi.config.settings",
        "HOITHI_DESK_PORT": str(addresses.desk_port),
        "HOITHI_HALL_PORT": str(addresses.hall_port),
        "HOITHI_HALL_HOST": addresses.host,
    }
    desk = (
        *(sys.executable, "-m", "uvicorn", "hoithi.config.asgi:application"),
        *("--host", addresses.host, "--port", str(addresses.desk_port)),
        *("--no-access-log", "--no-server-header", "--log-level", "warning"),
        *("--timeout-graceful-shutdown", "10"),
        # The same proxies as the hall trusts; none unless they are named.
        *("--forwarded-allow-ips", environment.get("HOITHI_TRUSTED_PROXIES", "")),
    )
    return [
        Child("hall", (sys.executable, "-m", "hoithi.hall"), _for_the_hall(shared)),
        Child("desk", desk, shared),
        Child("worker", (sys.executable, "-m", "hoithi.config.cli", "worker"), shared),
    ]


def _for_the_hall(shared: Mapping[str, str]) -> dict[str, str]:
    """Without the keys of the desk, its database and its post: who breaks in there finds none."""
    return {
        name: value
        for name, value in shared.items()
        if not name.startswith("HOITHI_") or name.startswith("HOITHI_HALL_") or name in _FOR_ALL
    }


def supervise(processes: Sequence[Child]) -> None:
    """Keep them running until SIGINT or SIGTERM. Raises CannotServeError."""
    stopping = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    for which in (signal.SIGINT, signal.SIGTERM):
        signal.signal(which, stop)
    try:
        while not stopping:
            for child in processes:
                child.look(time.monotonic())
            time.sleep(_LOOK_EVERY_S)
    finally:
        until = time.monotonic() + _STOP_WITHIN_S
        for child in reversed(processes):
            child.stop(until)
