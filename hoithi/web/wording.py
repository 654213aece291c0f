"""Numbers, money and times as the State writes them: 80.000.000 đồng, 887,83, 05/10/2023.

Exact values only: `int` and `Decimal`, since marks and money never pass through a float.
Times are shown in Vietnam's zone whatever zone they are stored in.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def number(value: int | Decimal) -> str:
    """Points between thousands, a comma before decimals: 1234567.5 → "1.234.567,5"."""
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def dong(value: int | Decimal) -> str:
    """An amount of money; đồng has no smaller part, so a fraction is refused.

    Raises ValueError for a fraction of a đồng.
    """
    whole = int(value)
    if whole != value:
        raise ValueError(f"{value} is not a whole number of đồng")
    return f"{number(whole)} đồng"


def marks(value: int | Decimal) -> str:
    """Marks without idle zeros at the end: 887.830 → "887,83", 90.00 → "90"."""
    exact = Decimal(value)
    if exact == exact.to_integral_value():
        return number(int(exact))
    return number(exact.normalize())


def signed_marks(value: int | Decimal) -> str:
    """Marks that are given or taken: 1.50 → "+1,5", -2 → "-2"."""
    told = marks(value)
    return told if told.startswith("-") else f"+{told}"


def percent(part: int | Decimal, whole: int | Decimal = 1) -> str:
    """The share of `part` in `whole`, to one decimal: (5, 8) → "62,5%"; "–" of nothing."""
    if not whole:
        return "–"
    share = Decimal(part) * 100 / Decimal(whole)
    return f"{marks(share.quantize(Decimal('0.1'), ROUND_HALF_UP))}%"


def day(value: date) -> str:
    """05/10/2023; an aware moment gives its day in Vietnam."""
    return f"{_local(value):%d/%m/%Y}"


def moment(value: datetime, language: str = "vi") -> str:
    """08h00 ngày 05/10/2023; other languages leave out the word "ngày"."""
    local = _local(value)
    return f"{local:%Hh%M}{' ngày ' if language == 'vi' else ', '}{local:%d/%m/%Y}"


def mask(value: str, shown: int = 3) -> str:
    """A phone or id number with all but its last figures covered, of the same length.

    Spaces and points are left out. What is not longer than `shown` is covered whole.
    """
    signs = "".join(sign for sign in value if sign.isalnum())
    kept = signs[-shown:] if 0 < shown < len(signs) else ""
    return "•" * (len(signs) - len(kept)) + kept


def _local(value: date) -> date:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(ZONE)
