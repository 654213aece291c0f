"""Saying no to a rehearsal that plays: it ends, and takes away all it has made."""

from __future__ import annotations

from pathlib import Path

import pytest

from hoithi.rehearsal import rehearsing
from hoithi.rehearsal.live import Live
from hoithi.rehearsal.spec import spec_of
from hoithi.rehearsal.supervising import play
from hoithi.rules.errors import RuleViolation


@pytest.mark.parametrize("step", ["preparing", "arriving", "working"])
def test_whenever_it_is_stopped_nothing_is_left(tmp_path: Path, step: str) -> None:
    spec = spec_of(contestants=40, seconds=300, arriving_s=2, root=str(tmp_path))

    reached: list[str] = []

    def tell(live: Live) -> None:
        reached.append(live.step)

    assert play(spec, tell=tell, going=lambda: step not in reached) is None
    assert [each.name for each in tmp_path.iterdir()] == ["lock"]


def test_more_people_than_descriptors_are_refused_with_the_number_that_can_be(
    tmp_path: Path,
) -> None:
    spec = spec_of(contestants=10_000_000, seconds=60, root=str(tmp_path))
    with pytest.raises(RuleViolation) as refused:
        rehearsing.check_machine(spec)
    assert refused.value.code == "rehearsal_descriptors"
    assert refused.value.params["most"] == int(str(refused.value.params["limit"])) - 200


def test_a_disk_without_room_is_refused(tmp_path: Path) -> None:
    spec = spec_of(contestants=1000, seconds=60, root=str(tmp_path))
    many = spec_of(
        contestants=1000,
        seconds=60,
        root=str(tmp_path),
        blueprint=[type(spec.blueprint[0])("chung", "", 10**9)],
    )
    with pytest.raises(RuleViolation, match="rehearsal_no_room"):
        rehearsing.check_machine(many)
