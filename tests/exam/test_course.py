"""How a sitting went over time: what is kept, how much of it, and how it is shown."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from hoithi.exam.course import (
    EVERY_S,
    Point,
    courses_of,
    drawn,
    note_course,
    rates,
    superfluous,
)
from hoithi.exam.hall_orders import publish_sitting
from hoithi.exam.models import CoursePoint, Sitting
from hoithi.jobs.actions import do_duties
from tests import factories
from tests.exam.scene import Scene
from tests.exam.test_pages import HERE, page_of

NOW = datetime(2023, 10, 9, 1, 0, tzinfo=UTC)


def point(second: float, saves: int = 0, working: int = 0, submitted: int = 0) -> Point:
    return Point(NOW + timedelta(seconds=second), 0, working, submitted, 0, 0, saves)


def kept_after(
    moments: list[datetime], now: datetime, step: timedelta = timedelta(0)
) -> list[datetime]:
    """What is left when the duty has been done at each of these moments."""
    kept: dict[int, datetime] = {}
    for key, at in enumerate(moments):
        kept[key] = at
        for idle in superfluous(kept.items(), at, step):
            del kept[idle]
    for idle in superfluous(kept.items(), now, step):
        del kept[idle]
    return list(kept.values())


def test_two_weeks_are_a_few_hundred_points() -> None:
    length = timedelta(days=14)
    moments = [NOW + timedelta(seconds=10 * at) for at in range(14 * 8640)][::7]
    last = moments[-1]
    kept = kept_after(moments[-4000:], last, length / 360)
    assert len(kept) < 600
    fine = [at for at in kept if last - at < timedelta(minutes=30)]
    assert fine == [at for at in moments if last - at < timedelta(minutes=30)]


def test_of_an_hour_every_ten_seconds_stay() -> None:
    moments = [NOW + timedelta(seconds=10 * at) for at in range(360)]
    assert kept_after(moments, moments[-1], timedelta(hours=1) / 360) == moments


def test_two_workers_at_one_moment_leave_one_point() -> None:
    at = [(1, NOW), (2, NOW + timedelta(milliseconds=3)), (3, NOW + timedelta(seconds=10))]
    assert superfluous(at, NOW + timedelta(seconds=10), timedelta(0)) == [2]


def test_saves_a_second_lie_between_two_points() -> None:
    points = [point(0, 100), point(10, 350), point(40, 380), point(40, 390), point(50, 380)]
    assert rates(points) == [
        Decimal(0),
        Decimal("25.0"),
        Decimal("1.0"),
        Decimal("1.0"),  # no time has passed
        Decimal("0.0"),  # a node that left took its count along
    ]
    assert rates([]) == []


def test_one_moment_is_no_course() -> None:
    assert drawn([]) is None
    assert drawn([point(0)]) is None


def test_the_course_says_what_it_comes_to() -> None:
    course = drawn([point(0, 0, 1, 0), point(60, 1200, 800, 12), point(3600, 36_600, 400, 1212)])
    assert course is not None
    assert "<figcaption>400 đang làm bài, 1.212 đã nộp bài" in course.people
    assert "10 lượt lưu mỗi giây" in course.saves
    assert "36.600 lượt lưu từ đầu ca thi" in course.saves
    # 8 o'clock in Vietnam; the first point at the left, the greatest value at the top.
    assert [f">{word}</text>" in course.people for word in ("08:00", "09:00")] == [True, True]
    assert 'points="46.0,184 51.7,91 386.0,138"' in course.people
    assert '<th scope="row">09:00:00, 09/10</th>' in course.table


@pytest.fixture
def sitting(scene: Scene) -> Sitting:
    scene.seal()
    return publish_sitting(actor=scene.an, each=scene.round, now=factories.now())


def wait_for_points(sitting: Sitting, saves: int) -> None:
    """Do the duty until a point has so many saves."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        note_course(factories.now())
        if CoursePoint.objects.filter(sitting=sitting, saves=saves).exists():
            return
        time.sleep(0.1)
    raise TimeoutError(saves)


@pytest.mark.django_db(transaction=True)
def test_the_worker_keeps_what_the_hall_says_and_the_page_draws_it(
    scene: Scene, sitting: Sitting
) -> None:
    assert note_course(factories.now()) == 0  # no hall yet
    scene.hall.start()
    wait_for_points(sitting, 0)
    scene.sit(scene.entries[0], sitting, 30)
    scene.sit(scene.entries[1], sitting, 20)
    scene.work(scene.entries[2], sitting, 20)
    wait_for_points(sitting, 3)
    points = courses_of([sitting])[sitting.pk]
    assert (points[-1].working, points[-1].submitted, points[-1].saves) == (1, 2, 3)
    page = page_of(scene.an, f"{HERE}truc-tiep/")
    assert "1 đang làm bài, 2 đã nộp bài" in page
    assert "3 lượt lưu từ đầu ca thi" in page
    assert "Diễn biến ca thi 1" in page


@pytest.mark.django_db(transaction=True)
def test_what_was_saved_before_a_hall_died_stays_counted(scene: Scene, sitting: Sitting) -> None:
    scene.hall.start()
    scene.sit(scene.entries[0], sitting, 30)
    wait_for_points(sitting, 1)
    scene.hall.kill()
    scene.hall.start()
    scene.sit(scene.entries[1], sitting, 30)
    wait_for_points(sitting, 2)


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_long_before_the_opening(scene: Scene, sitting: Sitting) -> None:
    scene.hall.start()
    wait_for_points(sitting, 0)
    CoursePoint.objects.all().delete()
    Sitting.objects.filter(pk=sitting.pk).update(opens_at=factories.now() + timedelta(hours=2))
    assert note_course(factories.now()) == 0


@pytest.mark.django_db(transaction=True)
def test_it_is_a_duty_of_the_worker(scene: Scene, sitting: Sitting) -> None:
    scene.hall.start()
    due = {"exam.note_course": 0.0}
    deadline = time.monotonic() + 20
    while not CoursePoint.objects.exists():
        assert time.monotonic() < deadline
        do_duties(due)
        assert EVERY_S - 1 < due["exam.note_course"] - time.monotonic() <= EVERY_S
        due["exam.note_course"] = 0.0


@pytest.mark.django_db(transaction=True)
def test_watching_costs_as_many_queries_with_a_course_as_without(
    scene: Scene, sitting: Sitting
) -> None:
    client = factories.sign_in(Browser(), scene.an)
    counts = []
    for points in (0, 3):
        for at in range(points):
            CoursePoint.objects.create(
                sitting=sitting,
                at=NOW + timedelta(seconds=at * 10),
                entered=0,
                working=at,
                submitted=0,
                offline=0,
                late=0,
                saves=at,
            )
        client.get(f"{HERE}truc-tiep/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{HERE}truc-tiep/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
