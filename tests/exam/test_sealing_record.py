"""The minutes of a sealing carry the fingerprints that are public, and the two who sealed."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from hoithi.contests.models import CommitteeSeat
from hoithi.documents.render.decree import paper_pdf
from hoithi.exam.records import sealing_record
from hoithi.exam.sealing import build_package, seal_package, withdraw_package
from hoithi.web.wording import moment
from tests import factories
from tests.documents.render.reading import page_texts
from tests.exam.scene import Scene
from tests.exam.test_pages import HERE, page_of

pytestmark = pytest.mark.django_db(transaction=True)
BUTTON = "Biên bản niêm phong (PDF)"


def text_of(content: bytes) -> str:
    return " ".join(page_texts(content))


def grouped(digest: str) -> str:
    return " ".join(digest[at : at + 8] for at in range(0, 64, 8))


def test_the_paper_says_who_sealed_what(scene: Scene) -> None:
    CommitteeSeat.objects.create(
        contest=scene.contest,
        body="ban-to-chuc",
        name="Bình",
        title="Phó Trưởng ban",
        user=scene.binh,
        since=date(2023, 9, 1),
    )
    package = scene.seal()
    client = factories.sign_in(Client(), scene.an)
    answer = client.get(f"{HERE}de/1/bien-ban-niem-phong.pdf")
    assert answer["Content-Disposition"] == (
        'attachment; filename="bien-ban-niem-phong-truc-tuyen-1.pdf"'
    )
    text = text_of(answer.content)
    assert package.sealing is not None
    assert package.sealing.second_at is not None
    for sentence in (
        "BIÊN BẢN",
        "Niêm phong đề số 1, vòng Thi trực tuyến",
        f"1. An, thành viên Ban Tổ chức: ký lúc {moment(package.sealing.first_at)}.",
        f"2. Bình, Phó Trưởng ban: ký lúc {moment(package.sealing.second_at)}.",
        "Mỗi đề thi có 30 câu",
        f"Mã cam kết {grouped(package.commitment)}",
        f"Bộ câu hỏi {grouped(package.questions_sha256)}",
        f"Đáp án {grouped(package.keys_sha256)}",
    ):
        assert sentence in text
    stems = [item.version.stem for item in package.items.select_related("version")]
    assert [stem for stem in stems if stem in text] == []


def test_only_a_sealed_package_has_minutes(scene: Scene) -> None:
    package = build_package(
        actor=scene.an, each=scene.round, collection=scene.bank, now=factories.now()
    )
    seal_package(actor=scene.an, package=package, now=factories.now())
    assert BUTTON not in page_of(scene.an, f"{HERE}de/1/")
    client = factories.sign_in(Client(), scene.an)
    assert client.get(f"{HERE}de/1/bien-ban-niem-phong.pdf").status_code == 404
    with pytest.raises(ValueError, match="nobody has sealed"):
        sealing_record(package)


def test_a_withdrawn_package_says_so_on_its_minutes(scene: Scene) -> None:
    package = scene.seal()
    assert BUTTON in page_of(scene.an, f"{HERE}de/1/")
    for actor in (scene.an, scene.binh):
        withdraw_package(actor=actor, package=package, reason="Câu 7 sai", now=factories.now())
    text = text_of(paper_pdf(sealing_record(package)))
    assert "Đề này đã được An và Bình thu hồi lúc" in text
    assert "Lý do: Câu 7 sai" in text
