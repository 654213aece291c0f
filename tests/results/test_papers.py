"""Certificates and lists of a published result."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from hoithi.contests.models import Round
from hoithi.documents.models import Document
from hoithi.documents.render.certificates import certificates_pdf
from hoithi.documents.render.results_list import results_pdf
from hoithi.jobs.actions import ask, work_off
from hoithi.jobs.models import Job, JobState
from hoithi.people.models import Role
from hoithi.people.permissions import contest_scope
from hoithi.results.actions import ScoreRow, publish, record_round_scores
from hoithi.results.jobs import CERTIFICATES
from hoithi.results.models import Publication
from hoithi.results.papers import (
    certificates_file,
    certificates_of,
    is_to_be_numbered_again,
    issue_certificates,
    results_list_of,
    revoked_certificates,
)
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.documents.render.reading import page_texts
from tests.people.desk import account, signed_in

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = ["Nguyễn Văn Một", "Y Blô Niê", "Lê Thị Ba"]


class Scene:
    """A result of three people."""

    def __init__(self, plan: bytes = factories.PLAN) -> None:
        self.contest = factories.contest(plan)
        self.round = Round.objects.get(contest=self.contest, key="truc-tuyen")
        self.an = factories.user("An", self.contest.key, Role.COMMITTEE, Role.ORGANISER)
        self.entries = [
            factories.entry(self.contest, "GN", name, f"GN-{at:03d}")
            for at, name in enumerate(NAMES, start=1)
        ]

    def score(self, *points: int) -> None:
        record_round_scores(
            each=self.round,
            rows=[
                ScoreRow(
                    entry.public_id.hex,
                    Decimal(each),
                    {
                        "points": Decimal(each),
                        "duration": Decimal(1),
                        "submitted": Decimal(entry.pk),
                    },
                    is_barred=False,
                    meets_requirement=True,
                    evidence="",
                )
                for entry, each in zip(self.entries, points, strict=True)
            ],
            actor_id="0",
            actor_name="hoithi",
            now=factories.now(),
        )

    def publish(self, reason: str = "") -> Publication:
        return publish(actor=self.an, each=self.round, reason=reason, now=factories.now())


@pytest.fixture
def scene() -> Scene:
    return Scene()


def numbers(publication: Publication) -> list[tuple[str, str, str]]:
    return [(each.number, each.name, each.prize) for each in certificates_of(publication)]


def test_certificates_are_numbered_once_in_order_of_the_prizes(scene: Scene) -> None:
    scene.score(20, 30, 25)
    publication = scene.publish()
    for _ in range(2):
        issue_certificates(actor=scene.an, publication=publication, now=factories.now())
    assert numbers(publication) == [
        ("01/GCN-BTC", "Y Blô Niê", "Giải nhất"),
        ("02/GCN-BTC", "Lê Thị Ba", "Giải nhì"),
        ("03/GCN-BTC", "Nguyễn Văn Một", "Giải ba"),
    ]


def test_a_correction_revokes_what_no_longer_holds(scene: Scene) -> None:
    scene.score(20, 30, 25)
    first = scene.publish()
    issue_certificates(actor=scene.an, publication=first, now=factories.now())
    scene.score(27, 30, 25)
    assert not is_to_be_numbered_again(first)
    second = scene.publish("Chấm lại một bài")
    assert numbers(second) == [("01/GCN-BTC", "Y Blô Niê", "Giải nhất")]
    assert [str(paper) for paper in revoked_certificates(scene.round)] == [
        "02/GCN-BTC",
        "03/GCN-BTC",
    ]
    assert is_to_be_numbered_again(second)
    issue_certificates(actor=scene.an, publication=second, now=factories.now())
    assert numbers(second) == [
        ("01/GCN-BTC", "Y Blô Niê", "Giải nhất"),
        ("04/GCN-BTC", "Nguyễn Văn Một", "Giải nhì"),
        ("05/GCN-BTC", "Lê Thị Ba", "Giải ba"),
    ]
    assert not is_to_be_numbered_again(second)
    revoked = Document.objects.exclude(revoked_at=None)
    assert {document.revoked_reason for document in revoked} == {"Thay theo kết quả bản 2"}
    assert revoked.count() == 2
    with pytest.raises(RuleViolation) as refused:
        issue_certificates(actor=scene.an, publication=first, now=factories.now())
    assert refused.value.code == "not_in_force"


def test_the_worker_prints_all_into_one_file(
    scene: Scene, settings: Settings, tmp_path: object
) -> None:
    settings.FILES = tmp_path
    scene.score(20, 30, 25)
    publication = scene.publish()
    ask(
        kind=CERTIFICATES,
        params={"publication": publication.pk, "user": scene.an.pk},
        requested_by=scene.an.name,
        scope_kind="contest",
        scope_id=scene.contest.key,
        now=factories.now(),
    )
    assert work_off() == 1
    job = Job.objects.get()
    assert (job.state, job.done, job.total) == (JobState.DONE, 2, 2)
    pages = PdfReader(certificates_file(publication)).pages
    assert len(pages) == 3
    assert "Y Blô Niê" in pages[0].extract_text()


def test_the_list_of_results_names_everybody_once(scene: Scene) -> None:
    scene.score(20, 30, 25)
    publication = scene.publish()
    content = results_pdf(results_list_of(publication, {"points": "Điểm"}))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert [text.count(name) for name in NAMES] == [1, 1, 1]


def test_papers_bear_the_names_that_the_plan_gives_the_committee() -> None:
    plan = factories.PLAN.decode()
    for old, new in (
        ('issuer = "BAN TỔ CHỨC HỘI THI"', 'issuer = "BAN TỔ CHỨC CUỘC THI"'),
        ('"GCN-BTC"', '"GCN-BTCCT"'),
        ('"DS-BTC"', '"DS-BTCCT"'),
        ('"TRƯỞNG BAN"', '"PHÓ TRƯỞNG BAN"'),
        ('recipients = ["Lưu: VT, CNTT"]', 'recipients = ["Các đơn vị dự thi", "Lưu: VT"]'),
    ):
        assert plan.count(old) == 1
        plan = plan.replace(old, new)
    scene = Scene(plan.encode())
    scene.score(20, 30, 25)
    publication = scene.publish()
    issue_certificates(actor=scene.an, publication=publication, now=factories.now())
    certificates = certificates_of(publication)
    (first, *_) = page_texts(certificates_pdf(certificates))
    assert certificates[0].number == "01/GCN-BTCCT"
    head = "SỞ THÔNG TIN VÀ TRUYỀN THÔNG TỈNH ĐẮK NÔNG BAN TỔ CHỨC CUỘC THI"
    signature = (
        "TM. BAN TỔ CHỨC PHÓ TRƯỞNG BAN GIÁM ĐỐC SỞ THÔNG TIN VÀ TRUYỀN THÔNG Trần Văn Thương"
    )
    assert (head in first, signature in first) == (True, True)
    (listed,) = page_texts(results_pdf(results_list_of(publication, {})))
    assert listed.startswith(head)
    assert f"Nơi nhận: - Các đơn vị dự thi; - Lưu: VT. {signature}" in listed
    assert "/DS-BTCCT" in listed
    assert "hoi-thi/daknong-2023/niem-phong/ Vân tay của bản này (SHA-256)" in listed
    assert [word for word in ("Như trên", "HỘI THI") if word in listed] == []


def test_no_name_of_a_committee_is_in_the_code() -> None:
    code = [*(factories.ROOT / "hoithi").rglob("*.py"), *(factories.ROOT / "hoithi").rglob("*.typ")]
    named = re.compile(r"BAN TỔ CHỨC|[A-Z]+-BTC|VT, CNTT|Như trên")
    found = {
        path.name: named.findall(path.read_text(encoding="utf-8"))
        for path in code
        if path.parent.name != "render" and path.name not in {"schema.py", "models.py"}
    }
    assert {name: words for name, words in found.items() if words} == {}


def test_the_page_numbers_prints_and_hands_out(
    scene: Scene, settings: Settings, tmp_path: Path
) -> None:
    settings.FILES = tmp_path
    scene.score(20, 30, 25)
    scene.publish()
    client = signed_in(account("thu ky", (Role.ORGANISER, contest_scope(scene.contest.key))))
    address = f"/ban-to-chuc/{scene.contest.key}/vong/truc-tuyen/ket-qua/phien-ban/1/giay-to/"
    assert "Chưa vào số" in client.get(address).content.decode()
    assert client.get(f"{address}giay-chung-nhan.pdf").status_code == 404
    assert client.post(f"{address}in/").status_code == 302
    assert "Đang in giấy chứng nhận." in client.get(address).content.decode()
    assert work_off() == 1
    page = client.get(address).content.decode()
    assert [f"0{at}/GCN-BTC" in page for at in (1, 2, 3)] == [True] * 3
    whole = b"".join(client.get(f"{address}giay-chung-nhan.pdf"))
    assert len(PdfReader(io.BytesIO(whole)).pages) == 3
    one = client.get(f"{address}giay-chung-nhan/1.pdf").content
    assert "Y Blô Niê" in PdfReader(io.BytesIO(one)).pages[0].extract_text()
    assert client.get(f"{address}giay-chung-nhan/4.pdf").status_code == 404
    listed = client.get(f"{address}danh-sach.pdf").content
    assert "Y Blô Niê" in PdfReader(io.BytesIO(listed)).pages[0].extract_text()
    book = load_workbook(io.BytesIO(client.get(f"{address}danh-sach.xlsx").content))
    assert any("Y Blô Niê" in str(cell.value) for row in book.worksheets[0].rows for cell in row)


def test_a_replaced_version_says_so_on_its_pages_and_its_list(
    scene: Scene, settings: Settings, tmp_path: Path
) -> None:
    settings.FILES = tmp_path
    scene.score(20, 30, 25)
    first = scene.publish()
    client = signed_in(account("thu ky", (Role.ORGANISER, contest_scope(scene.contest.key))))
    overview = f"/ban-to-chuc/{scene.contest.key}/"
    version = f"{overview}vong/truc-tuyen/ket-qua/phien-ban/1/"
    client.post(f"{version}giay-to/in/")
    work_off()
    assert b"".join(client.get(f"{version}giay-to/giay-chung-nhan.pdf")).startswith(b"%PDF")
    due = "Thi trực tuyến: vào số lại giấy chứng nhận"
    replaced = "Phiên bản 1 không còn hiệu lực: đã được thay bằng phiên bản 2."
    for path in (version, f"{version}giay-to/"):
        assert replaced not in client.get(path).content.decode()
    assert due not in client.get(overview).content.decode()
    scene.score(27, 30, 25)
    scene.publish("Chấm lại một bài")
    papers = client.get(f"{version}giay-to/").content.decode()
    assert replaced in papers
    assert "Tất cả giấy chứng nhận trong một tệp" not in papers
    assert papers.count("Thay theo kết quả bản 2") == 2
    assert replaced in client.get(version).content.decode()
    assert client.get(f"{version}giay-to/giay-chung-nhan.pdf").status_code == 404
    (listed,) = page_texts(results_pdf(results_list_of(first, {})))
    assert "(bản 1, đã được thay bằng bản 2)" in listed
    assert due in client.get(overview).content.decode()
    client.post(f"{overview}vong/truc-tuyen/ket-qua/phien-ban/2/giay-to/in/")
    work_off()
    assert due not in client.get(overview).content.decode()
