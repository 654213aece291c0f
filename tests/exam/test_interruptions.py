"""Minutes granted for an interruption, from the journal to the verified bundle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.hall import formats
from hoithi.hall.formats import Kind, Row
from hoithi.results.actions import publish
from hoithi.verify.checks import verify
from tests import factories
from tests.exam.scene import PLAN, Scene, scene_in
from tests.exam.test_closing import Node, closed_by_order, collect, heard, write

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = 60_000


@pytest.fixture
def scene(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    """Granted minutes are taken out of the time that breaks ties."""
    content = PLAN.replace(b'duration = "whole"', b'duration = "less_interruptions"')
    with scene_in(tmp_path, settings, content) as made:
        yield made


def attempt(line: int, minutes: int, granted: int = 0) -> tuple[Row, ...]:
    """An attempt of so many minutes without an answer, with minutes granted after its start."""
    now_ms = int(factories.now().timestamp() * 1000)
    name = bytes([line]) * 16
    end_ms = now_ms + 30 * MINUTE
    start = formats.start_data(end_ms, b"d" * 8)
    rows = [Row(name, 1, 0, Kind.START, line, 1, now_ms, -1, start)]
    if granted:
        later_ms = end_ms + granted * MINUTE
        rows.append(Row(name, 0, 0, Kind.DEADLINE, 1, later_ms, now_ms + MINUTE))
    submitted_ms = now_ms + minutes * MINUTE
    rows.append(Row(name, 1, 0, Kind.SUBMIT, -1, -1, submitted_ms, -1, b"n" * 16))
    return tuple(rows)


def test_minutes_for_an_interruption_break_no_tie(scene: Scene, tmp_path: Path) -> None:
    """Equal points: 28 minutes, ten of them for a power cut, come before twenty."""
    sitting = closed_by_order(scene)
    line = {entry.pk: sitting.lines.get(entry=entry).line for entry in scene.entries}
    one, two = (line[entry.pk] for entry in scene.entries[:2])
    rows = (*heard(scene, sitting), *attempt(one, 28, granted=10), *attempt(two, 20))
    write(str(scene.hall.journal), sitting, [Node(closed=(1,), rows=rows)])
    assert collect(scene, sitting) == "collected"
    assert {each.line.line: each.granted_ms for each in sitting.attempts.all()} == {
        one: 10 * MINUTE,
        two: 0,
    }
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publication = publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    assert [(row["name"], row["decided_by"]) for row in publication.content["rows"]] == [
        ("Nguyễn Văn Một", ""),
        ("Trần Thị Hai", "duration"),
    ]
    write_bundle(scene.contest, tmp_path / "b.zip", factories.now())
    assert verify(tmp_path / "b.zip") == []
