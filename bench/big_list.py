"""An officer sends a list of ten thousand people once, in an empty folder of data, and saves it.

As on a real desk: the worker is a process of its own that reads and saves, the officer looks at the
bar every second, and a third process writes to the log all the while and says how long it had to
wait at most. Run by `bench.measures.importing`, which sets Django up.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from hoithi.config.installing import install
from hoithi.contests.actions import load_plan, move_windows
from hoithi.contests.models import Contest
from hoithi.contests.queries import form_of, unit_by_code
from hoithi.entries.actions import choose_forms
from hoithi.entries.models import Entry
from hoithi.entries.samples import sample_rows
from hoithi.entries.sheets import TITLES
from hoithi.entries.workbooks import asked_columns
from hoithi.jobs.models import Job
from hoithi.people.models import Role
from hoithi.web.spreadsheets import Column, Table, write_workbook
from tests import factories

COUNT = 10_000
FORM = "truc-tuyen"
_PLAN = Path(__file__).parents[1] / "plans/daknong-2023/contest.toml"
_LOOK_EVERY_S = 1.0  # as the page itself does
_AT_MOST_S = 120
Ask = Callable[..., Any]  # a method of Django's client
_OTHER_WRITER = """
import sys, time, django
django.setup()
from django.db import transaction
from django.utils import timezone
from hoithi.audit.actions import record
longest = 0.0
sys.stdout.write("ready\\n"); sys.stdout.flush()
import select
while not select.select([sys.stdin], [], [], 0.05)[0]:
    begun = time.perf_counter()
    with transaction.atomic():
        record(actor_id=0, actor_name="bench", action="bench", target="bench", now=timezone.now())
    longest = max(longest, time.perf_counter() - begun)
sys.stdout.write(f"{longest}\\n")
"""


def officer_with_list() -> tuple[Officer, bytes]:
    """In an empty folder of data: somebody who may send a list, and the list."""
    install()
    # Ten thousand made-up people share names and days of birth; their national ids differ.
    plan = _PLAN.read_bytes().replace(b', "name_and_birth"]', b"]")
    contest = load_plan(content=plan, actor_id="0", actor_name="bench", now=timezone.now()).contest
    move_windows(contest=contest, now=timezone.now())
    return Officer(contest), _sent_list(contest)


def main() -> None:
    """Print the parts as JSON."""
    officer, content = officer_with_list()
    waited: list[float] = []
    with worker(), _other_writer(waited):
        reading = officer.send(content)
        saving = officer.save()
    if Entry.objects.count() != COUNT:
        raise RuntimeError(f"{Entry.objects.count()} of {COUNT} people were saved")
    parts = {
        "reading": reading,
        "saving": saving,
        "longest_wait": waited[0],
        "longest_request": max(officer.requests),
        "bars": len(officer.bars),
    }
    sys.stdout.write(json.dumps(parts))


def _sent_list(contest: Contest) -> bytes:
    """The list as an officer would send it."""
    unit = unit_by_code(contest, "GN")
    rows = sample_rows(contest, unit, form_of(contest, FORM), 0, COUNT)
    return workbook(asked_columns(contest), rows)


def workbook(columns: Sequence[str], rows: Sequence[tuple[int, Mapping[str, str]]]) -> bytes:
    """A workbook with one sheet of these columns."""
    return write_workbook(
        [
            Table(
                "Danh sách",
                tuple(Column(TITLES[column][0]) for column in columns),
                [[cells.get(column, "") for column in columns] for _, cells in rows],
            )
        ]
    )


class Officer:
    """Somebody with a browser; `requests` are the seconds of each answer, `bars` what was seen."""

    def __init__(self, contest: Contest) -> None:
        who = factories.user("Bench", contest.key, Role.ORGANISER)
        unit = unit_by_code(contest, "GN")
        choose_forms(
            actor=who, contest=contest, unit=unit, forms=[FORM], declared=COUNT, now=timezone.now()
        )
        self._client = factories.sign_in(Client(), who)
        self._list = f"/don-vi/{contest.key}/{unit.code}/danh-sach/{FORM}/"
        self.requests: list[float] = []
        self.bars: set[int] = set()

    def send(self, content: bytes) -> float:
        """Seconds until the list can be mended."""
        file = SimpleUploadedFile("list.xlsx", content)
        return self._go(self._list, {"file": file}, f"{self._list}sua/")

    def save(self) -> float:
        """Seconds until the saved list is seen, from the page that shows what is to be saved."""
        page = self._client.get(f"{self._list}sua/").content.decode()
        seen = re.search(r'sua/luu/".*?name="seen" value="([^"]+)"', page, re.DOTALL)
        if seen is None:
            raise RuntimeError("there is nothing to save")
        return self._go(f"{self._list}sua/luu/", {"seen": seen[1]}, self._list)

    def _go(self, path: str, data: Mapping[str, object], goal: str) -> float:
        """Send a form, and look at the bar until it leads on to the goal."""
        begun = time.perf_counter()
        here = self._answered(self._client.post, path, data)
        while here != goal:
            if time.perf_counter() - begun > _AT_MOST_S:
                raise RuntimeError(f"still at {here}: {Job.objects.latest('id')}")
            time.sleep(_LOOK_EVERY_S)
            self.bars.add(Job.objects.latest("id").done)
            here = self._answered(self._client.get, here, {})
        return time.perf_counter() - begun

    def _answered(self, ask: Ask, path: str, data: Mapping[str, object]) -> str:
        """The path of the page that it ends at."""
        begun = time.perf_counter()
        answer = ask(path, data, follow=True)
        self.requests.append(time.perf_counter() - begun)
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return str(answer.request["PATH_INFO"])


@contextmanager
def worker() -> Iterator[None]:
    """The worker as `hoithi serve` starts it."""
    process = subprocess.Popen([sys.executable, "-m", "hoithi.config.cli", "worker"])
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=_AT_MOST_S)


@contextmanager
def _other_writer(waited: list[float]) -> Iterator[None]:
    """Appends how long it had to wait at most."""
    with subprocess.Popen(
        [sys.executable, "-c", _OTHER_WRITER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        other.stdout.readline()
        yield
        other.stdin.close()
        waited.append(float(other.stdout.read()))
