"""The page of long work: a bar on the way, and at the end what came of it."""

from __future__ import annotations

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from hoithi.contests.models import Contest
from hoithi.contests.queries import unit_by_code
from hoithi.entries.jobs import READ_LIST, SAVE_LIST
from hoithi.jobs.actions import ask
from hoithi.jobs.models import Job, JobState
from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import unit_scope
from hoithi.results.jobs import CERTIFICATES
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/don-vi/daknong-2023/GN/danh-sach/truc-tuyen/"


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


def officer_of(contest: Contest, code: str, name: str) -> User:
    officer = factories.user(name, "another")
    give(
        user=officer,
        role=Role.UNIT_OFFICER,
        scope=unit_scope(unit_by_code(contest, code).pk),
        actor_id="0",
        actor_name="hoithi",
        now=factories.now(),
    )
    return officer


def test_work_for_a_unit_is_seen_by_whoever_may_act_for_it(contest: Contest, an: User) -> None:
    lan, hoa = officer_of(contest, "GN", "Lan"), officer_of(contest, "GN", "Hoa")
    strangers = [
        officer_of(contest, "CJ", "Minh"),
        factories.user("Nga", contest.key, Role.COMMITTEE, Role.OBSERVER),
        factories.user("Sơn", "binhthuan-2024", Role.ORGANISER),
    ]
    job = asked(lan, "unit", str(unit_by_code(contest, "GN").pk))
    assert [show(each, job)[0] for each in (lan, hoa, an)] == [200, 200, 200]
    assert [show(each, job)[0] for each in strangers] == [403, 403, 403]


def asked_for_list(kind: str, by: User, contest: Contest) -> Job:
    return ask(
        kind=kind,
        params={"contest": contest.key, "unit": "GN", "form": "truc-tuyen"},
        requested_by=str(by.pk),
        scope_kind="unit",
        scope_id=str(unit_by_code(contest, "GN").pk),
        now=factories.now(),
    )


@pytest.mark.parametrize(
    ("kind", "state", "leads_to"),
    [
        (READ_LIST, JobState.RUNNING, LIST),
        (READ_LIST, JobState.FAILED, LIST),
        (SAVE_LIST, JobState.WAITING, LIST),
        (SAVE_LIST, JobState.FAILED, f"{LIST}sua/"),
    ],
)
def test_work_on_a_list_says_where_the_list_is(
    contest: Contest, an: User, kind: str, state: JobState, leads_to: str
) -> None:
    job = asked_for_list(kind, an, contest)
    Job.objects.update(state=state, message="list_gone" if state == JobState.FAILED else "")
    status, page = show(an, job)
    assert status == 200
    assert f'href="{leads_to}"' in page


@pytest.mark.parametrize(
    ("kind", "goal", "said"),
    [(READ_LIST, f"{LIST}sua/", []), (SAVE_LIST, LIST, ["Đã lưu danh sách."])],
)
def test_a_list_that_is_done_is_what_comes_next(
    contest: Contest, an: User, kind: str, goal: str, said: list[str]
) -> None:
    job = asked_for_list(kind, an, contest)
    Job.objects.update(state=JobState.DONE, ended_at=factories.now())
    client = factories.sign_in(Client(), an)
    plain = client.get(f"/cong-viec/{job.pk}/")
    assert (plain.status_code, plain.headers["Location"]) == (302, goal)
    assert [str(each) for each in get_messages(plain.wsgi_request)] == said
    bar = client.get(f"/cong-viec/{job.pk}/", headers={"HX-Request": "true"})
    assert (bar.status_code, bar.headers["HX-Redirect"]) == (200, goal)


def test_a_failure_says_what_it_is_about(an: User) -> None:
    job = asked(an)
    Job.objects.update(state=JobState.FAILED, message="list_has_problems", facts={"cells": 3})
    assert "Còn 3 ô cần sửa." in show(an, job)[1]


def test_there_is_no_page_for_a_job_that_is_not_there(an: User) -> None:
    job = asked(an)
    job.pk += 1
    assert show(an, job)[0] == 404
