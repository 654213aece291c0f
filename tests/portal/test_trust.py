"""What was sealed and committed is public; what is only being prepared is not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from hoithi.contests.plan.conversion import ms
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.sealing import seal_package
from hoithi.verify.public import PublicRound, PublicSeal, PublicSitting, PublicValues
from tests import factories
from tests.portal.scene import HOME, Committee, online_round, publish_online, read, record

pytestmark = pytest.mark.django_db
TRUST = f"{HOME}niem-phong/"
BUNDLE = f"{TRUST}ho-so-kiem-chung.zip"


@pytest.fixture
def committee() -> Committee:
    return Committee()


def test_before_a_seal_the_page_says_what_will_be_here(
    committee: Committee, client: Client
) -> None:
    package = committee.build()
    seal_package(actor=committee.an, package=package, now=factories.now())
    page = read(client, TRUST)
    assert "Chưa niêm phong" in page
    for digest in (package.commitment, package.questions_sha256, package.keys_sha256):
        assert digest not in page


def test_a_seal_shows_three_hashes_and_two_people(committee: Committee, client: Client) -> None:
    package = committee.seal()
    page = read(client, TRUST)
    assert "Người niêm phong Hoàng An ," in page
    assert "và Đỗ Bình ," in page
    assert f"Mã cam kết {package.commitment}" in page
    assert f"Vân tay bộ câu hỏi {package.questions_sha256}" in page
    assert f"Vân tay đáp án {package.keys_sha256}" in page
    inner = bytes.fromhex(package.questions_sha256 + package.keys_sha256)
    assert hashlib.sha256(inner).hexdigest() == package.commitment


def test_a_package_taken_back_stays_on_the_page_with_its_reason(
    committee: Committee, client: Client
) -> None:
    first = committee.seal()
    committee.withdraw(first, "Sai câu 7")
    second = committee.seal()
    page = read(client, TRUST)
    assert "Đề số 1 Đã thu hồi trước khi có người thi" in page
    assert "Lý do Sai câu 7" in page
    assert page.index(second.commitment) < page.index(first.commitment)


def test_a_roster_is_committed_without_naming_anybody(
    committee: Committee, client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.HALL_CONTROL = str(tmp_path / "control.sqlite3")
    for number in ("GN-001", "GN-002"):
        factories.entry(committee.contest, "GN", "Nguyễn Văn Danh", number)
    committee.seal()
    sitting = publish_sitting(
        actor=committee.an, each=online_round(committee.contest), now=factories.now()
    )
    page = read(client, TRUST)
    assert "Danh sách thi 2 người, chốt lúc" in page
    assert f"Vân tay danh sách {sitting.roster_sha256}" in page
    assert "Khi ca thi kết thúc và bài được thu, mã cuối sổ ghi" in page
    assert "Nguyễn Văn Danh" not in page


def test_the_bundle_waits_for_all_results(committee: Committee, client: Client) -> None:
    assert "Hồ sơ tải được tại đây khi kết quả của tất cả các vòng đã công bố." in read(
        client, TRUST
    )
    response = client.get(BUNDLE, follow=True)
    assert response.redirect_chain == [(TRUST, 302)]
    assert "Hồ sơ chưa sẵn sàng" in response.content.decode()


def test_the_page_costs_the_same_with_one_package_and_with_three(
    committee: Committee, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    package = committee.seal()
    with django_assert_num_queries(11):
        client.get(TRUST)
    for _ in range(2):
        committee.withdraw(package, "Thay đề")
        package = committee.seal()
    with django_assert_num_queries(11):
        client.get(TRUST)


def test_the_page_speaks_english_when_asked(committee: Committee, client: Client) -> None:
    committee.seal()
    client.cookies["language"] = "en"
    page = read(client, TRUST)
    assert "Fingerprint of the questions" in page
    assert "Before the round: download the fingerprints" in page


def kept(client: Client) -> PublicValues:
    """The file that the page offers."""
    response = client.get(f"{TRUST}van-tay.json")
    assert response["Content-Disposition"].startswith('attachment; filename="van-tay-daknong-2023-')
    return msgspec.json.decode(response.content, type=PublicValues)


def test_the_file_to_keep_has_what_is_public_at_each_hour(
    committee: Committee, client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.HALL_CONTROL = str(tmp_path / "control.sqlite3")
    factories.entry(committee.contest, "GN", "Nguyễn Văn Danh", "GN-001")
    assert kept(client).rounds == {"truc-tuyen": PublicRound(None, {}, None)}
    withdrawn = committee.seal()
    committee.withdraw(withdrawn, "Sai câu 7")
    assert kept(client).rounds["truc-tuyen"].seal is None
    package = committee.seal()
    seal = PublicSeal(package.commitment, package.questions_sha256, package.keys_sha256)
    assert kept(client).rounds["truc-tuyen"] == PublicRound(seal, {}, None)
    sitting = publish_sitting(
        actor=committee.an, each=online_round(committee.contest), now=factories.now()
    )
    said = PublicSitting(
        sitting.roster_sha256, None, [], ms(sitting.opens_at), ms(sitting.closes_at)
    )
    there = {sitting.public_id.hex: said}
    assert kept(client).rounds["truc-tuyen"] == PublicRound(seal, there, None)
    assert b"Danh" not in client.get(f"{TRUST}van-tay.json").content


def test_the_page_shows_every_value_of_the_file(
    committee: Committee, client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.HALL_CONTROL = str(tmp_path / "control.sqlite3")
    entry = factories.entry(committee.contest, "GN", "Nguyễn Văn Danh", "GN-001")
    committee.seal()
    publish_sitting(actor=committee.an, each=online_round(committee.contest), now=factories.now())
    record(committee.contest, (entry, "28", 500))
    publish_online(committee.contest, committee.an)
    page = read(client, TRUST)
    values = kept(client).rounds["truc-tuyen"]
    assert values.seal is not None
    assert values.published is not None
    ((sitting, said),) = values.sittings.items()
    for line in (
        f"Mã cam kết {values.seal.commitment}",
        f"Mã ca thi {sitting}",
        f"Vân tay danh sách {said.roster_sha256}",
        f"Vân tay kết quả, phiên bản 1 {values.published.sha256}",
    ):
        assert line in page
    assert "Tải các vân tay" in page
