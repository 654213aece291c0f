"""The file of a kit: the plan, a unit's teams and a key to sign with, locked by a code.

The code is sixteen characters of the alphabet of codes, eighty bits from the system's source of
chance, and is told on another way than the file. The head can be read by anybody and is bound to
what is locked.
"""

from __future__ import annotations

import hashlib
import os
from typing import Annotated, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hoithi.rules.codes import ALPHABET, letters
from hoithi.rules.errors import RuleViolation
from hoithi.rules.live.events import Hex16, Hex32
from hoithi.rules.shapes import Key, Strict
from hoithi.verify.bundle import struct_bytes
from hoithi.verify.units import Statement, signed_bytes

FORMAT: Literal["hoithi/kit/1"] = "hoithi/kit/1"
MOST_BYTES = 4 << 20
_CODE_LETTERS = 16
_CODE_BYTES = 10
_SALT, _NONCE = 16, 12
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", " ": "", "-": "", "–": "", ".": ""})


class KitHead(Strict, frozen=True):
    """What a kit is for; anybody may read it."""

    format: Literal["hoithi/kit/1"]
    contest: Key
    round: Key
    unit: str
    unit_name: str
    kit: Hex16
    regulation: Hex32


class Member(Strict, frozen=True):
    """Somebody of a team: the name for the stage door, and the parts on stage."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    given_name: Annotated[str, msgspec.Meta(max_length=60)]
    parts: list[str]
    leads: bool


class KitTeam(Strict, frozen=True):
    """A team that the province has accepted, by its public id."""

    entry: Hex16
    number: Annotated[str, msgspec.Meta(max_length=20)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    members: list[Member]


class KitContent(Strict, frozen=True):
    """What is locked; `seed` is the private half of the key."""

    plan: str
    seed: Hex32
    teams: list[KitTeam]


class KitFile(Strict, frozen=True):
    """The file as it travels: head, salt of the code, and the locked content, in hex."""

    head: KitHead
    salt: str
    locked: str


def new_key() -> tuple[str, str]:
    """The private and the public half of a new key, in hex."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes_raw().hex(), key.public_key().public_bytes_raw().hex()


def sign(seed: bytes, statement: Statement) -> str:
    """The signature over a statement, in hex; the same statement gives the same."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(signed_bytes(statement)).hex()


def new_code() -> str:
    return letters(int.from_bytes(os.urandom(_CODE_BYTES), "big"), _CODE_LETTERS)


def lock(head: KitHead, content: KitContent, code: str) -> bytes:
    """The bytes of the file."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    cipher = AESGCM(_key(code, salt)).encrypt(nonce, struct_bytes(content), struct_bytes(head))
    return struct_bytes(KitFile(head, salt.hex(), (nonce + cipher).hex()))


def unlock(file: bytes, code: str) -> tuple[KitHead, KitContent]:
    """Raises RuleViolation: `kit_unreadable`, `kit_code_wrong` (or the file was changed)."""
    try:
        if len(file) > MOST_BYTES:
            raise RuleViolation("kit_unreadable")
        read = msgspec.json.decode(file, type=KitFile)
        salt, locked = bytes.fromhex(read.salt), bytes.fromhex(read.locked)
    except (ValueError, RecursionError) as error:  # msgspec's errors among them
        raise RuleViolation("kit_unreadable") from error
    typed = code.upper().translate(_READ_AS)
    if len(typed) != _CODE_LETTERS or not set(typed) <= set(ALPHABET) or len(locked) < _NONCE:
        raise RuleViolation("kit_code_wrong")
    try:
        content = AESGCM(_key(typed, salt)).decrypt(
            locked[:_NONCE], locked[_NONCE:], struct_bytes(read.head)
        )
    except InvalidTag as error:
        raise RuleViolation("kit_code_wrong") from error
    try:
        return read.head, msgspec.json.decode(content, type=KitContent)
    except ValueError as error:  # made by another version
        raise RuleViolation("kit_unreadable") from error


def _key(code: str, salt: bytes) -> bytes:
    return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)
