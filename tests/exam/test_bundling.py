"""A bundle of several rounds settled together is recomputed from what was published."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from hoithi.contests.plan.reading import plan_from
from hoithi.contests.plan.writing import write_plan
from hoithi.exam.bundling import write_bundle
from hoithi.results.actions import Minutes, publish, publish_collective, record_minutes
from hoithi.verify.checks import verify
from tests import factories
from tests.golden import two_rounds as case
from tests.golden.spoil import altered, read_table
from tests.results.scene import Scene, plan_of_the_case

pytestmark = pytest.mark.django_db
BOTH = ("dot-1", "dot-2")
PART = {
    "key": "thi",
    "label": "Bài thi",
    "maximum": 300,
    "most_people": 0,
    "registered_only": False,
    "content": "Làm bài trên giấy",
}


def on_paper() -> bytes:
    """The plan of Quảng Nam with its rounds held on paper, so that no hall is needed."""
    changes: dict[str, object] = {"forms[1].kind": "live", "assumptions": []}
    for number in (1, 2):
        changes[f"rounds[{number}].online"] = ""
        changes[f"rounds[{number}].segments"] = [PART]
        changes[f"rounds[{number}].ranking"] = ["points"]
    return write_plan(plan_from(altered(read_table("quangnam-2022"), changes))).encode()


@pytest.fixture
def scene() -> Scene:
    made = Scene(plan_of_the_case(on_paper()))
    made.entries["viet"].barred_reason = "Tổ Thư ký"
    made.entries["viet"].save()
    for key in BOTH:
        enter(made, key, case.POINTS[key])
    return made


def enter(scene: Scene, key: str, points: dict[str, int]) -> None:
    """Minutes by two people."""
    now = factories.now()
    minutes = Minutes(
        held_on=timezone.localdate(now),
        place="Tam Kỳ",
        late_reason="",
        scan_name="bien-ban.pdf",
        scan=b"%PDF",
        marks={
            scene.entries[who].public_id.hex: {"thi": str(each)} for who, each in points.items()
        },
    )
    for actor in (scene.an, scene.binh):
        record_minutes(actor=actor, each=scene.round(key), minutes=minutes, now=now)


def publish_round(scene: Scene, key: str, reason: str = "") -> None:
    publish(actor=scene.an, each=scene.round(key), reason=reason, now=factories.now())


def publish_units(scene: Scene, reason: str = "") -> None:
    publish_collective(actor=scene.an, contest=scene.contest, reason=reason, now=factories.now())


def found(scene: Scene, path: Path) -> list[tuple[str, str]]:
    """What the verifier finds, with names for pseudonyms."""
    names = {entry.public_id.hex: who for who, entry in scene.entries.items()}
    write_bundle(scene.contest, path / "b.zip", factories.now())
    named = []
    for each in verify(path / "b.zip"):
        entry, _, rest = each.detail.partition(" ")
        named.append((each.code, f"{names.get(entry, entry)} {rest}".strip()))
    return sorted(named)


def test_what_was_published_fits(scene: Scene, tmp_path: Path) -> None:
    assert {key: scene.table(key) for key in BOTH} == case.TABLES
    for key in BOTH:
        publish_round(scene, key)
    publish_units(scene)
    assert found(scene, tmp_path) == []


def test_a_round_whose_prizes_depend_on_an_unpublished_one_waits_for_it(
    scene: Scene, tmp_path: Path
) -> None:
    publish_round(scene, "dot-1")
    assert [code for code, _ in found(scene, tmp_path)] == [*["awards_differ"] * 4, "round_missing"]
    publish_round(scene, "dot-2")
    assert found(scene, tmp_path) == []


def test_a_correction_that_is_due_and_not_published_shows(scene: Scene, tmp_path: Path) -> None:
    """giang's paper is annulled: khuyen-khich is left, and M4 has fewer people and prizes."""
    for key in BOTH:
        publish_round(scene, key)
    publish_units(scene)
    points = {who: each for who, each in case.POINTS["dot-1"].items() if who != "giang"}
    enter(scene, "dot-1", points)
    assert found(scene, tmp_path) == [
        ("awards_differ", "giang khuyen-khich"),
        *[("awards_differ", f"{who} khuyen-khich") for who in ("ha", "khanh")],
        ("collective_differ", "M4"),
        *[("standings_differ", who) for who in ("giang", "ha", "khanh")],
    ]
    publish_round(scene, "dot-1", "Hủy một bài thi")
    assert found(scene, tmp_path) == [("collective_differ", "M4")]
    publish_units(scene, "Theo đính chính của đợt 1")
    assert found(scene, tmp_path) == []
