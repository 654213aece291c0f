"""Every page, refusal and letter about accounts, as somebody meets them who errs in every field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.core import mail
from django.core.cache import cache
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from hoithi.people.actions import invite
from hoithi.people.models import Role, User
from hoithi.people.permissions import contest_scope
from hoithi.people.sample import current_code
from tests.people.desk import PASSWORD, SECRET, account, signed_in, signed_in_long_ago

NEW = "mot cau khac dai hon"
Visit = Callable[[], Iterator[HttpResponseBase]]
VISITS: dict[str, Visit] = {}


def visit(steps: Visit) -> Visit:
    VISITS[steps.__name__] = steps
    return steps


def post(client: Client, name: str, **values: str) -> HttpResponseBase:
    cache.clear()
    return client.post(reverse(name), values, follow=True)


@visit
def sign_in_with_mistakes() -> Iterator[HttpResponseBase]:
    account("an")
    client = Client()
    yield client.get(reverse("account_login"))
    yield post(client, "account_login")
    yield post(client, "account_login", login="khong-phai-dia-chi", password=PASSWORD)
    yield post(client, "account_login", login="an@example.vn", password="sai")
    yield post(client, "account_login", login="an@example.vn", password=PASSWORD)
    yield post(client, "mfa_authenticate")
    yield post(client, "mfa_authenticate", code="000000")
    yield client.post(reverse("mfa_authenticate"), {"code": current_code(SECRET)})
    yield client.get(reverse("mfa_index"))
    yield client.get(reverse("account_logout"))
    yield client.post(reverse("account_logout"), {"next": reverse("account_login")}, follow=True)


@visit
def try_too_often() -> Iterator[HttpResponseBase]:
    account("an")
    client = Client()
    for _ in range(6):
        refused = client.post(
            reverse("account_login"), {"login": "an@example.vn", "password": "sai"}
        )
    yield refused
    for _ in range(30):
        refused = client.post(reverse("account_login"))
    assert refused.status_code == 429
    yield refused


@visit
def come_with_a_closed_account() -> Iterator[HttpResponseBase]:
    account("an")
    User.objects.update(is_active=False)
    yield post(Client(), "account_login", login="an@example.vn", password=PASSWORD)


@visit
def forget_the_password() -> Iterator[HttpResponseBase]:
    account("an")
    client = Client()
    yield client.get(reverse("account_reset_password"))
    yield post(client, "account_reset_password")
    yield post(client, "account_reset_password", email="khong-phai-dia-chi")
    yield post(client, "account_reset_password", email="an@example.vn")
    found = re.search(r"(/tai-khoan/quen-mat-khau/\S+)", str(mail.outbox[-1].body))
    assert found is not None
    opened = client.get(found[1], follow=True)
    yield opened
    form = opened.redirect_chain[-1][0]
    for first, again in (("", ""), ("ngan", "ngan"), ("1" * 20, "1" * 20), (NEW, PASSWORD)):
        yield client.post(form, {"password1": first, "password2": again})
    yield client.post(form, {"password1": "administrator", "password2": "administrator"})
    yield client.post(form, {"password1": NEW, "password2": NEW}, follow=True)
    yield client.get(found[1], follow=True)


@visit
def change_the_password() -> Iterator[HttpResponseBase]:
    client = signed_in(account("an"))
    yield client.get(reverse("account_change_password"))
    yield post(client, "account_change_password")
    wrong = {"oldpassword": "sai", "password1": NEW, "password2": PASSWORD}
    yield post(client, "account_change_password", **wrong)
    right = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    yield post(client, "account_change_password", **right)


@visit
def change_the_phone() -> Iterator[HttpResponseBase]:
    client = signed_in_long_ago(account("an"))
    yield client.get(reverse("mfa_deactivate_totp"), follow=True)
    yield post(client, "account_reauthenticate")
    yield post(client, "account_reauthenticate", password="sai")
    yield client.get(reverse("mfa_reauthenticate"))
    yield post(client, "mfa_reauthenticate", code="000000")
    yield post(client, "mfa_reauthenticate", code=current_code(SECRET))
    yield client.get(reverse("mfa_deactivate_totp"))
    yield post(client, "mfa_deactivate_totp")
    yield client.get(reverse("mfa_activate_totp"))
    yield post(client, "mfa_activate_totp")
    yield post(client, "mfa_activate_totp", code="000000")
    secret = client.session["mfa.totp.secret"]
    yield post(client, "mfa_activate_totp", code=current_code(secret))


@visit
def renew_the_recovery_codes() -> Iterator[HttpResponseBase]:
    client = signed_in(account("an"))
    yield client.get(reverse("mfa_view_recovery_codes"))
    yield client.get(reverse("mfa_generate_recovery_codes"))
    yield post(client, "mfa_generate_recovery_codes")


@visit
def be_invited() -> Iterator[HttpResponseBase]:
    scope = contest_scope("c1")
    boss = account("an", (Role.ORGANISER, scope))
    for role in (Role.ORGANISER, Role.QUESTIONS, Role.OBSERVER, Role.UNIT_OFFICER):
        invited = invite(
            actor=boss,
            email="lan@example.vn",
            name="Lan",
            role=role,
            scope=scope,
            scope_name="Hội thi",
            now=timezone.now(),
        )
        letter = reverse("people:invitation", args=[invited.token])
        yield Client().get(letter)
    yield Client().post(letter, {"password": "ngan", "again": "khac"})
    yield signed_in(account("lan")).get(letter)
    yield Client().get(letter)
    yield signed_in(account("lan")).post(letter, follow=False)
    yield Client().get(letter)
