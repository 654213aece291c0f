"""The page of people and rights: who sees it, whom they invite, what they take back."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from hoithi.contests.models import Contest
from hoithi.contests.queries import units_of
from hoithi.people.models import Grant, Invitation, Role, User
from hoithi.people.permissions import contest_scope, has_role, unit_scope
from tests import factories
from tests.people.desk import account, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/ban-to-chuc/daknong-2023/nguoi/"


@pytest.fixture
def contest() -> Contest:
    return factories.contest()


@pytest.fixture
def boss(contest: Contest) -> User:
    return account("boss", (Role.ORGANISER, contest_scope(contest.key)))


def read(client: Client, path: str = PAGE) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def offers(page: str) -> list[str]:
    return re.findall(r'<option value="(\w+):', page)


def send(client: Client, offer: str, email: str = "lan@example.vn") -> str:
    data = {"name": "Lan", "email": email, "offer": offer}
    return client.post(PAGE, data, follow=True).content.decode()


def test_people_of_the_contest_and_its_units_are_listed_and_nobody_else(
    contest: Contest, boss: User
) -> None:
    first, second = units_of(contest)[:2]
    account("officer", (Role.UNIT_OFFICER, unit_scope(first.pk)))
    account("stranger", (Role.OBSERVER, contest_scope("another")))
    page = read(signed_in(boss))
    assert re.findall(r"<h2>(\w+)</h2>", page) == ["boss", "officer"]
    assert first.name in page.split("<h2>officer</h2>")[1].split("</li>")[0]
    assert second.name not in page.split("<select")[0]


def test_the_committee_is_offered_by_the_committee_only(contest: Contest, boss: User) -> None:
    chair = account("chair", (Role.COMMITTEE, contest_scope(contest.key)))
    roles = ["organiser", "questions", "observer"] + ["unit_officer"] * 8
    assert offers(read(signed_in(boss))) == roles
    assert offers(read(signed_in(chair))) == ["committee", *roles]
    send(signed_in(boss), f"committee:contest:{contest.key}")
    assert Invitation.objects.count() == 0


def test_an_officer_is_invited_to_a_unit_by_a_letter_that_names_both(
    contest: Contest,
    boss: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    unit = units_of(contest)[0]
    with django_capture_on_commit_callbacks(execute=True):
        page = send(signed_in(boss), f"unit_officer:unit:{unit.pk}")
    assert "Đã mời Lan." in page
    assert f"{unit.name}, {contest.short_title}" in str(mail.outbox[0].body)
    assert "Có hiệu lực đến" in read(signed_in(boss))


def test_an_invitation_to_what_somebody_has_is_refused_in_the_form(
    contest: Contest, boss: User
) -> None:
    page = send(signed_in(boss), f"organiser:contest:{contest.key}", "boss@example.vn")
    assert "boss đã có quyền này." in page


@pytest.mark.parametrize("offer", ["", "organiser:contest:binhthuan-2024", "observer:unit:1"])
def test_only_what_is_offered_can_be_chosen(boss: User, offer: str) -> None:
    send(signed_in(boss), offer)
    assert Invitation.objects.count() == 0


def test_a_right_is_taken_back_with_a_reason(contest: Contest, boss: User) -> None:
    scope = contest_scope(contest.key)
    an = account("an", (Role.OBSERVER, scope))
    path = f"{PAGE}quyen/{Grant.objects.get(user=an).pk}/rut/"
    client = signed_in(boss)
    assert "an sẽ không còn là Người theo dõi" in read(client, path)
    assert "Vui lòng điền ô này." in client.post(path).content.decode()
    assert has_role(an, [Role.OBSERVER], scope)
    assert client.post(path, {"reason": "chuyển công tác"})["Location"] == PAGE
    assert not has_role(an, [Role.OBSERVER], scope)
    assert Grant.objects.get(user=an).reason == "chuyển công tác"
    assert client.get(path).status_code == 404


def test_ones_own_right_has_no_button_and_stays(boss: User) -> None:
    path = f"{PAGE}quyen/{Grant.objects.get(user=boss).pk}/rut/"
    client = signed_in(boss)
    assert path not in read(client)
    assert "Không thể tự thu hồi quyền của chính mình." in (
        client.post(path, {"reason": "thử"}).content.decode()
    )


def test_a_letter_is_sent_again_and_withdrawn(
    contest: Contest,
    boss: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    client = signed_in(boss)
    send(client, f"observer:contest:{contest.key}")
    assert "Chưa gửi được thư" in read(client)
    letter = Invitation.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{PAGE}loi-moi/{letter.pk}/gui-lai/")
    assert len(mail.outbox) == 1
    withdraw = f"{PAGE}loi-moi/{letter.pk}/rut/"
    assert "Đã rút lời mời." in client.post(withdraw, follow=True).content.decode()
    assert "đã rút hoặc đã hết hạn" in client.post(withdraw, follow=True).content.decode()


def test_a_letter_to_the_committee_has_buttons_for_the_committee_only(
    contest: Contest, boss: User
) -> None:
    chair = account("chair", (Role.COMMITTEE, contest_scope(contest.key)))
    send(signed_in(chair), f"committee:contest:{contest.key}")
    letter = f"{PAGE}loi-moi/{Invitation.objects.get().pk}/"
    assert [read(signed_in(each)).count(letter) for each in (boss, chair)] == [0, 2]
    refused = signed_in(boss).post(f"{letter}gui-lai/", follow=True).content.decode()
    assert "Việc này do thành viên Ban Tổ chức thực hiện." in refused


def test_the_page_costs_the_same_for_one_person_and_for_three(
    contest: Contest, boss: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(boss)
    read(client)
    with django_assert_num_queries(14):
        read(client)
    for name in ("an", "binh"):
        account(name, (Role.OBSERVER, contest_scope(contest.key)))
    with django_assert_num_queries(14):
        read(client)
