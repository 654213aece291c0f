"""Accounts for a demo: made in one call, marked as samples, never in production."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.utils import timezone

from hoithi.people.actions import give
from hoithi.people.models import Role, User
from hoithi.people.permissions import Scope

_PERIOD_S = 30


@transaction.atomic
def sample_account(
    *,
    email: str,
    name: str,
    password: str,
    totp_secret: str,
    grants: Iterable[tuple[Role, Scope]],
    now: datetime,
) -> User:
    """A sample account with a password, a second factor of a known secret (base 32) and rights.

    Making it again sets password and secret anew and adds what rights are missing.
    Raises ImproperlyConfigured in production and for the address of an account that is no sample.
    """
    if settings.PRODUCTION:
        raise ImproperlyConfigured("sample accounts are refused in production")
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, name, is_sample=True)  # its password is below
    elif not user.is_sample:
        raise ImproperlyConfigured("the address belongs to an account that is no sample")
    user.set_password(password)
    user.save()
    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, totp_secret)
    RecoveryCodes.activate(user)
    for role, scope in grants:
        give(user=user, role=role, scope=scope, actor_id="0", actor_name="hoithi", now=now)
    return user


def current_code(secret: str) -> str:
    """What an authenticator app with this secret (base 32) shows now."""
    counter = int(timezone.now().timestamp()) // _PERIOD_S
    return str(format_hotp_value(hotp_value(secret, counter)))
