"""Collecting and grading by the worker: pressed twice, killed in the middle, refused on the way."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from hoithi.exam.jobs import COLLECT, GRADE, ask_to_collect, ask_to_grade
from hoithi.exam.models import Attempt, Sitting, SittingState
from hoithi.hall.formats import NO_ATTEMPT, Kind, Row
from hoithi.jobs.actions import run, take_next, work_off
from hoithi.jobs.models import Job, JobState
from hoithi.people.models import Role
from hoithi.results.models import Grading, RoundScore
from hoithi.rules.errors import RuleViolation
from tests import factories
from tests.config.installation import ROOT
from tests.desk_postgres import Beside, PostgresDesk
from tests.entries.test_killed_workers import environment
from tests.exam.scene import Scene, scene_in
from tests.exam.test_at_once import sat
from tests.exam.test_closing import NOW_MS, Node, closed_by_order, write
from tests.exam.test_pages import HERE, messages_in, page_of, press, today
from tests.migrated import lay_tables

STILL_OPEN = "Phòng thi chưa đóng ca này"


def click(scene: Scene, path: str) -> str:
    """Press a button and answer where it leads."""
    return str(factories.sign_in(Client(), scene.an).post(HERE + path).headers["Location"])


def page_at(scene: Scene, address: str) -> str:
    return factories.sign_in(Client(), scene.an).get(address, follow=True).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_sitting_is_collected_by_the_worker_and_the_page_says_how_far_it_is(
    scene: Scene,
) -> None:
    sitting = closed_by_order(scene)
    write(str(scene.hall.journal), sitting, [Node(closed=(1,))])
    work = click(scene, f"ca/{sitting.pk}/thu-bai/")
    assert click(scene, f"ca/{sitting.pk}/thu-bai/") == work
    assert Job.objects.count() == 1
    page = page_at(scene, work)
    assert ("Thu bài của ca thi" in page, "<progress" in page) == (True, True)
    waiting = page_of(scene.an)
    assert (f'href="{work}"' in waiting, "thu-bai/" in waiting) == (True, False)
    work_off()
    done = page_at(scene, work)
    assert messages_in(done) == ["Đã thu mọi bài của ca thi."]
    assert today(done) == ["Chấm bài"]
    assert "đã thu bài" in press(scene.an, f"ca/{sitting.pk}/thu-bai/").lower()


@pytest.mark.django_db(transaction=True)
def test_a_hall_that_has_not_closed_is_told_on_the_page_of_the_work(scene: Scene) -> None:
    sitting = closed_by_order(scene)
    write(str(scene.hall.journal), sitting, [Node()])
    assert STILL_OPEN in press(scene.an, f"ca/{sitting.pk}/thu-bai/")
    assert Sitting.objects.get().state == SittingState.PUBLISHED
    assert f"ca/{sitting.pk}/thu-bai/" in page_of(scene.an)
    write(str(scene.hall.journal), sitting, [Node(closed=(1,))])
    assert today(press(scene.an, f"ca/{sitting.pk}/thu-bai/")) == ["Chấm bài"]
    assert [job.state for job in Job.objects.order_by("pk")] == [JobState.FAILED, JobState.DONE]


@pytest.mark.django_db(transaction=True)
def test_what_can_be_refused_at_once_asks_nothing_of_the_worker(scene: Scene) -> None:
    scene.seal()
    press(scene.an, "mo-ca/")
    sitting = Sitting.objects.get()
    assert "Ca thi chưa tới giờ đóng" in press(scene.an, f"ca/{sitting.pk}/thu-bai/")
    press(scene.an, "cham-bai/")
    assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_round_is_graded_once_however_often_it_is_asked_for(scene: Scene) -> None:
    sat(scene)
    work = click(scene, "cham-bai/")
    assert click(scene, "cham-bai/") == work
    assert f'href="{work}"' in page_of(scene.an)
    work_off()
    assert "Đã chấm mọi bài" in page_at(scene, work)
    assert "Vòng này đã chấm xong" in press(scene.an, "cham-bai/")
    assert (Grading.objects.count(), RoundScore.objects.filter(voided_at=None).count()) == (1, 1)
    assert RoundScore.objects.exclude(voided_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_progress_is_told_while_a_journal_is_read(scene: Scene) -> None:
    sitting = closed_by_order(scene)
    orders = tuple(
        Row(NO_ATTEMPT, 0, 0, Kind.ORDER, number, -1, NOW_MS, -1, b"o" * 32) for number in (1, 2, 3)
    )
    write(str(scene.hall.journal), sitting, [Node(rows=orders, closed=(1,))])
    press(scene.an, f"ca/{sitting.pk}/thu-bai/")
    job = Job.objects.get(kind=COLLECT)
    assert (job.state, job.total > 1, job.done == job.total) == (JobState.DONE, True, True)


@pytest.mark.django_db(transaction=True)
def test_work_on_a_round_is_seen_by_those_who_run_the_contest(scene: Scene) -> None:
    sat(scene)
    work = click(scene, "cham-bai/")
    stranger = factories.user("Nga", "another", Role.ORGANISER)
    assert factories.sign_in(Client(), stranger).get(work).status_code == 403
    assert factories.sign_in(Client(), scene.binh).get(work).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_was_taken_for_dead_stores_nothing(scene: Scene) -> None:
    """Another one has taken the job up; the first comes to its end all the same."""
    sat(scene)
    ask_to_grade(actor=scene.an, each=scene.round, now=factories.now())
    first = take_next(factories.now())
    assert first is not None
    Job.objects.filter(pk=first.pk).update(tries=first.tries + 1)
    run(first)
    assert Job.objects.get(kind=GRADE).state == JobState.RUNNING
    assert Attempt.objects.exclude(points=None).count() == 0
    assert (Grading.objects.count(), RoundScore.objects.count()) == (0, 0)


@pytest.mark.postgres
def test_of_many_clicks_at_once_there_is_one_job(
    postgres_desk: PostgresDesk, tmp_path: Path, settings: Settings
) -> None:
    with scene_in(tmp_path, settings) as scene:
        sitting = closed_by_order(scene)
        clicks = [
            Beside(lambda: ask_to_collect(actor=scene.an, sitting=sitting, now=factories.now()))
            for _ in range(4)
        ]
        assert [each.end() for each in clicks] == ["done"] * 4
        assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_sitting_that_is_still_in_the_hall_is_not_graded(scene: Scene) -> None:
    closed_by_order(scene)
    with pytest.raises(RuleViolation, match="sittings_open"):
        ask_to_grade(actor=scene.an, each=scene.round, now=factories.now())


NOTHING = {
    "marked": 0,
    "scores": 0,
    "gradings": 0,
    "counts": 0,
    "recorded": 0,
    "broken": None,
    "package": ["sealed", False],
    "seated": 12,
    "fixed": 1,
    "told": [],
}
OPEN = {"sitting": "published", "attempts": 0, "collected": 0, **NOTHING}
TAKEN = {"sitting": "collected", "attempts": 12, "collected": 1, **NOTHING}
MARKED = {
    **TAKEN,
    "sitting": "graded",
    "marked": 12,
    "scores": 12,
    "gradings": 1,
    "counts": 1,
    "recorded": 1,
}


def lives_of(work: str, folder: Path) -> list[dict[str, Any]]:
    """What was left by workers killed before each statement of a work, and the end of it."""
    lay_tables(folder)
    done = subprocess.run(
        [sys.executable, "-m", "tests.exam.killing", work],
        cwd=ROOT,
        env=environment(folder),
        stdout=subprocess.PIPE,
        check=True,
        timeout=900,
    )
    found: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    *lives, last = found
    assert (len(lives) > 10, {each["killed"] for each in lives}) == (True, {signal.SIGKILL})
    assert last["killed"] == 0
    return found


@pytest.mark.faults
@pytest.mark.parametrize(
    ("work", "before", "after", "jobs"),
    [
        ("collecting", OPEN, TAKEN, ["done"]),
        ("grading", TAKEN, MARKED, ["done", "done"]),
    ],
)
def test_whenever_a_worker_is_killed_everything_is_stored_or_nothing(
    tmp_path: Path,
    work: str,
    before: dict[str, object],
    after: dict[str, object],
    jobs: list[str],
) -> None:
    *lives, last = lives_of(work, tmp_path)
    left = [each["left"] for each in lives]
    states = [each.pop("states") for each in left]
    ends = [each["end"] for each in (*lives, last)]
    assert [each.pop("states") for each in ends] == [jobs] * len(ends)
    assert [each for each in ends if each != after] == []
    assert [each for each in left if each not in (before, after)] == []
    # The desk changes with the job, not before and not after.
    assert [each == after for each in left] == [state == jobs for state in states]


UNDER_WAY = {**OPEN, "package": ["sealed", True]}
WITHDRAWN = {
    **OPEN,
    "sitting": "withdrawn",
    "package": ["withdrawn", False],
    "seated": 0,
    "fixed": 0,
}


@pytest.mark.faults
@pytest.mark.parametrize(
    ("work", "after", "last_word", "job"),
    [("withdrawing", WITHDRAWN, 2, "done"), ("calling-off", OPEN, 0, "failed")],
)
def test_whenever_a_withdrawal_is_killed_the_next_worker_finishes_it(
    tmp_path: Path, work: str, after: dict[str, object], last_word: int, job: str
) -> None:
    """Whatever is on the desk by then, the hall has been told before, so that nobody can start."""
    for each in lives_of(work, tmp_path):
        left, end = each["left"], each["end"]
        told, told_in_the_end = left.pop("told"), end.pop("told")
        assert (end.pop("states"), told_in_the_end[-1]) == ([job], last_word)
        assert {**end, "told": []} == after
        state = left.pop("states")
        left["told"] = []
        if left == after:
            assert told[-1] == last_word
        else:
            assert (left, state in (["waiting"], ["running"])) == (UNDER_WAY, True)
            assert told == [1] * told.count(1) + [last_word] * told.count(last_word)
