"""Starting the process of a rehearsal, hearing it, and ending it whatever happens to who asked."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import msgspec

from hoithi.rehearsal.live import Live, Said
from hoithi.rehearsal.report import Report
from hoithi.rehearsal.spec import Spec
from hoithi.rehearsal.stage import clear_left
from hoithi.rules.errors import RuleViolation

_ENDS_WITHIN_S = 60.0
_said = msgspec.json.Decoder(Said)


def play(spec: Spec, tell: Callable[[Live], bool]) -> Report | None:
    """Rehearse in a process of its own; `tell` hears where it is, and stops it by saying no.

    None when it was stopped. Raises RuleViolation: what the process refuses, `rehearsal_broken`
    when it ended without a word.
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
        return _heard(process, spec, tell)
    finally:
        _end(process)
        clear_left(Path(spec.root), spec.server)


def _heard(
    process: subprocess.Popen[bytes], spec: Spec, tell: Callable[[Live], bool]
) -> Report | None:
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):  # what it said before it went is read below
        process.stdin.write(msgspec.json.encode(spec) + b"\n")
        process.stdin.flush()
    is_wanted = True
    for line in process.stdout:
        said = _said.decode(line)
        if said.report is not None:
            return said.report
        if said.refused:
            raise RuleViolation(said.refused, **said.facts)
        if is_wanted and said.live is not None and not tell(said.live):
            is_wanted = False
            process.stdin.close()  # it ends, and the loop with it
    if is_wanted:
        raise RuleViolation("rehearsal_broken")
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let it clear away; its input is what it lives by."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):  # it has gone already
                stream.close()
    try:
        process.wait(timeout=_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
