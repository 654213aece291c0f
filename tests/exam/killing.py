"""Workers that kill themselves: `python -m tests.exam.killing collecting|grading`, in HOITHI_VAR.

As tests/entries/killing.py, for the long work of a round: for one statement of a job after the
other a worker that is killed before it, a look at what is left, another worker, a look at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "hoithi.config.settings"
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402

from hoithi.audit.models import LogEntry  # noqa: E402
from hoithi.audit.queries import first_broken  # noqa: E402
from hoithi.contests.models import Round  # noqa: E402
from hoithi.exam.hall_orders import move_close, publish_sitting  # noqa: E402
from hoithi.exam.jobs import ask_to_collect, ask_to_grade  # noqa: E402
from hoithi.exam.models import Attempt, Sitting  # noqa: E402
from hoithi.exam.sealing import build_package, seal_package  # noqa: E402
from hoithi.hall import formats  # noqa: E402
from hoithi.hall.formats import Kind, Row  # noqa: E402
from hoithi.jobs.actions import work_off  # noqa: E402
from hoithi.jobs.models import Job  # noqa: E402
from hoithi.people.models import Role  # noqa: E402
from hoithi.results.models import FrozenCounts, Grading, RoundScore  # noqa: E402
from tests import factories  # noqa: E402
from tests.entries.killing import LONG_AGO, life  # noqa: E402
from tests.exam.test_closing import Node, write  # noqa: E402

PEOPLE = 12
BEGAN = int(datetime(2026, 11, 23, 8, tzinfo=UTC).timestamp() * 1000)


def attempt_of(line: int) -> list[Row]:
    """Somebody who answered one question and handed in."""
    attempt = bytes([line]) * 16
    start = formats.start_data(BEGAN + 1_800_000, bytes(8))
    return [
        Row(attempt, 1, 0, Kind.START, line, 1, BEGAN, -1, start),
        Row(attempt, 1, 1, Kind.ANSWER, 0, 0, BEGAN + 1000, BEGAN + 990),
        Row(attempt, 1, 0, Kind.SUBMIT, -1, -1, BEGAN + 2000, -1, b"n" * 16),
    ]


def prepare(grading: bool) -> None:
    """A sitting that the hall has closed waits to be collected, or to be graded."""
    call_command("migrate", verbosity=0)
    contest = factories.contest()
    each = Round.objects.get(contest=contest, key="truc-tuyen")
    an = factories.user("An", contest.key, Role.COMMITTEE, Role.ORGANISER)
    binh = factories.user("Bình", contest.key, Role.COMMITTEE)
    for number in range(1, PEOPLE + 1):
        factories.entry(contest, "GN", f"Người Mẫu {number}", f"GN-{number:03d}")
    now = factories.now()
    package = build_package(actor=an, each=each, collection=factories.bank(contest), now=now)
    for who in (an, binh):
        seal_package(actor=who, package=package, now=now)
    sitting = publish_sitting(actor=an, each=each, now=now)
    closes_at = factories.now()
    move_close(actor=an, sitting=sitting, closes_at=closes_at, reason="Xong", now=closes_at)
    rows = tuple(row for line in range(1, PEOPLE + 1) for row in attempt_of(line))
    write(str(settings.HALL_JOURNAL), sitting, [Node(rows=rows, closed=(1,))])
    ask_to_collect(actor=an, sitting=sitting, now=factories.now())
    if grading:
        work_off()
        ask_to_grade(actor=an, each=each, now=factories.now())


def seen() -> dict[str, object]:
    """What anybody finds on the desk."""
    return {
        "sitting": Sitting.objects.get().state,
        "attempts": Attempt.objects.count(),
        "marked": Attempt.objects.exclude(points=None).count(),
        "scores": RoundScore.objects.count(),
        "gradings": Grading.objects.count(),
        "counts": FrozenCounts.objects.count(),
        "collected": LogEntry.objects.filter(action="exam.collect_sitting").count(),
        "recorded": LogEntry.objects.filter(action="results.record_round_scores").count(),
        "broken": first_broken(),
        "states": list(Job.objects.order_by("pk").values_list("state", flat=True)),
    }


def main(work: str) -> None:
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    prepare(grading=work == "grading")
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
