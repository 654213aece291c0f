"""Prizes passed on to others, and the table of units: the case of tests/golden/two_rounds.py."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from hoithi.portal.queries.trust import edition_of
from hoithi.results.actions import publish, publish_collective
from tests import factories
from tests.portal.scene import cells, read
from tests.results.scene import Scene

pytestmark = pytest.mark.django_db
HOME = "/hoi-thi/quangnam-2022/"
UNITS = f"{HOME}ket-qua-tap-the/"


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    for key in ("dot-1", "dot-2"):
        made.score(key)
    return made


def publish_rounds(scene: Scene) -> None:
    for key in ("dot-1", "dot-2"):
        publish(actor=scene.an, each=scene.round(key), reason="", now=factories.now())


def publish_units(scene: Scene) -> None:
    publish_collective(actor=scene.an, contest=scene.contest, reason="", now=factories.now())


def test_a_prize_that_was_passed_on_says_to_which(scene: Scene, client: Client) -> None:
    publish_rounds(scene)
    rows = cells(client.get(f"{HOME}ket-qua/dot-2/").content.decode())
    assert [(row[1], row[4]) for row in rows][:3] == [
        ("chi", "Giải nhất"),
        ("an", "không nhận Giải nhì, giữ Giải nhất ở Đợt 1"),
        ("lan", "Giải nhì"),
    ]


def test_the_table_of_units_waits_for_the_rounds(scene: Scene, client: Client) -> None:
    assert "Kết quả tập thể sẽ có sau khi công bố kết quả tất cả các vòng." in read(client, UNITS)
    publish_rounds(scene)
    assert UNITS not in client.get(HOME).content.decode()
    publish_units(scene)
    assert UNITS in client.get(HOME).content.decode()


def test_units_are_shown_with_share_score_and_prize(
    scene: Scene, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publish_rounds(scene)
    publish_units(scene)
    with django_assert_num_queries(4):
        html = client.get(UNITS).content.decode()
    assert [(row[0], *row[2:6]) for row in cells(html)] == [
        ("1", "3/3", "100%", "120", "Giải nhất tập thể"),
        ("2", "2/2", "100%", "114", "Giải nhì tập thể"),
        ("3", "3/4", "75%", "99", "Giải ba tập thể"),
        ("4", "3/5", "60%", "74", "Giải ba tập thể"),
        ("5", "0/0", "0%", "0", "–"),
    ]


def test_the_bundle_waits_for_the_table_of_units(scene: Scene) -> None:
    rounds = list(scene.contest.rounds.all())
    publish_rounds(scene)
    assert edition_of(scene.contest, rounds) == ""
    publish_units(scene)
    assert len(edition_of(scene.contest, rounds)) == 16


def test_a_contest_without_a_rule_for_units_has_no_table(client: Client) -> None:
    factories.contest()
    assert client.get("/hoi-thi/daknong-2023/ket-qua-tap-the/").status_code == 404


def test_an_unknown_version_of_the_table_is_not_found(scene: Scene, client: Client) -> None:
    publish_rounds(scene)
    publish_units(scene)
    assert client.get(f"{UNITS}phien-ban/1/").status_code == 200
    assert client.get(f"{UNITS}phien-ban/2/").status_code == 404
