"""Saves a list of ten thousand people once, in an empty folder of data, and says how long it took.

A second process writes to the log all the while and says how long it had to wait at most. Run by
`bench.measures.importing`, which sets Django up.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.utils import timezone

from hoithi.config.installing import install
from hoithi.contests.actions import load_plan, move_windows
from hoithi.contests.queries import form_of, plan_of, unit_by_code
from hoithi.entries.actions import choose_forms, save_list
from hoithi.entries.checking import check_list
from hoithi.entries.queries import terms_for
from hoithi.entries.samples import sample_rows
from hoithi.entries.sheets import TITLES, rows_of, staged_sheet
from hoithi.entries.workbooks import asked_columns
from hoithi.people.models import User
from hoithi.web.spreadsheets import Column, Table, write_workbook
from hoithi.web.spreadsheets.reading import read_sheet

COUNT = 10_000
_PLAN = Path(__file__).parents[1] / "plans/daknong-2023/contest.toml"
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


def main() -> None:
    """Print the parts as JSON."""
    install()
    now = timezone.now()
    # Ten thousand made-up people share names and days of birth; their national ids differ.
    plan = _PLAN.read_bytes().replace(b', "name_and_birth"]', b"]")
    contest = load_plan(content=plan, actor_id="0", actor_name="bench", now=now).contest
    move_windows(contest=contest, now=now)
    unit = unit_by_code(contest, "GN")
    officer = User.objects.create_user("bench@example.vn", "Bench")
    registration = choose_forms(
        actor=officer, contest=contest, unit=unit, forms=["truc-tuyen"], declared=COUNT, now=now
    )
    form = form_of(contest, "truc-tuyen")
    content = workbook(asked_columns(contest), sample_rows(contest, unit, form, 0, COUNT))
    other = subprocess.Popen(
        [sys.executable, "-c", _OTHER_WRITER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdout is not None
    assert other.stdin is not None
    other.stdout.readline()
    begun = time.perf_counter()
    sheet = read_sheet(content, "list.xlsx", max_bytes=50_000_000, max_rows=20_000)
    rows = rows_of(staged_sheet(sheet, required=plan_of(contest).registration.required))
    read = time.perf_counter()
    checked = check_list(rows, terms_for(contest, unit, form.key, rows))
    was_checked = time.perf_counter()
    save_list(actor=officer, registration=registration, form_key=form.key, checked=checked, now=now)
    saved = time.perf_counter()
    other.stdin.close()
    longest = float(other.stdout.read())
    other.wait()
    if len(checked.people) != COUNT:
        raise RuntimeError(f"{len(checked.people)} of {COUNT} people are good: {checked.bad[:3]}")
    sys.stdout.write(
        json.dumps(
            {
                "reading": read - begun,
                "checking": was_checked - read,
                "saving": saved - was_checked,
                "longest_wait": longest,
            }
        )
    )


def workbook(columns: Sequence[str], rows: Sequence[tuple[int, Mapping[str, str]]]) -> bytes:
    """The list as an officer would send it."""

    return write_workbook(
        [
            Table(
                "Danh sách",
                tuple(Column(TITLES[column][0]) for column in columns),
                [[cells.get(column, "") for column in columns] for _, cells in rows],
            )
        ]
    )
