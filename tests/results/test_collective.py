"""The table of units: what is proposed, what it waits for, how it is published and corrected."""

from __future__ import annotations

import hashlib

import pytest

from hoithi.audit.models import LogEntry
from hoithi.results.actions import decide_unit_tie, publish, publish_collective
from hoithi.results.collective import (
    collective_proposal,
    is_collective_outdated,
    latest_collective,
    published_collective,
)
from hoithi.results.models import CollectivePublication, UnitTieDecision
from hoithi.rules.awards import Tie
from hoithi.rules.errors import RuleViolation
from hoithi.verify.bundle import struct_bytes
from tests import factories
from tests.golden import two_rounds as case
from tests.results.scene import Scene

pytestmark = pytest.mark.django_db
BOTH = ("dot-1", "dot-2")


def table(scene: Scene) -> list[tuple[int, str, int, str, str, str, str]]:
    """The proposed table, as the case tells it."""
    return [
        (
            row.place,
            row.code,
            row.participants,
            f"{row.percent:f}",
            f"{row.score:f}",
            row.decided_by,
            row.prize_key,
        )
        for row in collective_proposal(scene.contest).rows
    ]


def publish_units(scene: Scene, reason: str = "") -> CollectivePublication:
    return publish_collective(
        actor=scene.an, contest=scene.contest, reason=reason, now=factories.now()
    )


def publish_rounds(scene: Scene, *keys: str, reason: str = "") -> None:
    for key in keys:
        publish(actor=scene.an, each=scene.round(key), reason=reason, now=factories.now())


def refusal(scene: Scene, reason: str = "") -> tuple[str, dict[str, object]]:
    with pytest.raises(RuleViolation) as refused:
        publish_units(scene, reason)
    return refused.value.code, dict(refused.value.params)


@pytest.fixture
def scene() -> Scene:
    made = Scene()
    for key in BOTH:
        made.score(key)
    return made


def test_units_come_out_as_worked_by_hand(scene: Scene) -> None:
    assert table(scene) == case.UNITS
    proposed = collective_proposal(scene.contest)
    assert [(row.name, row.headcount, row.prize) for row in proposed.rows[:2]] == [
        ("Đơn vị mẫu 2 (trường trung học cơ sở)", 3, "Giải nhất tập thể"),
        ("Đơn vị mẫu 3 (trường trung học cơ sở)", 2, "Giải nhì tập thể"),
    ]
    assert (proposed.ties, proposed.left) == ((), ())


def test_a_contest_without_the_rule_has_no_table() -> None:
    contest = factories.contest()
    with pytest.raises(RuleViolation) as refused:
        collective_proposal(contest)
    assert refused.value.code == "no_collective_rule"


def test_the_table_rests_on_published_rounds_only(scene: Scene) -> None:
    assert refusal(scene) == ("rounds_unpublished", {"round": "Đợt 1"})
    publish_rounds(scene, "dot-1")
    assert refusal(scene) == ("rounds_unpublished", {"round": "Đợt 2"})
    publish_rounds(scene, "dot-2")
    first = publish_units(scene)
    assert (first.number, first.content["rounds"]) == (1, {"dot-1": 1, "dot-2": 1})
    scene.score("dot-2", {**case.POINTS["dot-2"], "nga": 255})
    assert refusal(scene, "Chấm lại") == ("rounds_outdated", {"round": "Đợt 2"})


def test_a_version_is_frozen_and_a_correction_is_a_new_one_with_a_reason(scene: Scene) -> None:
    publish_rounds(scene, *BOTH)
    first = publish_units(scene)
    assert first.content["rows"][2] == {
        "place": 3,
        "decided_by": "score",
        "code": "M1",
        "unit": "Đơn vị mẫu 1 (trường trung học cơ sở)",
        "headcount": 4,
        "participants": 3,
        "percent": "75.00",
        "score": "99.00",
        "prize": "Giải ba tập thể",
        "prize_key": "ba",
    }
    assert refusal(scene) == ("nothing_changed", {})
    assert not is_collective_outdated(first)
    # Without giang M4 has 2 of 5 people, 4 points for khanh and 6 for nga.
    scene.score("dot-1", {who: n for who, n in case.POINTS["dot-1"].items() if who != "giang"})
    publish_rounds(scene, "dot-1", reason="Hủy một lượt thi")
    assert is_collective_outdated(first)
    assert refusal(scene) == ("reason_missing", {})
    second = publish_units(scene, "Theo đính chính của đợt 1")
    assert (second.number, second.content["rounds"]) == (2, {"dot-1": 2, "dot-2": 1})
    row = second.content["rows"][3]
    assert (row["code"], row["participants"], row["percent"], row["score"]) == (
        *("M4", 2),
        *("40.00", "50.00"),
    )
    assert latest_collective(scene.contest) == second
    first.refresh_from_db()
    assert first.content["rows"][3]["score"] == "74.00"
    entry = LogEntry.objects.filter(action="results.publish_collective").latest("pk")
    assert entry.target == "contest:quangnam-2022"
    assert [hashlib.sha256(file).hexdigest() for file in map(bundled, (first, second))] == [
        first.sha256,
        second.sha256,
    ]
    assert entry.after == {
        "version": 2,
        "sha256": second.sha256,
        "reason": "Theo đính chính của đợt 1",
    }


def bundled(publication: CollectivePublication) -> bytes:
    """collective.json of the bundle, as it lies there."""
    return struct_bytes(published_collective(publication))


@pytest.fixture
def tied() -> Scene:
    """an brings M1 25,00 % and 10 points, binh M2 33,33 % and 8; three units have nobody.

    Two prizes (ba) are left for the three.
    """
    made = Scene()
    made.score("dot-1", {"an": 300, "binh": 290})
    made.score("dot-2", {"an": 300})
    return made


def decide(scene: Scene, *order: str, reason: str = "Biên bản số 05") -> None:
    for actor in (scene.an, scene.binh):
        decide_unit_tie(
            actor=actor, contest=scene.contest, order=order, reason=reason, now=factories.now()
        )


def test_units_that_share_a_place_wait_for_two_people(tied: Scene) -> None:
    assert collective_proposal(tied.contest).ties == (Tie(3, ("M3", "M4", "M5"), ("ba", "ba")),)
    publish_rounds(tied, *BOTH)
    assert refusal(tied) == ("ties_open", {"count": 1})
    decide(tied, "M5", "M3", "M4")
    assert UnitTieDecision.objects.get().approval.is_complete
    assert table(tied) == [
        (1, "M2", 1, "33.33", "41.33", "", "nhat"),
        (2, "M1", 1, "25.00", "35.00", "score", "nhi"),
        (3, "M5", 0, "0.00", "0.00", "score", "ba"),
        (4, "M3", 0, "0.00", "0.00", "decision", "ba"),
        (5, "M4", 0, "0.00", "0.00", "decision", ""),
    ]
    assert publish_units(tied).number == 1


@pytest.mark.parametrize(
    ("order", "reason", "code"),
    [
        (("M3", "M4"), "Biên bản", "no_such_tie"),
        (("M3", "M4", "M4"), "Biên bản", "no_such_tie"),
        (("M1", "M2"), "Biên bản", "no_such_tie"),
        (("M5", "M4", "M3"), "  ", "reason_missing"),
    ],
)
def test_only_the_tied_units_are_ordered_and_with_a_reason(
    tied: Scene, order: tuple[str, ...], reason: str, code: str
) -> None:
    with pytest.raises(RuleViolation) as refused:
        decide(tied, *order, reason=reason)
    assert refused.value.code == code
    assert UnitTieDecision.objects.count() == 0


def test_one_person_does_not_decide_alone(tied: Scene) -> None:
    decide_unit_tie(
        actor=tied.an,
        contest=tied.contest,
        order=["M5", "M4", "M3"],
        reason="Biên bản",
        now=factories.now(),
    )
    with pytest.raises(RuleViolation) as refused:
        decide(tied, "M5", "M4", "M3")
    assert refused.value.code == "same_person"
    assert UnitTieDecision.objects.count() == 0
