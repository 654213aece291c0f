"""Runs tests with the desk's tables on PostgreSQL: `python -m tests.on_postgres tests/people …`.

The rest of the arguments are pytest's. The server is the tests' own and goes when they are done.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from tests.migrated import cluster_with_desk


def main(arguments: Sequence[str]) -> int:
    """The exit code of pytest."""
    with cluster_with_desk(syncs=False) as cluster:
        environment = os.environ | {"HOITHI_DATABASE_URL": cluster.url("postgres")}
        run = [sys.executable, "-m", "pytest", *arguments]
        return subprocess.run(run, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
