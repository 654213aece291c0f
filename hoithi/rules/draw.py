"""The one source of chance: draws that anybody can repeat (docs/decisions/0003).

SHA-256 in counter mode over a seed, separated by a domain name for each use; 32-bit big-endian
words; rejection sampling; Fisher–Yates. `random.shuffle` is not used: it may change between
versions of Python.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_WORDS = struct.Struct(">8I")
_COUNTER = struct.Struct(">Q")
_RANGE = 1 << 32
# Words from here on are rejected, for the bounds that papers have.
_LIMITS = (0, *(_RANGE - _RANGE % bound for bound in range(1, 1025)))


class Generator:
    """A stream of words from a seed, under a domain such as `hoithi/paper/1`."""

    __slots__ = ("_block", "_key", "_left")

    def __init__(self, seed: bytes, domain: str) -> None:
        self._key = hashlib.sha256(domain.encode() + b"\x00" + seed).digest()
        self._block = 0
        self._left: list[int] = []

    def word(self) -> int:
        """The next 32-bit word."""
        if not self._left:
            self._fill()
        return self._left.pop()

    def _fill(self) -> None:
        """Eight more words, the next one last."""
        block = hashlib.sha256(self._key + _COUNTER.pack(self._block)).digest()
        self._block += 1
        self._left += _WORDS.unpack(block)[::-1]

    def below(self, bound: int) -> int:
        """A number from 0 to bound − 1, each equally likely; bound from 1 to 2^32."""
        limit = _RANGE - _RANGE % bound
        while (word := self.word()) >= limit:
            pass
        return word % bound

    def shuffle(self, items: Sequence[T]) -> list[T]:
        """All items in a drawn order.

        `below` is written out here: a paper takes thirty shuffles, and who verifies a contest draws
        a hundred thousand papers.
        """
        drawn = list(items)
        left = self._left
        for last in range(len(drawn) - 1, 0, -1):
            bound = last + 1
            limit = _LIMITS[bound] if bound <= 1024 else _RANGE - _RANGE % bound
            while True:
                if not left:
                    self._fill()
                word = left.pop()
                if word < limit:
                    break
            other = word % bound
            drawn[last], drawn[other] = drawn[other], drawn[last]
        return drawn

    def choose(self, items: Sequence[T], count: int) -> list[T]:
        """`count` different items in drawn order. Raises ValueError when there are too few."""
        if count > len(items):
            raise ValueError(f"{count} of {len(items)}")
        drawn = list(items)
        for at in range(count):
            other = at + self.below(len(drawn) - at)
            drawn[at], drawn[other] = drawn[other], drawn[at]
        return drawn[:count]


def commit(secret: bytes) -> str:
    """The hash that is shown before the audience adds its number."""
    return hashlib.sha256(b"hoithi/lots/1\x00" + secret).hexdigest()


def lots_seed(secret: bytes, public_number: str) -> bytes:
    """The seed of a draw on stage, once the secret is revealed beside the audience's number."""
    return hashlib.sha256(secret + b"\x00" + public_number.encode()).digest()
