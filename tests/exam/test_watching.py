"""What several nodes see of one sitting is put together without counting anybody twice."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from hoithi.entries.models import Entry
from hoithi.entries.queries import access_code_of
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.watching import UnitWatch, put_together, watch
from hoithi.hall.monitor import Snapshot, UnitCount
from hoithi.hall.store.api import NodeStatus
from tests import factories
from tests.exam.scene import Scene
from tests.exam.test_pages import HERE, page_of
from tests.hall.scene import Client, wait_until

WAITING = "đang chờ đến lượt vào thi"
NOW = datetime(2023, 10, 9, 1, 0, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
SITTING = bytes(range(16))


def report(
    seconds_ago: int, *counts: UnitCount, writer: bytes = b"a", saves: int = 0, waiting: int = 0
) -> NodeStatus:
    seen_ms = NOW_MS - seconds_ago * 1000
    by_sitting = {SITTING.hex(): list(counts)}
    snapshot = Snapshot(
        seen_ms,
        0,
        0,
        0,
        by_sitting,
        saves={SITTING.hex(): saves},
        waiting={SITTING.hex(): waiting},
    )
    return NodeStatus(writer, 0, seen_ms, 0, msgspec.json.encode(snapshot).decode())


def test_no_hall_was_ever_seen() -> None:
    found = put_together([], SITTING, NOW)
    assert (found.seen_at, found.is_alive, found.units) == (None, False, ())


def test_one_node_says_it_all() -> None:
    found = put_together([report(1, UnitCount("Cư Jút", 30, 3, 12, 9, 2))], SITTING, NOW)
    assert found.is_alive
    assert found.units == (UnitWatch("Cư Jút", 30, 3, 12, 9, 2),)
    assert found.units[0].absent == 6


def test_who_one_node_does_not_hear_may_be_heard_by_the_other() -> None:
    # Twelve work: one node hears seven of them, the other four; one is heard by neither.
    found = put_together(
        [
            report(1, UnitCount("Cư Jút", 30, 2, 12, 9, 5), writer=b"a"),
            report(2, UnitCount("Cư Jút", 30, 1, 12, 9, 8), writer=b"b"),
        ],
        SITTING,
        NOW,
    )
    assert found.units == (UnitWatch("Cư Jút", 30, 3, 12, 9, 1),)


def test_stored_counts_are_those_of_the_newest_snapshot() -> None:
    found = put_together(
        [
            report(1, UnitCount("Cư Jút", 30, 0, 10, 11, 10), writer=b"a"),
            report(9, UnitCount("Cư Jút", 30, 0, 12, 9, 0), writer=b"b"),
        ],
        SITTING,
        NOW,
    )
    assert found.units == (UnitWatch("Cư Jút", 30, 0, 10, 11, 0),)


def test_somebody_who_entered_on_two_nodes_is_no_more_than_one_person() -> None:
    found = put_together(
        [report(1, UnitCount("Cư Jút", 1, 1)), report(1, UnitCount("Cư Jút", 1, 1), writer=b"b")],
        SITTING,
        NOW,
    )
    assert (found.units[0].entered, found.units[0].absent) == (1, 0)


def test_a_dead_node_counts_only_while_none_lives() -> None:
    dead, living = report(16, UnitCount("Cư Jút", 30, 0, 5)), report(15, UnitCount("Cư Jút", 30))
    assert put_together([dead, living], SITTING, NOW).units[0].working == 0
    silent = put_together([dead], SITTING, NOW)
    assert (silent.is_alive, silent.units[0].working) == (False, 5)
    assert silent.seen_at == datetime(2023, 10, 9, 0, 59, 44, tzinfo=UTC)


def test_a_sitting_that_no_node_knows_has_no_units() -> None:
    assert put_together([report(1)], bytes(16), NOW).units == ()


def test_a_node_that_has_just_started_has_no_counts_yet() -> None:
    assert put_together([NodeStatus(b"a", 0, NOW_MS, 0, "")], SITTING, NOW).units == ()


def test_who_waits_for_a_turn_waits_at_a_living_node() -> None:
    reports = [
        report(1, UnitCount("Cư Jút", 30, 9), waiting=4),
        report(2, UnitCount("Cư Jút", 30, 9), writer=b"b", waiting=3),
        report(20, UnitCount("Cư Jút", 30, 9), writer=b"c", waiting=100),
    ]
    assert put_together(reports, SITTING, NOW).waiting == 7
    assert put_together(reports[2:], SITTING, NOW).waiting == 0


def test_saves_are_those_of_all_nodes_also_of_the_dead() -> None:
    living = report(1, UnitCount("Cư Jút", 30), saves=40)
    dead = report(600, UnitCount("Cư Jút", 30), saves=1200, writer=b"b")
    assert put_together([dead, living], SITTING, NOW).saves == 1240
    assert put_together([dead, living], bytes(16), NOW).saves == 0


def test_late_answers_are_those_the_newest_snapshot_knows() -> None:
    found = put_together(
        [
            report(2, UnitCount("Cư Jút", 30, 0, 5, 6, late=1), writer=b"a"),
            report(1, UnitCount("Cư Jút", 30, 0, 5, 6, late=2), writer=b"b"),
        ],
        SITTING,
        NOW,
    )
    assert (found.units[0].late, found.total.late) == (2, 2)


def test_a_report_of_an_older_hall_says_nothing_of_saves() -> None:
    old = NodeStatus(
        b"a",
        0,
        NOW_MS,
        0,
        '{"now_ms":1,"drift_ms":0,"queue":0,"failures":0,"sittings":{"'
        + SITTING.hex()
        + '":[{"unit":"Cư Jút","people":3}]}}',
    )
    found = put_together([old], SITTING, NOW)
    assert (found.saves, found.units[0].people, found.units[0].late) == (0, 3, 0)


def test_all_units_together() -> None:
    found = put_together(
        [report(1, UnitCount("Cư Jút", 30, 1, 2, 3, 1), UnitCount("Gia Nghĩa", 31, 4, 5, 6, 2))],
        SITTING,
        NOW,
    )
    assert found.total == UnitWatch("", 61, 5, 7, 9, 3)
    assert found.total.absent == 40


@pytest.mark.django_db(transaction=True)
def test_the_live_page_says_how_many_wait_for_a_turn(scene: Scene) -> None:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.more = {"HOITHI_HALL_CAPACITY": "1"}
    scene.hall.start()

    def shown() -> str:
        return page_of(scene.an, f"{HERE}truc-tiep/")

    wait_until(lambda: "Phòng thi đang hoạt động" in shown(), within_s=20)
    assert WAITING not in shown()
    # Nobody begins before the hall has counted who is at work.
    wait_until(lambda: ask_to_start(scene, scene.entries[0]) == 200)
    wait_until(lambda: watch(sitting.public_id.bytes, factories.now()).total.working == 1)
    assert [ask_to_start(scene, entry) for entry in scene.entries[1:3]] == [503, 503]
    wait_until(lambda: f"<strong>2</strong><span>{WAITING}" in shown(), within_s=20)


def ask_to_start(scene: Scene, entry: Entry) -> int:
    """Somebody enters and asks to begin; answers the status."""
    client = Client(scene.hall.port, device=entry.public_id.hex)
    assert client.enter(access_code_of(entry))[0] == 200
    begin = {"device": client.device, "regulation": "1.0", "consent": "1.0", "take_over": False}
    return client.post("start", begin)[0]
