"""The fingerprint of a result is one value: on paper, on every page, in the bundle, by hand."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from contextlib import closing
from importlib import import_module
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.test import Client
from openpyxl import load_workbook
from pytest_django.fixtures import Settings

from hoithi.audit.models import LogEntry
from hoithi.config.cli import main
from hoithi.exam.actions import close_round
from hoithi.exam.hall_orders import publish_sitting
from hoithi.people.models import User
from hoithi.results.actions import publish, rule_on_item
from hoithi.results.models import Publication
from hoithi.rules import paper
from tests import factories
from tests.documents.render.reading import page_texts
from tests.exam.scene import Scene
from tests.portal.scene import HOME, RESULTS, read, text_of

pytestmark = pytest.mark.django_db(transaction=True)
DESK = "/ban-to-chuc/daknong-2023/vong/truc-tuyen/ket-qua/"
TRUST = f"{HOME}niem-phong/"
HEX = re.compile(r"\b[0-9a-f]{64}\b")


@pytest.fixture
def played(hall_scene: Scene, settings: Settings, tmp_path: Path) -> Scene:
    """A round that two people sat, published."""
    scene = hall_scene
    settings.FILES = tmp_path / "files"
    scene.contest.rounds.filter(key="truc-tiep").update(purpose="practice")
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    for entry, right in zip(scene.entries, (29, 28), strict=False):
        scene.sit(entry, sitting, right)
    scene.close(sitting)
    publish_again(scene, "")
    return scene


def publish_again(scene: Scene, reason: str) -> None:
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publish(actor=scene.an, each=scene.round, reason=reason, now=factories.now())


def correct(scene: Scene) -> None:
    """Everybody gets the points of a question that the first had wrong."""
    sitting = scene.round.sittings.get()
    questions = paper.read_questions(bytes(sitting.package.questions))
    key = bytes.fromhex(sitting.lines.get(entry=scene.entries[0]).entry_key)
    item = questions.file.items[paper.draw(questions, key, 1)[-1].item].id
    for actor in (scene.an, scene.binh):
        rule_on_item(
            actor=actor,
            each=scene.round,
            item=item,
            effect="points_to_all",
            option=None,
            reason="Câu hỏi sai",
            now=factories.now(),
        )
    publish_again(scene, "Đính chính")


def got(who: User, address: str) -> bytes:
    response = factories.sign_in(Client(), who).get(address)
    assert response.status_code == 200
    with closing(response):
        return bytes(response.getvalue())


def only(text: str) -> str:
    """The one value of 64 hex digits in a text."""
    (found,) = HEX.findall(text)
    return str(found)


def after(text: str, label: str) -> str:
    """The value that follows a label."""
    _, _, rest = text.partition(label)
    found = HEX.search(rest[:80])
    assert found is not None, label
    return found[0]


def on_paper_and_desk(who: User, version: int) -> dict[str, str]:
    """What the papers and the desk say of a version."""
    address = f"{DESK}phien-ban/{version}/"
    book = load_workbook(BytesIO(got(who, f"{address}giay-to/danh-sach.xlsx")))
    lines = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row]
    return {
        "PDF": only(" ".join(page_texts(got(who, f"{address}giay-to/danh-sach.pdf")))),
        "Excel": only(" ".join(lines)),
        "desk": only(text_of(got(who, address).decode())),
        "results": only(read(Client(), f"{RESULTS}phien-ban/{version}/")),
    }


def in_force(client: Client, bundle: Path, kept: Path, version: int) -> dict[str, str]:
    """What everybody reads of the version in force, and what a stranger computes of the bundle."""
    kept.write_bytes(client.get(f"{TRUST}van-tay.json").content)
    rounds = json.loads(kept.read_bytes())["rounds"]
    with zipfile.ZipFile(bundle) as archive:
        file = archive.read("rounds/truc-tuyen/published.json")
    run = subprocess.run(
        [sys.executable, "-m", "hoithi.verify", str(bundle), "--expect", str(kept)],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    label = f"Vân tay kết quả, phiên bản {version}"
    return {
        "seals": after(read(client, TRUST), label),
        "van-tay.json": rounds["truc-tuyen"]["published"]["sha256"],
        "by hand": hashlib.sha256(file).hexdigest(),
        "verify": after(run.stdout, label),
    }


def test_every_place_tells_the_same_fingerprint(
    played: Scene, client: Client, tmp_path: Path
) -> None:
    for version in (1, 2):
        if version == 2:
            correct(played)
        bundle = tmp_path / f"{version}.zip"
        assert main(["bundle", played.contest.key, str(bundle)]) == 0
        told = on_paper_and_desk(played.an, version)
        told |= in_force(client, bundle, tmp_path / "van-tay.json", version)
        stored = Publication.objects.get(number=version).sha256
        assert told == dict.fromkeys(told, stored)
        entry = LogEntry.objects.filter(action="results.publish").latest("pk")
        assert entry.after is not None
        assert entry.after["sha256"] == stored
    one, two = (Publication.objects.get(number=number).sha256 for number in (1, 2))
    assert one != two
    assert set(on_paper_and_desk(played.an, 1).values()) == {one}


def test_the_fingerprint_is_that_of_the_publication_not_of_the_hour(
    played: Scene, client: Client, tmp_path: Path
) -> None:
    before = on_paper_and_desk(played.an, 1)
    entry = played.entries[0]
    assert entry.person is not None
    entry.person.name = "Nguyễn Văn Mốt"
    entry.person.save()
    for name in ("first.zip", "second.zip"):
        assert main(["bundle", played.contest.key, str(tmp_path / name)]) == 0
    first, second = ((tmp_path / name).read_bytes() for name in ("first.zip", "second.zip"))
    assert first == second
    assert on_paper_and_desk(played.an, 1) == before


def test_versions_from_before_get_the_fingerprint_of_their_file(played: Scene) -> None:
    made = Publication.objects.get().sha256
    Publication.objects.update(sha256="0" * 64)
    import_module("hoithi.results.migrations.0008_fingerprints").keep(apps, None)
    assert Publication.objects.get().sha256 == made


def test_a_version_older_than_the_bundle_is_told_without_a_fingerprint(
    played: Scene, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Publication.objects.update(standing={}, sha256="0" * 64)
    import_module("hoithi.results.migrations.0008_fingerprints").keep(apps, None)

    page = read(client, TRUST)
    assert "Vân tay kết quả, phiên bản 1 Không có: phiên bản này công bố từ trước" in page
    assert "Hồ sơ tải được tại đây khi kết quả của tất cả các vòng đã công bố." in page
    kept = json.loads(client.get(f"{TRUST}van-tay.json").content)
    assert kept["rounds"]["truc-tuyen"]["published"] is None
    assert client.get(f"{TRUST}ho-so-kiem-chung.zip").status_code == 302
    assert main(["bundle", played.contest.key, str(tmp_path / "b.zip")]) == 1
    assert "a correction is due (Thi trực tuyến)" in capsys.readouterr().err

    address = f"{DESK}phien-ban/1/"
    desk = text_of(got(played.an, address).decode())
    assert "Đề nghị công bố lại bằng một bản đính chính." in desk
    (listed,) = page_texts(got(played.an, f"{address}giay-to/danh-sach.pdf"))
    told = (listed, desk, read(client, RESULTS))
    assert [HEX.findall(each) for each in told] == [[], [], []]
    page = read(factories.sign_in(Client(), played.an), DESK)
    assert "Đề nghị công bố lại bằng một bản đính chính." in page
    assert "Công bố đính chính" in page

    publish(actor=played.an, each=played.round, reason="Cấp vân tay", now=factories.now())
    stored = Publication.objects.get(number=2).sha256
    assert set(on_paper_and_desk(played.an, 2).values()) == {stored}
    assert main(["bundle", played.contest.key, str(tmp_path / "b.zip")]) == 0
