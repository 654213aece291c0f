"""`python -m hoithi.rehearsal`: one rehearsal, as its first line of input says.

It lives as long as its input is open: whoever started it and dies, or closes it, ends it, and it
takes away all it has made.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import msgspec

from hoithi.rehearsal.live import Live, Said
from hoithi.rehearsal.rehearsing import StoppedError, check_machine, rehearse
from hoithi.rehearsal.spec import Spec
from hoithi.rehearsal.stage import alone, clear
from hoithi.rules.errors import RuleViolation


class Voice:
    """What is said to whoever started this; nobody listening means stop."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def say(self, said: Said) -> None:
        try:
            sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
            sys.stdout.buffer.flush()
        except OSError:
            self.stopped.set()

    def tell(self, live: Live) -> None:
        self.say(Said(live=live))

    def is_heard(self) -> bool:
        return not self.stopped.is_set()

    def listen(self) -> None:
        """Until the input ends; by the descriptor, since a reader's lock outlives nobody."""
        while os.read(0, 4096):
            pass
        self.stopped.set()


def main() -> int:
    """Exit code 0, whatever came of it: the last line says."""
    spec = msgspec.json.decode(sys.stdin.buffer.readline(), type=Spec)
    voice = Voice()
    for which in (signal.SIGTERM, signal.SIGINT):
        signal.signal(which, lambda *_: voice.stopped.set())
    threading.Thread(target=voice.listen, name="listen", daemon=True).start()
    try:
        with alone(Path(spec.root)):
            clear(Path(spec.root), spec.server)
            check_machine(spec)
            voice.say(Said(report=rehearse(spec, tell=voice.tell, going=voice.is_heard)))
    except RuleViolation as violation:
        voice.say(Said(refused=violation.code, facts=dict(violation.params)))
    except StoppedError:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
