"""The contest of the shipped plan with its units, and lists of people who cannot exist."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from uuid import uuid4

from hoithi.contests.actions import load_plan
from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.actions import choose_forms, save_list
from hoithi.entries.checking import CheckedList, SheetRow, check_list
from hoithi.entries.models import StagedList, UnitRegistration
from hoithi.entries.queries import found_in, open_staged, terms_for
from hoithi.entries.sheets import row_seen
from hoithi.people.models import User

PLAN = Path(__file__).parents[2] / "plans/daknong-2023/contest.toml"
VIETNAM = timezone(timedelta(hours=7))
NOW = datetime(2023, 9, 20, 1, tzinfo=UTC)

ONLINE, LIVE = "truc-tuyen", "truc-tiep"
_WORDS = ("Anh", "Bình", "Chi", "Dung", "Giang", "Hà", "Khoa", "Lan", "Minh", "Nga")


def load() -> Contest:
    content = PLAN.read_bytes()
    return load_plan(content=content, actor_id="1", actor_name="Thử", now=NOW).contest


def officer(name: str = "Cán bộ đầu mối") -> User:
    return User.objects.create_user(f"{uuid4().hex}@example.vn", name)


def listed(number: int, **cells: str) -> dict[str, str]:
    """A faultless row of somebody who cannot exist; `cells` overrule."""
    faultless = {
        "ordinal": str(number),
        "name": f"Trần Thị {_WORDS[number // 10 % 10]} {_WORDS[number % 10]}",
        "birth": f"{number % 28 + 1:02d}/03/1990",
        "audience": "Công chức",
        "workplace": "UBND xã Đắk R'Moan",
        "national_id": f"000190{number:06d}",
        "phone": f"0900000{number % 1000:03d}",
    }
    return faultless | cells


def sheet(*rows: Mapping[str, str], first: int = 7) -> list[SheetRow]:
    """Rows below a letterhead, as a person sees them numbered."""
    return list(enumerate(rows, start=first))


def people(count: int, start: int = 1) -> list[SheetRow]:
    return sheet(*(listed(number) for number in range(start, start + count)))


def begin(
    contest: Contest, code: str = "GN", forms: tuple[str, ...] = (ONLINE,), now: datetime = NOW
) -> UnitRegistration:
    return choose_forms(
        actor=officer(),
        contest=contest,
        unit=unit_by_code(contest, code),
        forms=forms,
        declared=30,
        now=now,
    )


def check(registration: UnitRegistration, rows: list[SheetRow], form: str = ONLINE) -> CheckedList:
    return check_list(rows, terms_for(registration.contest, registration.unit, form, rows))


def save(
    registration: UnitRegistration,
    rows: list[SheetRow],
    form: str = ONLINE,
    now: datetime = NOW,
) -> CheckedList:
    checked = check(registration, rows, form)
    save_list(actor=officer(), registration=registration, form_key=form, checked=checked, now=now)
    return checked


def seen(row: int | None = None) -> str:
    """What the page of the one upload carries, for the whole or for a row."""
    staged = StagedList.objects.get()
    if row is None:
        return staged.seen
    sheet = open_staged(staged)
    told = [problem for problem in found_in(staged).problems if problem.row == row]
    return row_seen(staged.pk, sheet, row, dict(sheet.rows)[row], told)
