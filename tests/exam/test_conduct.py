"""Signals on the desk: worked out, shown to the committee, erased at their date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.contests.plan.reading import parse_plan
from hoithi.exam.conduct import Person, conduct_of, erased_from, mind_signals
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.models import Attempt, Sitting
from hoithi.exam.records import sealing_record
from hoithi.exam.stores import signals
from hoithi.hall.store.signals import Kept, Signal
from hoithi.people.models import Role
from hoithi.results.models import RoundScore
from hoithi.rules import paper
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.desk_postgres import Beside, PostgresDesk
from tests.exam.scene import Scene, scene_in
from tests.exam.test_pages import HERE, page_of, press
from tests.hall.scene import SECRET, HallProcess, close_connections, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = f"{HERE}ghi-nhan/"
DAYS = 30
ANNOUNCED = "8. Trong giờ làm bài"
NEVER_KEPT = Kept([], [], [])


def plan_with_signals() -> bytes:
    """The plan of 2023 whose rules announce signals."""
    text = factories.PLAN.decode()
    rule = "7. Kết quả công bố gồm"
    told = f"{ANNOUNCED}, hệ thống ghi lại lúc rời trang, sao chép và dán chữ; xóa sau 30 ngày.\n"
    assert rule in text
    on = f'signals = true\nsignals_announced_in = "{ANNOUNCED}"\nsignals_days = {DAYS}'
    return text.replace(rule, told + rule, 1).replace("signals = false", on, 1).encode()


@pytest.fixture
def watched(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    with scene_in(tmp_path, settings, plan_with_signals()) as made:
        yield made


def held(scene: Scene) -> Sitting:
    """Two work at one address and a third at none that is known; all is collected."""
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    for entry in scene.entries[:2]:
        client = scene.work(entry, sitting, 20)
        told = [["left", 0, -1, 4500], ["left", 3, -1, 2600], ["copied", 0, -1, 0]]
        if entry == scene.entries[1]:
            told = [["pasted", 0, -1, 0]]
        assert client.post("signals", {"signals": told})[0] == 200
        assert client.submit()[0] == 200
    wait_until(lambda: len(kept(sitting).told) == 5)  # with both starts
    scene.close(sitting)
    sitting.refresh_from_db()
    return sitting


def kept(sitting: Sitting) -> Kept:
    with signals() as store:
        return store.kept(sitting.public_id.bytes)


def erasures() -> int:
    return LogEntry.objects.filter(action="exam.erase_signals").count()


def due(sitting: Sitting) -> datetime:
    return erased_from(sitting)


def test_the_sealed_policy_carries_place_and_days_and_without_signals_neither(
    watched: Scene,
) -> None:
    package = watched.seal()
    policy = paper.read_questions(bytes(package.questions)).file.policy
    assert (policy.signals, policy.signals_announced_in, policy.signals_days) == (
        True,
        ANNOUNCED,
        DAYS,
    )
    assert ANNOUNCED in policy.regulation.text
    told = (
        f"như thể lệ đã thông báo ({ANNOUNCED}); các ghi nhận được xóa {DAYS} ngày sau khi ca thi"
    )
    assert told in page_of(watched.an, f"{HERE}de/1/")
    minutes = str(sealing_record(package))
    assert (
        f"như thể lệ đã thông báo; các ghi nhận được xóa {DAYS} ngày sau khi ca thi kết thúc"
        in minutes
    )
    assert parse_plan(factories.PLAN).rounds[0].online is not None


def test_a_package_without_signals_does_not_name_them(scene: Scene) -> None:
    package = scene.seal()
    content = bytes(package.questions)
    assert b"signals_announced_in" not in content
    assert b"signals_days" not in content
    assert "rời trang thi" not in page_of(scene.an, f"{HERE}de/1/")
    assert "rời trang thi" not in str(sealing_record(package))
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    assert sitting.signals_days == 0
    assert mind_signals(factories.now() + timedelta(days=4000)) == 0
    assert "Vòng này không ghi nhận gì" in page_of(scene.an, PAGE)
    assert "Ghi nhận trong giờ thi" not in page_of(scene.an)


def test_the_committee_sees_what_was_told_and_what_the_journal_says(watched: Scene) -> None:
    sitting = held(watched)
    assert sitting.signals_days == DAYS
    now = factories.now()
    assert "đang được tính" in page_of(watched.an, PAGE)
    assert mind_signals(now) == 0
    report = conduct_of(watched.round, now)
    by_number = {row.person.number: row for row in report.rows}
    one, two = by_number["GN-001"], by_number["GN-002"]
    assert (one.left, one.away_s, one.copied, one.pasted) == (2, 7, 1, 0)
    assert (two.left, two.away_s, two.copied, two.pasted) == (0, 0, 0, 1)
    assert (one.devices, one.answers, two.devices) == (1, 30, 1)
    assert report.attempts == 2
    (group,) = report.groups  # both came from this machine
    assert [person.number for person in group.people] == ["GN-001", "GN-002"]
    assert (one.group, two.group) == (1, 1)
    page = page_of(watched.binh, PAGE)
    read = LogEntry.objects.filter(action="exam.read_signals").order_by("pk")
    assert [entry.actor_name for entry in read] == ["An", "Bình"]
    assert "đang được tính" not in page
    assert "không làm ai bị loại" in page
    assert [name for name in ("Nguyễn Văn Một", "Trần Thị Hai", "127.0.0.1") if name in page] == []
    assert "Ghi nhận trong giờ thi" in page_of(watched.an)


def test_only_the_committee_sees_it(watched: Scene) -> None:
    organiser = factories.user("Tư", watched.contest.key, Role.ORGANISER)
    observer = factories.user("Nga", watched.contest.key, Role.OBSERVER)
    watched.seal()
    publish_sitting(actor=watched.an, each=watched.round, now=factories.now())
    for who in (organiser, observer):
        assert factories.sign_in(Browser(), who).get(PAGE).status_code == 403
        assert "Ghi nhận trong giờ thi" not in page_of(who)
    assert "được hiển thị ở đây sau khi thu bài" in page_of(watched.an, PAGE)


def test_no_mark_changes(watched: Scene) -> None:
    sitting = held(watched)
    mind_signals(factories.now())
    press(watched.an, "cham-bai/")
    before = list(RoundScore.objects.order_by("pk").values_list("points", "is_barred", "voided_at"))
    page_of(watched.an, PAGE)
    mind_signals(due(sitting))
    assert [
        *RoundScore.objects.order_by("pk").values_list("points", "is_barred", "voided_at")
    ] == before


def test_at_the_date_all_of_it_is_erased_once_with_an_entry_in_the_log(watched: Scene) -> None:
    sitting = held(watched)
    mind_signals(factories.now())
    assert (len(kept(sitting).paces), len(kept(sitting).addresses)) == (2, 2)
    assert due(sitting) == sitting.closes_at + timedelta(days=DAYS)
    assert mind_signals(due(sitting) - timedelta(seconds=1)) == 0
    assert kept(sitting) != NEVER_KEPT
    assert mind_signals(due(sitting)) == 1
    assert kept(sitting) == NEVER_KEPT
    (entry,) = LogEntry.objects.filter(action="exam.erase_signals")
    assert (entry.actor_name, entry.target) == ("hoithi", f"sitting:{sitting.public_id.hex}")
    assert entry.after == {"days": DAYS}
    assert mind_signals(due(sitting) + timedelta(days=1)) == 0
    assert erasures() == 1
    assert "Đã xóa lúc" in page_of(watched.an, PAGE)
    assert Attempt.objects.filter(sitting=sitting).count() == 2


def test_a_store_out_of_reach_leaves_no_entry_and_is_tried_again(
    watched: Scene, settings: Settings, tmp_path: Path
) -> None:
    sitting = held(watched)
    mind_signals(factories.now())
    right = settings.HALL_JOURNAL
    (tmp_path / "away" / "signals.sqlite3").mkdir(parents=True)
    settings.HALL_JOURNAL = str(tmp_path / "away" / "journal.sqlite3")
    with pytest.raises(RuleViolation, match="hall_out_of_reach"):
        mind_signals(due(sitting))
    assert erasures() == 0
    assert "Chưa liên lạc được với phòng thi" in page_of(watched.an, PAGE)
    settings.HALL_JOURNAL = right
    assert kept(sitting) != NEVER_KEPT
    assert mind_signals(due(sitting)) == 1
    assert (erasures(), kept(sitting)) == (1, NEVER_KEPT)


def test_what_is_overdue_is_not_shown(watched: Scene) -> None:
    sitting = held(watched)
    mind_signals(factories.now())
    late = conduct_of(watched.round, due(sitting))
    assert (late.rows, late.groups, late.attempts) == ([], [], 0)
    assert late.sittings[0].is_overdue


def test_a_sitting_that_is_opened_once_more_is_erased_once_more(watched: Scene) -> None:
    watched.seal()
    sitting = publish_sitting(actor=watched.an, each=watched.round, now=factories.now())
    first = due(sitting)
    assert mind_signals(first) == 1
    Sitting.objects.update(closes_at=first + timedelta(days=1))
    with signals() as store:
        told = Signal(sitting.public_id.bytes, b"a" * 16, 1, "left", 0, 0, 0, 0, b"x")
        store.write([told])
    assert mind_signals(first + timedelta(days=2)) == 0
    assert mind_signals(first + timedelta(days=1 + DAYS)) == 1
    assert (erasures(), kept(sitting)) == (2, NEVER_KEPT)


def test_what_nobodys_attempt_has_told_is_left_out(watched: Scene) -> None:
    sitting = held(watched)
    with signals() as store:
        store.write([Signal(sitting.public_id.bytes, b"?" * 16, 1, "left", 0, 0, 0, 0, b"x")])
    report = conduct_of(watched.round, factories.now())
    assert {row.person for row in report.rows} <= {
        Person(sitting.pk, line.line, line.entry.number, line.entry.unit.name)
        for line in sitting.lines.select_related("entry__unit")
    }


@pytest.mark.postgres
def test_on_postgres_of_two_workers_at_once_one_erases(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    hall = HallProcess(tmp_path, postgres_desk.url)
    settings.HALL_CONTROL = hall.control_address
    settings.HALL_JOURNAL = hall.journal_address
    settings.HALL_SECRET = SECRET.decode()
    try:
        sitting = held(Scene(hall, plan_with_signals()))
    finally:
        close_connections()
        hall.stop()
    assert mind_signals(factories.now()) == 0
    assert {(pace.answers, pace.devices) for pace in kept(sitting).paces} == {(30, 1)}
    assert len(kept(sitting).told) == 5
    end = due(sitting)
    with transaction.atomic():
        assert mind_signals(end) == 1
        other = Beside(lambda: mind_signals(end))
        postgres_desk.wait_until_blocked()
    assert other.end() == "done"
    assert (erasures(), kept(sitting)) == (1, NEVER_KEPT)
