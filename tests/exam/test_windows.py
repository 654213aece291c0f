"""A window of its own from the desk's order to the collected sitting and its bundle."""

from __future__ import annotations

import hashlib
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from pytest_django.fixtures import Settings

from hoithi.entries.queries import access_code_of
from hoithi.exam.actions import close_round, collect_sitting
from hoithi.exam.bundling import write_bundle
from hoithi.exam.hall_orders import (
    give_window,
    last_order_of,
    move_close,
    move_opening,
    publish_sitting,
)
from hoithi.exam.heads import note_heads
from hoithi.exam.models import Sitting
from hoithi.exam.scores_at_once import forget, show_scores
from hoithi.hall.times import Times
from hoithi.portal.queries.trust import public_values
from hoithi.results.actions import publish
from hoithi.rules.errors import RuleViolation
from hoithi.verify.checks import examine, verify
from tests import factories
from tests.exam.scene import Scene, scene_in
from tests.exam.test_scores_at_once import PROMISED
from tests.hall.scene import Client, wait_for_order, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def window(scene: Scene, sitting: Sitting, seconds: float) -> int:
    """From now on, for the unit of the first entry; answers for how many."""
    now = factories.now()
    return give_window(
        actor=scene.an,
        sitting=sitting,
        line=None,
        unit_id=scene.entries[0].unit_id,
        opens_at=now,
        closes_at=now + timedelta(seconds=seconds),
        reason="Cả đơn vị mất điện",
        now=now,
    )


def waits_for_its_opening(scene: Scene) -> Sitting:
    """A published sitting that opens in two hours, and a hall."""
    scene.seal()
    now = factories.now()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=now)
    move_opening(
        actor=scene.an,
        sitting=sitting,
        opens_at=now + timedelta(hours=2),
        reason="Đường truyền chưa xong",
        now=now,
    )
    scene.hall.start()
    return sitting


def hear(scene: Scene, sitting: Sitting) -> None:
    """Wait until the hall has heard every order."""
    client = Client(scene.hall.port)
    assert client.enter(access_code_of(scene.entries[0]))[0] == 200
    wait_for_order(client, last_order_of(sitting))


def test_in_a_window_before_the_opening_the_ends_of_the_chains_are_kept(scene: Scene) -> None:
    sitting = waits_for_its_opening(scene)
    assert note_heads(factories.now()) == 0
    window(scene, sitting, 600)
    hear(scene, sitting)
    scene.sit(scene.entries[0], sitting, 30)
    assert note_heads(factories.now()) == 1
    # The next window comes after the sitting's own opening: what has begun goes on.
    now = factories.now()
    give_window(
        actor=scene.an,
        sitting=sitting,
        line=None,
        unit_id=scene.entries[0].unit_id,
        opens_at=now + timedelta(days=1),
        closes_at=now + timedelta(days=2),
        reason="Mất điện nữa",
        now=now,
    )
    hear(scene, sitting)
    wait_until(lambda: note_heads(factories.now()) == 1)
    assert note_heads(factories.now() - timedelta(hours=1)) == 0


def test_in_a_window_before_the_opening_scores_are_told(tmp_path: Path, settings: Settings) -> None:
    with scene_in(tmp_path, settings, PROMISED) as scene:
        sitting = waits_for_its_opening(scene)
        window(scene, sitting, 600)
        hear(scene, sitting)
        scene.sit(scene.entries[0], sitting, 30)
        assert show_scores(factories.now()) == 1
    forget()


def collect(scene: Scene, sitting: Sitting) -> list[str]:
    """Collect as soon as it may be; answers what stood against it meanwhile."""
    refused: list[str] = []
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            collect_sitting(actor=scene.an, sitting=sitting, now=factories.now())
        except RuleViolation as violation:
            refused.append(violation.code)
            time.sleep(0.2)
        else:
            return list(dict.fromkeys(refused))
    raise TimeoutError(refused)


def test_who_sat_in_a_window_is_in_the_result_and_the_bundle_tells_of_it(
    scene: Scene, tmp_path: Path
) -> None:
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    early = public_values(scene.contest)
    scene.hall.start()
    scene.sit(scene.entries[1], sitting, 20)
    now = factories.now()
    last = move_close(actor=scene.an, sitting=sitting, closes_at=now, reason="Xong", now=now)
    watcher = Client(scene.hall.port)
    assert watcher.enter(access_code_of(scene.entries[0]))[0] == 200
    assert wait_for_order(watcher, last)["state"] == "closed"
    assert window(scene, sitting, 600) == 3
    wait_for_order(watcher, last + 1)
    scene.sit(scene.entries[0], sitting, 30)
    with pytest.raises(RuleViolation, match="sitting_open"):
        collect_sitting(actor=scene.an, sitting=sitting, now=factories.now())
    window(scene, sitting, 2)  # everybody is done: the last one given holds
    assert collect(scene, sitting) == ["sitting_open", "hall_not_closed"]
    assert sitting.flaws == []
    times = msgspec.convert(sitting.times, Times)
    assert [each.kind for each in times.orders] == ["close_at", "window", "window"]
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publish(actor=scene.an, each=scene.round, now=factories.now(), reason="")
    path = tmp_path / "bundle.zip"
    write_bundle(scene.contest, path, factories.now())
    assert verify(path) == []
    name = f"rounds/truc-tuyen/sittings/{sitting.public_id.hex}/times.json"
    with zipfile.ZipFile(path) as bundle:
        written = bundle.read(name)
    assert msgspec.json.decode(written, type=Times) == times
    assert sitting.closing is not None
    assert sitting.closing["times_sha256"] == hashlib.sha256(written).hexdigest()
    assert examine(path, early).findings == []
    assert examine(path, public_values(scene.contest)).findings == []
    said = early.rounds["truc-tuyen"].sittings[sitting.public_id.hex]
    assert (said.opens_ms, said.closes_ms) == (times.opens_ms, times.closes_ms)
    attempts = {each.line.entry_id: each.correct for each in sitting.attempts.all()}
    assert attempts == {scene.entries[0].pk: 30, scene.entries[1].pk: 20}
