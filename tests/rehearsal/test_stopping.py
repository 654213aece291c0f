"""Saying no to a rehearsal that plays: it ends, and takes away all it has made."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import msgspec
import pytest

from hoithi.rehearsal import rehearsing
from hoithi.rehearsal.live import Live
from hoithi.rehearsal.spec import spec_of
from hoithi.rehearsal.supervising import play
from hoithi.rules.errors import RuleViolation
from tests.rehearsal.traces import databases, halls


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def server(request: pytest.FixtureRequest) -> str:
    """Where the journal is: nothing for a file, or an address."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""


@pytest.mark.parametrize(
    ("step", "halls_then"), [("preparing", 0), ("arriving", 1), ("working", 1), ("comparing", 0)]
)
def test_whenever_it_is_stopped_nothing_is_left(
    tmp_path: Path, server: str, step: str, halls_then: int
) -> None:
    seconds = 1 if step == "comparing" else 300
    spec = spec_of(
        contestants=40, seconds=seconds, arriving_s=0.5, root=str(tmp_path), server=server
    )
    reached: list[str] = []

    def tell(live: Live) -> None:
        reached.append(live.step)

    def going() -> bool:
        if step not in reached:
            return True
        assert len(halls(tmp_path)) == halls_then
        return False

    assert play(spec, tell=tell, going=going) is None
    assert_nothing_is_left(tmp_path, server)


def test_whoever_asks_to_stop_is_heard_while_it_says_nothing(tmp_path: Path, server: str) -> None:
    """So many people are published for longer than it takes to ask again."""
    spec = spec_of(contestants=19_000, seconds=300, root=str(tmp_path), server=server)
    said: list[str] = []
    asked: list[int] = []

    def going() -> bool:
        asked.append(len(said))
        return len(asked) < 2

    assert play(spec, tell=lambda live: said.append(live.step), going=going) is None
    assert (said, len(asked), asked[-1]) == (["preparing"], 2, 1)
    assert_nothing_is_left(tmp_path, server)


def test_a_process_that_cannot_stop_by_itself_is_ended_and_cleared_after(tmp_path: Path) -> None:
    """It is held still in the middle of a play: it hears nothing and clears nothing."""
    spec = spec_of(contestants=40, seconds=300, arriving_s=0.5, root=str(tmp_path))

    def going() -> bool:
        if not halls(tmp_path):
            return True
        for process in rehearsals():
            os.kill(process, signal.SIGSTOP)
        return False

    assert play(spec, tell=lambda _: None, going=going) is None
    assert_nothing_is_left(tmp_path, "")


def rehearsals() -> list[int]:
    """Rehearsals that this process has started."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return [
        int(each)
        for each in children
        if b"hoithi.rehearsal" in Path(f"/proc/{each}/cmdline").read_bytes().split(b"\0")
    ]


def assert_nothing_is_left(root: Path, server: str) -> None:
    assert halls(root) == []
    assert [each.name for each in root.iterdir()] == ["lock"]
    if server:
        assert databases(server) == []


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
    # What a journal on a server needs is not on this disk.
    rehearsing.check_machine(msgspec.structs.replace(many, server="postgresql://h/real"))
