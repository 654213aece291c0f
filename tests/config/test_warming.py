"""A server that has been warmed up survives threads that come at once to the same struct."""

from __future__ import annotations

import subprocess
import sys

from hoithi.config.warming import warm_up
from hoithi.contests.plan.schema import Plan
from hoithi.rules.live.events import Line, Opened
from hoithi.stage.bodies import SheetBody
from hoithi.stage.packets import PacketFile
from tests.races import ROOT

# Without the warming this ends in a fault of memory about once in five runs.
RACE = """
import sys, threading
sys.setswitchinterval(1e-6)
import hoithi.config.asgi
import msgspec
from hoithi.rules.live.events import AnyEvent
together = threading.Barrier(6)
event = {"is": "opened", "regulation": "0" * 64, "teams": ["a" * 32], "packets": {},
         "judges": [{"judge": "gk1", "is_chair": True, "barred": []}]}
def first():
    together.wait()
    msgspec.convert(event, AnyEvent)
threads = [threading.Thread(target=first) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def test_every_struct_of_every_room_is_described() -> None:
    assert {Plan, Line, Opened, SheetBody, PacketFile} - set(warm_up()) == set()


def test_threads_that_come_at_once_do_not_end_the_process() -> None:
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", RACE], cwd=ROOT, check=False, timeout=120, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
