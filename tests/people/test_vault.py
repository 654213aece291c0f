"""The vault: what goes in comes out only with the right key, column and bytes."""

from __future__ import annotations

import pytest

from hoithi.people.vault import Sealed, Vault, VaultError

VAULT = Vault("a secret")


def test_a_sealed_value_opens_and_never_looks_the_same_twice() -> None:
    first, second = (VAULT.seal("phone", b"0912345678") for _ in range(2))
    assert first.cipher != second.cipher
    assert b"0912345678" not in first.cipher
    assert VAULT.open("phone", first) == b"0912345678"


def test_another_column_key_or_byte_opens_nothing() -> None:
    sealed = VAULT.seal("phone", b"0912345678")
    changed = Sealed(sealed.key_id, sealed.cipher[:-1] + bytes([sealed.cipher[-1] ^ 1]))
    for purpose, value, vault in (
        ("national_id", sealed, VAULT),
        ("phone", changed, VAULT),
        ("phone", sealed, Vault("another secret")),
    ):
        with pytest.raises(VaultError):
            vault.open(purpose, value)


def test_old_keys_still_open_and_new_values_take_the_new_one() -> None:
    old = VAULT.seal("phone", b"0912345678")
    rotated = Vault("a new secret", ("a secret",))
    assert rotated.open("phone", old) == b"0912345678"
    assert rotated.seal("phone", b"1").key_id != old.key_id


def test_equal_values_have_equal_indexes_within_a_column() -> None:
    assert VAULT.index("phone", "0912345678") == VAULT.index("phone", "0912345678")
    assert VAULT.index("phone", "0912345678") != VAULT.index("national_id", "0912345678")
    assert VAULT.index("phone", "") == ""
