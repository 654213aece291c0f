"""Ten thousand people from one workbook: read, checked and saved, while others write."""

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
    """Seconds of each part, and the longest that another writer waited."""

    reading: float
    checking: float
    saving: float
    longest_wait: float

    @property
    def total(self) -> float:
        return self.reading + self.checking + self.saving


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
        found.total,
        20,
        "lower",
        {"reading s": found.reading, "checking s": found.checking, "saving s": found.saving},
    )
    yield Figure("import_longest_wait_s", found.longest_wait, 1, "lower")
