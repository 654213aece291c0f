"""An invitation: one letter, one answer, one right."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from hoithi.audit.models import LogEntry
from hoithi.people.actions import (
    Invited,
    accept_as_holder,
    accept_invitation,
    invite,
    invite_again,
    withdraw,
    withdraw_invitation,
)
from hoithi.people.models import Grant, Invitation, Role, User
from hoithi.people.permissions import contest_scope, has_role
from hoithi.rules.errors import RuleViolation
from tests.people.desk import NOW, PASSWORD, account, signed_in

pytestmark = pytest.mark.django_db
SCOPE = contest_scope("c1")
BOSS = (Role.ORGANISER, SCOPE)


def ask(boss: User, email: str = "lan@example.vn", role: Role = Role.OBSERVER) -> Invited:
    return invite(
        actor=boss, email=email, name="Lan", role=role, scope=SCOPE, scope_name="Hội thi", now=NOW
    )


def code_of(caught: pytest.ExceptionInfo[RuleViolation]) -> str:
    return caught.value.code


def test_the_letter_goes_when_the_invitation_is_stored_and_its_link_starts_at_the_public_address(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://thi.example.vn"
    boss = account("boss", BOSS)
    with django_capture_on_commit_callbacks(execute=True):
        invited = ask(boss)
        assert mail.outbox == []
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (
        ["lan@example.vn"],
        "[hoithi] Lời mời tham gia Hội thi",
    )
    assert f"https://thi.example.vn/loi-moi/{invited.token}/" in letter.body
    assert Invitation.objects.get().sent_at == NOW


def test_a_letter_that_could_not_be_sent_is_seen_and_sent_again(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    boss = account("boss", BOSS)
    with django_capture_on_commit_callbacks(execute=True):
        first = ask(boss)
    assert Invitation.objects.get().sent_at is None
    assert [record.message for record in caplog.records if record.name.startswith("hoithi")] == [
        "a letter was not sent: ConnectionRefusedError"
    ]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with django_capture_on_commit_callbacks(execute=True):
        second = invite_again(actor=boss, invitation=first.invitation, now=NOW)
    assert Invitation.objects.get().sent_at == NOW
    with pytest.raises(RuleViolation) as old:
        accept_invitation(token=first.token, password=PASSWORD, now=NOW)
    assert code_of(old) == "invitation_dead"
    assert accept_invitation(token=second.token, password=PASSWORD, now=NOW).name == "Lan"


def test_a_new_invitation_to_the_same_replaces_the_old_one() -> None:
    boss = account("boss", BOSS)
    first, second = ask(boss), ask(boss, "LAN@example.vn")
    with pytest.raises(RuleViolation):
        accept_invitation(token=first.token, password=PASSWORD, now=NOW)
    accept_invitation(token=second.token, password=PASSWORD, now=NOW)


def test_who_has_the_right_is_not_invited_to_it() -> None:
    boss = account("boss", BOSS)
    account("lan", (Role.OBSERVER, SCOPE))
    with pytest.raises(RuleViolation) as refused:
        ask(boss)
    assert code_of(refused) == "holds_right_already"


def test_a_withdrawn_invitation_opens_nothing_and_is_withdrawn_once() -> None:
    boss = account("boss", BOSS)
    invited = ask(boss)
    withdraw_invitation(actor=boss, invitation=invited.invitation, now=NOW)
    with pytest.raises(RuleViolation):
        accept_invitation(token=invited.token, password=PASSWORD, now=NOW)
    with pytest.raises(RuleViolation):
        withdraw_invitation(actor=boss, invitation=invited.invitation, now=NOW)
    with pytest.raises(RuleViolation):
        invite_again(actor=boss, invitation=invited.invitation, now=NOW)


def test_only_the_committee_gives_and_takes_its_seats() -> None:
    boss, chair = account("boss", BOSS), account("chair", (Role.COMMITTEE, SCOPE))
    member = account("member", (Role.COMMITTEE, SCOPE))
    with pytest.raises(RuleViolation) as invited:
        ask(boss, role=Role.COMMITTEE)
    seat = Grant.objects.get(user=member)
    with pytest.raises(RuleViolation) as withdrawn:
        withdraw(actor=boss, grant=seat, reason="thử", now=NOW)
    assert (code_of(invited), code_of(withdrawn)) == ("not_of_committee", "not_of_committee")
    ask(chair, role=Role.COMMITTEE)
    withdraw(actor=chair, grant=seat, reason="chuyển công tác", now=NOW)
    assert not has_role(member, [Role.COMMITTEE], SCOPE)


def test_letters_to_the_committee_are_renewed_and_withdrawn_by_the_committee_only() -> None:
    boss, chair = account("boss", BOSS), account("chair", (Role.COMMITTEE, SCOPE))
    letter = ask(chair, role=Role.COMMITTEE).invitation
    Invitation.objects.update(expires_at=NOW - timedelta(days=1))
    for act in (invite_again, withdraw_invitation):
        with pytest.raises(RuleViolation) as refused:
            act(actor=boss, invitation=letter, now=NOW)
        assert code_of(refused) == "not_of_committee"
    again = invite_again(actor=chair, invitation=letter, now=NOW)
    withdraw_invitation(actor=chair, invitation=again.invitation, now=NOW)


def test_nobody_takes_their_own_right_back() -> None:
    boss = account("boss", BOSS)
    with pytest.raises(RuleViolation) as refused:
        withdraw(actor=boss, grant=Grant.objects.get(), reason="thử", now=NOW)
    assert code_of(refused) == "own_right"


def test_an_account_that_stands_is_not_given_a_new_password_by_a_letter() -> None:
    boss, lan = account("boss", BOSS), account("lan")
    invited = ask(boss)
    with pytest.raises(RuleViolation) as refused:
        accept_invitation(token=invited.token, password="another long password", now=NOW)
    assert code_of(refused) == "account_exists"
    accept_as_holder(actor=lan, token=invited.token, now=NOW)
    lan.refresh_from_db()
    assert lan.check_password(PASSWORD)
    assert has_role(lan, [Role.OBSERVER], SCOPE)


def test_a_letter_to_somebody_else_gives_the_reader_nothing() -> None:
    boss, minh = account("boss", BOSS), account("minh")
    account("lan")
    invited = ask(boss)
    with pytest.raises(RuleViolation) as refused:
        accept_as_holder(actor=minh, token=invited.token, now=NOW)
    assert code_of(refused) == "invitation_of_another"
    assert not has_role(minh, [Role.OBSERVER], SCOPE)


def test_the_log_names_no_address() -> None:
    invited = ask(account("boss", BOSS))
    accept_invitation(token=invited.token, password=PASSWORD, now=NOW)
    assert [
        (entry.action, "@" in f"{entry.target}{entry.before}{entry.after}")
        for entry in LogEntry.objects.exclude(actor_name="hoithi")
    ] == [("people.invite", False), ("people.give", False)]


def page(token: str, client: Client | None = None) -> str:
    return (client or Client()).get(f"/loi-moi/{token}/").content.decode()


def invited_today(role: Role = Role.OBSERVER) -> Invited:
    invited = ask(account("boss", BOSS), role=role)
    Invitation.objects.update(expires_at=NOW + timedelta(days=36_500))
    return invited


def test_a_new_person_chooses_a_password_and_is_led_to_the_second_factor() -> None:
    invited, client = invited_today(), Client()
    text = page(invited.token, client)
    assert [word for word in ("Lan", "boss", "Hội thi", "Người theo dõi") if word not in text] == []
    answer = client.post(f"/loi-moi/{invited.token}/", {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/tai-khoan/hai-buoc/bat/")
    setting_up = client.get("/tai-khoan/hai-buoc/bat/")
    assert setting_up.status_code == 200
    assert re.findall(r"<h1>([^<]+)</h1>", setting_up.content.decode()) == [
        "Thiết lập xác thực hai bước"
    ]


@pytest.mark.parametrize(
    ("password", "again", "error"),
    [
        ("ngan", "ngan", "Mật khẩu quá ngắn, cần ít nhất 12 ký tự."),
        ("123456789012345", "123456789012345", "Mật khẩu này chỉ có chữ số."),
        (PASSWORD, "khac", "Hai lần nhập mật khẩu không giống nhau. Vui lòng nhập lại."),
        ("", "", "Vui lòng điền ô này."),
    ],
)
def test_a_password_that_will_not_do_is_told_and_makes_no_account(
    password: str, again: str, error: str
) -> None:
    invited = invited_today()
    answer = Client().post(f"/loi-moi/{invited.token}/", {"password": password, "again": again})
    assert answer.status_code == 200
    assert error in answer.content.decode()
    assert not User.objects.filter(email="lan@example.vn").exists()


def test_who_has_an_account_signs_in_to_accept() -> None:
    lan, invited = account("lan"), invited_today()
    assert f"/tai-khoan/dang-nhap/?next=/loi-moi/{invited.token}/" in page(invited.token)
    answer = signed_in(lan).post(f"/loi-moi/{invited.token}/")
    assert (answer.status_code, has_role(lan, [Role.OBSERVER], SCOPE)) == (302, True)


def test_a_letter_read_under_another_account_asks_for_the_right_one() -> None:
    account("lan")
    minh, invited = account("minh"), invited_today()
    answer = signed_in(minh).post(f"/loi-moi/{invited.token}/")
    assert answer.status_code == 200
    assert not Grant.objects.filter(user=minh).exists()


def test_a_link_that_opens_nothing_says_so() -> None:
    answer = Client().get("/loi-moi/khong-co/")
    assert answer.status_code == 410
    assert "Lời mời không còn dùng được" in answer.content.decode()
