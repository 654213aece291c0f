"""People accepted after the roster was published: a sitting of their own, or a plain word."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from hoithi.contests.queries import unit_by_code
from hoithi.exam.actions import close_round
from hoithi.exam.hall_orders import move_close, move_opening, publish_sitting
from hoithi.exam.models import Sitting, SittingState
from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import unit_scope
from hoithi.results.actions import publish
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.exam.scene import Scene
from tests.exam.test_pages import HERE, messages_in, page_of, press

pytestmark = pytest.mark.django_db(transaction=True)
DESK = "/ban-to-chuc/daknong-2023/"
BUTTON = "Mở ca thi cho các thí sinh này"
WITHOUT = "Có 2 thí sinh đã được nhận nhưng chưa có ca thi"
LEFT_OUT = "Có 2 thí sinh đã được nhận nhưng không có ca thi nào"
LINK = "Thi trực tuyến: 2 thí sinh đã được nhận nhưng không có ca thi"


@pytest.fixture
def first(scene: Scene) -> Sitting:
    """A sitting in the hall, after which two more people were accepted."""
    scene.seal()
    sitting = publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    for at, name in ((7, "Bùi Văn Bảy"), (8, "Mai Thị Tám")):
        factories.entry(scene.contest, "TD", name, f"TD-{at:03d}")
    return sitting


def lists(who: User) -> list[str]:
    """The two lists of the overview: what waits, and what may go wrong."""
    page = page_of(who, DESK)
    cards = re.findall(
        r"<h2>(?:Đang chờ anh/chị|Rủi ro)</h2>(.*?)</section>", page, flags=re.DOTALL
    )
    return [
        "waiting" if at == 0 else "risk" for at, part in enumerate(cards) if f">{LINK}<" in part
    ]


def test_they_can_sit_while_the_others_are_in_the_hall(scene: Scene, first: Sitting) -> None:
    page = page_of(scene.an)
    assert WITHOUT in page
    assert "Huyện Tuy Đức: 2" in page
    assert lists(scene.an) == ["waiting"]
    opened = press(scene.an, "mo-ca/")
    assert messages_in(opened) == ["Danh sách đã sang phòng thi. Mã dự thi có hiệu lực từ giờ mở."]
    assert BUTTON not in opened
    second = scene.round.sittings.exclude(pk=first.pk).get()
    assert [line.entry.number for line in second.lines.select_related("entry")] == [
        "TD-007",
        "TD-008",
    ]
    assert lists(scene.an) == []
    scene.hall.start()
    scene.sit(second.lines.get(line=1).entry, second, 30)


def test_their_unit_and_who_accepted_them_are_told(scene: Scene, first: Sitting) -> None:
    officer = factories.user("Cán bộ", scene.contest.key)
    for code, telling in (("TD", True), ("GN", False)):
        unit = unit_by_code(scene.contest, code)
        give(
            user=officer,
            role=Role.UNIT_OFFICER,
            scope=unit_scope(unit.pk),
            actor_id="0",
            actor_name="hoithi",
            now=factories.now(),
        )
        own = page_of(officer, f"/don-vi/daknong-2023/{code}/")
        assert ("Có 2 người của đơn vị chưa có ca thi" in own) is telling
        desk = page_of(scene.an, f"{DESK}dang-ky/{code}/")
        told = "Có 2 người được tiếp nhận sau khi đã chốt danh sách dự thi nên chưa có ca thi."
        assert (told in desk) is telling
    publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    assert first.lines.count() == 6
    assert "chưa có ca thi" not in page_of(officer, "/don-vi/daknong-2023/TD/")


def test_who_only_reads_is_told_and_presses_nothing(scene: Scene, first: Sitting) -> None:
    assert first.state == SittingState.PUBLISHED
    watcher = factories.user("Quan sát", scene.contest.key, Role.OBSERVER)
    page = page_of(watcher)
    assert WITHOUT in page
    assert BUTTON not in page


def test_the_offer_stays_when_the_first_sitting_is_closed(scene: Scene, first: Sitting) -> None:
    close_now(scene, first)
    for path in (HERE, f"{HERE}ca/{first.pk}/"):
        page = page_of(scene.an, path)
        assert page.index(WITHOUT) < page.index(BUTTON) < page.index("/thu-bai/")
    press(scene.an, "mo-ca/")
    second = scene.round.sittings.exclude(pk=first.pk).get()
    assert (second.opens_at, second.closes_at) == (scene.round.opens_at, scene.round.closes_at)


def test_their_window_is_the_one_that_was_moved(scene: Scene, first: Sitting) -> None:
    opens_at, closes_at = (
        scene.round.opens_at + timedelta(hours=1),
        scene.round.closes_at + timedelta(hours=2),
    )
    now = factories.now()
    move_opening(actor=scene.an, sitting=first, opens_at=opens_at, reason="Mất điện", now=now)
    move_close(actor=scene.an, sitting=first, closes_at=closes_at, reason="Mất điện", now=now)
    late = scene.round.closes_at + timedelta(hours=1)
    second = publish_sitting(actor=scene.an, each=scene.round, now=late)
    assert (second.opens_at, second.closes_at) == (opens_at, closes_at)


def test_after_collecting_it_is_said_who_is_left_out(scene: Scene, first: Sitting) -> None:
    scene.hall.start()
    scene.sit(scene.entries[0], first, 30)
    scene.close(first)
    page = page_of(scene.an)
    assert LEFT_OUT in page
    assert "Huyện Tuy Đức: 2" in page
    assert BUTTON not in page
    assert lists(scene.an) == ["risk"]
    with pytest.raises(RuleViolation, match="round_over"):
        publish_sitting(actor=scene.an, each=scene.round, now=factories.now())
    assert messages_in(press(scene.an, "mo-ca/")) == [
        "Vòng thi đã kết thúc: đã hết thời gian hoặc bài đã được thu. Không thể mở thêm ca thi."
    ]
    assert scene.round.sittings.count() == 1
    close_round(actor=scene.an, each=scene.round, now=factories.now())
    publish(actor=scene.an, each=scene.round, reason="", now=factories.now())
    assert LEFT_OUT in page_of(scene.an)
    assert lists(scene.an) == []


def close_now(scene: Scene, sitting: Sitting) -> None:
    now = factories.now()
    move_close(actor=scene.an, sitting=sitting, closes_at=now, reason="Đã thi xong", now=now)
