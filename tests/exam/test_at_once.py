"""Two people act on a round in the same moment, on PostgreSQL, where neither waits by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from hoithi.contests.actions import hold_contest
from hoithi.exam.actions import close_round
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.heads import note_heads
from hoithi.exam.models import (
    Attempt,
    ChainHead,
    Package,
    PackageState,
    RosterLine,
    Sitting,
    SittingState,
)
from hoithi.exam.sealing import withdraw_package
from hoithi.people.models import User
from hoithi.results.actions import publish as publish_result
from hoithi.results.actions import rule_on_item
from hoithi.results.models import Grading, Publication, RoundScore, Ruling
from hoithi.results.pending import is_grading_outdated
from hoithi.rules import paper
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.desk_postgres import Beside, PostgresDesk
from tests.exam.scene import Scene, scene_in

pytestmark = pytest.mark.postgres


def publish(scene: Scene) -> Sitting:
    return publish_sitting(actor=scene.an, each=scene.round, now=factories.now())


def test_of_two_clicks_one_publishes_the_roster(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    with scene_in(tmp_path, settings) as scene:
        scene.seal()
        with transaction.atomic():
            hold_contest(scene.contest)
            second = Beside(lambda: publish(scene))
            postgres_desk.wait_until_blocked()
            first = publish(scene)
        assert second.end() == "nobody_to_sit"
        assert Sitting.objects.get().pk == first.pk
        assert Sitting.objects.get().state == SittingState.PUBLISHED
        assert RosterLine.objects.count() == 6


def test_of_many_clicks_one_publishes_the_roster(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    with scene_in(tmp_path, settings) as scene:
        scene.seal()
        clicks = [Beside(lambda: publish(scene)) for _ in range(4)]
        said = sorted(click.end() for click in clicks)
        assert said == ["done", *["nobody_to_sit"] * 3]
        assert (Sitting.objects.count(), RosterLine.objects.count()) == (1, 6)


def test_of_two_workers_one_keeps_an_end(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    with scene_in(tmp_path, settings) as scene:
        scene.seal()
        sitting = publish(scene)
        scene.hall.start()
        scene.sit(scene.entries[0], sitting, 30)
        with transaction.atomic():
            assert note_heads(factories.now()) == 1
            other = Beside(lambda: note_heads(factories.now()))
            postgres_desk.wait_until_blocked()
        assert other.end() == "done"
        assert ChainHead.objects.count() == 1


def test_a_package_that_is_being_withdrawn_gets_no_sitting(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    with scene_in(tmp_path, settings) as scene:
        package = scene.seal()
        reason = "Câu 7 sai"
        withdraw_package(actor=scene.an, package=package, reason=reason, now=factories.now())
        with transaction.atomic():
            withdraw_package(actor=scene.binh, package=package, reason=reason, now=factories.now())
            publishing = Beside(lambda: publish(scene))
            postgres_desk.wait_until_blocked()
        assert publishing.end() == "not_sealed"
        assert Package.objects.get().state == PackageState.WITHDRAWN
        assert Sitting.objects.count() == 0


def sat(scene: Scene) -> str:
    """A collected sitting in which one person left everything empty; an item of that paper."""
    scene.seal()
    sitting = publish(scene)
    line = sitting.lines.get(line=1)
    Attempt.objects.create(
        sitting=sitting,
        line=line,
        public_id="a" * 32,
        number=1,
        started_ms=0,
        deadline_ms=1_800_000,
        submitted_ms=60_000,
        is_automatic=False,
        is_void=False,
        answers=[-1] * 30,
        prediction=-1,
        late_rows=0,
    )
    Sitting.objects.update(state=SittingState.COLLECTED, collected_at=factories.now())
    questions = paper.read_questions(bytes(sitting.package.questions))
    drawn = paper.draw(questions, bytes.fromhex(line.entry_key), 1)
    return questions.file.items[drawn[0].item].id


def rule(scene: Scene, who: User, item: str) -> None:
    rule_on_item(
        actor=who,
        each=scene.round,
        item=item,
        effect="points_to_all",
        option=None,
        reason="Đề in sai",
        now=factories.now(),
    )


def grade(scene: Scene) -> None:
    close_round(actor=scene.an, each=scene.round, now=factories.now())


def points() -> list[int]:
    return [int(score.points) for score in RoundScore.objects.filter(voided_at=None)]


def test_a_ruling_signed_while_papers_are_graded_is_graded(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    with scene_in(tmp_path, settings) as scene:
        item = sat(scene)
        rule(scene, scene.an, item)
        with transaction.atomic():
            hold_contest(scene.contest)
            grading = Beside(lambda: grade(scene))
            postgres_desk.wait_until_blocked()
            rule(scene, scene.binh, item)
        assert grading.end() == "done"
        assert points() == [1]
        assert [each.rulings for each in Grading.objects.all()] == [[Ruling.objects.get().pk]]
        assert not is_grading_outdated(scene.round)


def test_a_ruling_that_waited_for_the_grading_has_to_be_graded(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    """Its time is before the grading's, since it was asked for before."""
    with scene_in(tmp_path, settings) as scene:
        item = sat(scene)
        rule(scene, scene.an, item)
        with transaction.atomic():
            hold_contest(scene.contest)
            ruling = Beside(lambda: rule(scene, scene.binh, item))
            postgres_desk.wait_until_blocked()
            grade(scene)
        assert ruling.end() == "done"
        assert Ruling.objects.get().ruled_at < Grading.objects.get().graded_at
        assert (points(), is_grading_outdated(scene.round)) == ([0], True)
        with pytest.raises(RuleViolation, match="grading_outdated"):
            publish_result(actor=scene.an, each=scene.round, reason="", now=factories.now())
        grade(scene)
        assert (points(), is_grading_outdated(scene.round)) == ([1], False)


def test_no_result_is_published_beside_a_ruling(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    with scene_in(tmp_path, settings) as scene:
        item = sat(scene)
        grade(scene)
        rule(scene, scene.an, item)
        with transaction.atomic():
            rule(scene, scene.binh, item)
            publishing = Beside(
                lambda: publish_result(
                    actor=scene.an, each=scene.round, reason="", now=factories.now()
                )
            )
            postgres_desk.wait_until_blocked()
        assert publishing.end() == "grading_outdated"
        assert Publication.objects.count() == 0
