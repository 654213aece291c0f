"""Workers that kill themselves: `python -m tests.entries.killing reading|saving`, in HOITHI_VAR.

For one statement of a job's work after the other: the desk as it was when the job was asked for, a
worker that is killed (SIGKILL) before that statement, a look at what is left, another worker that
takes the job up, and a look at the end. A line of JSON each, until no worker gets killed any more.

Pages of the database are written early, so that a killed transaction leaves a half-written file.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "hoithi.config.settings"
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402

from hoithi.audit.models import LogEntry  # noqa: E402
from hoithi.audit.queries import first_broken  # noqa: E402
from hoithi.entries import jobs  # noqa: E402
from hoithi.entries.models import (  # noqa: E402
    Entry,
    Person,
    SentFile,
    StagedList,
    UnitRegistration,
)
from hoithi.entries.queries import people_of  # noqa: E402
from hoithi.jobs.actions import work_off  # noqa: E402
from hoithi.jobs.models import Job  # noqa: E402
from tests.entries.scene import NOW, ONLINE, begin, load, officer, people, save  # noqa: E402
from tests.entries.tables import table  # noqa: E402

OLD, NEW = (1, 60), (40, 160)  # first and last of the list that was saved, and of the one sent
LONG_AGO = datetime(2023, 1, 1, tzinfo=UTC)


def prepare(saving: bool) -> None:
    """A unit with a saved list has sent a longer one; it waits to be read, or to be saved."""
    jobs.MOST_ROWS_AT_ONCE = 100
    call_command("migrate", verbosity=0)
    registration = begin(load())
    first, last = OLD
    save(registration, people(last - first + 1, start=first))
    first, last = NEW
    rows = [cells for _, cells in people(last - first + 1, start=first)]
    lan = officer("Lan")
    jobs.take_list(
        actor=lan,
        registration=registration,
        form_key=ONLINE,
        file_name="ds.csv",
        content=table(rows),
        now=NOW,
    )
    if saving:
        work_off()
        jobs.save_mended(
            actor=lan,
            registration=registration,
            form_key=ONLINE,
            seen=StagedList.objects.get().seen,
            now=NOW,
        )


class Killer:
    """Kills the process before its statement of that number."""

    def __init__(self, number: int) -> None:
        self._left = number

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)


def life(killed_before: int = 0) -> int:
    """One worker from its start to its end; the signal that ended it."""
    connections.close_all()
    child = os.fork()
    if not child:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = 10")
        with connection.execute_wrapper(Killer(killed_before)):
            work_off()
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1])


def seen() -> dict[str, object]:
    """What anybody finds on the desk."""
    registration = UnitRegistration.objects.get()
    listed = [row.national_id for row in people_of(registration, ONLINE)]
    return {
        "first": min(listed)[-3:],
        "people": len(listed),
        "persons": Person.objects.count(),
        "entries": Entry.objects.count(),
        "staged": StagedList.objects.count(),
        "files": SentFile.objects.count(),
        "states": sorted(Job.objects.values_list("state", flat=True)),
        "saved": LogEntry.objects.filter(action="entries.save_list").count(),
        "broken": first_broken(),
    }


def main(work: str) -> None:
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    prepare(saving=work == "saving")
    connections.close_all()
    before = shutil.copy(file, file.with_suffix(".before"))
    number, killed = 1, signal.SIGKILL.value
    while killed:
        shutil.copy(before, file)
        killed = life(number)
        left = seen()
        Job.objects.update(beat_at=LONG_AGO)
        life()
        print(json.dumps({"killed": killed, "left": left, "end": seen()}), flush=True)  # noqa: T201
        number += 1


if __name__ == "__main__":
    main(sys.argv[1])
