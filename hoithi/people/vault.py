"""Personal numbers at rest: encrypted, and found again only through a keyed index.

AES-256-GCM with a random nonce; the key's id stands beside, so that keys can be changed. The blind
index is HMAC-SHA-256 of the normal form: equal values have equal indexes for who holds the key.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class VaultError(Exception):
    """A stored value cannot be opened with the keys there are."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted value and the id of the key that opens it."""

    key_id: str
    cipher: bytes


class Vault:
    """Seals and opens values; `purpose` keeps columns apart, so that none stands in for another."""

    def __init__(self, secret: str, old_secrets: tuple[str, ...] = ()) -> None:
        self._keys = {}
        for each in (secret, *old_secrets):
            key = hashlib.sha256(b"hoithi/vault/1\x00" + each.encode()).digest()
            self._keys[hashlib.sha256(key).hexdigest()[:8]] = key
        self._current = next(iter(self._keys))
        self._index_key = hashlib.sha256(b"hoithi/index/1\x00" + secret.encode()).digest()

    def seal(self, purpose: str, value: bytes) -> Sealed:
        nonce = os.urandom(_NONCE)
        cipher = AESGCM(self._keys[self._current]).encrypt(nonce, value, purpose.encode())
        return Sealed(self._current, nonce + cipher)

    def open(self, purpose: str, sealed: Sealed) -> bytes:
        """The value. Raises VaultError."""
        key = self._keys.get(sealed.key_id)
        if key is None:
            raise VaultError(f"no key {sealed.key_id}")
        nonce, cipher = sealed.cipher[:_NONCE], sealed.cipher[_NONCE:]
        try:
            return AESGCM(key).decrypt(nonce, cipher, purpose.encode())
        except InvalidTag as error:
            raise VaultError("the value was changed or belongs to another column") from error

    def index(self, purpose: str, value: str) -> str:
        """The blind index of a value in its normal form; nothing for an empty one."""
        if not value:
            return ""
        content = purpose.encode() + b"\x00" + value.encode()
        return hmac.new(self._index_key, content, hashlib.sha256).hexdigest()[:32]
