"""The home page of a contest, and the list where there are several."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.models import Sitting
from hoithi.portal.queries.home import home_of
from hoithi.stage.actions.preparing import open_stage
from tests import factories
from tests.portal.scene import (
    HOME,
    Committee,
    online_round,
    publish_online,
    read,
    record,
    secretary,
)
from tests.stage.scene import ready_day

pytestmark = pytest.mark.django_db
OTHER = (factories.ROOT / "plans/daklak-2025/contest.toml").read_bytes()
THIRD = (factories.ROOT / "plans/quangnam-2022/contest.toml").read_bytes()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_the_only_contest_is_the_front_page(client: Client) -> None:
    factories.contest(open_now=False)
    assert read(client, "/") == read(client, HOME)


def test_without_a_contest_the_front_page_says_what_will_be_here(client: Client) -> None:
    assert "Chưa có hội thi nào Khi Ban Tổ chức nạp kế hoạch" in read(client, "/")


def test_several_contests_are_listed_with_their_time(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    factories.contest(open_now=False)
    factories.contest(OTHER, open_now=False)
    with django_assert_num_queries(5):
        page = read(client, "/")
    assert "Hội thi “Chuyển đổi số - nhận thức và hành động” tỉnh Đắk Nông năm 2023" in page
    assert "từ ngày 01/10/2023 đến hết ngày 31/10/2023 Đã xong" in page
    factories.contest(THIRD, open_now=False)
    with django_assert_num_queries(5):
        read(client, "/")


def test_an_unknown_contest_is_not_found(client: Client) -> None:
    assert client.get("/hoi-thi/khong-co/").status_code == 404


def test_the_page_says_who_when_and_what_for_as_the_plan_does(client: Client) -> None:
    factories.contest(open_now=False)
    page = read(client, HOME)
    for text in (
        "UBND TỈNH ĐẮK NÔNG SỞ THÔNG TIN VÀ TRUYỀN THÔNG",
        "Chủ đề: Chuyển đổi số - nhận thức và hành động",
        "Thời gian từ ngày 01/10/2023 đến hết ngày 31/10/2023",
        "Tham gia 8 đơn vị, 2 hình thức thi",
        "Hạn đăng ký của đơn vị trước ngày 06/10/2023",
        "từ 07h00 ngày 09/10/2023 đến 22h00 ngày 20/10/2023",
        "Mỗi đơn vị tối thiểu 30 người",
        "30 câu hỏi trắc nghiệm trong 30 phút",
        "Sân khấu hoá Tiểu phẩm truyền thông : tối đa 40 điểm",
        "Xếp hạng theo: tổng điểm → thời gian làm bài ngắn hơn → nộp bài sớm hơn.",
        "Giải nhất 01 giải 3.000.000 đồng",
        "Giải khuyến khích 03 giải 800.000 đồng mỗi giải",
        "Giải nhất 01 giải 8.000.000 đồng",
        "Phiên bản 1.0. Thí sinh xác nhận nội dung này trước khi bắt đầu làm bài.",
        "7. Kết quả công bố gồm họ tên, đơn vị, điểm và giải;",
        "Nâng cao nhận thức cho cấp ủy, chính quyền",
        "Huyện Đắk R'lấp",
    ):
        assert text in page


@pytest.mark.parametrize(
    ("now", "action", "label", "days"),
    [
        ("2023-09-20T08:00+07:00", "hall", "Thi trực tiếp mở sau", 10),
        ("2023-10-08T06:59+07:00", "hall", "Thi trực tuyến mở sau", 1),
        ("2023-10-09T07:00+07:00", "hall", "Thi trực tuyến còn mở trong", 11),
        ("2023-10-20T21:59+07:00", "hall", "Thi trực tuyến còn mở trong", 0),
        ("2023-10-20T22:00+07:00", "", "", None),
    ],
)
def test_the_button_and_the_countdown_follow_the_rounds(
    now: str, action: str, label: str, days: int | None
) -> None:
    page = home_of(factories.contest(open_now=False), at(now))
    left = page.countdown.days if page.countdown else None
    assert (page.action, page.countdown_label, left) == (action, label, days)


def test_the_timetable_says_what_is_done_running_and_ahead() -> None:
    page = home_of(factories.contest(open_now=False), at("2023-10-08T12:00+07:00"))
    assert [(step.title, step.state) for step in page.steps] == [
        ("Các đơn vị đăng ký, nộp danh sách", "done"),
        ("Thi trực tiếp", "today"),
        ("Thi trực tuyến", "ahead"),
        ("Công bố kết quả", "ahead"),
    ]


def test_a_published_result_is_linked_from_the_home_page(client: Client) -> None:
    contest = factories.contest(open_now=False)
    record(contest, (factories.entry(contest, "GN", "Trần Thị Hai", "GN-001"), "30", 1))
    publish_online(contest, secretary(contest))
    page = client.get(HOME).content.decode()
    assert f'href="{HOME}ket-qua/truc-tuyen/"' in page
    assert f'href="{HOME}ket-qua/truc-tiep/"' not in page
    now = datetime(2023, 11, 5, tzinfo=UTC)
    assert home_of(contest, now).action == "results"


def test_a_round_on_stage_is_linked_from_its_opening_on(client: Client) -> None:
    live = 'href="/san-khau/daknong-2023/truc-tiep/"'
    ready = ready_day()
    assert live not in client.get(HOME).content.decode()
    open_stage(actor=ready.secretary, stage=ready.stage, now=factories.now())
    page = client.get(HOME).content.decode()
    assert page.count(live) == 1
    assert "Thi trực tiếp đang diễn ra: theo dõi" in page


def test_some_results_are_published_and_others_not_yet(client: Client) -> None:
    contest = factories.contest(open_now=False)
    record(contest, (factories.entry(contest, "GN", "Trần Thị Hai", "GN-001"), "30", 1))
    publish_online(contest, secretary(contest))
    step = home_of(contest, datetime(2023, 11, 5, tzinfo=UTC)).steps[-1]
    assert (step.title, step.state) == ("Công bố kết quả", "today")
    assert "Công bố kết quả đã công bố 1 trong 2 kết quả Đang diễn ra" in read(client, HOME)


def test_a_list_of_contests_has_the_times_of_the_sittings(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.HALL_CONTROL = str(tmp_path / "control.sqlite3")
    committee = Committee()
    committee.contest.rounds.filter(key="truc-tiep").update(purpose="practice")
    factories.contest(factories.PLAN.replace(b"daknong-2023", b"daknong-2024", 1))
    factories.entry(committee.contest, "GN", "Trần Thị Hai", "GN-001")
    committee.seal()
    publish_sitting(actor=committee.an, each=online_round(committee.contest), now=factories.now())
    Sitting.objects.update(
        opens_at=at("2023-10-09T07:00+07:00"), closes_at=at("2023-10-09T09:30+07:00")
    )
    assert "từ 07h00 ngày 09/10/2023 đến 09h30 ngày 09/10/2023 Đã xong" in read(client, "/")


def test_one_is_said_as_one_in_english(client: Client) -> None:
    factories.contest(open_now=False)
    client.cookies["language"] = "en"
    page = read(client, HOME)
    for words in ("1 prize 3.000.000 đồng", "3 prizes 800.000 đồng each", "1 point for each"):
        assert words in page
    assert "1 attempt" in page
    assert "1 attempts" not in page


def test_moved_days_and_samples_are_marked_on_the_page(client: Client) -> None:
    contest = factories.contest(open_now=False)
    assert "Bản chạy thử" not in read(client, HOME)
    factories.entry(contest, "GN", "Trần Thị Hai", "GN-001")
    assert "Dữ liệu mẫu: người dự thi và kết quả ở đây không có thật." in read(client, HOME)
    contest.windows_moved_at = factories.now()
    contest.save()
    assert "Bản chạy thử: thời gian đã dời về hiện tại; người dự thi" in read(client, HOME)


def test_the_home_page_costs_the_same_with_more_of_everything(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    contest = factories.contest(open_now=False)
    one = factories.entry(contest, "GN", "Trần Thị Hai", "GN-001")
    record(contest, (one, "30", 1))
    actor = secretary(contest)
    publish_online(contest, actor)
    with django_assert_num_queries(7):
        client.get(HOME)
    two = factories.entry(contest, "GN", "Lê Văn Ba", "GN-002")
    three = factories.entry(contest, "CJ", "Đỗ Văn Tư", "CJ-003")
    record(contest, (one, "30", 1), (two, "29", 1), (three, "28", 1))
    publish_online(contest, actor, "Thêm hai bài")
    with django_assert_num_queries(7):
        client.get(HOME)


def test_the_way_into_the_hall_is_a_plain_redirect(client: Client, settings: Settings) -> None:
    settings.HALL_URL = "https://thi.example.vn/thi/"
    response = client.get("/thi")
    assert (response.status_code, response["Location"]) == (302, "https://thi.example.vn/thi/")


def test_the_page_can_be_read_in_english(client: Client) -> None:
    factories.contest(open_now=False)
    client.cookies["language"] = "en"
    page = read(client, HOME)
    assert "01/10/2023 to the end of 31/10/2023" in page
    assert "30 multiple-choice questions in 30 minutes" in page
    assert "Thể lệ" not in page.partition("Purposes")[0].partition("1. Thí sinh")[0]


def test_the_page_asks_for_nothing_outside_and_needs_no_script(client: Client) -> None:
    factories.contest(open_now=False)
    response = client.get(HOME)
    html = response.content.decode()
    assert "<style" not in html
    assert "style=" not in html
    assert html.count("<script") == html.count('<script type="module" src="/static/')
    assert "http://" not in html.replace("http://testserver", "")


def test_a_round_with_a_result_is_over_whatever_the_plan_says() -> None:
    contest = factories.contest()
    record(contest, (factories.entry(contest, "GN", "Trần Thị Hai", "GN-001"), "30", 1))
    publish_online(contest, secretary(contest))
    page = home_of(contest, factories.now())
    assert page.action == "results"
    assert {step.title: step.state for step in page.steps}["Thi trực tuyến"] == "done"


def test_the_time_of_a_round_is_that_of_its_sittings(settings: Settings, tmp_path: Path) -> None:
    settings.HALL_CONTROL = str(tmp_path / "control.sqlite3")
    committee = Committee()
    factories.entry(committee.contest, "GN", "Trần Thị Hai", "GN-001")
    committee.seal()
    publish_sitting(actor=committee.an, each=online_round(committee.contest), now=factories.now())
    Sitting.objects.update(
        opens_at=at("2023-10-09T07:00+07:00"), closes_at=at("2023-10-20T23:30+07:00")
    )
    page = home_of(committee.contest, at("2023-10-20T22:30+07:00"))
    assert (page.action, page.countdown_label) == ("hall", "Thi trực tuyến còn mở trong")
    assert {step.title: step.when for step in page.steps}["Thi trực tuyến"] == (
        "từ 07h00 ngày 09/10/2023 đến 23h30 ngày 20/10/2023"
    )
