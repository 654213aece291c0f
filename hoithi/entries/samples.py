"""Made-up people for a rehearsal: plausible in a table, marked `is_sample`, impossible in life.

National ids begin with 000, which is no province; phones are 0900000xxx, which ring nowhere. They
take the same way as real lists: checked, saved, submitted, accepted. A unit can be left to whoever
tries the contest out, with a file that has the faults officers make.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from hoithi.contests.models import Contest
from hoithi.contests.plan.schema import Form
from hoithi.contests.queries import plan_of, units_of
from hoithi.entries.actions import (
    accept_registration,
    choose_forms,
    save_list,
    submit_registration,
)
from hoithi.entries.checking import SheetRow, check_list
from hoithi.entries.models import UnitRegistration
from hoithi.entries.queries import lists_seen, registration_of, terms_for
from hoithi.entries.sheets import TITLES
from hoithi.entries.workbooks import asked_columns
from hoithi.people.models import Unit, User
from hoithi.web.spreadsheets import Column, Table, write_workbook

TEAM_PEOPLE = 12
TEAM_UNITS = 3
_SEATS = 1000  # numbers set aside for each unit
_OFFICER = "can-bo-mau@hoithi.invalid"

_FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Nông Lương Hà"
_MALE = "Văn Đức Minh Quốc Hữu Thanh Công Xuân Đình"
_FEMALE = "Thị Ngọc Thu Thanh Kim Bích Mỹ Hồng"
_MEN = "An Bình Cường Dũng Đạt Hải Hùng Khánh Lâm Nam Phúc Quân Sơn Thắng Tuấn Việt"
_WOMEN = "Ánh Chi Dung Hà Hạnh Hiền Hương Lan Linh Mai Nga Oanh Phượng Thảo Trang Yến"
_HIGHLAND = (
    "H'Ngân Byă",
    "Y Blô Niê",
    "H'Lim Êban",
    "Y Khương Kbuôr",
    "Điểu K'Rứ",
    "Thị Mai K'Bơ",
    "K'Tiêng",
    "H'Duyên Mlô",
)
_WORKPLACES = (
    "UBND xã",
    "Tổ công nghệ số cộng đồng",
    "Phòng Văn hóa và Thông tin",
    "Trường tiểu học",
    "Trạm Y tế",
    "Trung tâm Hành chính công",
)
_FEWEST_TO_MEND = 24  # rows, so that every fault has its own
_STEP = 7  # coprime to the lengths above, so that neighbours on a list differ


def load_samples(contest: Contest, now: datetime, *, left: Collection[str] = ()) -> int:
    """Register made-up people for every unit that has none; how many people were added.

    Units whose code is `left` only choose their forms: their lists are for others to send. Loading
    again adds nobody. Raises RuleViolation when registration is not open at `now`.
    """
    officer = _officer()
    return sum(
        _register(contest, unit, place, officer, now, with_lists=unit.code not in left)
        for place, unit in enumerate(units_of(contest))
        if registration_of(contest, unit) is None
    )


def _officer() -> User:
    """Who the samples were registered by; the account cannot be signed in to."""
    found = User.objects.filter(email=_OFFICER).first()
    return found or User.objects.create_user(_OFFICER, "Cán bộ mẫu", is_sample=True)


def _register(
    contest: Contest, unit: Unit, place: int, officer: User, now: datetime, *, with_lists: bool
) -> int:
    plan = plan_of(contest)
    sizes = {form.key: _people_wanted(form, place) for form in plan.forms}
    chosen = [form for form in plan.forms if sizes[form.key]]
    if plan.registration.choose == "one":
        chosen = chosen[:1]
    registration = choose_forms(
        actor=officer,
        contest=contest,
        unit=unit,
        forms=[form.key for form in chosen],
        declared=sum(sizes[form.key] for form in chosen),
        now=now,
    )
    if not with_lists:
        return 0
    for offset, form in enumerate(chosen):
        rows = sample_rows(contest, unit, form, place, sizes[form.key], first=offset * _SEATS // 2)
        _save(registration, form, rows, officer, now)
    receipt = submit_registration(
        actor=officer, registration=registration, seen=lists_seen(registration), now=now
    )
    accept_registration(actor=officer, registration=registration, receipt=receipt, now=now)
    return sum(sizes[form.key] for form in chosen)


def _people_wanted(form: Form, place: int) -> int:
    """Persons: from the minimum to six more; a team in the first units only."""
    if form.entrant == "team":
        return max(TEAM_PEOPLE, form.minimum) if place < TEAM_UNITS else 0
    wanted = max(form.minimum, 1) + place * 5 % 7
    return min(wanted, form.maximum) if form.maximum else wanted


def _save(
    registration: UnitRegistration, form: Form, rows: list[SheetRow], officer: User, now: datetime
) -> None:
    terms = terms_for(registration.contest, registration.unit, form.key, rows)
    save_list(
        actor=officer,
        registration=registration,
        form_key=form.key,
        checked=check_list(rows, terms),
        now=now,
        is_sample=True,
    )


def sample_rows(
    contest: Contest, unit: Unit, form: Form, place: int, people: int, *, first: int = 0
) -> list[SheetRow]:
    """Rows as an officer would type them, equal for equal arguments."""
    names = {audience.key: audience.name for audience in plan_of(contest).audiences}
    rows: list[SheetRow] = []
    for number in range(people):
        seat = first + number
        serial = place * _SEATS + seat
        audience = names[form.audiences[serial * _STEP % len(form.audiences)]]
        workplace = _WORKPLACES[serial * _STEP % len(_WORKPLACES)]
        cells = {
            "ordinal": str(number + 1),
            "name": _name(serial),
            "birth": f"{_birth(contest.law_date, serial):%d/%m/%Y}",
            "audience": audience,
            "workplace": f"{workplace}, {unit.name}",
            "national_id": f"000{serial * 10007 % 10**9:09d}",
            "phone": f"0900000{(place * 100 + seat) % 1000:03d}",
        }
        rows.append((number + 2, cells))
    return rows


def _name(serial: int) -> str:
    if serial % 9 == 4:
        return _HIGHLAND[serial // 9 % len(_HIGHLAND)]
    middles, given = (_MALE, _MEN) if serial % 2 else (_FEMALE, _WOMEN)
    pair = serial // 2
    return f"{_pick(_FAMILIES, serial * _STEP)} {_pick(middles, pair * 5)} {_pick(given, pair)}"


def _pick(words: str, place: int) -> str:
    choices = words.split()
    return choices[place % len(choices)]


def _birth(law_date: date, serial: int) -> date:
    """Between 22 and 55 years old, no two alike within a unit."""
    return law_date - timedelta(days=22 * 366 + serial * 137 % (33 * 365))


def list_to_mend(contest: Contest, unit: Unit) -> bytes:
    """A workbook of made-up people for a unit that has sent no list, with the faults officers make:
    to be uploaded, looked at and mended.

    One person stands in it twice; without the second row there are as many as the form asks for.
    """
    form = next(form for form in plan_of(contest).forms if form.entrant == "person")
    place = units_of(contest).index(unit)
    columns = asked_columns(contest)
    people = [
        [cells.get(column, "") for column in columns]
        for cells in faulty_rows(contest, unit, form, place)
    ]
    total = [f"Cộng: {len(people)} người" if column == "name" else "" for column in columns]
    table = Table(
        name=unit.name,
        title=(contest.title, f"{unit.name}: danh sách mẫu để tập, không có ai là người thật"),
        columns=tuple(Column(TITLES[column][0]) for column in columns),
        rows=[*people, total],
    )
    return write_workbook([table])


def faulty_rows(contest: Contest, unit: Unit, form: Form, place: int) -> list[dict[str, str]]:
    """The unit's sample rows, some of them spoiled."""
    people = max(form.minimum, _FEWEST_TO_MEND)
    rows = [dict(cells) for _, cells in sample_rows(contest, unit, form, place, people)]
    rows[1]["name"] = rows[1]["name"].upper()
    rows[6]["birth"] = "31/02/1986"
    rows[9]["name"] = "NguyÔn ThÞ H»ng"  # TCVN3
    rows[12]["phone"] = rows[12]["phone"].removeprefix("0")
    rows[15]["audience"] += " xã"
    rows[18]["workplace"] = ""
    return [*rows, rows[21] | {"ordinal": str(people + 1)}]
