"""From the plan file to an open sitting, through the actions that the desk's pages call."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import form_of, units_of
from hoithi.entries.actions import (
    accept_registration,
    choose_forms,
    save_list,
    submit_registration,
)
from hoithi.entries.checking import SheetRow, check_list
from hoithi.entries.models import Entry
from hoithi.entries.queries import access_code_of, lists_seen, terms_for
from hoithi.entries.samples import sample_rows
from hoithi.exam.hall_orders import publish_sitting, push_to_hall
from hoithi.exam.models import Sitting
from hoithi.exam.sealing import build_package, seal_package
from hoithi.people.actions import give
from hoithi.people.models import Role, Unit, User
from hoithi.people.permissions import unit_scope
from tests import factories

ONLINE = "truc-tuyen"
PEOPLE = 30  # of each unit: the least that the plan admits


@dataclass(frozen=True)
class Committee:
    """Who decides: the organiser prepares, both sign."""

    organiser: User
    second: User


def knowledge() -> dict[str, str]:
    """What somebody knows who has studied the whole bank: question → the right option's text."""
    with (factories.ROOT / "plans/daknong-2023/bank.csv").open(
        newline="", encoding="utf-8"
    ) as file:
        return {row["Câu hỏi"]: row[row["Đáp án"]] for row in csv.DictReader(file)}


def committee(contest: Contest) -> Committee:
    return Committee(
        factories.user("Lê Thị Tổ Chức", contest.key, Role.COMMITTEE, Role.ORGANISER),
        factories.user("Trần Văn Trưởng Ban", contest.key, Role.COMMITTEE),
    )


def online_round(contest: Contest) -> Round:
    return Round.objects.get(contest=contest, key=ONLINE)


def people_of(contest: Contest, unit: Unit, place: int, people: int = PEOPLE) -> list[SheetRow]:
    """The list of a unit as its officer types it."""
    return sample_rows(contest, unit, form_of(contest, ONLINE), place, people)


def officer_of(unit: Unit) -> User:
    """Who registers a unit's people; one account a unit."""
    known = User.objects.filter(email=f"can.bo.{unit.code.lower()}@example.vn").first()
    if known is not None:
        return known
    made = factories.user(f"Cán bộ {unit.code}", "")
    give(
        user=made,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit.pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return made


def register(
    contest: Contest, unit: Unit, rows: list[SheetRow], organiser: User, now: datetime
) -> list[Entry]:
    """A unit registers a list, its officer hands it in, the organiser accepts it."""
    officer = officer_of(unit)
    registration = choose_forms(
        actor=officer, contest=contest, unit=unit, forms=[ONLINE], declared=len(rows), now=now
    )
    checked = check_list(rows, terms_for(contest, unit, ONLINE, rows))
    assert checked.bad == ()
    save_list(
        actor=officer,
        registration=registration,
        form_key=ONLINE,
        checked=checked,
        now=now,
        is_sample=True,
    )
    receipt = submit_registration(
        actor=officer, registration=registration, seen=lists_seen(registration), now=now
    )
    return accept_registration(actor=organiser, registration=registration, receipt=receipt, now=now)


def register_everybody(contest: Contest, organiser: User) -> list[Entry]:
    """Every unit of the plan with as many people as it asks for."""
    return [
        entry
        for place, unit in enumerate(units_of(contest))
        for entry in register(
            contest, unit, people_of(contest, unit, place), organiser, factories.now()
        )
    ]


def open_the_hall(
    contest: Contest, people: Committee, questions: bytes = factories.BANK
) -> Sitting:
    """Import questions, build a package, have it sealed by two, publish it with the roster."""
    package = build_package(
        actor=people.organiser,
        each=online_round(contest),
        collection=factories.bank(contest, questions),
        now=factories.now(),
    )
    for member in (people.organiser, people.second):
        seal_package(actor=member, package=package, now=factories.now())
    sitting = publish_sitting(
        actor=people.organiser, each=online_round(contest), now=factories.now()
    )
    push_to_hall(sitting)
    return sitting


def codes(entries: list[Entry]) -> dict[str, str]:
    """What stands on the slips: contestant number → code."""
    return {entry.number: access_code_of(entry) for entry in entries}
