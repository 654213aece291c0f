"""The public site in a real browser: small phone and office screen, with and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from hoithi.documents.models import Document
from hoithi.entries.queries import access_code_of
from hoithi.exam.actions import close_round
from hoithi.exam.hall_orders import publish_sitting
from hoithi.results.actions import publish
from hoithi.results.models import NameComplaint
from hoithi.results.papers import issue_certificates
from hoithi.rules.codes import grouped
from tests import factories
from tests.browser.accessibility import bring_rules, broken_rules
from tests.browser.chromium import save_picture
from tests.browser.site import Site
from tests.exam.scene import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOME = "/hoi-thi/daknong-2023/"
RESULTS = f"{HOME}ket-qua/truc-tuyen/"


@pytest.fixture
def published(hall_scene: Scene, settings: Settings, tmp_path: Path) -> Scene:
    """A round that was sealed, sat, collected, graded and published, with its certificates."""
    settings.FILES = tmp_path / "files"
    scene = hall_scene
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    scene.hall.start()
    for entry, right in zip(scene.entries, (28, 30, 25, 20), strict=False):
        scene.sit(entry, sitting, right)
    scene.sit(scene.barred, sitting, 29)
    scene.close(sitting)
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publication = publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    issue_certificates(actor=scene.an, publication=publication, now=factories.now())
    return scene


def look(site: Site) -> None:
    """What holds for every page: nothing scrolls sideways, no rule is broken, nobody complains."""
    assert site.sideways() == 0, site.page.url
    assert broken_rules(site.page) == [], site.page.url
    assert site.complaints == [], site.page.url


def read_everything(site: Site, scene: Scene, name: str) -> None:
    """Every page of the site, from the home page to somebody's own paper."""
    bring_rules(site.page.context)
    code = Document.objects.filter(title__contains="Giải nhất").values_list("check_code").get()[0]
    for path in (HOME, RESULTS, f"{HOME}ket-qua/truc-tiep/", f"{HOME}niem-phong/", "/kiem-tra/"):
        site.open(path)
        look(site)
        if path == HOME:
            save_picture(site.page, f"home-{name}")
    site.open(f"/kiem-tra/{code}/")
    look(site)
    site.open("/ket-qua-cua-toi/")
    look(site)
    site.page.get_by_label("Mã dự thi").fill(grouped(access_code_of(scene.entries[0])))
    site.page.get_by_role("button", name="Xem kết quả của tôi").click()
    expect(site.page.get_by_role("heading", name="Nguyễn Văn Một")).to_be_visible()
    if name == "phone":
        save_picture(site.page, "own-result-phone")
    site.page.get_by_text("Xem 30 câu hỏi").click()
    expect(site.page.get_by_text("Câu 30", exact=True)).to_be_visible()
    look(site)


def test_every_page_fits_a_phone_and_an_office_screen(
    published: Scene, phone: Page, desktop: Page
) -> None:
    read_everything(Site(phone), published, "phone")
    read_everything(Site(desktop), published, "desktop")


def test_everything_works_without_scripts(published: Scene, browser: Browser) -> None:
    with browser.new_context(
        viewport={"width": 360, "height": 740}, java_script_enabled=False, locale="vi-VN"
    ) as context:
        site = Site(context.new_page())
        page = site.page
        site.open(HOME)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Chuyển đổi số")
        page.get_by_role("link", name="Kết quả Thi trực tuyến").click()
        page.get_by_label("Họ và tên").fill("tran thi")
        page.get_by_role("button", name="Tìm").click()
        expect(page.get_by_role("status")).to_have_text("Tìm thấy 1 trong 4 kết quả")
        page.get_by_role("button", name="Trình đơn").click()
        page.get_by_role("link", name="Kết quả của tôi").click()
        page.get_by_label("Mã dự thi").fill(access_code_of(published.entries[0]).lower())
        page.get_by_role("button", name="Xem kết quả của tôi").click()
        page.get_by_label("Họ tên viết đúng là").fill("Nguyễn Văn Mốt")
        page.get_by_role("button", name="Gửi Ban Tổ chức").click()
        expect(page.get_by_role("status")).to_contain_text("Ban Tổ chức đã nhận")
        assert NameComplaint.objects.get().said == "Nguyễn Văn Mốt"
        page.get_by_role("button", name="English").click()
        expect(page.get_by_role("heading", name="My result")).to_be_visible()
