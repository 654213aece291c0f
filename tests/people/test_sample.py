"""Sample accounts are for demos and only there."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from hoithi.people.accounts import has_second_factor
from hoithi.people.models import Grant, Role, User
from hoithi.people.permissions import contest_scope
from hoithi.people.sample import current_code
from tests.people.desk import PASSWORD, SECRET, account

pytestmark = pytest.mark.django_db
RIGHT = (Role.OBSERVER, contest_scope("c1"))


def test_a_sample_account_is_marked_and_ready_to_sign_in() -> None:
    user = account("an", RIGHT)
    assert (user.is_sample, user.check_password(PASSWORD), has_second_factor(user)) == (
        True,
        True,
        True,
    )
    assert len(current_code(SECRET)) == 6


class Counting(MD5PasswordHasher):
    """Well hashed, a password takes half a second: this one counts how often that is."""

    times = 0

    def encode(self, password: str, salt: str) -> str:
        Counting.times += 1
        return super().encode(password, salt)


def test_its_password_is_hashed_once(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    account("an", RIGHT)
    assert Counting.times == 1


def test_made_again_it_is_the_same_account() -> None:
    assert account("an", RIGHT).pk == account("an", RIGHT).pk
    assert Grant.objects.count() == 1


def test_production_refuses_samples(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured):
        account("an")
    assert User.objects.count() == 0


def test_an_account_of_a_person_is_not_taken_over() -> None:
    User.objects.create_user("an@example.vn", "An")
    with pytest.raises(ImproperlyConfigured):
        account("an")


def test_the_code_is_that_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 6238, appendix B: at 1234567890 s the eight figures 89005924, of which six are shown."""
    from datetime import UTC, datetime

    from django.utils import timezone

    at = datetime.fromtimestamp(1234567890, UTC)
    monkeypatch.setattr(timezone, "now", lambda: at)
    assert current_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") == "005924"
