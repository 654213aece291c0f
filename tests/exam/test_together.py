"""A round in which all answer together, from the seal to the verified bundle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.exam.models import Attempt
from hoithi.exam.together import ask, cancel, end, rescue
from hoithi.results.actions import publish
from hoithi.results.queries import scores_of
from hoithi.rules.errors import RuleViolation
from hoithi.verify.checks import verify
from tests import factories
from tests.exam.scene import Scene, scene_in
from tests.exam.together import RESCUE, Bell, plan

pytestmark = pytest.mark.django_db(transaction=True)
ONE, TWO, THREE, FOUR, FIVE = ("GN-001", "GN-002", "GN-003", "GN-004", "GN-005")
ALL = [ONE, TWO, THREE, FOUR, FIVE]


@pytest.fixture
def together(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    with scene_in(tmp_path, settings, plan(rescue=RESCUE)) as made:
        yield made


def test_a_round_from_the_seal_to_the_verified_bundle(together: Scene, tmp_path: Path) -> None:
    """By hand, as in docs/rules/together.md: five people, a rescue, a cancelled question."""
    bell = Bell(together)
    assert bell.play([ONE, TWO, THREE, FIVE], [FOUR]) == [ONE, TWO, THREE, FIVE]
    assert bell.play([ONE, FIVE], [TWO]) == [ONE, FIVE]  # THREE gave no answer
    rescue(actor=together.an, sitting=bell.sitting, seen=bell.seen, now=factories.now())
    assert bell.standing() == [ONE, TWO, THREE, FIVE]
    item = bell.ask()
    bell.answer(item, [ONE, TWO, THREE], [FIVE])
    assert bell.announce() == [ONE, TWO, THREE]
    cancel(
        actor=together.an,
        sitting=bell.sitting,
        seen=bell.seen,
        reason="Câu hỏi có lỗi chính tả",
        now=factories.now(),
    )
    assert bell.standing() == [ONE, TWO, THREE, FIVE]
    assert bell.play([TWO], [ONE, THREE, FIVE]) == [TWO]
    end(
        actor=together.an,
        sitting=bell.sitting,
        seen=bell.seen,
        reason="Còn một thí sinh",
        now=factories.now(),
    )
    assert bell.game.ended is not None
    assert bell.game.ended.winners == [bell.lines[TWO]]

    together.close(bell.sitting)
    close_round(actor=together.an, each=together.round, now=factories.now())
    points = {score.entry.number: score.points for score in scores_of(together.round)}
    assert points == {ONE: 3, TWO: 4, THREE: 3, FOUR: 0, FIVE: 3}
    assert {each.line.entry.number: each.correct for each in Attempt.objects.all()} == {
        ONE: 2,
        TWO: 2,
        THREE: 1,
        FOUR: 0,
        FIVE: 2,
    }
    publish(actor=together.an, each=together.round, reason="", now=factories.now())
    write_bundle(together.contest, tmp_path / "bundle.zip", factories.now())
    assert verify(tmp_path / "bundle.zip") == []
    assert LogEntry.objects.filter(action="exam.open_keys_at_once").count() == 1


def test_of_two_who_press_at_once_the_second_is_told_what_happened(together: Scene) -> None:
    bell = Bell(together, together.entries[:2])
    now = factories.now()
    ask(actor=together.an, sitting=bell.sitting, seen=0, now=now)
    with pytest.raises(RuleViolation) as raised:
        ask(actor=together.binh, sitting=bell.sitting, seen=0, now=now)
    assert (raised.value.code, raised.value.params) == ("together_asked_meanwhile", {"number": 1})
    assert bell.seen == 1
