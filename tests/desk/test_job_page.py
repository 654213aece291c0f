"""The page of long work: a bar on the way, and at the end what came of it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.jobs.actions import ask
from hoithi.jobs.models import Job, JobState
from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import unit_scope
from hoithi.results.jobs import CERTIFICATES
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def an(contest: Contest) -> User:
    return factories.user("An", contest.key, Role.ORGANISER)


def asked(by: User | None, kind: str = "contest", scope: str = "daknong-2023") -> Job:
    return ask(
        kind=CERTIFICATES,
        params={"publication": 0, "user": 0},
        requested_by=str(by.pk) if by else "0",
        scope_kind=kind,
        scope_id=scope,
        now=factories.now(),
    )


def show(who: User, job: Job) -> tuple[int, str]:
    response = factories.sign_in(Client(), who).get(f"/cong-viec/{job.pk}/")
    return response.status_code, response.content.decode()


def bar(page: str) -> tuple[str, str]:
    found = re.search(r'<progress max="(\d+)" value="(\d+)"', page)
    assert found
    return found[1], found[2]


def test_a_job_that_waits_or_runs_shows_its_bar_and_refreshes_by_itself(an: User) -> None:
    job = asked(an)
    status, page = show(an, job)
    assert (status, bar(page)) == (200, ("1", "0"))
    assert "Đang chờ" in page
    Job.objects.update(state=JobState.RUNNING, done=1200, total=3000)
    _, page = show(an, job)
    assert bar(page) == ("3000", "1200")
    assert "1.200/3.000" in page
    assert f'hx-get="/cong-viec/{job.pk}/" hx-trigger="every 1s"' in page
    assert "Đánh số và in giấy chứng nhận" in page


def test_a_job_that_is_over_refreshes_no_more(an: User) -> None:
    job = asked(an)
    Job.objects.update(state=JobState.DONE, done=3, total=3, ended_at=factories.now())
    _, page = show(an, job)
    assert "Đã xong" in page
    assert ("hx-get" in page, "<progress" in page) == (False, False)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("job_lost", "Công việc đã bị ngắt giữa chừng ba lần nên không thử lại nữa."),
        ("job_broken", "Công việc dừng vì lỗi của phần mềm;"),
        ("no_awards", "Phiên bản này không có giải nào nên không có gì để in."),
        ("not_in_force", "Phiên bản này không còn hiệu lực."),
    ],
)
def test_a_failure_is_said_in_a_sentence(an: User, code: str, sentence: str) -> None:
    job = asked(an)
    Job.objects.update(state=JobState.FAILED, message=code, ended_at=factories.now())
    _, page = show(an, job)
    assert sentence in page
    assert ("hx-get" in page, code in page) == (False, False)


def test_who_asked_sees_it_whatever_rights_are_left(contest: Contest) -> None:
    gone = factories.user("Bình", "another")
    assert show(gone, asked(gone))[0] == 200
    assert show(gone, asked(None))[0] == 403


def test_work_for_a_unit_is_seen_by_who_asked_and_by_nobody_else(
    contest: Contest, an: User
) -> None:
    unit = unit_by_code(contest, "GN")
    officer = factories.user("Lan", "another")
    give(
        user=officer,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit.pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    job = asked(officer, "unit", str(unit.pk))
    assert (show(officer, job)[0], show(an, job)[0]) == (200, 403)


def test_there_is_no_page_for_a_job_that_is_not_there(an: User) -> None:
    job = asked(an)
    job.pk += 1
    assert show(an, job)[0] == 404
