"""QR codes by the thousand, as SVG.

For messages of one length, with level and mask fixed, every module of a QR code is a constant plus
a sum modulo 2 of bits of the message: header, padding, Reed–Solomon code and mask are constant or
linear. So segno draws the first code of a length, and each other is that code with the drawn
difference of every bit in which the messages differ. Two thousand addresses that differ in ten
letters take some fifty drawings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import segno

_QUIET_ZONE = 4
_MASK = 3
_SPAN = 12  # modules: 4096 ways of the pen, kept once drawn
_RUNS = re.compile("0+|1+")


def qr_codes(messages: Iterable[str]) -> list[str]:
    """One black SVG picture a message, quiet zone included, in the order given."""
    families: dict[int, _Family] = {}
    pictures = []
    for message in messages:
        content = message.encode()
        family = families.get(len(content))
        if family is None:
            family = families[len(content)] = _Family(content)
        pictures.append(_svg(family.modules(content), family.side))
    return pictures


class _Family:
    """The codes of all messages of one length in bytes."""

    def __init__(self, first: bytes) -> None:
        self._length = len(first)
        self._message = int.from_bytes(first, "big")
        self._modules, self.side = _drawn(first)
        self._differences: dict[int, int] = {}

    def modules(self, content: bytes) -> int:
        """The modules row by row as the bits of one number, dark is 1."""
        changed = self._message ^ int.from_bytes(content, "big")
        modules = self._modules
        while changed:
            bit = changed & -changed
            modules ^= self._difference(bit)
            changed ^= bit
        return modules

    def _difference(self, bit: int) -> int:
        known = self._differences.get(bit)
        if known is None:
            flipped = (self._message ^ bit).to_bytes(self._length, "big")
            known = self._differences[bit] = self._modules ^ _drawn(flipped)[0]
        return known


def _drawn(content: bytes) -> tuple[int, int]:
    code = segno.make(
        content, error="m", mode="byte", mask=_MASK, boost_error=False, micro=False, eci=False
    )
    rows = [bytes(row) for row in code.matrix]
    bits = b"".join(rows).translate(bytes.maketrans(b"\0\1", b"01"))
    return int(bits, 2), len(rows)


def _svg(modules: int, side: int) -> str:
    """One path of strokes along the rows of modules, the shortest form that typst reads."""
    bits = f"{modules:0{side * side}b}"
    path = []
    for row in range(side):
        path.append(f"M0 {row}")
        start, end = row * side, (row + 1) * side
        path.extend(_strokes(bits[at : min(at + _SPAN, end)]) for at in range(start, end, _SPAN))
    width = side + 2 * _QUIET_ZONE
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="{-_QUIET_ZONE} {-_QUIET_ZONE - 0.5} {width} {width}">'
        f'<path stroke="#000" d="{"".join(path)}"/></svg>'
    )


@cache
def _strokes(modules: str) -> str:
    """The pen's way over some modules of a row: drawn where dark, lifted where light."""
    return "".join(
        f"h{len(run)}" if run[0] == "1" else f"m{len(run)} 0" for run in _RUNS.findall(modules)
    )
