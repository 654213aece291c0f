"""`hoithi serve` as it runs: three processes, watched, ended together."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hoithi.config.serve import CannotServeError, Child
from tests.config.installation import ROOT, hoithi, set_up
from tests.hall.scene import free_port

WITHIN_S = 30.0
QUICK = (sys.executable, "-c", "")
LONG = (sys.executable, "-c", "import time; time.sleep(600)")


def wait_for(met: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Look again and again until something is so."""
    deadline = time.monotonic() + within_s
    while not met():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def answers(port: int, path: str) -> int:
    """The status of a page; 0 while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


class Served:
    """`hoithi serve` on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.hall = free_port(), free_port()
        self.log = folder / "serve.log"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HOITHI_")}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hoithi.config.cli", "serve"],
                cwd=ROOT,
                env=environment
                | {
                    "HOITHI_VAR": str(folder),
                    "HOITHI_DESK_PORT": str(self.desk),
                    "HOITHI_HALL_PORT": str(self.hall),
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def children(self) -> dict[str, int]:
        """The process id of each of the three by name, of those that run."""
        found = {}
        tasks = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        for pid in tasks.read_text().split():
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
                for name, word in (
                    ("desk", "uvicorn"),
                    ("hall", "hoithi.hall"),
                    ("worker", "worker"),
                ):
                    if word in words:
                        found[name] = int(pid)
        return found

    def is_up(self) -> bool:
        return (
            answers(self.desk, "/suc-khoe/") == 200
            and answers(self.hall, "/thi/") == 200
            and len(self.children()) == 3
        )

    def kill(self, name: str) -> None:
        os.kill(self.children()[name], signal.SIGKILL)

    def stop(self) -> int:
        """End it as a service manager does; answers the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=WITHIN_S)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    set_up(folder)
    return folder


@pytest.fixture
def served(installed: Path) -> Iterator[Served]:
    made = Served(installed)
    try:
        wait_for(made.is_up)
        yield made
    finally:
        made.stop()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.faults
def test_it_starts_desk_hall_and_worker_and_ends_all_three(served: Served) -> None:
    running = served.children()
    assert sorted(running) == ["desk", "hall", "worker"]
    told = f"Desk  http://127.0.0.1:{served.desk}/\nHall  http://127.0.0.1:{served.hall}/thi/\n"
    assert served.log.read_text() == told
    assert served.stop() == 0
    assert served.log.read_text() == (
        told + "Stopped: desk, hall and worker have ended, and everything is on disk.\n"
    )
    assert [name for name, pid in running.items() if is_alive(pid)] == []
    assert (answers(served.desk, "/suc-khoe/"), answers(served.hall, "/thi/")) == (0, 0)


@pytest.mark.faults
@pytest.mark.parametrize("name", ["hall", "worker", "desk"])
def test_a_killed_process_is_back_and_the_others_go_on(served: Served, name: str) -> None:
    before = served.children()
    served.kill(name)
    wait_for(lambda: served.children().get(name, before[name]) != before[name], within_s=5)
    wait_for(served.is_up)
    after = served.children()
    others = before.keys() - {name}
    assert {other: after[other] for other in others} == {other: before[other] for other in others}
    assert f"{name} ended (-9); starting again\n" in served.log.read_text()


def interrupted(process: subprocess.Popen[str]) -> str:
    """Press Ctrl-C until it ends: Python drops one that falls into a callback, such as SQLite's."""
    for _ in range(30):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=1)[0]
    process.kill()
    return process.communicate(timeout=WITHIN_S)[0]


@pytest.mark.faults
def test_interrupted_before_it_serves_it_ends_with_a_word(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HOITHI_")}
    ports = {"HOITHI_DESK_PORT": str(free_port()), "HOITHI_HALL_PORT": str(free_port())}
    process = subprocess.Popen(
        [sys.executable, "-m", "hoithi.config.cli", "run"],
        cwd=ROOT,
        env=environment | {"HOITHI_VAR": str(tmp_path)} | ports,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for((tmp_path / "desk.sqlite3").exists)  # in the middle of making tables and people
    said = interrupted(process)
    assert (process.returncode, said) == (1, "Stopped.\n")


@pytest.mark.faults
def test_a_desk_that_is_not_set_up_is_not_served(tmp_path: Path) -> None:
    code, said = hoithi(tmp_path, "serve", HOITHI_DESK_PORT=str(free_port()))
    assert code == 1
    assert said.startswith("The database is not ready: ")
    assert said.endswith(" migrations wait; run hoithi setup.\n")


@pytest.mark.faults
@pytest.mark.parametrize("variable", ["HOITHI_DESK_PORT", "HOITHI_HALL_PORT"])
def test_a_port_that_is_taken_is_told(installed: Path, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"HOITHI_DESK_PORT": str(free_port()), "HOITHI_HALL_PORT": str(free_port())}
        code, said = hoithi(installed, "serve", **(ports | {variable: str(port)}))
    sentence = (
        f"Cannot listen on 127.0.0.1:{port} (Address already in use). "
        f"Stop what listens there, or choose another port: {variable}=…\n"
    )
    assert (code, said) == (1, sentence)


# One process, looked at by a clock of the test's own.


def child(command: tuple[str, ...]) -> Child:
    return Child("worker", command, dict(os.environ))


def look_when_ended(each: Child, now: float) -> None:
    """Let its process end, then look."""
    if each.process is not None:
        each.process.wait(timeout=WITHIN_S)
    each.look(now)


def test_what_never_runs_stops_everything(capfd: pytest.CaptureFixture[str]) -> None:
    broken = child(QUICK)
    with pytest.raises(CannotServeError) as refused:
        for second in range(20):
            look_when_ended(broken, float(second))
    assert str(refused.value) == "worker ended 5 times within 30 s; see its messages"
    assert capfd.readouterr().err == "worker ended (0); starting again\n" * 4


def test_what_has_run_before_is_tried_again_after_a_pause() -> None:
    """Five ends within thirty seconds are too many to go on at once; the first was at 6,1 s."""
    tired = child(LONG)
    tired.look(0.0)
    tired.look(6.0)
    assert tired.has_run
    tired.stop(until=0.0)
    tired.command = QUICK
    ends = []
    for tenth in range(61, 300):
        had = tired.process is not None
        look_when_ended(tired, tenth / 10)
        if had and tired.process is None:
            ends.append(tenth / 10)
    tired.stop(until=0.0)
    assert ends == [6.1, 6.7, 7.3, 7.9, 8.5, 23.6]


def test_a_process_that_does_not_end_when_asked_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    program = (
        "import pathlib, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        f"pathlib.Path({str(ready)!r}).touch(); time.sleep(600)"
    )
    deaf = child((sys.executable, "-c", program))
    deaf.look(0.0)
    process = deaf.process
    assert process is not None
    wait_for(ready.exists)
    deaf.stop(until=time.monotonic() + 0.3)
    assert process.returncode == -signal.SIGKILL
