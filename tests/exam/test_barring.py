"""Somebody is barred, or not any more, after the roster was committed and the round was graded."""

from __future__ import annotations

import zipfile
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hoithi.entries.actions import bar_entry, lift_bar
from hoithi.entries.models import Bar
from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.results.actions import publish
from hoithi.results.models import FrozenCounts
from hoithi.results.queries import is_outdated, latest_publication, proposal
from hoithi.verify.bundle import BundleReader, RoundRecord, struct_bytes
from hoithi.verify.checks import verify
from tests import factories
from tests.exam.scene import Scene
from tests.exam.test_closing import Node, closed_by_order, collect, heard, write
from tests.exam.test_interruptions import attempt
from tests.verify.scene import files_of, packed

pytestmark = pytest.mark.django_db(transaction=True)
FIRST, SECOND, SIXTH = "Nguyễn Văn Một", "Trần Thị Hai", "Võ Thị Sáu"


@pytest.fixture
def played(scene: Scene) -> Scene:
    """A graded round: the first is quickest, then the second; the sixth was barred before it."""
    Bar.objects.create(
        entry=scene.barred, reason="Tổ Thư ký", barred_by="An", barred_at=factories.now()
    )
    sitting = closed_by_order(scene)
    line = {
        entry.pk: sitting.lines.get(entry=entry).line for entry in [*scene.entries, scene.barred]
    }
    one, two = (line[entry.pk] for entry in scene.entries[:2])
    rows = (
        *heard(scene, sitting),
        *attempt(one, 10),
        *attempt(two, 20),
        *attempt(line[scene.barred.pk], 5),
    )
    write(str(scene.hall.journal), sitting, [Node(closed=(1,), rows=rows)])
    assert collect(scene, sitting) == "collected"
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    return scene


def ranked(scene: Scene) -> tuple[list[str], list[str]]:
    """Names in order of place, and who is not ranked, as it would be published now."""
    rows = proposal(scene.round).rows
    return (
        [row.name for row in rows if not row.is_barred],
        sorted(row.name for row in rows if row.is_barred),
    )


def publish_round(scene: Scene, reason: str = "") -> None:
    publish(actor=scene.an, each=scene.round, reason=reason, now=factories.now())


def test_a_bar_before_publication_takes_the_place_and_the_bundle_has_it(
    played: Scene, tmp_path: Path
) -> None:
    assert ranked(played) == ([FIRST, SECOND], [SIXTH])
    bar_entry(actor=played.an, entry=played.entries[0], reason="Thi thay", now=factories.now())
    assert ranked(played) == ([SECOND], [FIRST, SIXTH])
    publish_round(played)
    write_bundle(played.contest, tmp_path / "b.zip", factories.now())
    assert verify(tmp_path / "b.zip") == []
    record = BundleReader(tmp_path / "b.zip").decode("rounds/truc-tuyen/round.json", RoundRecord)
    assert (record.barred, record.cleared) == ([played.entries[0].public_id.hex], [])
    with zipfile.ZipFile(tmp_path / "b.zip") as files:
        assert [name for name in files.namelist() if b"Thi thay" in files.read(name)] == []


def test_a_bar_after_publication_makes_a_correction_due_and_counts_stay(
    played: Scene, tmp_path: Path
) -> None:
    publish_round(played)
    bar_entry(actor=played.an, entry=played.entries[0], reason="Thi thay", now=factories.now())
    publication = latest_publication(played.round)
    assert publication is not None
    assert is_outdated(publication)
    write_bundle(played.contest, tmp_path / "b.zip", factories.now())
    assert {each.code for each in verify(tmp_path / "b.zip")} >= {"standings_differ"}
    publish_round(played, "Hủy kết quả một thí sinh thi thay")
    write_bundle(played.contest, tmp_path / "b.zip", factories.now())
    assert verify(tmp_path / "b.zip") == []
    assert FrozenCounts.objects.get().participants == 2
    close_round(actor=played.an, each=played.round, now=factories.now())
    assert ranked(played) == ([SECOND], [FIRST, SIXTH])
    assert FrozenCounts.objects.get().participants == 2


def test_who_was_barred_on_the_roster_can_be_ranked_after_all(
    played: Scene, tmp_path: Path
) -> None:
    lift_bar(actor=played.an, entry=played.barred, reason="Đã thôi nhiệm vụ", now=factories.now())
    assert ranked(played) == ([SIXTH, FIRST, SECOND], [])
    publish_round(played)
    write_bundle(played.contest, tmp_path / "b.zip", factories.now())
    assert verify(tmp_path / "b.zip") == []


def test_somebody_on_no_roster_is_no_bar_of_the_bundle(played: Scene, tmp_path: Path) -> None:
    publish_round(played)
    path = tmp_path / "b.zip"
    write_bundle(played.contest, path, factories.now())
    name = "rounds/truc-tuyen/round.json"
    with closing(BundleReader(path)) as bundle:
        record = bundle.decode(name, RoundRecord)
    strange = msgspec.structs.replace(record, barred=["ab" * 16])
    files = dict(files_of(path)) | {name: struct_bytes(strange)}
    changed = packed(tmp_path / "c.zip", files)
    assert ("unknown_line", name) in [(each.code, each.place) for each in verify(changed)]
