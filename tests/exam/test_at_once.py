"""Two people act on a round in the same moment, on PostgreSQL, where neither waits by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.fixtures import Settings

from hoithi.contests.actions import hold_contest
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.models import Package, PackageState, RosterLine, Sitting, SittingState
from hoithi.exam.sealing import withdraw_package
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
