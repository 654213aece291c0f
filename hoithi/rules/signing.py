"""Whether an Ed25519 signature is right (RFC 8032, 5.1.7), in plain integers.

Nothing here is secret, so it need not be fast or blind to time: whoever verifies a bundle needs no
library for it. Signing is done where the key is (`hoithi.results.kits`).
"""

from __future__ import annotations

import hashlib
from typing import TypeAlias

KEY_BYTES = 32
SIGNATURE_BYTES = 64
# A point in extended coordinates: x = X/Z, y = Y/Z, x·y = T/Z.
_Point: TypeAlias = tuple[int, int, int, int]

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT_OF_MINUS_ONE = pow(2, (_P - 1) // 4, _P)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed exactly this; a key or signature of no sense is not."""
    if len(public_key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    key, commitment = _point(public_key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= _ORDER:
        return False
    content = signature[:32] + public_key + message
    challenge = int.from_bytes(hashlib.sha512(content).digest(), "little") % _ORDER
    return _same(_times(scalar, _BASE), _sum(commitment, _times(challenge, key)))


def _sum(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _sum(total, point)
        point = _sum(point, point)
        scalar >>= 1
    return total


def _same(one: _Point, other: _Point) -> bool:
    return (one[0] * other[2] - other[0] * one[2]) % _P == 0 and (
        one[1] * other[2] - other[1] * one[2]
    ) % _P == 0


def _point(content: bytes) -> _Point | None:
    """The point of 32 bytes: y, and in the highest bit whether x is odd. None where there is none,
    or where y is written in another way than the one."""
    number = int.from_bytes(content, "little")
    y, is_odd = number & ((1 << 255) - 1), number >> 255
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _ROOT_OF_MINUS_ONE % _P
    if x * x % _P != square or (x == 0 and is_odd):
        return None
    if x & 1 != is_odd:
        x = _P - x
    return x, y, 1, x * y % _P


_BASE_Y = 4 * pow(5, _P - 2, _P) % _P
_FOUND = _point(_BASE_Y.to_bytes(32, "little"))
assert _FOUND is not None
_BASE = _FOUND
