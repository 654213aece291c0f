"""People of the desk for tests: with a second factor, and signed in as through the pages."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from django.test import Client

from hoithi.people.accounts import SIGNED_IN_AT
from hoithi.people.models import Role, User
from hoithi.people.permissions import Scope
from hoithi.people.sample import sample_account

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "mot cau dai de nho"


def account(name: str, *rights: tuple[Role, Scope]) -> User:
    """Somebody with a second factor and rights; the address is made of the name."""
    return sample_account(
        email=f"{name}@example.vn",
        name=name,
        password=PASSWORD,
        totp_secret=SECRET,
        grants=rights,
        now=NOW,
    )


def signed_in(user: User) -> Client:
    """Somebody who signed in a moment ago."""
    client = signed_in_long_ago(user)
    session = client.session
    session[SIGNED_IN_AT] = time.time()
    session.save()
    return client


def signed_in_long_ago(user: User) -> Client:
    """Somebody whose session is too old to touch the second factor without a password."""
    client = Client()
    client.force_login(user)
    return client
