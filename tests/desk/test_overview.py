"""The overview of a contest: its days, its units, what waits for whom, what may go wrong."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import units_of
from hoithi.entries.models import RegistrationState, UnitRegistration
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.models import Package
from hoithi.exam.sealing import build_package, seal_package
from hoithi.people.models import Role, User
from hoithi.results.actions import ScoreRow, decide_tie, record_round_scores
from hoithi.web.wording import ZONE
from tests import factories

pytestmark = pytest.mark.django_db
HERE = "/ban-to-chuc/daknong-2023/"
ROUND = f"{HERE}vong/truc-tuyen/"


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def an(contest: Contest) -> User:
    return factories.user("An", contest.key, Role.COMMITTEE, Role.ORGANISER)


@pytest.fixture
def binh(contest: Contest) -> User:
    return factories.user("Bình", contest.key, Role.COMMITTEE)


def page_of(who: User, path: str = HERE) -> str:
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == 200
    return response.content.decode()


def card(page: str, heading: str) -> str:
    """One card of the overview."""
    (found,) = re.findall(rf"<h2>{heading}</h2>(.*?)</section>", page, flags=re.DOTALL)
    return str(found)


def links(part: str) -> list[tuple[str, str]]:
    return re.findall(r'<a href="([^"]+)">([^<]+)</a>', part)


def waiting(who: User) -> list[str]:
    return [text for _href, text in links(card(page_of(who), "Đang chờ anh/chị"))]


def risks(who: User) -> list[str]:
    return [text for _href, text in links(card(page_of(who), "Rủi ro"))]


def confirm_all(contest: Contest) -> None:
    """Nothing of the plan is open, and no duty is late."""
    contest.assumptions.update(confirmed_at=contest.registration_opens_at, confirmed_by="An")
    contest.duties.update(due=None)


def test_today_stands_among_the_days_of_the_plan(an: User) -> None:
    page = page_of(an)
    line = re.findall(r'<ol class="steps card".*?</ol>', page, flags=re.DOTALL)[0]
    labels = re.findall(r"</time>([^<]+)", line)
    assert labels[0] == "Ngày làm mốc xét hiệu lực văn bản"
    assert labels[-2:] == ["Hôm nay", "Hết hạn đăng ký"]
    assert line.count('aria-current="date"') == 1
    assert line.count("đang diễn ra") == 2


def test_days_end_as_the_public_page_says(contest: Contest, an: User) -> None:
    contest.registration_closes_at = datetime(2023, 10, 6, tzinfo=ZONE)
    contest.save()
    contest.rounds.filter(key="truc-tiep").update(
        opens_at=datetime(2023, 10, 1, tzinfo=ZONE), closes_at=datetime(2023, 11, 1, tzinfo=ZONE)
    )
    line = re.findall(r'<ol class="steps card".*?</ol>', page_of(an), flags=re.DOTALL)[0]
    days = re.findall(r"<time[^>]*>([^<]+)</time>([^<]+)", line)
    assert ("trước ngày 06/10/2023", "Hết hạn đăng ký") in days
    assert ("từ ngày 01/10/2023 đến hết ngày 31/10/2023", "Thi trực tiếp") in days


def test_moments_follow_the_language_that_is_shown(contest: Contest, an: User) -> None:
    contest.rounds.update(
        opens_at=datetime(2053, 10, 1, 8, tzinfo=ZONE), closes_at=datetime(2053, 11, 1, tzinfo=ZONE)
    )
    client = factories.sign_in(Client(), an)
    assert "mở lúc 08h00 ngày 01/10/2053" in client.get(HERE).content.decode()
    client.cookies["language"] = "en"
    assert "opens 08h00, 01/10/2053" in client.get(HERE).content.decode()


def test_units_stand_in_order_of_who_is_missing_most(contest: Contest, an: User) -> None:
    for number in range(1, 31):
        factories.entry(contest, "DS", f"Nguyễn Văn {number}", f"DS-{number:03d}")
    factories.entry(contest, "GN", "Trần Thị Hai", "GN-001")
    chart = card(page_of(an), "Đăng ký theo đơn vị")
    assert "1 trong 8 đơn vị đã đủ 30 người" in chart
    labels = re.findall(r'class="label"><a href="([^"]+)">([^<]+)</a>', chart)
    assert labels[-2:] == [
        (f"{HERE}dang-ky/GN/", "Thành phố Gia Nghĩa"),
        (f"{HERE}dang-ky/DS/", "Huyện Đắk Song"),
    ]
    assert chart.count("thiếu 30") == 6
    assert "thiếu 29" in chart


def test_a_unit_in_another_form_misses_nobody(contest: Contest, an: User) -> None:
    UnitRegistration.objects.create(contest=contest, unit=units_of(contest)[0], forms=["truc-tiep"])
    chart = card(page_of(an), "Đăng ký theo đơn vị")
    assert "0 trong 7 đơn vị đã đủ 30 người" in chart
    assert chart.count("thi hình thức khác") == 1


def test_who_may_not_decide_is_led_to_all_units(contest: Contest, binh: User) -> None:
    chart = card(page_of(binh), "Đăng ký theo đơn vị")
    assert {
        href for href, _text in re.findall(r'class="label"><a href="([^"]+)">(.*?)<', chart)
    } == {f"{HERE}dang-ky/"}


def test_what_waits_follows_the_round_step_by_step(contest: Contest, an: User, binh: User) -> None:
    confirm_all(contest)
    assert waiting(an) == ["Thi trực tuyến: lập đề"]
    assert waiting(binh) == ["Thi trực tuyến: lập đề"]
    package = _package(contest, an)
    assert waiting(an) == ["Thi trực tuyến: ký niêm phong đề"]
    seal_package(actor=an, package=package, now=factories.now())
    assert waiting(an) == []
    assert waiting(binh) == ["Thi trực tuyến: ký niêm phong đề"]
    seal_package(actor=binh, package=package, now=factories.now())
    assert waiting(an) == ["Thi trực tuyến: chốt danh sách thi"]


def _package(contest: Contest, actor: User) -> Package:
    return build_package(
        actor=actor,
        each=contest.rounds.get(key="truc-tuyen"),
        collection=factories.bank(contest),
        now=factories.now(),
    )


def test_submitted_registrations_wait_for_the_organiser(
    contest: Contest, an: User, binh: User
) -> None:
    confirm_all(contest)
    for unit in units_of(contest)[:2]:
        UnitRegistration.objects.create(
            contest=contest, unit=unit, forms=["truc-tuyen"], state=RegistrationState.SUBMITTED
        )
    assert "2 đăng ký chờ tiếp nhận" in waiting(an)
    assert "2 đăng ký chờ tiếp nhận" not in waiting(binh)


def test_a_tie_waits_for_the_committee(contest: Contest, an: User, binh: User) -> None:
    confirm_all(contest)
    each = contest.rounds.get(key="truc-tuyen")
    entries = [factories.entry(contest, "GN", f"Người {at}", f"GN-{at}") for at in (1, 2)]
    _equal_scores(each, [entry.public_id.hex for entry in entries])
    assert "Thi trực tuyến: quyết định trường hợp đồng hạng" in waiting(binh)
    order = [entry.public_id.hex for entry in entries]
    for actor in (an, binh):
        decide_tie(actor=actor, each=each, order=order, reason="Biên bản", now=factories.now())
    assert "Thi trực tuyến: quyết định trường hợp đồng hạng" not in waiting(binh)


def _equal_scores(each: Round, entries: list[str]) -> None:
    values = {name: Decimal(1) for name in ("duration", "submitted")}
    record_round_scores(
        each=each,
        rows=[
            ScoreRow(entry, Decimal(30), {"points": Decimal(30), **values}, False, True, "")
            for entry in entries
        ],
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )


def test_observers_have_nothing_waiting(contest: Contest) -> None:
    observer = factories.user("Xem", contest.key, Role.OBSERVER)
    assert "Đang chờ anh/chị" not in page_of(observer)


def test_everything_that_may_go_wrong_is_named_gravest_first(contest: Contest, an: User) -> None:
    assert risks(an) == [
        "Thi trực tuyến: chưa có đề niêm phong",
        "Ban Tổ chức có chưa đủ hai tài khoản: không ký được những việc cần hai người",
        "17 nội dung kế hoạch chưa nêu còn chờ xác nhận",
        "2 nhiệm vụ quá hạn",
    ]


def test_nothing_may_go_wrong_when_all_is_done(contest: Contest, an: User, binh: User) -> None:
    confirm_all(contest)
    package = _package(contest, an)
    for actor in (an, binh):
        seal_package(actor=actor, package=package, now=factories.now())
    assert "Chưa phát hiện rủi ro." in card(page_of(an), "Rủi ro")


def test_units_below_the_minimum_are_a_risk_from_a_week_before_the_end(
    contest: Contest, an: User, binh: User
) -> None:
    confirm_all(contest)
    contest.registration_closes_at = factories.now() + timedelta(days=6)
    contest.save()
    assert "Thi trực tuyến trên phần mềm: 8 đơn vị chưa đủ 30 người" in risks(an)
    contest.registration_closes_at = factories.now() + timedelta(days=8)
    contest.save()
    assert "Thi trực tuyến trên phần mềm: 8 đơn vị chưa đủ 30 người" not in risks(an)


def test_rules_that_come_after_the_end_of_registration_are_a_risk(
    contest: Contest, an: User
) -> None:
    contest.registration_closes_at = factories.now() - timedelta(days=1)
    contest.save()
    assert "Thể lệ chưa được xác nhận" in risks(an)
    contest.assumptions.filter(key="the-le").update(confirmed_at=factories.now())
    assert "Thể lệ được xác nhận sau hạn đăng ký" in risks(an)
    contest.assumptions.filter(key="the-le").update(
        confirmed_at=contest.registration_closes_at - timedelta(hours=1)
    )
    assert [text for text in risks(an) if text.startswith("Thể lệ")] == []


def test_a_hall_that_is_silent_while_a_sitting_is_open_is_urgent(
    contest: Contest,
    an: User,
    binh: User,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("hall")
    settings.HALL_CONTROL = str(folder / "control.sqlite3")
    settings.HALL_JOURNAL = str(folder / "journal.sqlite3")

    package = _package(contest, an)
    for actor in (an, binh):
        seal_package(actor=actor, package=package, now=factories.now())
    factories.entry(contest, "GN", "Trần Thị Hai", "GN-001")
    assert "Phòng thi không trả lời" not in risks(an)
    publish_sitting(actor=an, each=contest.rounds.get(key="truc-tuyen"), now=factories.now())
    assert risks(an)[0] == "Phòng thi không trả lời"


@pytest.mark.parametrize(
    ("opens", "closes", "is_urgent"),
    [
        (timedelta(minutes=-5), timedelta(hours=1), True),
        (timedelta(minutes=20), timedelta(hours=1), True),  # about to open
        (timedelta(minutes=61), timedelta(hours=10), False),
        (timedelta(hours=-2), timedelta(minutes=-1), False),
    ],
)
def test_a_hall_that_is_silent_during_a_window_of_somebodys_own_is_urgent(
    contest: Contest,
    an: User,
    binh: User,
    settings: Settings,
    tmp_path: Path,
    opens: timedelta,
    closes: timedelta,
    is_urgent: bool,
) -> None:
    """The sitting's own time is over for all others."""
    settings.HALL_CONTROL = str(tmp_path / "control.sqlite3")
    settings.HALL_JOURNAL = str(tmp_path / "journal.sqlite3")
    package = _package(contest, an)
    for actor in (an, binh):
        seal_package(actor=actor, package=package, now=factories.now())
    factories.entry(contest, "GN", "Trần Thị Hai", "GN-001")
    each = contest.rounds.get(key="truc-tuyen")
    sitting = publish_sitting(actor=an, each=each, now=factories.now())
    now = factories.now()
    sitting.opens_at, sitting.closes_at = now - timedelta(days=2), now - timedelta(days=1)
    sitting.save()
    assert "Phòng thi không trả lời" not in risks(an)
    running = page_of(an, HERE).count("đang diễn ra")
    sitting.lines.update(window_opens_at=now + opens, window_closes_at=now + closes)
    assert ("Phòng thi không trả lời" in risks(an)) == is_urgent
    still = page_of(an, HERE).count("đang diễn ra") - running
    assert still == (closes > timedelta(0))


def test_the_desk_says_what_waits(contest: Contest, an: User) -> None:
    confirm_all(contest)
    assert links(page_of(an, "/ban-lam-viec/"))[-1] == (ROUND, "Thi trực tuyến: lập đề")


def test_somebody_for_the_questions_is_led_to_the_bank(contest: Contest) -> None:
    page = page_of(factories.user("Câu", contest.key, Role.QUESTIONS), "/ban-lam-viec/")
    assert f'href="{HERE}ngan-hang/"' in page
    assert f'href="{HERE}"' not in page


def test_the_overview_costs_as_many_queries_for_thirty_people_as_for_one(
    contest: Contest, an: User
) -> None:
    client = factories.sign_in(Client(), an)
    factories.entry(contest, "GN", "Một", "GN-001")
    client.get(HERE)
    with CaptureQueriesContext(connection) as one:
        client.get(HERE)
    for number in range(2, 31):
        factories.entry(contest, "DS", f"Người {number}", f"DS-{number:03d}")
    with CaptureQueriesContext(connection) as thirty:
        client.get(HERE)
    assert len(one) == len(thirty)


def test_a_duty_is_ticked_off_with_what_shows_it(contest: Contest, an: User) -> None:
    duty = contest.duties.order_by("id")[0]
    client = factories.sign_in(Client(), an)
    path = f"{HERE}nhiem-vu/{duty.pk}/"
    assert "errorlist" in client.post(path, {"evidence": " "}).content.decode()
    client.post(path, {"evidence": "Quyết định số 12/QĐ-BTC"})
    page = page_of(an, f"{HERE}nhiem-vu/")
    assert "Quyết định số 12/QĐ-BTC" in page
    client.post(path)
    duty.refresh_from_db()
    assert (duty.state, duty.evidence, duty.done_at) == ("open", "", None)


def test_an_assumption_says_what_it_is_about(an: User) -> None:
    page = page_of(an, f"{HERE}can-xac-nhan/")
    assert "Thi trực tuyến: thời gian làm bài" in page
    assert "Thi trực tuyến: số lượt thi, lượt thi được tính" in page


def test_the_log_names_what_it_is_about_without_naming_people(
    contest: Contest, an: User, binh: User
) -> None:
    package = _package(contest, an)
    seal_package(actor=an, package=package, now=factories.now())
    page = page_of(an, f"{HERE}nhat-ky/")
    assert page.count("Thi trực tuyến: đề số 1") == 2
    assert "Bình" in page  # whose right was given
    assert "package:" not in page
