"""The page on which two people sign a plan that changes fixed rules."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from hoithi.contests.actions import fix_rules, load_plan
from hoithi.contests.models import Contest
from hoithi.contests.queries import regulation_of
from hoithi.people.models import Role, User
from tests import factories
from tests.factories import PLAN, now

pytestmark = pytest.mark.django_db
HERE = "/ban-to-chuc/daknong-2023/"
PAGE = f"{HERE}ke-hoach/"
OTHER = PLAN.replace(b'ranking = ["points", "duration", "submitted"]', b'ranking = ["points"]', 1)


@pytest.fixture
def contest() -> Contest:
    made = factories.contest(open_now=False)
    fix_rules(each=made.rounds.get(key="truc-tuyen"), now=now())
    load_plan(content=OTHER, actor_id="1", actor_name="Một người", now=now())
    return made


def member(contest: Contest, name: str, role: Role = Role.COMMITTEE) -> User:
    return factories.user(name, contest.key, role)


def page_of(who: User, path: str = PAGE) -> str:
    return factories.sign_in(Client(), who).get(path).content.decode()


def press(who: User, what: str, **fields: str) -> str:
    (path,) = set(re.findall(rf'action="({PAGE}\d+/{what}/)"', page_of(who)))
    answer = factories.sign_in(Client(), who).post(path, fields, follow=True)
    return answer.content.decode()


def test_two_of_the_committee_sign_what_they_see(contest: Contest) -> None:
    an, binh = member(contest, "An"), member(contest, "Bình")
    assert "Ký hoặc bác bản kế hoạch thay đổi" in page_of(an, HERE)
    page = page_of(an)
    assert "Thi trực tuyến: thứ tự xếp hạng" in page
    assert "rounds[1].ranking" in page
    assert "[&quot;points&quot;; &quot;duration&quot;; &quot;submitted&quot;]" in page
    assert "Vui lòng ghi lý do" in press(an, "ky", reason=" ")
    signed = press(an, "ky", reason="Quyết định số 12")
    assert "Đã ký bản kế hoạch thay đổi." in signed
    assert "/ky/" not in page_of(an)
    assert "Ký hoặc bác bản kế hoạch thay đổi" not in page_of(an, HERE)
    assert "An đã ký, lý do: Quyết định số 12." in page_of(binh)
    press(binh, "ky")
    assert regulation_of(contest.rounds.get(key="truc-tuyen")).ranking == ["points"]
    assert re.findall(r'<th scope="row">(\d)', page_of(an)) == ["2", "1"]


def test_what_waits_is_taken_back_or_refused(contest: Contest) -> None:
    an, binh = member(contest, "An"), member(contest, "Bình")
    press(an, "ky", reason="Quyết định số 12")
    assert "Rút lại" in page_of(an)
    assert "Đã bác" in press(binh, "bac")
    assert "đang chờ hai chữ ký" not in page_of(an)
    assert contest.plans.count() == 1


def test_an_organiser_reads_and_signs_nothing(contest: Contest) -> None:
    page = page_of(member(contest, "Lan", Role.ORGANISER))
    assert "đang chờ hai chữ ký" in page
    assert "/ky/" not in page
