"""Pages that say when two signatures are not those of two independent people."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from hoithi.contests.actions import appoint
from hoithi.contests.models import CommitteeSeat, Contest
from hoithi.exam.sealing import build_package, seal_package
from hoithi.people.actions import accept_as_holder, invite
from hoithi.people.models import Invitation, Role, User
from hoithi.people.permissions import contest_scope, roles_in
from hoithi.web.wording import day
from tests import factories

pytestmark = pytest.mark.django_db
HERE = "/ban-to-chuc/daknong-2023/"


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def an(contest: Contest) -> User:
    return factories.user("An", contest.key, Role.COMMITTEE, Role.ORGANISER)


def page_of(who: User, path: str) -> str:
    response = factories.sign_in(Client(), who).get(path)
    assert response.status_code == 200
    return response.content.decode()


def press(who: User, path: str) -> str:
    return factories.sign_in(Client(), who).post(path, follow=True).content.decode()


def joins(boss: User, contest: Contest, name: str) -> User:
    user = factories.user(name, contest.key)
    invited = invite(
        actor=boss,
        email=user.email,
        name=name,
        role=Role.COMMITTEE,
        scope=contest_scope(contest.key),
        now=factories.now(),
    )
    accept_as_holder(actor=user, token=invited.token, now=factories.now())
    return user


def seat(contest: Contest, actor: User, user: User) -> CommitteeSeat:
    return appoint(
        actor=actor,
        contest=contest,
        body="ban-to-chuc",
        name=user.name,
        user=user,
        identity="",
        since=timezone.localdate(),
        now=factories.now(),
    )


def test_the_overview_and_the_seal_say_who_invited_the_second_signer(
    contest: Contest, an: User
) -> None:
    binh = joins(an, contest, "Bình")
    today = day(factories.now())
    assert f"Bình ký trong Ban Tổ chức do một mình An mời ngày {today}" in page_of(an, HERE)
    assert "do một mình An mời" in page_of(an, f"{HERE}nguoi/")
    package = build_package(
        actor=an,
        each=contest.rounds.get(key="truc-tuyen"),
        collection=factories.bank(contest),
        now=factories.now(),
    )
    seal_package(actor=binh, package=package, now=factories.now())
    here = f"{HERE}vong/truc-tuyen/de/1/"
    assert f"Bình vào Ban Tổ chức do một mình An mời ngày {today}" in page_of(an, here)
    seal_package(actor=an, package=package, now=factories.now())
    said = f"Người ký thứ nhất (Bình) do một mình người ký thứ hai (An) mời ngày {today}"
    assert said in page_of(an, here)
    log = page_of(an, f"{HERE}nhat-ky/")
    assert log.count("do một mình An mời") == 1
    assert said in Client().get("/hoi-thi/daknong-2023/niem-phong/").content.decode()


def test_two_who_came_from_outside_are_marked_nowhere(contest: Contest, an: User) -> None:
    factories.user("Bình", contest.key, Role.COMMITTEE)
    assert "do một mình" not in page_of(an, HERE) + page_of(an, f"{HERE}nguoi/")


def test_an_appointment_to_the_committee_gives_its_right_when_a_second_member_has_confirmed(
    contest: Contest, an: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    binh = factories.user("Bình", contest.key, Role.COMMITTEE)
    chi = factories.user("Chi", contest.key)
    with django_capture_on_commit_callbacks(execute=True):
        made = seat(contest, an, chi)
    assert (mail.outbox, roles_in(chi, contest_scope(contest.key))) == ([], frozenset())
    assert "chờ thành viên thứ hai xác nhận lời mời" in page_of(an, f"{HERE}ban-to/")
    assert "Xác nhận mời Chi vào Ban Tổ chức" in page_of(binh, HERE)
    assert "Xác nhận mời Chi vào Ban Tổ chức" not in page_of(an, HERE)
    assert "mời một người vào Ban Tổ chức (chữ ký thứ nhất)" in page_of(an, f"{HERE}nhat-ky/")
    letter = Invitation.objects.get()
    confirm = f"{HERE}nguoi/loi-moi/{letter.pk}/xac-nhan/"
    assert confirm not in page_of(an, f"{HERE}nguoi/")
    assert "Người đã ký lần thứ nhất không thể ký lần thứ hai" in press(an, confirm)
    assert confirm in page_of(binh, f"{HERE}nguoi/")
    with django_capture_on_commit_callbacks(execute=True):
        assert "Anh/chị đã ký xác nhận lời mời." in press(binh, confirm)
    assert [sent.to for sent in mail.outbox] == [[chi.email]]
    assert "có tài khoản" in page_of(an, f"{HERE}ban-to/")
    made.refresh_from_db()
    assert made.email == chi.email


def test_the_first_two_of_a_committee_are_appointed_by_one(contest: Contest, an: User) -> None:
    chi = factories.user("Chi", contest.key)
    seat(contest, an, chi)
    assert roles_in(chi, contest_scope(contest.key)) == {Role.COMMITTEE}
    assert "Chi ký trong Ban Tổ chức do một mình An mời" in page_of(an, HERE)
