"""Signing in, languages and refusals as a browser meets them."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core import mail
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.views.defaults import server_error
from pytest_django import Settings

from hoithi.people.actions import invite
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope
from hoithi.people.sample import current_code
from tests.people.desk import PASSWORD, SECRET, account, signed_in, signed_in_long_ago
from tests.people.tour import VISITS, Visit

pytestmark = pytest.mark.django_db
VIETNAMESE = re.compile(r"[ạảãăằắẳẵặầấẩẫậđẹẻẽềếểễệịỉĩọỏõồốổỗộờớởỡợụủũừứửữựỵỷỹư]", re.IGNORECASE)


def heading(content: bytes) -> str:
    return " ".join(re.findall(r"<h1>(.*?)</h1>", content.decode(), re.DOTALL)[0].split())


def test_signing_in_takes_password_and_code_and_leads_where_one_was_going() -> None:
    account("an")
    client = Client()
    asked = client.get("/ban-lam-viec/")
    first = client.post(asked["Location"], {"login": "AN@example.vn", "password": PASSWORD})
    assert first["Location"].split("?")[0] == reverse("mfa_authenticate")
    assert client.get("/ban-lam-viec/").status_code == 302
    second = client.post(first["Location"], {"code": current_code(SECRET)})
    assert second["Location"] == "/ban-lam-viec/"
    assert client.get("/ban-lam-viec/").status_code == 200


def test_a_code_opens_once() -> None:
    account("an")
    code = current_code(SECRET)
    opened = []
    for _ in range(2):
        client = Client()
        client.post(reverse("account_login"), {"login": "an@example.vn", "password": PASSWORD})
        opened.append(client.post(reverse("mfa_authenticate"), {"code": code}).status_code)
    assert opened == [302, 200]


def test_a_new_account_is_ready_in_one_go() -> None:
    user = User.objects.create_user("an@example.vn", "An", PASSWORD)
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert client.get("/ban-lam-viec/")["Location"] == reverse("mfa_activate_totp")
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    found = re.search(r"<code>(\w+)</code>", page)
    assert found is not None
    done = client.post(reverse("mfa_activate_totp"), {"code": current_code(found[1])}, follow=True)
    assert heading(done.content) == "Mã dự phòng"
    assert client.get("/ban-lam-viec/").status_code == 200


def test_secrets_of_the_second_step_are_not_stored_as_they_are() -> None:
    account("an")
    stored = [str(each.data) for each in Authenticator.objects.all()]
    assert [SECRET in each for each in stored] == [False, False]


def test_a_recovery_code_opens_once() -> None:
    user = account("an")
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    opened = []
    for _ in range(2):
        client = Client()
        client.post(reverse("account_login"), {"login": "an@example.vn", "password": PASSWORD})
        opened.append(client.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code)
    assert opened == [302, 200]


def test_nobody_signs_up() -> None:
    assert Client().get("/tai-khoan/signup/").status_code == 404


def test_nobody_learns_who_has_an_account(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://thi.example.vn"
    account("an")
    answers = [
        Client().post(reverse("account_reset_password"), {"email": email})["Location"]
        for email in ("an@example.vn", "nobody@example.vn")
    ]
    assert answers == [reverse("account_reset_password_done")] * 2
    (letter,) = mail.outbox
    assert letter.to == ["an@example.vn"]
    assert "https://thi.example.vn/tai-khoan/quen-mat-khau/" in str(letter.body)


def test_a_mail_server_that_is_down_fails_no_page(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    account("an")
    answer = Client().post(reverse("account_reset_password"), {"email": "an@example.vn"})
    assert answer["Location"] == reverse("account_reset_password_done")


def test_a_new_password_signs_out_everywhere_else_and_is_told_by_a_letter() -> None:
    user = account("an")
    here, elsewhere = signed_in(user), signed_in(user)
    new = "mot cau khac dai hon"
    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert [client.get("/ban-lam-viec/").status_code for client in (here, elsewhere)] == [200, 302]
    assert [letter.subject for letter in mail.outbox] == ["[hoithi] Mật khẩu đã được đổi"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "name",
    [
        *("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"),
        "mfa_deactivate_totp",
    ],
)
def test_an_old_session_stays_old_when_its_owner_signs_in_elsewhere(name: str, method: str) -> None:
    user = account("an")
    old, elsewhere = signed_in_long_ago(user), Client()
    elsewhere.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    elsewhere.post(reverse("mfa_authenticate"), {"code": current_code(SECRET)})
    assert elsewhere.get(reverse("mfa_view_recovery_codes")).status_code == 200
    answer = getattr(old, method)(reverse(name))
    if answer.status_code != 405:
        assert answer.status_code == 302
        assert answer["Location"].split("?")[0] == reverse("account_reauthenticate")
    assert Authenticator.objects.filter(user=user).count() == 2


def test_whoever_accepts_an_invitation_has_just_signed_in() -> None:
    boss = account("boss", (Role.ORGANISER, contest_scope("c1")))
    invited = invite(
        actor=boss,
        email="lan@example.vn",
        name="Lan",
        role=Role.OBSERVER,
        scope=contest_scope("c1"),
        now=timezone.now(),
    )
    client = Client()
    letter = reverse("people:invitation", args=[invited.token])
    client.post(letter, {"password": PASSWORD, "again": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_closing_the_browser_ends_the_session(settings: Settings) -> None:
    account("an")
    client = Client()
    client.post(reverse("account_login"), {"login": "an@example.vn", "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": current_code(SECRET)})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["expires"], cookie["httponly"]) == ("", "", True)
    assert Session.objects.get(pk=cookie.value).get_decoded()["_session_expiry"] == 0


@pytest.mark.parametrize("visit", VISITS.values(), ids=VISITS)
def test_everything_about_accounts_is_there_in_english_too(
    visit: Visit, settings: Settings
) -> None:
    settings.LANGUAGE_CODE = "en"
    pages = [getattr(response, "content", b"").decode() for response in visit()]
    letters = [f"{letter.subject} {letter.body}" for letter in mail.outbox]
    shown = [
        re.sub(r'<button[^>]*lang="vi".*?</button>', "", page, flags=re.DOTALL) for page in pages
    ]
    texts = [text.replace("Hội thi", "") for text in [*shown, *letters]]
    assert [VIETNAMESE.findall(text) for text in texts if VIETNAMESE.search(text)] == []


def test_the_switch_of_languages_keeps_the_page_and_what_was_searched() -> None:
    client = signed_in(account("an", (Role.ORGANISER, contest_scope("c1"))))
    here = "/tai-khoan/dang-nhap/?next=/ban-lam-viec/%3Fa%3D1"
    answer = client.post("/ngon-ngu/", {"language": "en", "next": here})
    assert answer["Location"] == here
    assert heading(client.get("/tai-khoan/").content) == "My account"
    assert (
        'value="/tai-khoan/?tu=1&amp;den=2"'
        in client.get("/tai-khoan/?tu=1&den=2").content.decode()
    )


def test_the_switch_of_languages_leads_to_no_other_site() -> None:
    answer = Client().post("/ngon-ngu/", {"language": "en", "next": "https://example.com/"})
    assert answer["Location"] == "/"


@pytest.mark.parametrize(
    ("language", "missing", "forbidden"),
    [
        ("vi", "Không tìm thấy trang", "Tài khoản này không được xem trang này"),
        ("en", "Page not found", "This page is not open to this account"),
    ],
)
def test_refusals_are_pages_of_ours(language: str, missing: str, forbidden: str) -> None:
    client = signed_in(account("an"))
    client.cookies["language"] = language
    assert heading(client.get("/khong-co/").content) == missing
    refused = client.get("/ban-to-chuc/daknong-2023/nguoi/")
    assert (refused.status_code, heading(refused.content)) == (403, forbidden)


@pytest.mark.parametrize(
    "path", ["kiem-tra/%00/", "loi-moi/a%00b/", "ban-to-chuc/daknong-2023/dang-ky/%00/"]
)
def test_an_address_with_a_nul_is_nobodys(path: str) -> None:
    missing = signed_in(account("an")).get(f"/{path}")
    assert (missing.status_code, heading(missing.content)) == (404, "Không tìm thấy trang")


def test_a_form_from_another_site_is_refused_on_a_page_of_ours() -> None:
    refused = Client(enforce_csrf_checks=True).post(reverse("account_login"))
    assert (refused.status_code, heading(refused.content)) == (403, "Trang đã mở quá lâu")


def test_a_fault_is_told_on_a_page_of_ours(rf: RequestFactory) -> None:
    request: HttpRequest = rf.get("/")
    assert heading(server_error(request).content) == "Hệ thống đang gặp lỗi"
