"""The keys of this installation, from the settings."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from hoithi.people.vault import Vault


@cache
def vault() -> Vault:
    """The vault of personal numbers and sealed keys."""
    return Vault(settings.DATA_KEY)


def code_key() -> bytes:
    """What access codes are derived from."""
    return str(settings.CODE_KEY).encode()
