"""The contest of 2023 with made-up people, ready to be tried: what `make run` sets up."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from hoithi.bank.actions import save_items
from hoithi.bank.models import Collection
from hoithi.bank.sheets import read_bank_file
from hoithi.contests.actions import appoint, load_plan, move_windows
from hoithi.contests.models import CommitteeSeat, Contest, Round
from hoithi.contests.queries import plan_of, regulation_of, unit_by_code
from hoithi.entries.models import Entry
from hoithi.entries.queries import access_code_of
from hoithi.entries.samples import list_to_mend, load_samples
from hoithi.exam.hall_orders import publish_sitting, push_to_hall
from hoithi.exam.models import Package, PackageState, RosterLine, Sitting, SittingState
from hoithi.exam.sealing import build_package, seal_package
from hoithi.people.models import Role, User
from hoithi.people.permissions import Scope, contest_scope, unit_scope
from hoithi.people.sample import current_code, sample_account
from hoithi.results.queries import entry_name
from hoithi.rules.codes import grouped
from hoithi.stage.actions.preparing import build_packets, prepare_stage, seal_packets, seat_judge
from hoithi.stage.queries import stage_of

PLAN = Path("plans/daknong-2023/contest.toml")
PASSWORD = "chuyen-doi-so-2023"  # noqa: S105 - printed for everybody, refused in production
UNIT_TO_TRY = "TD"  # its list is left to whoever tries the contest out
_CODES = 3


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """A made-up member of staff."""

    email: str
    name: str

    @property
    def secret(self) -> str:
        """The second factor's: the same whenever it is asked for, so that phones keep it."""
        digest = hashlib.sha256(f"hoithi sample {self.email}".encode()).digest()
        return base64.b32encode(digest[:20]).decode()


SECRETARY = SampleAccount("thu-ky@example.vn", "Trần Thị Thư Ký (mẫu)")
CHAIR = SampleAccount("truong-ban@example.vn", "Nguyễn Văn Trưởng Ban (mẫu)")
DEPUTY = SampleAccount("pho-ban@example.vn", "Lê Thị Phó Ban (mẫu)")
OFFICER = SampleAccount("can-bo-gia-nghia@example.vn", "Phạm Văn Cán Bộ (mẫu)")
NEWCOMER = SampleAccount("can-bo-tuy-duc@example.vn", "Hoàng Thị Cán Bộ (mẫu)")
# The last one comes from a unit, whose team the judge does not mark.
JURY = (
    ("Đinh Thị Giám Khảo Một (mẫu)", ""),
    ("Vũ Văn Giám Khảo Hai (mẫu)", ""),
    ("Bùi Thị Giám Khảo Ba (mẫu)", ""),
    ("Ngô Văn Giám Khảo Bốn (mẫu)", ""),
    ("Đỗ Thị Giám Khảo Năm (mẫu)", "GN"),
)
ACCOUNTS = (SECRETARY, CHAIR, DEPUTY, OFFICER, NEWCOMER)


def prepare() -> str:
    """Set up what is missing and answer what to print; data that is there is kept."""
    now = timezone.now()
    plan = settings.ROOT / PLAN
    contest = load_plan(
        content=plan.read_bytes(),
        actor_id="0",
        actor_name="hoithi",
        now=now,
        is_sample=True,
    ).contest
    move_windows(contest=contest, now=now)
    _load_bank(contest, plan.parent, now)
    people = _accounts(contest, now)
    load_samples(contest, now, left=(UNIT_TO_TRY,))
    _open_online_round(contest, people, now)
    _prepare_day(contest, people, now)
    return _what_to_print(contest)


def _load_bank(contest: Contest, folder: Path, now: datetime) -> None:
    plan = plan_of(contest)
    topics = {topic.name: topic.key for topic in plan.topics}
    levels = {level.name: level.key for level in plan.levels}
    content = (folder / plan.bank).read_bytes()
    read = read_bank_file(content, plan.bank, topics=topics, levels=levels)
    if read.problems:
        first = read.problems[0]
        raise ValueError(f"{plan.bank}: row {first.row}, {first.column}: {first.code}")
    save_items(
        collection_key=contest.key,
        collection_name=contest.title,
        topics=topics,
        levels=levels,
        items=read.items,
        actor_id="0",
        actor_name="hoithi",
        now=now,
    )


def _accounts(contest: Contest, now: datetime) -> dict[str, User]:
    """The sample accounts by e-mail, with their rights and seats."""
    scope = contest_scope(contest.key)
    rights: dict[SampleAccount, list[tuple[Role, Scope]]] = {
        SECRETARY: [(Role.ORGANISER, scope), (Role.QUESTIONS, scope)],
        CHAIR: [(Role.COMMITTEE, scope), (Role.ORGANISER, scope)],
        DEPUTY: [(Role.COMMITTEE, scope)],
        OFFICER: [(Role.UNIT_OFFICER, unit_scope(unit_by_code(contest, "GN").pk))],
        NEWCOMER: [(Role.UNIT_OFFICER, unit_scope(unit_by_code(contest, UNIT_TO_TRY).pk))],
    }
    people = {user.email: user for user in User.objects.filter(is_sample=True)}
    for account, grants in rights.items():
        if account.email not in people:
            people[account.email] = sample_account(
                email=account.email,
                name=account.name,
                password=PASSWORD,
                totp_secret=account.secret,
                grants=grants,
                now=now,
            )
    if not CommitteeSeat.objects.filter(contest=contest).exists():
        for account, body in (
            (CHAIR, "ban-to-chuc"),
            (DEPUTY, "ban-to-chuc"),
            (SECRETARY, "to-thu-ky"),
        ):
            appoint(
                actor=people[CHAIR.email],
                contest=contest,
                body=body,
                name=account.name,
                user=people[account.email],
                identity="",
                since=timezone.localdate(now),
                now=now,
            )
    return people


def _open_online_round(contest: Contest, people: dict[str, User], now: datetime) -> None:
    """Seal a package by two people and publish the roster, once."""
    each = Round.objects.filter(contest=contest, is_online=True).first()
    if each is None:
        return
    if not Package.objects.filter(round=each).exists():
        package = build_package(
            actor=people[SECRETARY.email],
            each=each,
            collection=Collection.objects.get(key=contest.key),
            now=now,
        )
        for account in (CHAIR, DEPUTY):
            seal_package(actor=people[account.email], package=package, now=now)
    sealed = Package.objects.filter(round=each, state=PackageState.SEALED, withdrawal=None)
    if sealed.exists() and not Sitting.objects.standing().filter(round=each).exists():
        publish_sitting(actor=people[SECRETARY.email], each=each, now=now)
    for sitting in Sitting.objects.filter(round=each, state=SittingState.PREPARED):
        push_to_hall(sitting)


@transaction.atomic
def _prepare_day(contest: Contest, people: dict[str, User], now: datetime) -> None:
    """A jury and sealed packets for the round on stage, once; who tries it out opens it."""
    each = Round.objects.filter(contest=contest, is_online=False).first()
    if each is None or stage_of(each) is not None:
        return
    secretary = people[SECRETARY.email]
    stage = prepare_stage(actor=secretary, each=each, now=now)
    for place, (name, unit) in enumerate(JURY):
        seat_judge(
            actor=secretary,
            stage=stage,
            name=name,
            title="",
            unit=unit_by_code(contest, unit) if unit else None,
            is_chair=place == 0,
            now=now,
        )
    for part in regulation_of(each).segments:
        if part.quiz is None:
            continue
        packets = build_packets(
            actor=secretary,
            stage=stage,
            segment=part.key,
            collection=Collection.objects.get(key=contest.key),
            now=now,
        )
        for account in (CHAIR, DEPUTY):
            seal_packets(actor=people[account.email], packets=packets, now=now)


def list_to_try() -> bytes | None:
    """The workbook for the unit whose list is missing; none where there is no sample contest."""
    contest = Contest.objects.filter(key=PLAN.parent.name, is_sample=True).first()
    return list_to_mend(contest, unit_by_code(contest, UNIT_TO_TRY)) if contest else None


def staff_lines() -> list[str]:
    """Sign-ins of the sample accounts, with the codes of this half minute."""
    lines = ["Staff (all with the password " + PASSWORD + "; bin/hoithi codes tells newer codes):"]
    for account in ACCOUNTS:
        code = current_code(account.secret)
        lines.append(f"  {account.email:<28} code now {code}   secret {account.secret}")
    return lines


def _what_to_print(contest: Contest) -> str:
    """Sign-ins of staff, and a few contestants' codes."""
    lines = [contest.title, "", *staff_lines(), "", "Contestants:"]
    seated = RosterLine.objects.standing().filter(sitting__round__contest=contest).values("entry")
    entries = Entry.objects.filter(pk__in=seated).select_related("person", "unit")
    for entry in entries.order_by("number")[:_CODES]:
        code = grouped(access_code_of(entry))
        lines.append(f"  {code}   {entry.number}  {entry_name(entry)}, {entry.unit}")
    lines += ["", "A list to send, with faults to mend:  bin/hoithi sample-list FILE.xlsx"]
    return "\n".join(lines) + "\n"
