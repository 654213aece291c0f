"""A command that needs the desk: settings are read and the folder of data made before it runs.

What a person can mend is said in a sentence; anything else is a fault of ours and stays loud.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError

from hoithi.config.commands import complain, named
from hoithi.config.loading import collector_at_rest
from hoithi.config.tables import wrong_with_tables


def run_with_desk(does: str, options: argparse.Namespace) -> int:
    """Run the command that `does` names, once Django is there; answers the exit code."""
    try:
        var = Path(settings.VAR)
        var.mkdir(parents=True, exist_ok=True)
        with collector_at_rest():
            django.setup()
    except ImproperlyConfigured as error:
        complain(str(error))
        return int(options.cannot)
    except OSError as error:
        complain(f"The folder of data cannot be made ({error}); HOITHI_VAR names another.")
        return int(options.cannot)
    with collector_at_rest():
        command: Callable[[argparse.Namespace], int] = named(does)
    try:
        return command(options)
    except (OperationalError, ProgrammingError):
        wrong = wrong_with_tables()
        if not wrong:
            raise
        return complain(f"The database is not ready: {wrong}.")
