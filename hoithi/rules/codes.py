"""Access codes and receipts as people read them (docs/decisions/0007).

A code is derived from an entry and its issue number, never stored: ten characters of an alphabet of
32 and a check character over GF(32) that finds every wrong character and every exchange of two.
"""

from __future__ import annotations

import hashlib
import hmac

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 11
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_POLYNOMIAL = 0b100101


def access_code(code_key: bytes, entry: bytes, issue: int) -> str:
    """The code of an entry's issue: eleven characters without separators."""
    content = b"hoithi/code/1\x00" + entry + issue.to_bytes(4, "big")
    digest = hmac.new(code_key, content, hashlib.sha256).digest()
    drawn = letters(int.from_bytes(digest[:8], "big") >> 14, LENGTH - 1)
    return drawn + check_character(drawn)


def letters(number: int, count: int) -> str:
    """A number as so many characters of the alphabet, five bits each, the highest first."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(count - 1, -1, -1))


def check_character(content: str) -> str:
    """The check of ten characters: the sum of v_i · a^(i+1) in GF(32)."""
    total = 0
    for products, letter in zip(_PRODUCTS, content, strict=True):
        total ^= products[_VALUES[letter]]
    return ALPHABET[total]


def read_code(text: str) -> str | None:
    """A code as somebody typed it, or nothing when it cannot be one.

    Small letters, spaces and hyphens do not matter; O is read as 0, I and L as 1.
    """
    typed = [letter for letter in text.upper() if letter not in " -–.\t"]
    if len(typed) != LENGTH or any(letter not in _VALUES for letter in typed):
        return None
    code = "".join(ALPHABET[_VALUES[letter]] for letter in typed)
    return code if check_character(code[:-1]) == code[-1] else None


def code_tag(hall_secret: bytes, code: str) -> bytes:
    """What the hall keeps of a code: 16 bytes that do not give it back."""
    return hmac.digest(hall_secret, code.encode(), "sha256")[:16]


def grouped(code: str) -> str:
    """A code or receipt as it is printed, in fours: ABCD-EFGH-JKM."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _times(left: int, right: int) -> int:
    """Product in GF(32) modulo x^5 + x^2 + 1."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        right >>= 1
        left <<= 1
        if left & 32:
            left ^= _POLYNOMIAL
    return product


def _multiples(weight: int) -> tuple[int, ...]:
    return tuple(_times(value, weight) for value in range(len(ALPHABET)))


def _powers(count: int) -> list[int]:
    """a, a², a³ … for a = 2."""
    powers = [2]
    while len(powers) < count:
        powers.append(_times(powers[-1], 2))
    return powers


# Each value times the weight of each place: everybody's code is checked in the first seconds.
_PRODUCTS = tuple(_multiples(weight) for weight in _powers(LENGTH - 1))
