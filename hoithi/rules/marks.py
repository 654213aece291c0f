"""Marks are decimals, rounded once, half up, as Vietnamese papers do (887,825 → 887,83)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def round_marks(value: Decimal, places: int = 2) -> Decimal:
    """The value with so many decimals, a half going away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
