"""Several threads on one database: `python -m tests.races tests.audit.racing:many_acts`.

The tests' own database lies in memory, where threads do not wait for each other as in a file; so a
race runs in a process of its own, on an installation of its own (fixture `race`), and prints what
it saw as JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

from hoithi.config.warming import warm_up
from tests.migrated import lay_tables

ROOT = Path(__file__).parents[1]


def at_once(*works: Callable[[], object]) -> list[str]:
    """Do each in a thread with a connection of its own, beginning together; what went wrong."""
    begin, errors = threading.Barrier(len(works)), list[str]()

    def run(work: Callable[[], object]) -> None:
        try:
            begin.wait(30)
            work()
        except Exception as error:  # noqa: BLE001 - told to the test, whatever it is
            errors.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(errors)


def run_race(name: str, folder: Path, database: str) -> object:
    """What `module:function` saw on a fresh installation in the folder."""
    environment = {key: value for key, value in os.environ.items() if "HOITHI_" not in key}
    environment |= {"HOITHI_VAR": str(folder), "HOITHI_DATABASE_URL": database}
    if not database:
        lay_tables(folder)
    done = subprocess.run(
        [sys.executable, "-m", "tests.races", name],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def main(arguments: Sequence[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoithi.config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    warm_up()  # as a server does before it has threads
    module, _, function = arguments[0].partition(":")
    sys.stdout.write(json.dumps(getattr(importlib.import_module(module), function)()))


if __name__ == "__main__":
    main(sys.argv[1:])
