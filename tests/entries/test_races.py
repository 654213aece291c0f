"""Two who change the same in one moment, each over a connection of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from hoithi.entries.actions import (
    accept_registration,
    bar_entry,
    mark_seated,
    reissue_code,
    replace_person,
    submit_registration,
    withdraw_entry,
)
from hoithi.entries.models import Entry, UnitRegistration
from hoithi.entries.queries import lists_seen
from tests.desk_postgres import Beside, PostgresDesk
from tests.entries.scene import NOW, begin, check, listed, load, officer, people, save, sheet

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
    with transaction.atomic():
        mark_seated(entries)


@pytest.mark.parametrize("act", [withdraw, replace, new_code])
def test_who_is_being_seated_is_not_changed_beside_the_hall(
    postgres_desk: PostgresDesk, act: Callable[[Entry], None]
) -> None:
    entries = accepted()
    with transaction.atomic():
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
