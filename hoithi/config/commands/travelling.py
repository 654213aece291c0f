"""Rounds that units hold themselves: kits and files at the province, and on a unit's laptop."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.utils import timezone, translation

from hoithi.config.commands import complain, say
from hoithi.config.commands.plans import refuse
from hoithi.config.installing import install
from hoithi.contests.models import Contest, Round
from hoithi.contests.plan.reading import PlanError
from hoithi.contests.queries import units_of
from hoithi.people.first import let_in
from hoithi.people.permissions import contest_scope
from hoithi.results.actions import make_kit, take_kit, take_unit_file
from hoithi.results.actions.receiving import MOST_BYTES as MOST_OF_A_FILE
from hoithi.results.bundling import unit_file
from hoithi.results.kits import MOST_BYTES as MOST_OF_A_KIT
from hoithi.results.units import statement_of
from hoithi.rules.codes import grouped
from hoithi.rules.errors import RuleViolation
from hoithi.verify.units import check_code
from hoithi.web.violations import explain

_ACTOR_ID = "command line"
_SIGNERS = 2
# Read by the engineer of a unit, who has only this.
_NEXT = """Việc tiếp theo trên máy này:
1. Chạy  bin/hoithi serve --lan
2. Từng người mở đường dẫn của mình trên máy này để đặt mật khẩu, rồi đăng nhập.
3. Nếu có phần thi kiến thức: nạp ngân hàng câu hỏi. Sau đó vào Tổng quan, mở vòng thi, bấm
   Chuẩn bị thi trên sân khấu."""


def kit(options: argparse.Namespace) -> int:
    """At the province: write the kit of a unit, and say the code that opens it."""
    each = _round(options)
    if each is None:
        return complain(f"there is no round {options.contest}/{options.round}")
    unit = next((one for one in units_of(each.contest) if one.code == options.unit), None)
    if unit is None:
        return complain(f"there is no unit {options.unit}")
    try:
        made, code = make_kit(
            actor_id=_ACTOR_ID,
            actor_name="hoithi unit kit",
            each=each,
            unit=unit,
            reason=options.reason,
            now=timezone.now(),
        )
    except RuleViolation as violation:
        return _refused(violation)
    # The code first: the kit is made, stands on the unit's page, and opens with nothing else.
    say(f"Code, to be told on another way than the file:  {grouped(code)}")
    return _written(options.file, bytes(made.file), unit.name)


def take(options: argparse.Namespace) -> int:
    """On a fresh laptop, tables and all: become a unit's, with two or more who may sign there."""
    for email, _name in options.member:
        try:
            validate_email(email)
        except ValidationError:
            return complain(f"{email} không phải là địa chỉ thư điện tử")
    if not connection.introspection.table_names():
        say("Máy mới cài: đang tạo cơ sở dữ liệu…")
        install()
    try:
        taken, is_new = take_kit(
            file=_content(options.file, MOST_OF_A_KIT),
            code=options.code,
            actor_id=_ACTOR_ID,
            actor_name="hoithi unit take",
            now=timezone.now(),
        )
    except RuleViolation as violation:
        return _refused(violation)
    except PlanError as error:
        options.language = "vi"
        return refuse(options, error.problems)
    except OSError as error:
        return complain(f"{options.file}: {error.strerror}")
    contest = taken.round.contest
    before = "" if is_new else " (đã nạp từ trước, không có gì thay đổi)"
    say(f"{contest.key}/{taken.round.key}: máy này là của {taken.unit.name}{before}")
    for email, name in options.member:
        link = let_in(email=email, name=name, scope=contest_scope(contest.key), now=timezone.now())
        told = f"; đặt mật khẩu tại:  {link}" if link else ""
        say(f"{email}: thành viên Ban Tổ chức, thư ký{told}")
    if len(options.member) < _SIGNERS:
        say("Cần hai người ký ở đơn vị: chạy lại lệnh này, mỗi người một --member.")
    say(_NEXT)
    return 0


def send(options: argparse.Namespace) -> int:
    """On the laptop: write the signed file, and say the code to be written into the minutes."""
    each = _round(options)
    if each is None:
        return complain(f"there is no round {options.contest}/{options.round}")
    try:
        statement, content = unit_file(each)
    except RuleViolation as violation:
        return _refused(violation)
    say(f"Mã đối chiếu:  {check_code(statement)}")
    return _written(options.file, content, f"{statement.unit}, {len(statement.marks)} đội")


def receive(options: argparse.Namespace) -> int:
    """At the province: check what a unit sent and take it, once however often it comes."""
    each = _round(options)
    if each is None:
        return complain(f"there is no round {options.contest}/{options.round}")
    try:
        result, is_new = take_unit_file(
            actor_id=_ACTOR_ID,
            actor_name="hoithi unit receive",
            each=each,
            file=_content(options.file, MOST_OF_A_FILE),
            file_name=options.file.name,
            reason=options.reason,
            now=timezone.now(),
        )
    except RuleViolation as violation:
        return _refused(violation)
    except OSError as error:
        return complain(f"{options.file}: {error.strerror}")
    done = "taken" if is_new else "was there already, nothing has changed"
    say(f"{result.unit.name}: {done}. Check code:  {check_code(statement_of(result))}")
    return 0


def _round(options: argparse.Namespace) -> Round | None:
    contest = Contest.objects.filter(key=options.contest).first()
    if contest is None:
        return None
    found = Round.objects.filter(contest=contest, key=options.round)
    return found.select_related("contest", "category").first()


def _content(path: Path, most: int) -> bytes:
    """A file, of a large one only so much that it is seen to be too large. Raises OSError."""
    with path.open("rb") as file:
        return file.read(most + 1)


def _written(path: Path, content: bytes, what: str) -> int:
    try:
        path.write_bytes(content)
    except OSError as error:
        return complain(f"{path}: {error.strerror}")
    say(f"{path}: {what}")
    return 0


def _refused(violation: RuleViolation) -> int:
    with translation.override("vi"):
        return complain(explain(violation))
