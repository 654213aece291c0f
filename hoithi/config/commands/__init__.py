"""What the command line does, one module a family; loaded only when asked for."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Print a line now."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> int:
    """Print a line where errors go; answers the exit code."""
    sys.stderr.write(text + "\n")
    return 1
