"""Two who change the same in one moment, each over a connection of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction

from hoithi.contests.actions import hold_contest
from hoithi.contests.models import Contest
from hoithi.entries.actions import (
    accept_registration,
    bar_entry,
    mark_seated,
    recall_registration,
    reissue_code,
    replace_person,
    save_list,
    submit_registration,
    withdraw_entry,
)
from hoithi.entries.models import Entry, Team, UnitRegistration
from hoithi.entries.queries import lists_seen
from tests import factories
from tests.desk_postgres import Beside, PostgresDesk
from tests.entries.scene import (
    LIVE,
    NOW,
    ONLINE,
    begin,
    check,
    listed,
    load,
    officer,
    people,
    save,
    sheet,
)

pytestmark = pytest.mark.postgres


def accepted() -> list[Entry]:
    """The entries of a unit whose lists have just been accepted, as somebody reads them."""
    registration = begin(load())
    save(registration, people(30))
    receipt = submit_registration(
        actor=officer(), registration=registration, seen=lists_seen(registration), now=NOW
    )
    accept_registration(actor=officer(), registration=registration, receipt=receipt, now=NOW)
    return list(Entry.objects.select_related("person", "contest", "category", "unit"))


def withdraw(entry: Entry) -> None:
    withdraw_entry(actor=officer(), entry=entry, reason="Chuyển công tác", now=NOW)


def replace(entry: Entry) -> None:
    checked = check(UnitRegistration.objects.get(), sheet(listed(90)))
    replace_person(actor=officer(), entry=entry, checked=checked, reason="Nghỉ ốm", now=NOW)


def new_code(entry: Entry) -> None:
    reissue_code(actor=officer(), entry=entry, reason="Lộ phiếu", now=NOW)


def bar(entry: Entry) -> None:
    bar_entry(actor=officer(), entry=entry, reason="Thi hộ", now=NOW)


def seat(entries: list[Entry]) -> None:
    """As publishing a roster does, with the contest held first."""
    with transaction.atomic():
        hold_contest(entries[0].contest)
        mark_seated(entries)


@pytest.mark.parametrize("act", [withdraw, replace, new_code])
def test_who_is_being_seated_is_not_changed_beside_the_hall(
    postgres_desk: PostgresDesk, act: Callable[[Entry], None]
) -> None:
    entries = accepted()
    with transaction.atomic():
        hold_contest(entries[0].contest)
        mark_seated(entries)
        changing = Beside(lambda: act(entries[0]))
        postgres_desk.wait_until_blocked()
    assert changing.end() == "entry_seated"
    assert Entry.objects.filter(state="accepted", code_issue=1, is_seated=True).count() == 30


@pytest.mark.parametrize("act", [withdraw, replace, new_code, bar])
def test_nobody_is_seated_as_they_were_before_a_change(
    postgres_desk: PostgresDesk, act: Callable[[Entry], None]
) -> None:
    entries = accepted()
    with transaction.atomic():
        act(Entry.objects.get(pk=entries[0].pk))
        seating = Beside(lambda: seat(entries))
        postgres_desk.wait_until_blocked()
    assert seating.end() == "entries_changed"
    assert Entry.objects.filter(is_seated=True).count() == 0


def contest_of(*unique: str) -> Contest:
    """Ids are not asked for: what no two have in common is what the plan says."""
    plan = factories.PLAN.replace(
        b'required = ["birth", "audience", "workplace", "national_id"]', b'required = ["birth"]'
    )
    names = ", ".join(f'"{each}"' for each in unique)
    before = b'unique = ["national_id", "name_and_birth"]'
    return factories.contest(plan.replace(before, f"unique = [{names}]".encode()))


@pytest.mark.parametrize(
    ("unique", "theirs"),
    [
        ("national_id", listed(60, national_id="000190000001")),
        ("phone", listed(60, phone="0900000001")),
        ("name_and_birth", listed(1, national_id="", phone="")),
    ],
)
def test_of_two_units_that_save_at_once_one_has_the_person(
    postgres_desk: PostgresDesk, unique: str, theirs: dict[str, str]
) -> None:
    contest = contest_of(unique)
    mine, others = (begin(contest, code, now=factories.now()) for code in ("GN", "CJ"))
    rows, early = sheet(listed(1)), check(others, sheet(theirs))
    assert early.problems == ()
    with transaction.atomic():
        save(mine, rows, now=factories.now())
        saving = Beside(
            lambda: save_list(
                actor=officer(),
                registration=others,
                form_key=ONLINE,
                checked=early,
                now=factories.now(),
            )
        )
        postgres_desk.wait_until_blocked()
    assert saving.end() == "taken_elsewhere"
    assert list(Entry.objects.values_list("unit__code", flat=True)) == ["GN"]


def test_two_who_begin_a_registration_at_once_have_one(postgres_desk: PostgresDesk) -> None:
    contest = load()
    with transaction.atomic():
        begin(contest)
        beginning = Beside(lambda: begin(contest))
        postgres_desk.wait_until_blocked()
    assert beginning.end() == "done"
    assert UnitRegistration.objects.count() == 1


def test_two_who_save_a_team_at_once_make_one(postgres_desk: PostgresDesk) -> None:
    registration = begin(load(), forms=(ONLINE, LIVE))
    with transaction.atomic():
        save(registration, people(3), LIVE)
        saving = Beside(lambda: save(registration, people(4, start=10), LIVE))
        postgres_desk.wait_until_blocked()
    assert saving.end() == "done"
    assert Team.objects.get().members.count() == 4
    assert Entry.objects.count() == 1


def test_lists_that_are_changed_while_they_are_handed_in_are_not(
    postgres_desk: PostgresDesk,
) -> None:
    registration = begin(load())
    save(registration, people(30))
    seen = lists_seen(registration)
    with transaction.atomic():
        save(registration, people(31))
        handing_in = Beside(
            lambda: submit_registration(
                actor=officer(), registration=registration, seen=seen, now=NOW
            )
        )
        postgres_desk.wait_until_blocked()
    assert handing_in.end() == "lists_differ"


def test_lists_that_are_taken_back_while_they_are_accepted_are_not(
    postgres_desk: PostgresDesk,
) -> None:
    registration = begin(load())
    save(registration, people(30))
    receipt = submit_registration(
        actor=officer(), registration=registration, seen=lists_seen(registration), now=NOW
    )
    with transaction.atomic():
        recall_registration(actor=officer(), registration=registration, receipt=receipt, now=NOW)
        submit_registration(
            actor=officer(),
            registration=registration,
            seen=lists_seen(registration),
            now=NOW + timedelta(minutes=1),
        )
        accepting = Beside(
            lambda: accept_registration(
                actor=officer(), registration=registration, receipt=receipt, now=NOW
            )
        )
        postgres_desk.wait_until_blocked()
    assert accepting.end() == "handed_in_anew"
