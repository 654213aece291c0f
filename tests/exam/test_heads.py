"""Minute by minute it is public where the hall's chains are; a bundle must go through it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from hoithi.exam.actions import close_round
from hoithi.exam.bundling import write_bundle
from hoithi.exam.flaws import accept_flaws
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.heads import EVERY_S, newest_heads, note_heads
from hoithi.exam.models import ChainHead, Sitting
from hoithi.jobs.actions import do_duties
from hoithi.portal.queries.trust import HEADS_ON_A_PAGE
from hoithi.results.actions import publish
from hoithi.verify.bundle import WriterHead
from hoithi.verify.checks import examine
from hoithi.verify.public import PublicValues
from tests import factories
from tests.exam.scene import Scene
from tests.exam.test_pages import HERE, page_of

pytestmark = pytest.mark.django_db(transaction=True)
TRUST = "/hoi-thi/daknong-2023/niem-phong/"


@pytest.fixture
def sitting(scene: Scene) -> Sitting:
    scene.seal()
    made = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    return made


def kept() -> PublicValues:
    """What somebody downloads now."""
    content = Browser().get(f"{TRUST}van-tay.json").content
    return msgspec.json.decode(content, type=PublicValues)


def test_an_end_is_kept_when_it_has_moved(scene: Scene, sitting: Sitting) -> None:
    scene.sit(scene.entries[0], sitting, 30)
    assert note_heads(factories.now()) == 1
    assert note_heads(factories.now()) == 0
    (first,) = newest_heads([sitting])
    scene.sit(scene.entries[1], sitting, 20)
    later = factories.now()
    assert note_heads(later) == 1
    (second,) = newest_heads([sitting])
    assert (second.writer, second.read_at) == (first.writer, later)
    assert second.batch > first.batch
    assert ChainHead.objects.count() == 2


def test_nothing_is_read_before_the_opening_and_after_collecting(
    scene: Scene, sitting: Sitting
) -> None:
    assert note_heads(sitting.opens_at - timedelta(seconds=1)) == 0
    scene.sit(scene.entries[0], sitting, 30)
    scene.close(sitting)
    assert note_heads(factories.now()) == 0
    assert ChainHead.objects.count() == 0


def test_the_worker_does_it_by_itself(scene: Scene, sitting: Sitting) -> None:
    scene.sit(scene.entries[0], sitting, 30)
    due = {"exam.note_heads": 0.0}
    do_duties(due)
    assert ChainHead.objects.count() == 1
    assert due["exam.note_heads"] > EVERY_S / 2
    scene.sit(scene.entries[1], sitting, 30)
    do_duties(due)
    assert ChainHead.objects.count() == 1


def test_a_hall_that_cannot_be_read_does_not_stop_the_worker(
    scene: Scene, sitting: Sitting, settings: Settings, tmp_path: Path
) -> None:
    assert sitting.round == scene.round
    settings.HALL_JOURNAL = str(tmp_path / "none" / "journal.sqlite3")
    due = {"exam.note_heads": 0.0}
    do_duties(due)
    assert due["exam.note_heads"] > 0
    assert ChainHead.objects.count() == 0


def test_everybody_reads_it_and_the_bundle_goes_through_it(
    scene: Scene, sitting: Sitting, tmp_path: Path
) -> None:
    scene.sit(scene.entries[0], sitting, 30)
    note_heads(factories.now())
    (head,) = newest_heads([sitting])
    page = Browser().get(TRUST).content.decode()
    assert head.sha256 in page
    link = re.search(r'href="([^"]+/so-ghi/[^"]+)"', page)
    assert link is not None
    scene.sit(scene.entries[1], sitting, 20)
    note_heads(factories.now())
    history = Browser().get(link[1]).content.decode()
    assert re.findall(r"<code>([0-9a-f]{64})</code>", history) == [
        each.sha256 for each in ChainHead.objects.order_by("-batch")
    ]
    early = kept()
    of_sitting = early.rounds["truc-tuyen"].sittings[sitting.public_id.hex]
    assert of_sitting.closing is None
    (newest,) = newest_heads([sitting])
    assert of_sitting.heads == [WriterHead(newest.writer, newest.batch, newest.sha256)]

    scene.close(sitting)
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    bundle = tmp_path / "bundle.zip"
    write_bundle(scene.contest, bundle, factories.now())
    assert examine(bundle, early).findings == []
    assert examine(bundle, kept()).findings == []


def test_a_long_history_has_pages(scene: Scene, sitting: Sitting) -> None:
    ChainHead.objects.bulk_create(
        ChainHead(
            sitting=sitting,
            writer="ab" * 16,
            batch=batch,
            sha256=f"{batch:064x}",
            read_at=scene.round.opens_at + timedelta(minutes=batch),
        )
        for batch in range(1, HEADS_ON_A_PAGE + 2)
    )
    address = f"{TRUST}so-ghi/{sitting.public_id}/"
    first = Browser().get(address).content.decode()
    assert first.count("<code>abababab</code>") == HEADS_ON_A_PAGE
    assert f"{1:064x}" not in first
    assert f"{1:064x}" in Browser().get(f"{address}?page=2").content.decode()


def test_a_chain_that_is_another_one_is_called_out(
    scene: Scene, sitting: Sitting, caplog: pytest.LogCaptureFixture
) -> None:
    scene.sit(scene.entries[0], sitting, 30)
    note_heads(factories.now())
    (head,) = newest_heads([sitting])
    assert caplog.records == []
    ChainHead.objects.update(sha256="0" * 64)
    assert note_heads(factories.now()) == 0
    ChainHead.objects.update(batch=head.batch + 1)
    assert note_heads(factories.now()) == 0
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert f"ends at batch {head.batch}, and is not the one of" in caplog.text


def test_a_journal_that_does_not_go_through_it_is_not_collected_in_silence(
    scene: Scene, sitting: Sitting
) -> None:
    """As if the journal had been put back and written anew after that minute."""
    scene.sit(scene.entries[0], sitting, 30)
    note_heads(factories.now())
    (head,) = newest_heads([sitting])
    scene.sit(scene.entries[1], sitting, 20)
    ChainHead.objects.update(sha256="0" * 64)
    with pytest.raises(AssertionError, match="journal_flawed"):
        scene.close(sitting)
    sitting.refresh_from_db()
    assert sitting.flaws == [["head_not_passed", head.writer, str(head.batch)]]
    page = page_of(scene.an, f"{HERE}ca/{sitting.pk}/")
    assert "Sổ ghi không đi qua một mã đã công khai trong lúc thi" in page
    for actor in (scene.an, scene.binh):
        accept_flaws(actor=actor, sitting=sitting, reason="Đã lập biên bản", now=factories.now())
    scene.close(sitting)
    assert sitting.attempts.count() == 2
