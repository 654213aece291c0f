"""What a hall loads before it serves."""

from __future__ import annotations

import subprocess
import sys

LOADED = """
import sys
import hoithi.hall.__main__
print(sorted(name for name in sys.modules if name.split(".")[0] in {"psycopg", "django"}))
"""


def test_on_sqlite_it_loads_nothing_of_postgresql_and_of_the_desk() -> None:
    said = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert said.stdout == "[]\n"
