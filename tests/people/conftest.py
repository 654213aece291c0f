"""Accounts as people use them: a clean count of tries, and somebody signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_tries_yet() -> Iterator[None]:
    """Limits on tries and used codes are kept in the cache, across tests."""
    cache.clear()
    yield
    cache.clear()
