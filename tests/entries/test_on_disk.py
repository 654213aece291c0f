"""A database file that several processes share: who decides first, and what the file gives away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.migrated import lay_tables

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.sqlite
NATIONAL_ID, PHONE, STAGED_ID = "000190424242", "0900000424", "000190535353"
SENT_ID, SENT_NAME = "000190646464", "Phạm Thị Chờ Đọc"
PREPARE = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
from hoithi.entries.actions import stage_list, submit_registration
from hoithi.entries.jobs import take_list
from hoithi.entries.queries import check_sheet, lists_seen
from hoithi.entries.sheets import StagedSheet
from tests.entries.scene import NOW, begin, listed, load, officer, people, save, sheet
from tests.entries.tables import table
registration = begin(load())
planted = listed(31, national_id="{NATIONAL_ID}", phone="{PHONE}")
rows = sheet(*(cells for _, cells in people(30)), planted)
save(registration, rows)
seen = lists_seen(registration)
submit_registration(actor=officer(), registration=registration, seen=seen, now=NOW)
other = begin(registration.contest, "CJ")
staged = StagedSheet(
    1,
    ["Họ và tên", "Số định danh"],
    {{"name": 0, "national_id": 1}},
    [(2, ["Lê Thị Giữ Kín", "{STAGED_ID}"])],
    {{}},
    [],
)
stage_list(
    actor=officer(),
    registration=other,
    form_key="truc-tuyen",
    file_name="ds.xlsx",
    sheet=staged,
    checked=check_sheet(other, "truc-tuyen", staged),
    now=NOW,
)
rows = [listed(1, name="{SENT_NAME}", national_id="{SENT_ID}")]
rows += [cells for _, cells in people(600, start=1000)]
take_list(
    actor=officer(),
    registration=begin(registration.contest, "KN"),
    form_key="truc-tuyen",
    file_name="ds.csv",
    content=table(rows),
    now=NOW,
)
"""
WORK = """
from hoithi.entries.models import SentFile, StagedList
from hoithi.jobs.actions import work_off
work_off()
import sys
sys.stdout.write(f"{SentFile.objects.count()} {StagedList.objects.count()}")
"""
ACCEPT = """
import sys
from hoithi.entries.actions import accept_registration
from hoithi.entries.models import UnitRegistration
from hoithi.people.models import User
from hoithi.rules.errors import RuleViolation
from tests.entries.scene import NOW
rows = UnitRegistration.objects.select_related("contest", "unit")
registration = rows.get(unit__code="GN")
actor = User.objects.first()
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
try:
    receipt = registration.receipt
    accept_registration(actor=actor, registration=registration, receipt=receipt, now=NOW)
    sys.stdout.write("accepted")
except RuleViolation as refused:
    sys.stdout.write(refused.code)
"""
COUNT = """
import sys
from hoithi.audit.queries import first_broken
from hoithi.entries.models import Entry
numbers = sorted(Entry.objects.values_list("number", flat=True))
sys.stdout.write(f"{len(numbers)} {numbers[0]} {numbers[-1]} {first_broken()}")
"""


def program(folder: Path, text: str) -> subprocess.Popen[str]:
    """One of our programs on the database in `folder`."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import django\ndjango.setup()\n{text}"],
        cwd=ROOT,
        env=os.environ
        | {"HOITHI_VAR": str(folder), "DJANGO_SETTINGS_MODULE": "hoithi.config.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def run(folder: Path, text: str) -> str:
    process = program(folder, text)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return said


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of data with one list of 31 people, handed in."""
    made = tmp_path_factory.mktemp("desk")
    lay_tables(made)
    run(made, PREPARE)
    return made


def test_of_two_processes_that_accept_at_once_one_wins(folder: Path) -> None:
    both = [program(folder, ACCEPT) for _ in range(2)]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    said = sorted(process.communicate(timeout=60)[0] for process in both)
    assert said == ["accepted", "registration_accepted"]
    assert run(folder, COUNT) == "31 GN-001 GN-031 None"


def test_the_file_holds_no_national_id_no_phone_and_no_uploaded_list(folder: Path) -> None:
    assert "Trần Thị Anh Bình".encode() in everything(folder)
    secrets = (NATIONAL_ID, PHONE, STAGED_ID, "Lê Thị Giữ Kín", "000190000001", "0900000001")
    sent = (SENT_ID, SENT_NAME, "000190001000")
    assert found(folder, *secrets, *sent) == []
    assert run(folder, WORK) == "0 2"
    assert found(folder, *secrets, *sent) == []


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def found(folder: Path, *secrets: str) -> list[str]:
    content = everything(folder)
    return [
        secret
        for secret in secrets
        if secret.encode() in content or secret.encode("utf-16-le") in content
    ]
