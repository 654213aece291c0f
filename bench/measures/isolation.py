"""What people wait for a save while the desk works, against the same when it rests.

Hall, desk, worker and load share the machine as the system schedules them. The desk takes in ten
thousand people, works out the figures of questions from ten thousand sheets, and makes two thousand
certificates. It is stopped and goes on by turns, so that both kinds of slices belong to one run;
saves go on at one rate, each when it is due. Where the desk is done before there are enough of them
to tell, another one does the same once more.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import cycle
from pathlib import Path

from bench.crowd import Contestant
from bench.exam import start_all
from bench.figures import Figure
from bench.load import run_load
from bench.open_loop import Due, Play, Tally
from bench.servers import running_hall

SAMPLES = 5000
_SAVES_A_SECOND = 500
_SLICE_S = 2.0
_CONTESTANTS = 1600
_MOST_SLICES = 60
_DESKS = 4
_RUN = "import django; django.setup(); from bench.desk_work import main; main()"
_ROOT = Path(__file__).parents[2]


def measure() -> Iterator[Figure]:
    with running_hall(_CONTESTANTS, on_one_core=False) as hall:
        tokens = start_all(hall.port, _CONTESTANTS)
        with ExitStack() as stack:
            desks = [
                stack.enter_context(_desk(hall.folder / f"var{number}")) for number in range(_DESKS)
            ]
            tally = run_load(_play(hall.port, tokens, desks))
    if tally.errors:
        raise RuntimeError(f"not all saves were taken: {dict(tally.errors)}")
    beside = {
        f"{slices} {what} ms": tally.percentile_ms(slices, percent)
        for slices in ("idle", "busy")
        for what, percent in (("p50", 50), ("p99", 99))
    }
    beside |= {f"{slices} samples": len(tally.milliseconds[slices]) for slices in ("idle", "busy")}
    ratio = tally.percentile_ms("busy", 99) / tally.percentile_ms("idle", 99)
    yield Figure("isolation_p99_ratio", ratio, 2, "lower", beside)


@contextmanager
def _desk(var: Path) -> Iterator[subprocess.Popen[str]]:
    """The desk and all that it starts, in a group that can be stopped as one."""
    var.mkdir()
    desk = subprocess.Popen(
        [sys.executable, "-c", _RUN],
        env={
            **os.environ,
            "HOITHI_VAR": str(var),
            "DJANGO_SETTINGS_MODULE": "hoithi.config.settings",
        },
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )
    assert desk.stdout is not None
    assert desk.stdin is not None
    try:
        if not desk.stdout.readline():
            raise RuntimeError("the desk did not get ready")
        desk.stdin.write("begin\n")
        desk.stdin.flush()
        os.killpg(desk.pid, signal.SIGSTOP)
        yield desk
    finally:
        with suppress(ProcessLookupError):
            os.killpg(desk.pid, signal.SIGKILL)
        desk.wait()


async def _play(port: int, tokens: list[str], desks: Sequence[subprocess.Popen[str]]) -> Tally:
    """One desk after the other until there are enough samples; kinds of requests are named by the
    slice.
    """
    turns = cycle(range(len(tokens)))
    people = [Contestant(line, token) for line, token in enumerate(tokens, start=1)]
    play = Play(port, people)
    for desk in desks:
        await _beside(desk, play, turns)
        if len(play.tally.milliseconds.get("busy", ())) >= SAMPLES:
            break
    else:
        raise RuntimeError("the desks were done too early")
    play.close()
    return play.tally


async def _beside(desk: subprocess.Popen[str], play: Play, turns: Iterator[int]) -> None:
    """Slice by slice until the desk is done. The slice in which it is done is idle for a part, and
    is not counted.
    """
    for _ in range(_MOST_SLICES):
        await play.run(_slice("idle", turns))
        os.killpg(desk.pid, signal.SIGCONT)
        whole = len(play.tally.milliseconds.get("busy", ()))
        await play.run(_slice("busy", turns))
        if desk.poll() is not None:
            del play.tally.milliseconds["busy"][whole:]
            break
        os.killpg(desk.pid, signal.SIGSTOP)
    if desk.returncode != 0:
        raise RuntimeError("the desk is not done")


def _slice(kind: str, turns: Iterator[int]) -> Iterator[Due]:
    """Everybody in turn."""
    for place in range(int(_SAVES_A_SECOND * _SLICE_S)):
        yield place / _SAVES_A_SECOND, next(turns), kind
