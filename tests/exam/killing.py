"""Workers that kill themselves: `python -m tests.exam.killing WORK`, in HOITHI_VAR; the work is
`collecting`, `grading`, `withdrawing` or `calling-off`.

As tests/entries/killing.py, for the long work of a round: for one statement of a job after the
other a worker that is killed before it, a look at what is left, another worker, a look at the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
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
from hoithi.entries.models import Entry  # noqa: E402
from hoithi.exam.hall_orders import move_close, publish_sitting  # noqa: E402
from hoithi.exam.jobs import ask_to_collect, ask_to_grade, ask_to_withdraw  # noqa: E402
from hoithi.exam.models import Attempt, Package, Sitting  # noqa: E402
from hoithi.exam.sealing import build_package, seal_package  # noqa: E402
from hoithi.hall import formats  # noqa: E402
from hoithi.hall.formats import Kind, Row  # noqa: E402
from hoithi.hall.store import control  # noqa: E402
from hoithi.hall.store.api import OrderKind  # noqa: E402
from hoithi.jobs.actions import work_off  # noqa: E402
from hoithi.jobs.models import Job  # noqa: E402
from hoithi.people.models import Role  # noqa: E402
from hoithi.results.models import FrozenCounts, Grading, RoundScore  # noqa: E402
from tests import factories  # noqa: E402
from tests.entries.killing import LONG_AGO, life  # noqa: E402
from tests.exam.test_closing import Node, write  # noqa: E402

PEOPLE = 12


def attempt_of(line: int) -> list[Row]:
    """Somebody who answered one question and handed in."""
    began_ms = int(factories.now().timestamp() * 1000)
    attempt = bytes([line]) * 16
    start = formats.start_data(began_ms + 1_800_000, bytes(8))
    return [
        Row(attempt, 1, 0, Kind.START, line, 1, began_ms, -1, start),
        Row(attempt, 1, 1, Kind.ANSWER, 0, 0, began_ms + 1000, began_ms + 990),
        Row(attempt, 1, 0, Kind.SUBMIT, -1, -1, began_ms + 2000, -1, b"n" * 16),
    ]


def prepare(work: str) -> None:
    """A sitting that the hall has closed waits to be collected, or to be graded; or one in the hall
    is to be withdrawn, and somebody may have started since."""
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
    if work in ("withdrawing", "calling-off"):
        for who in (an, binh):
            ask_to_withdraw(actor=who, package=package, reason="Câu 7 sai", now=now)
        # A hall that has heard whatever will be ordered.
        started = tuple(attempt_of(1)[:1]) if work == "calling-off" else ()
        write(str(settings.HALL_JOURNAL), sitting, [Node(rows=started, order=1_000_000)])
        return
    closes_at = factories.now()
    move_close(actor=an, sitting=sitting, closes_at=closes_at, reason="Xong", now=closes_at)
    rows = tuple(row for line in range(1, PEOPLE + 1) for row in attempt_of(line))
    write(str(settings.HALL_JOURNAL), sitting, [Node(rows=rows, closed=(1,))])
    ask_to_collect(actor=an, sitting=sitting, now=factories.now())
    if work == "grading":
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
        "package": [Package.objects.get().state, Package.objects.get().is_leaving],
        "seated": Entry.objects.filter(is_seated=True).count(),
        "fixed": Round.objects.exclude(rules_fixed_at=None).count(),
        "told": _told(),
        "broken": first_broken(),
        "states": list(Job.objects.order_by("pk").values_list("state", flat=True)),
    }


def _told() -> list[int]:
    """Which steps of a withdrawal the hall was told."""

    async def read() -> list[int]:
        store = control(str(settings.HALL_CONTROL))
        await store.open()
        found = await store.orders(0)
        await store.shut()
        return [order.amount for order in found if order.kind is OrderKind.WITHDRAW]

    return asyncio.run(read())


def main(work: str) -> None:
    file = Path(str(settings.DATABASES["default"]["NAME"]))
    prepare(work)
    connections.close_all()
    files = [file, Path(str(settings.HALL_CONTROL))]
    before = [shutil.copy(each, each.with_suffix(".before")) for each in files]
    number, killed = 1, signal.SIGKILL.value
    while killed:
        for kept, each in zip(before, files, strict=True):
            for name in (f"{each}-wal", f"{each}-shm"):
                Path(name).unlink(missing_ok=True)
            shutil.copy(kept, each)
        killed = life(number)
        left = seen()
        Job.objects.update(beat_at=LONG_AGO)
        life()
        print(json.dumps({"killed": killed, "left": left, "end": seen()}), flush=True)  # noqa: T201
        number += 1


if __name__ == "__main__":
    main(sys.argv[1])
