"""The log: chained, in the transaction of the act, and a change is noticed."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import transaction

from hoithi.audit.actions import record
from hoithi.audit.models import LogEntry
from hoithi.audit.queries import first_broken
from tests.audit.racing import TIMES
from tests.worst import WORST

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def write(action: str) -> None:
    with transaction.atomic():
        record(actor_id=7, actor_name="Thử", action=action, target="x:1", now=NOW, after={"a": 1})


@pytest.mark.django_db
def test_entries_are_numbered_and_chained() -> None:
    for action in ("one", "two", "three"):
        write(action)
    assert [entry.action for entry in LogEntry.objects.order_by("-number")] == [
        "three",
        "two",
        "one",
    ]
    assert first_broken() is None
    LogEntry.objects.filter(number=2).update(actor_name="Ai đó")
    assert first_broken() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("worst", WORST.values(), ids=WORST)
def test_whatever_is_told_to_the_log_is_kept_composed(worst: str) -> None:
    with transaction.atomic():
        record(
            actor_id=7,
            actor_name=worst[:200],
            action="one",
            target="x:1",
            now=NOW,
            before={"reason": worst},
            after={"reasons": [worst]},
        )
    entry = LogEntry.objects.get()
    before, after = entry.before or {}, entry.after or {}
    kept = [entry.actor_name, before["reason"], after["reasons"][0]]
    assert [text for text in kept if text != unicodedata.normalize("NFC", text)] == []
    assert first_broken() is None


@pytest.mark.django_db
def test_a_removed_entry_is_noticed() -> None:
    for action in ("one", "two", "three"):
        write(action)
    LogEntry.objects.filter(number=2).delete()
    assert first_broken() == 2


@pytest.mark.django_db(transaction=True)
def test_an_act_and_its_entry_stand_or_fall_together() -> None:
    with pytest.raises(RuntimeError, match="outside of a transaction"):
        record(actor_id=7, actor_name="Thử", action="one", target="x:1", now=NOW)


def test_acts_of_several_people_at_once_follow_from_each_other(
    race: Callable[[str], object],
) -> None:
    seen = race("tests.audit.racing:many_acts")
    assert seen == {"errors": [], "entries": 3 * TIMES + 1, "broken": None}
