from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from hoithi.documents.render import wording


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2023, 9, 5), "ngày 05 tháng 9 năm 2023"),
        (date(2023, 10, 15), "ngày 15 tháng 10 năm 2023"),
        (date(2024, 1, 9), "ngày 09 tháng 01 năm 2024"),
        (date(2024, 2, 29), "ngày 29 tháng 02 năm 2024"),
        (date(2024, 3, 1), "ngày 01 tháng 3 năm 2024"),
        (date(2024, 12, 31), "ngày 31 tháng 12 năm 2024"),
    ],
)
def test_days_below_ten_and_the_first_two_months_take_a_zero(day: date, words: str) -> None:
    assert wording.long_date(day) == words


def test_a_date_not_known_stays_open_for_the_pen() -> None:
    assert wording.long_date(None) == "ngày … tháng … năm …"
    assert wording.long_date(None, year=2023) == "ngày … tháng … năm 2023"


def test_short_dates_have_two_figures() -> None:
    assert wording.short_date(date(2023, 10, 5)) == "05/10/2023"


@pytest.mark.parametrize(
    ("number", "written"),
    [(5, "05/KH-STTTT"), (12, "12/KH-STTTT"), (None, "…/KH-STTTT")],
)
def test_numbers_below_ten_take_a_zero_before_the_symbol(number: int | None, written: str) -> None:
    assert wording.number_and_symbol(number, "KH-STTTT") == written


def test_counts_below_ten_take_a_zero() -> None:
    assert [wording.count(number) for number in (0, 1, 9, 10, 120)] == [
        "00",
        "01",
        "09",
        "10",
        "120",
    ]


def test_points_keep_their_decimals_behind_a_comma() -> None:
    values = ("887.83", "880.00", "1234.5", "0", "-2.5")
    assert [wording.points(Decimal(value)) for value in values] == [
        "887,83",
        "880,00",
        "1.234,5",
        "0",
        "-2,5",
    ]


def test_sums_are_grouped_by_points() -> None:
    assert wording.money(80_000_000) == "80.000.000 đồng"
    assert wording.money(500) == "500 đồng"
