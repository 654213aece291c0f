"""Marks are decimals, rounded once, half up, as Vietnamese papers do (887,825 → 887,83)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_MOST_DIGITS = 9  # of zeros that an exponent stands for


def round_marks(value: Decimal, places: int = 2) -> Decimal:
    """The value with so many decimals, a half going away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def is_plain(value: Decimal) -> bool:
    """Whether it is a number that can be printed: 0E-999999999 is zero and fills a memory."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and abs(exponent) <= _MOST_DIGITS
