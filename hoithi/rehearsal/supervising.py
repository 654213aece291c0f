"""Starting the process of a rehearsal, hearing it, and ending it whatever happens to who asked."""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from hoithi.rehearsal.live import Live, Said
from hoithi.rehearsal.report import Report
from hoithi.rehearsal.spec import Spec
from hoithi.rehearsal.stage import clear_left
from hoithi.rules.errors import RuleViolation

LOOK_EVERY_S = 1.0
_ENDS_WITHIN_S = 3.0
_AT_ONCE = 65_536
_said = msgspec.json.Decoder(Said)


def play(
    spec: Spec, *, tell: Callable[[Live], object], going: Callable[[], bool] = lambda: True
) -> Report | None:
    """Rehearse in a process of its own; `tell` hears where it is.

    `going` is asked once a second or oftener, whatever the process is at: it ends the rehearsal
    within seconds by saying no, or by raising. None when it said no. Raises RuleViolation: what the
    process refuses, `rehearsal_broken` when it ended without a word.
    """
    own = {key: value for key, value in os.environ.items() if not key.startswith("HOITHI_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "hoithi.rehearsal"],
        env=own,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        return _heard(process, spec, tell, going)
    finally:
        _end(process)
        clear_left(Path(spec.root), spec.server)


def _heard(
    process: subprocess.Popen[bytes],
    spec: Spec,
    tell: Callable[[Live], object],
    going: Callable[[], bool],
) -> Report | None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):  # what it said before it went is read below
        process.stdin.write(msgspec.json.encode(spec) + b"\n")
        process.stdin.flush()
    for line in _lines(process):
        said = _said.decode(line) if line else Said()
        if said.report is not None:
            return said.report
        if said.refused:
            raise RuleViolation(said.refused, **said.facts)
        if said.live is not None:
            tell(said.live)
        if not going():
            return None
    raise RuleViolation("rehearsal_broken")


def _lines(process: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """What it says, line by line, and an empty one whenever it has said nothing for a second."""
    assert process.stdout is not None
    said = process.stdout.fileno()
    begun = b""
    with selectors.DefaultSelector() as waiting:
        waiting.register(said, selectors.EVENT_READ)
        while True:
            if not waiting.select(LOOK_EVERY_S):
                yield b""
                continue
            heard = os.read(said, _AT_ONCE)
            if not heard:
                return
            *whole, begun = (begun + heard).split(b"\n")
            yield from whole


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let it clear away, its input being what it lives by. What a process that is at something long
    cannot clear in time is cleared after it."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):  # it has gone already
                stream.close()
    try:
        process.wait(timeout=_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
