"""Marks are rounded once, a half away from zero, as Vietnamese papers do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hoithi.rules.marks import round_marks


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("887.825", "887.83"),
        ("887.8249", "887.82"),
        ("887.835", "887.84"),
        ("-0.005", "-0.01"),
        ("7", "7.00"),
    ],
)
def test_a_half_goes_away_from_zero(value: str, rounded: str) -> None:
    assert str(round_marks(Decimal(value))) == rounded


def test_other_numbers_of_decimals() -> None:
    assert str(round_marks(Decimal("2.45"), 1)) == "2.5"
    assert str(round_marks(Decimal("2.5"), 0)) == "3"
