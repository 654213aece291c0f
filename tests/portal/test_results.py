"""A published result as the public reads it."""

from __future__ import annotations

import cProfile
import re
from html import unescape

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from hoithi.contests.models import Contest
from hoithi.entries.models import Entry
from hoithi.people.models import User
from hoithi.results.actions import freeze_counts
from hoithi.rules.standings import Counts
from tests import factories
from tests.portal.scene import (
    RESULTS,
    cells,
    online_round,
    publish_online,
    read,
    record,
    secretary,
)

pytestmark = pytest.mark.django_db


class Scene:
    """Five people, one of them barred; the result is published."""

    def __init__(self) -> None:
        self.contest: Contest = factories.contest(open_now=False)
        self.actor: User = secretary(self.contest)
        people = [
            ("GN", "Nguyễn Văn Một"),
            ("CJ", "Trần Thị Hòa"),
            ("CJ", "Lê Văn Ba"),
            ("DR", "Phạm Thị Bốn"),
        ]
        self.entries: list[Entry] = [
            factories.entry(self.contest, unit, name, f"{unit}-{at:03d}")
            for at, (unit, name) in enumerate(people, start=1)
        ]
        self.barred = factories.entry(
            self.contest, "DM", "Võ Thị Sáu", "DM-009", barred="Tổ Thư ký"
        )

    def publish(self, first: str = "30", reason: str = "") -> None:
        one, two, three, four = self.entries
        record(
            self.contest,
            (one, first, 900_000),
            (two, "28", 700_000),
            (three, "28", 800_000),
            (four, "12", 500_000),
            (self.barred, "29", 1),
        )
        publish_online(self.contest, self.actor, reason)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_before_publication_the_page_says_when(scene: Scene, client: Client) -> None:
    page = read(client, RESULTS)
    assert "Chưa công bố Vòng thi đã kết thúc lúc 22h00 ngày 20/10/2023." in page
    assert "Nguyễn Văn Một" not in page


def test_a_round_that_does_not_count_has_no_result(scene: Scene, client: Client) -> None:
    scene.contest.rounds.filter(key="truc-tuyen").update(purpose="practice")
    assert client.get(RESULTS).status_code == 404


def test_rows_say_place_name_unit_score_prize_and_what_decided(
    scene: Scene, client: Client
) -> None:
    scene.publish()
    assert cells(client.get(RESULTS).content.decode()) == [
        ["1", "Nguyễn Văn Một", "Thành phố Gia Nghĩa", "30", "Giải nhất", "–"],
        ["2", "Trần Thị Hòa", "Huyện Cư Jút", "28", "Giải nhì", "tổng điểm"],
        ["3", "Lê Văn Ba", "Huyện Cư Jút", "28", "Giải ba", "thời gian làm bài dài hơn"],
        ["4", "Phạm Thị Bốn", "Huyện Đắk R'lấp", "12", "Giải ba", "tổng điểm"],
    ]


def test_barred_people_stand_apart_without_score_or_reason(scene: Scene, client: Client) -> None:
    scene.publish()
    page = read(client, RESULTS)
    assert "Có dự thi, không xếp hạng" in page
    assert "Võ Thị Sáu Huyện Đắk Mil" in page
    assert "Tổ Thư ký" not in page
    assert "DM-009" not in page


def test_counts_are_those_that_were_frozen(scene: Scene, client: Client) -> None:
    freeze_counts(
        each=online_round(scene.contest),
        counts=Counts(2456, 2460, 987),
        actor_name="hoithi",
        now=factories.now(),
    )
    scene.publish()
    assert "2.456 người dự thi 2.460 lượt thi 987 người trả lời đúng tất cả" in read(
        client, RESULTS
    )


def test_a_correction_says_why_and_links_the_version_before(scene: Scene, client: Client) -> None:
    scene.publish()
    scene.publish("27", "Theo phán quyết về câu 7")
    html = client.get(RESULTS).content.decode()
    assert [row[:2] for row in cells(html)][:2] == [["1", "Trần Thị Hòa"], ["2", "Lê Văn Ba"]]
    assert "Lý do có bản mới: Theo phán quyết về câu 7" in read(client, RESULTS)
    assert f'href="{RESULTS}phien-ban/1/"' in html
    first = client.get(f"{RESULTS}phien-ban/1/").content.decode()
    assert cells(first)[0][:2] == ["1", "Nguyễn Văn Một"]
    assert "Đây là phiên bản trước" in first
    assert "Đây là phiên bản trước" not in html
    assert client.get(f"{RESULTS}phien-ban/3/").status_code == 404


def test_the_hash_of_the_shown_version_is_on_the_page(scene: Scene, client: Client) -> None:
    scene.publish()
    scene.publish("27", "Đính chính")
    one, two = online_round(scene.contest).publications.order_by("number")
    assert one.sha256 in read(client, f"{RESULTS}phien-ban/1/")
    assert two.sha256 in read(client, RESULTS)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("ten=HOA", ["Trần Thị Hòa"]),
        ("ten=tr%E1%BA%A7n+th%E1%BB%8B+ho%C3%A0", ["Trần Thị Hòa"]),
        ("don-vi=Huy%E1%BB%87n+C%C6%B0+J%C3%BAt", ["Trần Thị Hòa", "Lê Văn Ba"]),
        ("ten=le&don-vi=Huy%E1%BB%87n+C%C6%B0+J%C3%BAt", ["Lê Văn Ba"]),
        ("ten=khong+co+ai", []),
        ("ten=%00%25_'", []),
        ("page=999999999999999999999", None),
        ("page=-1", None),
    ],
)
def test_search_folds_names_and_takes_what_people_type(
    scene: Scene, client: Client, query: str, names: list[str] | None
) -> None:
    scene.publish()
    html = client.get(f"{RESULTS}?{query}").content.decode()
    everybody = ["Nguyễn Văn Một", "Trần Thị Hòa", "Lê Văn Ba", "Phạm Thị Bốn"]
    assert [row[1] for row in cells(html)] == (everybody if names is None else names)


def test_what_is_searched_is_escaped(scene: Scene, client: Client) -> None:
    scene.publish()
    html = client.get(RESULTS, {"ten": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in html


def test_a_result_costs_the_same_with_one_row_and_with_three(
    scene: Scene, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one, two, three, _ = scene.entries
    record(scene.contest, (one, "30", 1))
    publish_online(scene.contest, scene.actor)
    with django_assert_num_queries(6):
        client.get(RESULTS)
    record(scene.contest, (one, "30", 1), (two, "29", 1), (three, "28", 1))
    publish_online(scene.contest, scene.actor, "Thêm hai bài")
    with django_assert_num_queries(6):
        client.get(RESULTS)


def test_a_version_that_was_read_is_not_read_again(
    scene: Scene, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    scene.publish()
    client.get(RESULTS)
    with django_assert_num_queries(5):
        client.get(RESULTS)


def test_units_stand_in_the_order_of_the_plan(scene: Scene, client: Client) -> None:
    scene.publish()
    html = client.get(RESULTS).content.decode()
    assert re.findall(r'<option lang="vi">([^<]+)', unescape(html)) == [
        *("Thành phố Gia Nghĩa", "Huyện Cư Jút", "Huyện Đắk R'lấp"),
    ]


def test_only_what_is_shown_is_worded_and_only_what_is_searched_folded(client: Client) -> None:
    contest = factories.contest(open_now=False)
    entries = [factories.entry(contest, "GN", f"Nguyễn Văn {at}", f"GN-{at}") for at in range(120)]
    record(contest, *((entry, "30", at + 1) for at, entry in enumerate(entries)))
    publish_online(contest, secretary(contest))
    assert calls(client, {}) == {"decided_by": 49, "fold": 1}
    assert calls(client, {"ten": "nguyen"}) == {"decided_by": 49, "fold": 122}
    assert calls(client, {"ten": "van 7"}) == {"decided_by": 11, "fold": 2}


def calls(client: Client, query: dict[str, str]) -> dict[str, int]:
    """How often a view of the result words a place and folds a text."""
    profile = cProfile.Profile()
    profile.runcall(client.get, RESULTS, query)
    counted = {"decided_by": 0, "fold": 0}
    for each in profile.getstats():
        name = getattr(each.code, "co_name", "")
        if name in counted:
            counted[name] += each.callcount
    return counted


def test_long_results_have_pages_that_keep_the_search(client: Client) -> None:
    contest = factories.contest(open_now=False)
    entries = [factories.entry(contest, "GN", f"Nguyễn Văn {at}", f"GN-{at}") for at in range(51)]
    record(contest, *((entry, "30", at + 1) for at, entry in enumerate(entries)))
    publish_online(contest, secretary(contest))
    first = client.get(RESULTS, {"ten": "nguyen"}).content.decode()
    assert len(cells(first)) == 50
    assert "?ten=nguyen&amp;page=2" in first
    second = client.get(RESULTS, {"ten": "nguyen", "page": "2"}).content.decode()
    assert [row[1] for row in cells(second)] == ["Nguyễn Văn 50"]
