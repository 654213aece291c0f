"""The first person of a contest: let in by a command, everybody else by an invitation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from hoithi.audit.models import LogEntry
from hoithi.config.cli import main
from hoithi.people.first import let_in
from hoithi.people.models import Grant, Role, User
from hoithi.people.permissions import contest_scope, has_role
from tests import factories
from tests.people.desk import account, signed_in

NOW = datetime(2023, 9, 1, 1, 0, tzinfo=UTC)
PASSWORD = "mot-mat-khau-du-dai-2023"
pytestmark = pytest.mark.django_db


def test_the_link_sets_a_password_and_leads_to_the_second_step(client: Client) -> None:
    contest = factories.contest()
    link = let_in(
        email="Truong.Ban@example.vn",
        name="Nguyễn Văn Mẫu",
        scope=contest_scope(contest.key),
        now=NOW,
    )
    page = client.get(link, follow=True)
    form = page.redirect_chain[-1][0]
    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})
    user = User.objects.get(email="truong.ban@example.vn")
    assert user.check_password(PASSWORD)
    client.force_login(user)
    answer = client.get(f"/ban-to-chuc/{contest.key}/nguoi/")
    assert (answer.status_code, answer["location"]) == (302, "/tai-khoan/hai-buoc/bat/")


@pytest.mark.parametrize("named", ["", "HOITHI_DESK_PORT", "HOITHI_PUBLIC_URL"])
def test_a_link_says_where_the_desk_is_taken_to_be_unless_that_was_named(
    named: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = factories.contest()
    for each in ("HOITHI_DESK_PORT", "HOITHI_PUBLIC_URL"):
        monkeypatch.delenv(each, raising=False)
    if named:
        monkeypatch.setenv(named, "1")
    assert main(["admit", contest.key, "an@example.vn", "Nguyễn Văn Mẫu"]) == 0
    said = capsys.readouterr().out
    assert "To set a password within" in said
    assert ("The desk is taken to be at http://" in said) == (not named)


def test_who_has_an_account_gets_the_rights_and_no_link() -> None:
    contest = factories.contest()
    user = User.objects.create_user("pho-ban@example.vn", "Lê Thị Mẫu", PASSWORD)
    scope = contest_scope(contest.key)
    for _ in range(2):
        assert let_in(email=user.email, name="Another Name", scope=scope, now=NOW) == ""
    assert has_role(user, [Role.COMMITTEE], scope)
    assert has_role(user, [Role.ORGANISER], scope)
    assert Grant.objects.count() == 2


@pytest.mark.parametrize(
    ("contest", "email", "sentence"),
    [
        ("nowhere", "a@example.vn", "there is no contest nowhere; load its plan first\n"),
        ("daknong-2023", "nobody", "nobody is not an e-mail address\n"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(
    contest: str, email: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    factories.contest()
    assert main(["admit", contest, email, "Nguyễn Văn Mẫu"]) == 1
    assert capsys.readouterr().err == sentence
    assert User.objects.count() == 0


def test_who_lost_phone_and_codes_sets_up_a_new_phone_and_is_told(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    user = account("an")
    with django_capture_on_commit_callbacks(execute=True):
        assert main(["second-step-off", "An@example.vn", "gặp trực tiếp, có thẻ công chức"]) == 0
    assert [letter.subject for letter in mail.outbox] == ["[hoithi] Xác thực hai bước đã được gỡ"]
    entry = LogEntry.objects.get(action="people.second_factor_off")
    assert entry.after == {"reason": "gặp trực tiếp, có thẻ công chức"}
    answer = signed_in(user).get("/ban-lam-viec/")
    assert answer["location"] == "/tai-khoan/hai-buoc/bat/"


def test_nobody_is_looked_for_in_vain(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["second-step-off", "nobody@example.vn", "thử"]) == 1
    assert capsys.readouterr().err == "there is no account nobody@example.vn\n"
