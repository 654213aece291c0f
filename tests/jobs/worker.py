"""A worker with kinds of work of the tests', on a folder of data: `python -m tests.jobs.worker`.

    work                    do what there is, until SIGTERM
    ask KIND NUMBER FOLDER  put so many jobs of a kind in the queue

What the work does is left as files in FOLDER, so that another process can see it.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from time import sleep

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "hoithi.config.settings"
django.setup()

from django.utils import timezone  # noqa: E402 - Django must be set up first

from hoithi.jobs import actions  # noqa: E402
from hoithi.jobs.actions import (  # noqa: E402
    Json,
    Progress,
    ask,
    do_every,
    register,
    work_for_ever,
)

SHORT, LONG = "tests.short", "tests.long"


def short(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
    """Leave a mark with the number of the job and of this process."""
    with (Path(str(params["folder"])) / "done").open("a") as file:
        file.write(f"{params['number']} {os.getpid()}\n")
    return {}


def long(params: Mapping[str, Json], progress: Progress) -> dict[str, Json]:
    """Get half way, and to the end once it is allowed."""
    folder = Path(str(params["folder"]))
    progress(1, 2)
    (folder / f"half-{os.getpid()}").touch()
    while not (folder / "go").exists():
        sleep(0.02)
    return {"finished_by": os.getpid()}


def beside(_: datetime) -> None:
    """Leave a mark for every job that is half done: this one does not wait for it."""
    folder = Path(os.environ["HOITHI_VAR"])
    for mark in folder.glob("half-*"):
        (folder / mark.name.replace("half", "beside")).touch()


def between(_: datetime) -> None:
    """The same from the thread of the jobs, which comes to it after them."""
    folder = Path(os.environ["HOITHI_VAR"])
    for mark in folder.glob("half-*"):
        (folder / mark.name.replace("half", "between")).touch()


def main(arguments: list[str]) -> None:
    register(SHORT, short)
    register(LONG, long)
    do_every(0.02, "tests.beside", beside, beside_jobs=True)
    do_every(0.02, "tests.between", between)
    if arguments == ["work"]:
        actions.BEAT_EVERY_S = 0.05
        stopping: list[int] = []
        signal.signal(signal.SIGTERM, lambda which, _frame: stopping.append(which))
        work_for_ever(lambda: bool(stopping), pause_s=0.02)
        return
    _, kind, count, folder = arguments
    for number in range(int(count)):
        ask(
            kind=kind,
            params={"folder": folder, "number": number},
            requested_by="1",
            scope_kind="contest",
            scope_id="mau",
            now=timezone.now(),
        )


if __name__ == "__main__":
    main(sys.argv[1:])
