"""Ten thousand people from one workbook, taken in by the worker while others write."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import msgspec

from bench.figures import Figure

_RUN = "import django; django.setup(); from bench.big_list import main; main()"
_ROOT = Path(__file__).parents[2]


class Measured(msgspec.Struct, frozen=True):
    """Seconds until the list can be mended, and then until it is saved; the longest that another
    writer waited, and the officer for a page; how many different bars were seen."""

    reading: float
    saving: float
    longest_wait: float
    longest_request: float
    bars: int


def measure() -> Iterable[Figure]:
    """`import_10k_s` and `import_longest_wait_s`, in a process and a folder of their own."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", _RUN],
            env={
                **os.environ,
                "HOITHI_VAR": folder,
                "DJANGO_SETTINGS_MODULE": "hoithi.config.settings",
            },
            cwd=_ROOT,
            check=True,
            capture_output=True,
        )
    found = msgspec.json.decode(done.stdout, type=Measured)
    yield Figure(
        "import_10k_s",
        found.reading + found.saving,
        20,
        "lower",
        {
            "reading and checking s": found.reading,
            "saving s": found.saving,
            "longest page s": found.longest_request,
            "bars": found.bars,
        },
    )
    yield Figure("import_longest_wait_s", found.longest_wait, 1, "lower")
