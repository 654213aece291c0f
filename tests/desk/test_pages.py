"""The first pages of a contest: the desk, the overview, assumptions, duties, the log."""

from __future__ import annotations

import html
import re
from datetime import datetime

import pytest
from django.db import transaction
from django.test import Client

from hoithi.audit.actions import record
from hoithi.audit.models import LogEntry
from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.actions import withdraw_entry
from hoithi.entries.models import UnitRegistration
from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import unit_scope
from hoithi.web.wording import ZONE
from tests import factories

pytestmark = pytest.mark.django_db
HERE = "/ban-to-chuc/daknong-2023/"
TRIAL = "Bản chạy thử: thời gian đã dời về hiện tại; người dự thi và kết quả là dữ liệu mẫu"
PAGES = ["", "can-xac-nhan/", "nhiem-vu/", "nhat-ky/"]


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def an(contest: Contest) -> User:
    return factories.user("An", contest.key, Role.COMMITTEE)


def page_of(who: User, path: str = HERE) -> str:
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_desk_leads_to_contests_and_units(contest: Contest, an: User) -> None:
    unit = unit_by_code(contest, "GN")
    give(
        user=an,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit.pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    links = re.findall(
        r'<a (?:class="button main" )?href="(/[^"]+)">', page_of(an, "/ban-lam-viec/")
    )
    assert [link for link in links if link in (HERE, "/don-vi/daknong-2023/GN/")] == [
        HERE,
        "/don-vi/daknong-2023/GN/",
    ]


def test_more_time_for_a_unit_is_on_the_desk_of_its_officer(contest: Contest) -> None:
    contest.registration_closes_at = datetime(2023, 10, 6, tzinfo=ZONE)
    contest.save()
    unit = unit_by_code(contest, "GN")
    officer = User.objects.create_user("can-bo@example.vn", "Cán Bộ", "x" * 20)
    give(
        user=officer,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit.pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    assert "nhận đăng ký trước ngày 06/10/2023" in page_of(officer, "/ban-lam-viec/")
    UnitRegistration.objects.create(
        contest=contest,
        unit=unit,
        forms=["truc-tuyen"],
        extended_to=datetime(2023, 10, 9, 17, tzinfo=ZONE),
    )
    assert "nhận đăng ký trước 17h00 ngày 09/10/2023" in page_of(officer, "/ban-lam-viec/")


@pytest.mark.parametrize("path", ["/ban-lam-viec/", "/tai-khoan/doi-mat-khau/"])
def test_the_trial_is_told_on_pages_that_belong_to_no_contest(
    contest: Contest, an: User, path: str
) -> None:
    Contest.objects.update(windows_moved_at=None)
    assert TRIAL not in page_of(an, path)
    Contest.objects.update(windows_moved_at=contest.windows_moved_at, is_sample=True)
    assert TRIAL in page_of(an, path)
    assert TRIAL in page_of(an, HERE)
    assert TRIAL in Client().get("/tai-khoan/dang-nhap/").content.decode()


def test_somebody_without_rights_is_told_whom_to_ask(contest: Contest) -> None:
    assert "Vui lòng liên hệ thư ký" in page_of(factories.user("Mới", "x"), "/ban-lam-viec/")


def test_an_assumption_is_confirmed_once_and_by_the_committee(contest: Contest, an: User) -> None:
    first = contest.assumptions.order_by("id")[0]
    client = factories.sign_in(Client(), an)
    address = f"{HERE}can-xac-nhan/{first.pk}/xac-nhan/"
    stale = client.post(address, {"value": "Điều đã ghi trước đó"}, follow=True).content.decode()
    assert "Nội dung này vừa được đổi theo kế hoạch mới" in stale
    shown = re.findall(r'name="value" value="([^"]+)"', page_of(an, f"{HERE}can-xac-nhan/"))
    client.post(address, {"value": html.unescape(shown[0])})
    first.refresh_from_db()
    assert first.confirmed_by == "An"
    page = page_of(an, f"{HERE}can-xac-nhan/")
    assert page.count("Xác nhận<span") == contest.assumptions.count() - 1
    secretary = factories.user("Thư ký", contest.key, Role.ORGANISER)
    refused = factories.sign_in(Client(), secretary)
    assert refused.post(f"{HERE}can-xac-nhan/{first.pk}/xac-nhan/").status_code == 403
    assert "Xác nhận<span" not in page_of(secretary, f"{HERE}can-xac-nhan/")


def test_an_assumption_of_another_contest_is_not_found(contest: Contest, an: User) -> None:
    response = factories.sign_in(Client(), an).post(f"{HERE}can-xac-nhan/999999/xac-nhan/")
    assert response.status_code == 404


def test_duties_stand_under_their_holders(contest: Contest, an: User) -> None:
    page = page_of(an, f"{HERE}nhiem-vu/")
    assert page.count("<section") == contest.duties.values("holder").distinct().count()
    assert "hạn 05/10/2023" in page


def test_the_log_shows_this_contest_and_says_that_it_is_unbroken(
    contest: Contest, an: User
) -> None:
    factories.user("Khác", "another-contest", Role.COMMITTEE)
    page = page_of(an, f"{HERE}nhat-ky/")
    assert "Nhật ký nguyên vẹn" in page
    assert re.findall(r'<th scope="row">([^<]+)</th>', page) == [
        "giao quyền",
        "dời thời gian của bản trình diễn",
        "nạp kế hoạch",
    ]


def test_the_log_shows_every_act_on_an_entry_whichever_room_wrote_it(
    contest: Contest, an: User
) -> None:
    entry = factories.entry(contest, "GN", "Lê Thị Mẫu", "GN-001")
    hyphens = str(entry.public_id)
    with transaction.atomic():
        for target in (f"entry:{hyphens}", entry.log_target):
            record(
                actor_id=an.pk,
                actor_name=an.name,
                action="entries.withdraw",
                target=target,
                now=factories.now(),
            )
    assert page_of(an, f"{HERE}nhat-ky/").count("Thí sinh GN-001") == 2
    withdraw_entry(actor=an, entry=entry, reason="Xin rút", now=factories.now())
    assert LogEntry.objects.latest("number").target == f"entry:{entry.public_id.hex}"


def test_the_log_says_where_it_was_changed(contest: Contest, an: User) -> None:
    LogEntry.objects.filter(number=2).update(actor_name="Người khác")
    assert "Nhật ký bị đứt tại mục 2" in page_of(an, f"{HERE}nhat-ky/")


def test_the_log_is_searched_by_act_in_its_words_and_by_name(contest: Contest, an: User) -> None:
    for words in ("NẠP", "nap ke hoach"):
        page = page_of(an, f"{HERE}nhat-ky/?q={words}")
        assert re.findall(r'<th scope="row">([^<]+)</th>', page) == ["nạp kế hoạch"]
    assert page_of(an, f"{HERE}nhat-ky/?q=hoithi").count('<th scope="row">') == 3
    assert "Không có mục nào khớp" in page_of(an, f"{HERE}nhat-ky/?q=%25_%00")


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_refused(contest: Contest, path: str) -> None:
    stranger = factories.user("Lạ", "another-contest", *Role)
    assert factories.sign_in(Client(), stranger).get(HERE + path).status_code == 403


@pytest.mark.parametrize("path", ["/ban-lam-viec/", *(HERE + path for path in PAGES)])
def test_nobody_comes_without_signing_in(contest: Contest, path: str) -> None:
    response = Client().get(path)
    assert (response.status_code, response["Location"]) == (
        302,
        f"/tai-khoan/dang-nhap/?next={path}",
    )
