"""When a sitting may be collected: one journal in turn, and one shared by several nodes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from hoithi.exam.actions import collect_sitting
from hoithi.exam.flaws import HEAD_NOT_PASSED
from hoithi.exam.hall_orders import give_minutes_to_all, move_close, publish_sitting
from hoithi.exam.models import Sitting, SittingState
from hoithi.exam.wording import FLAWS
from hoithi.hall.formats import NO_ATTEMPT, Kind, Row
from hoithi.hall.ledger import FlawCode
from hoithi.hall.store import control_writer
from hoithi.hall.store.api import NodeStatus, Opening
from hoithi.hall.times import order_digest
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.desk_postgres import Beside, PostgresDesk
from tests.exam.scene import Scene, scene_in
from tests.exam.test_pages import HERE, page_of, press
from tests.hall.writing import ITEMS, opened
from tests.postgres import Cluster

NOW_MS = 1_000_000_000
LONG_AGO_MS = NOW_MS - 3_600_000


@dataclass(frozen=True, slots=True)
class Node:
    """One life of a hall process: when it started and was seen last, its words of closing, each
    with the last order applied by then, other rows, and the last order it reports."""

    rows: tuple[Row, ...] = ()
    closed: tuple[int, ...] = ()
    seen_ms: int = NOW_MS
    started_ms: int = LONG_AGO_MS
    order: int = 0


def write(
    journal: str, sitting: Sitting, nodes: Sequence[Node], roster_sha256: bytes | None = None
) -> None:
    """Let the nodes write what they say, one after the other, into a real journal.

    They open the sitting with the roster that was published, or with one of another hash.
    """
    opening = Opening(ITEMS, roster_sha256 or bytes.fromhex(sitting.roster_sha256))

    async def play() -> None:
        for node in nodes:
            made = await opened(journal)
            made.store.add_sitting(sitting.public_id.bytes, opening)
            for row in node.rows:
                await made.note(sitting.public_id.bytes, row)
            for order in node.closed:
                row = Row(NO_ATTEMPT, 0, 0, Kind.CLOSED, order, -1, NOW_MS - 60_000)
                await made.note(sitting.public_id.bytes, row)
            await made.store.report(
                NodeStatus(made.store.writer, node.started_ms, node.seen_ms, node.order, "")
            )
            await made.stop()

    asyncio.run(play())


def closed_by_order(scene: Scene) -> Sitting:
    """A sitting in the hall that order 1 has closed; no hall runs."""
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    now = factories.now()
    assert move_close(actor=scene.an, sitting=sitting, closes_at=now, reason="Xong", now=now) == 1
    return sitting


def heard(scene: Scene, sitting: Sitting) -> tuple[Row, ...]:
    """What a hall writes of the orders that the desk has given for a sitting."""
    control = control_writer(str(scene.hall.control))
    orders = control.orders(sitting.public_id.bytes)
    control.close()
    return tuple(
        Row(NO_ATTEMPT, 0, 0, Kind.ORDER, each.number, -1, NOW_MS, -1, order_digest(each))
        for each in orders
    )


def give_minutes(scene: Scene, sitting: Sitting) -> None:
    """Order 2: ten minutes for everybody."""
    give_minutes_to_all(
        actor=scene.an,
        sitting=sitting,
        unit_id=None,
        minutes=10,
        reason="Mất điện",
        now=factories.now(),
    )


def collect(scene: Scene, sitting: Sitting) -> str:
    """What comes of collecting: the state it leaves, or the code of a refusal."""
    try:
        collect_sitting(actor=scene.an, sitting=sitting, now=factories.now())
    except RuleViolation as violation:
        return violation.code
    return sitting.state


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([Node()], "hall_not_closed"),
        ([Node(closed=(0,))], "hall_not_closed"),
        ([Node(closed=(1,))], "collected"),
        ([Node(closed=(0, 1))], "collected"),
        ([Node(closed=(1,)), Node()], "collected"),
        ([Node(closed=(7,))], "collected"),
    ],
    ids=["nobody", "before-the-order", "after-it", "again-after-it", "restarted", "other-sitting"],
)
def test_on_one_machine_the_hall_has_closed_after_the_last_order(
    scene: Scene, nodes: list[Node], expected: str
) -> None:
    sitting = closed_by_order(scene)
    write(str(scene.hall.journal), sitting, nodes)
    assert collect(scene, sitting) == expected


@pytest.mark.django_db(transaction=True)
def test_minutes_after_the_closing_are_waited_for(scene: Scene) -> None:
    sitting = closed_by_order(scene)
    write(str(scene.hall.journal), sitting, [Node(closed=(1,))])
    give_minutes(scene, sitting)
    assert collect(scene, sitting) == "hall_not_closed"
    write(str(scene.hall.journal), sitting, [Node(closed=(2,))])
    assert collect(scene, sitting) == "collected"


@pytest.mark.django_db(transaction=True)
def test_a_sitting_whose_time_has_not_come_is_not_collected(scene: Scene) -> None:
    """Somebody has closed it early and then opened it again."""
    sitting = closed_by_order(scene)
    write(str(scene.hall.journal), sitting, [Node(closed=(7,))])
    now = factories.now()
    later = now + timedelta(hours=1)
    move_close(actor=scene.an, sitting=sitting, closes_at=later, reason="Thi tiếp", now=now)
    assert collect(scene, Sitting.objects.get()) == "sitting_open"


BOTH = [Node(closed=(1,)), Node(closed=(1,))]
SILENT_MS = NOW_MS - 15_000


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("nodes", "expected"),
    [
        ([Node(), Node()], "hall_not_closed"),
        ([Node(closed=(1,)), Node(seen_ms=SILENT_MS + 1)], "hall_not_closed"),
        ([Node(closed=(1,)), Node(seen_ms=SILENT_MS)], "collected"),
        ([Node(closed=(1,)), Node(closed=(0,))], "hall_not_closed"),
        (BOTH, "collected"),
        ([Node(closed=(1,)), Node(started_ms=NOW_MS - 60_000)], "collected"),
        ([Node(closed=(1,)), Node(started_ms=NOW_MS - 60_001)], "hall_not_closed"),
        ([Node(closed=(1,), seen_ms=SILENT_MS), Node()], "hall_not_closed"),
    ],
    ids=[
        *["nobody", "one-of-two", "other-dead", "other-before-the-order", "both"],
        *["other-started-after", "other-started-before", "closer-dead-other-lives"],
    ],
)
def test_every_living_node_has_closed_after_the_last_order(
    scene: Scene,
    postgres_cluster: Cluster,
    settings: Settings,
    nodes: list[Node],
    expected: str,
) -> None:
    settings.HALL_JOURNAL = postgres_cluster.fresh()
    sitting = closed_by_order(scene)
    write(settings.HALL_JOURNAL, sitting, nodes)
    assert collect(scene, sitting) == expected


@pytest.mark.postgres
def test_an_order_given_while_papers_are_collected_is_not_lost(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    with scene_in(tmp_path, settings) as scene:
        sitting = closed_by_order(scene)
        write(str(scene.hall.journal), sitting, [Node(closed=(1,))])
        with transaction.atomic():
            Sitting.objects.filter(pk=sitting.pk).update(title="Ca thi")
            collecting = Beside(
                lambda: collect_sitting(actor=scene.an, sitting=sitting, now=factories.now())
            )
            postgres_desk.wait_until_blocked()
            give_minutes(scene, sitting)
        assert collecting.end() == "hall_not_closed"
        assert Sitting.objects.get().state == SittingState.PUBLISHED


@pytest.mark.postgres
def test_no_order_is_given_once_papers_are_being_collected(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    with scene_in(tmp_path, settings) as scene:
        sitting = closed_by_order(scene)
        with transaction.atomic():
            Sitting.objects.filter(pk=sitting.pk).update(state=SittingState.COLLECTED)
            ordering = Beside(lambda: give_minutes(scene, sitting))
            postgres_desk.wait_until_blocked()
        assert ordering.end() == "sitting_over"


# An answer of an attempt that never started.
SPOILT = Node(closed=(1,), rows=(Row(b"a" * 16, 1, 1, Kind.ANSWER, 1, 0, NOW_MS),))


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_in_a_journal_is_collected_when_two_have_signed_under_it(
    scene: Scene,
) -> None:
    sitting = closed_by_order(scene)
    write(str(scene.hall.journal), sitting, [SPOILT])
    here = f"ca/{sitting.pk}/"
    assert "dong-loi" not in page_of(scene.an, HERE + here)
    page = press(scene.an, f"{here}thu-bai/")
    assert "Sổ của phòng thi có 1 dòng không đúng quy tắc." in page
    assert "Lượt thi không có dòng bắt đầu" in page_of(scene.an, HERE + here)

    reason = "Biên bản số 3"
    press(scene.an, f"{here}dong-loi/", reason=reason)
    press(scene.an, f"{here}dong-loi/", reason=reason)
    assert "An đã ký. Đang chờ thành viên thứ hai" in page_of(scene.binh, HERE + here)
    assert collect(scene, sitting) == "journal_flawed"
    press(scene.binh, f"{here}dong-loi/", reason=reason)
    assert "An và Bình đã ký: có thể thu bài." in page_of(scene.an, HERE + here)
    assert collect(scene, sitting) == "collected"
    assert sitting.attempts.count() == 0


@pytest.mark.django_db(transaction=True)
def test_what_was_signed_holds_for_those_rows_only(scene: Scene) -> None:
    sitting = closed_by_order(scene)
    write(str(scene.hall.journal), sitting, [SPOILT])
    Sitting.objects.update(flaws=[["attempt_without_start", "bb" * 16, ""]])
    for actor in (scene.an, scene.binh):
        press(actor, f"ca/{sitting.pk}/dong-loi/", reason="Biên bản số 3")
    assert "An và Bình đã ký" in page_of(scene.an, f"{HERE}ca/{sitting.pk}/")
    assert collect(scene, sitting) == "journal_flawed"
    assert "An và Bình đã ký" not in page_of(scene.an, f"{HERE}ca/{sitting.pk}/")


@pytest.mark.django_db(transaction=True)
def test_there_is_nothing_to_accept_in_a_journal_without_such_rows(scene: Scene) -> None:
    sitting = closed_by_order(scene)
    page = press(scene.an, f"ca/{sitting.pk}/dong-loi/", reason="Biên bản số 3")
    assert "Không có gì để chấp nhận" in page


@pytest.mark.django_db(transaction=True)
def test_a_journal_that_was_opened_with_another_roster_is_not_collected_in_silence(
    scene: Scene,
) -> None:
    sitting = closed_by_order(scene)
    write(str(scene.hall.journal), sitting, [Node(closed=(1,))], b"x" * 32)
    assert collect(scene, sitting) == "journal_flawed"
    page = page_of(scene.an, f"{HERE}ca/{sitting.pk}/")
    assert "Phòng thi mở với danh sách khác danh sách đã công bố" in page
    assert (b"x" * 32).hex() in page


def test_every_flaw_has_its_words() -> None:
    assert {*get_args(FlawCode), HEAD_NOT_PASSED} == FLAWS.keys()
