"""Accounts come by invitation only; signing in, second factor and recovery are allauth's.

What is changed of allauth: nobody signs up, links in letters start with the one public address,
secrets of the second factor are stored sealed, and a mail server that is down stops nobody.
"""

from __future__ import annotations

import base64
import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import override

from hoithi.people.keys import vault
from hoithi.people.letters import post
from hoithi.people.models import User
from hoithi.people.vault import Sealed

JUST_SIGNED_IN_S = 300
SIGNED_IN_AT = "signed_in_at"  # in the session, seconds since 1970
_PURPOSE = "second_factor"


def has_second_factor(user: User) -> bool:
    """Whether the user has set up one-time codes."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth carries no types
    """Nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's call
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Sign in, by the pages or by accepting an invitation; the session remembers when."""
        super().login(request, user)
        request.session[SIGNED_IN_AT] = time.time()

    def is_reauthentication_required(self, *, app: str, **kwargs: object) -> bool:
        """Who has just signed in is not asked again, so that a new account is ready in one go.

        Asked of this session, not of the user, who may have signed in elsewhere a moment ago.
        """
        signed_in_at = self.request.session.get(SIGNED_IN_AT)
        if signed_in_at is not None and time.time() - signed_in_at < JUST_SIGNED_IN_S:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("mfa_index")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """A link from the settings: the host of a request may be anything."""
        uidb36, _, token = key.partition("-")
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": uidb36, "key": token})
        return f"{settings.PUBLIC_URL}{path}"

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return request.headers.get("User-Agent", "–")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Letters are in the language of the installation, whoever caused them.

        The page says the same whether the letter went or not: it must not tell who has an account.
        """
        with override(settings.LANGUAGE_CODE):
            message = self.render_mail(template_prefix, email, {"email": email, **context})
        post(message)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth carries no types
    """Keeps secrets of authenticators and seeds of recovery codes sealed (hoithi.people.vault)."""

    def encrypt(self, text: str) -> str:
        sealed = vault().seal(_PURPOSE, text.encode())
        return f"{sealed.key_id}:{base64.b64encode(sealed.cipher).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        key_id, _, cipher = encrypted_text.partition(":")
        return vault().open(_PURPOSE, Sealed(key_id, base64.b64decode(cipher))).decode()
