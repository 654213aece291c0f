"""A slip names the time of its holder's sitting, and no time that nobody has promised."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from hoithi.contests.models import Contest, Round
from hoithi.contests.queries import unit_by_code
from hoithi.entries.models import Entry
from hoithi.exam.hall_orders import give_window, publish_sitting
from hoithi.exam.models import Sitting
from hoithi.exam.sealing import build_package, seal_package
from hoithi.exam.slips import take_slips
from hoithi.people.models import Role, User
from hoithi.web.wording import moment
from tests import factories
from tests.documents.render.reading import page_texts
from tests.exam.scene import plan_of_two_rounds

pytestmark = pytest.mark.django_db
LATER = "Ca thi sẽ được thông báo sau"


class Desk:
    """A contest with one person of Gia Nghĩa, its committee, and a store for the hall."""

    def __init__(self, content: bytes = factories.PLAN) -> None:
        self.contest: Contest = factories.contest(content)
        self.an = factories.user("An", self.contest.key, Role.COMMITTEE, Role.ORGANISER)
        self.binh = factories.user("Bình", self.contest.key, Role.COMMITTEE)
        self.bank = factories.bank(self.contest)
        self.first = self.accept("Nguyễn Văn Một", "GN-001")

    def accept(self, name: str, number: str) -> Entry:
        return factories.entry(self.contest, "GN", name, number)

    def round(self, key: str = "truc-tuyen") -> Round:
        return Round.objects.get(contest=self.contest, key=key)

    def publish(self, key: str = "truc-tuyen") -> Sitting:
        each, now = self.round(key), factories.now()
        package = build_package(actor=self.an, each=each, collection=self.bank, now=now)
        for actor in (self.an, self.binh):
            seal_package(actor=actor, package=package, now=now)
        return publish_sitting(actor=self.an, each=each, now=now)

    def told(self, now: datetime | None = None) -> dict[str, str]:
        """What the slip of each person of the unit says about the time."""
        unit = unit_by_code(self.contest, "GN")
        with override("vi"):
            slips = take_slips(
                actor=self.an, contest=self.contest, unit=unit, now=now or factories.now()
            )
        return {slip.number: slip.opens_text for slip in slips}


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> None:
    settings.HALL_CONTROL = str(tmp_path / "control.sqlite3")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def opens(at: datetime) -> str:
    return f"Mở từ {moment(at)}"


def moved(sitting: Sitting, by: timedelta) -> datetime:
    """The sitting opens and closes at another time than the plan's."""
    sitting.opens_at += by
    sitting.closes_at += by
    sitting.save()
    return sitting.opens_at


def test_before_any_sitting_a_slip_names_the_time_of_the_plan(desk: Desk) -> None:
    assert desk.told() == {"GN-001": opens(desk.round().opens_at)}


def test_who_has_a_sitting_is_told_its_time_not_that_of_the_plan(desk: Desk) -> None:
    at = moved(desk.publish(), timedelta(hours=3))
    assert at != desk.round().opens_at
    assert desk.told() == {"GN-001": opens(at)}


def test_who_has_none_is_promised_nothing_once_a_sitting_is_published(desk: Desk) -> None:
    sitting = desk.publish()
    desk.accept("Bùi Văn Bảy", "GN-007")
    assert desk.told() == {"GN-001": opens(sitting.opens_at), "GN-007": LATER}
    second = publish_sitting(actor=desk.an, each=desk.round(), now=factories.now())
    at = moved(second, timedelta(days=1))
    assert desk.told() == {"GN-001": opens(sitting.opens_at), "GN-007": opens(at)}


def test_of_two_rounds_the_slip_is_about_the_first_that_is_not_over() -> None:
    desk = Desk(plan_of_two_rounds())
    second = desk.round("truc-tuyen-2")
    Round.objects.filter(pk=second.pk).update(
        opens_at=second.opens_at + timedelta(days=30),
        closes_at=second.closes_at + timedelta(days=30),
    )
    sitting = desk.publish()
    desk.accept("Bùi Văn Bảy", "GN-007")
    assert desk.told() == {"GN-001": opens(sitting.opens_at), "GN-007": LATER}
    over = sitting.closes_at + timedelta(minutes=1)
    plan = opens(desk.round("truc-tuyen-2").opens_at)
    assert desk.told(over) == {"GN-001": plan, "GN-007": plan}


def test_after_everything_the_slip_keeps_the_time_there_was(desk: Desk) -> None:
    sitting = desk.publish()
    assert desk.told(sitting.closes_at + timedelta(days=9)) == {"GN-001": opens(sitting.opens_at)}


def give(desk: Desk, sitting: Sitting, opens_at: datetime, closes_at: datetime) -> None:
    """A window for the first person."""
    give_window(
        actor=desk.an,
        sitting=sitting,
        line=sitting.lines.get(entry=desk.first),
        unit_id=None,
        opens_at=opens_at,
        closes_at=closes_at,
        reason="Mất điện",
        now=factories.now(),
    )


def test_who_has_a_window_is_told_it_while_it_is_what_comes_next(desk: Desk) -> None:
    sitting = desk.publish()
    desk.accept("Bùi Văn Bảy", "GN-007")
    start = timezone.localtime(sitting.closes_at + timedelta(days=2)).replace(hour=8, minute=0)
    give(desk, sitting, start, start + timedelta(hours=2))
    assert desk.told() == {"GN-001": opens(sitting.opens_at), "GN-007": LATER}
    over = sitting.closes_at + timedelta(minutes=1)
    day = f"ngày {start:%d/%m/%Y}"
    own = f"Khung giờ riêng: từ 08h00 đến 10h00 {day}"
    assert desk.told(over)["GN-001"] == own
    assert desk.told(start + timedelta(days=9))["GN-001"] == own
    end = start + timedelta(days=1)
    give(desk, sitting, start, end)
    assert desk.told(over)["GN-001"] == f"Khung giờ riêng: từ 08h00 {day} đến {moment(end)}"


def test_a_window_before_the_second_round_is_the_one_on_the_slip() -> None:
    """The first round is over for the others, not for who has a window still to come."""
    desk = Desk(plan_of_two_rounds())
    sitting = desk.publish()
    desk.accept("Bùi Văn Bảy", "GN-007")
    over = sitting.closes_at + timedelta(minutes=1)
    give(desk, sitting, over + timedelta(hours=1), over + timedelta(hours=2))
    second = opens(desk.round("truc-tuyen-2").opens_at)
    told = desk.told(over)
    assert (told["GN-001"].startswith("Khung giờ riêng: "), told["GN-007"]) == (True, second)


def pdf(who: User, language: str) -> str:
    client = factories.sign_in(Client(), who)
    client.cookies["language"] = language
    answer = client.post("/ban-to-chuc/daknong-2023/phieu-du-thi/GN/")
    assert answer.status_code == 200
    (page,) = page_texts(answer.content)
    return page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_paper_is_in_vietnamese_whoever_prints_it(desk: Desk, language: str) -> None:
    sitting = desk.publish()
    desk.accept("Bùi Văn Bảy", "GN-007")
    page = pdf(desk.an, language)
    assert (page.count(opens(sitting.opens_at)), page.count(LATER)) == (1, 1)
    assert "Opens at" not in page


def test_slips_cost_as_many_queries_for_three_as_for_one(
    desk: Desk, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.publish()
    with CaptureQueriesContext(connection) as one:
        desk.told()
    for number in ("GN-007", "GN-008"):
        desk.accept("Bùi Văn Bảy", number)
    with django_assert_num_queries(len(one)):
        assert len(desk.told()) == 3
