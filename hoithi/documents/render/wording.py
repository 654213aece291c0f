"""Dates, numbers and sums as official papers write them (Decree 30/2020/NĐ-CP, Annex I)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

BLANK = "…"
_MONTHS_WITH_ZERO = 2


def long_date(day: date | None, *, year: int | None = None) -> str:
    """The date of the place-and-date line: "ngày 05 tháng 9 năm 2023".

    Days below 10 and the months 1 and 2 take a leading zero, other months do not (Annex I, 4b).
    Without a day the line stays open for the pen: "ngày … tháng … năm 2023".
    """
    if day is None:
        return f"ngày {BLANK} tháng {BLANK} năm {BLANK if year is None else year}"
    month = f"{day.month:02d}" if day.month <= _MONTHS_WITH_ZERO else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def short_date(day: date) -> str:
    """A date in tables and on slips: "05/10/2023"."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def count(number: int) -> str:
    """A count in official prose, with a leading zero below ten: "01 giải nhất, 12 giải ba"."""
    return f"{number:02d}"


def number_and_symbol(number: int | None, symbol: str) -> str:
    """What follows "Số: ": "05/KH-STTTT", or "…/KH-STTTT" while the number is not given."""
    return f"{BLANK if number is None else count(number)}/{symbol}"


def points(value: Decimal) -> str:
    """Points with as many decimals as they were rounded to: "887,83"."""
    return _grouped(f"{value:,f}")


def money(dong: int) -> str:
    """A sum in figures: "80.000.000 đồng"."""
    return f"{_grouped(f'{dong:,d}')} đồng"


def _grouped(figures: str) -> str:
    return figures.translate(str.maketrans(",.", ".,"))
