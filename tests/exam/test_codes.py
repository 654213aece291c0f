"""A code opens every sitting of its holder, and a new one replaces it in every one of them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from hoithi.contests.models import Round
from hoithi.entries.queries import access_code_of
from hoithi.exam.hall_orders import publish_sitting, reissue
from hoithi.exam.models import Sitting, SittingState
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.exam.scene import Scene, plan_of_two_rounds, scene_in
from tests.exam.test_order_pages import orders
from tests.hall.scene import Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def scene(tmp_path: Path, settings: Settings) -> Iterator[Scene]:
    with scene_in(tmp_path, settings, plan_of_two_rounds()) as made:
        yield made


@pytest.fixture
def sittings(scene: Scene) -> list[Sitting]:
    """Both rounds are in the hall at once."""
    made = []
    for each in Round.objects.filter(contest=scene.contest, is_online=True):
        scene.seal(each)
        made.append(publish_sitting(actor=scene.an, each=each, now=factories.now()))
    return made


def new_code(scene: Scene, sitting: Sitting) -> str:
    line = sitting.lines.get(entry=scene.entries[0])
    return reissue(actor=scene.an, line=line, reason="Mất phiếu", now=factories.now())


def test_a_lost_slip_opens_no_sitting_any_more(scene: Scene, sittings: list[Sitting]) -> None:
    scene.hall.start()
    old = access_code_of(scene.entries[0])
    client = Client(scene.hall.port)
    assert client.enter(old)[0] == 200
    new = new_code(scene, sittings[0])
    deadline = time.monotonic() + 20
    while client.enter(old)[0] == 200:
        assert time.monotonic() < deadline, "the lost slip still opens a sitting"
        time.sleep(0.05)
    assert client.enter(old)[0] == 401
    assert client.enter(new)[0] == 200
    assert sorted(order.sitting for order in orders(scene)) == sorted(
        sitting.public_id.bytes for sitting in sittings
    )


def test_a_sitting_that_is_over_is_told_nothing(scene: Scene, sittings: list[Sitting]) -> None:
    Sitting.objects.filter(pk=sittings[0].pk).update(state=SittingState.COLLECTED)
    new_code(scene, sittings[1])
    assert [order.sitting for order in orders(scene)] == [sittings[1].public_id.bytes]


def test_after_the_last_sitting_a_new_code_opens_the_own_result(
    scene: Scene, sittings: list[Sitting]
) -> None:
    Sitting.objects.update(state=SittingState.GRADED)
    old = access_code_of(scene.entries[0])
    new = new_code(scene, sittings[0])
    assert orders(scene) == []
    for code, shown in ((old, False), (new, True)):
        page = Browser().post("/ket-qua-cua-toi/", {"code": code}).content.decode()
        assert ("Nguyễn Văn Một" in page) is shown


def test_a_roster_on_its_way_to_the_hall_comes_first(scene: Scene, sittings: list[Sitting]) -> None:
    Sitting.objects.filter(pk=sittings[1].pk).update(state=SittingState.PREPARED)
    with pytest.raises(RuleViolation) as refused:
        new_code(scene, sittings[0])
    assert refused.value.code == "sitting_prepared"
    assert orders(scene) == []
    scene.entries[0].refresh_from_db()
    assert scene.entries[0].code_issue == 1
