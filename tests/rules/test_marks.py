"""Marks are rounded once, a half away from zero, as Vietnamese papers do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hoithi.rules.marks import is_plain, round_marks


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


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("19.75", True),
        ("-3", True),
        ("2E+1", True),
        ("1E-9", True),
        ("1E-10", False),
        ("0E+999999999999", False),
        ("0E-999999999999", False),
        ("NaN", False),
        ("-Infinity", False),
    ],
)
def test_a_plain_number_is_one_that_can_be_printed(value: str, plain: bool) -> None:
    assert is_plain(Decimal(value)) is plain
