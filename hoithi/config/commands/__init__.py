"""What the command line does, one module a family; loaded only when asked for."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from typing import TypeAlias

Command: TypeAlias = Callable[[argparse.Namespace], int]


def named(does: str) -> Command:
    """The command that `module:function` names."""
    module, _, function = does.partition(":")
    command: Command = getattr(importlib.import_module(f"{__name__}.{module}"), function)
    return command


def say(text: str) -> None:
    """Print a line now."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> int:
    """Print a line where errors go; answers the exit code."""
    sys.stderr.write(text + "\n")
    return 1
