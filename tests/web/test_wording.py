"""Numbers, money and times read as the State writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hoithi.web import wording
from tests.web.conftest import Render


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (12345, "12.345"),
        (-1234567, "-1.234.567"),
        (Decimal("1234567.50"), "1.234.567,50"),
    ],
)
def test_numbers_have_points_between_thousands(value: int | Decimal, text: str) -> None:
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(80_000_000, "80.000.000 đồng"), (Decimal("500.00"), "500 đồng"), (0, "0 đồng")],
)
def test_money_is_written_in_whole_dong(value: int | Decimal, text: str) -> None:
    assert wording.dong(value) == text


def test_a_part_of_a_dong_is_refused() -> None:
    with pytest.raises(ValueError, match="not a whole number"):
        wording.dong(Decimal("0.5"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("887.83", "887,83"),
        ("887.830", "887,83"),
        ("90.00", "90"),
        ("100", "100"),
        ("1E+2", "100"),
        ("0.25", "0,25"),
        ("-1.50", "-1,5"),
        ("0.00", "0"),
        ("1234.5", "1.234,5"),
    ],
)
def test_marks_have_a_comma_and_no_idle_zeros(value: str, text: str) -> None:
    assert wording.marks(Decimal(value)) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (5, 8, "62,5%"),
        (8, 8, "100%"),
        (1, 3, "33,3%"),
        (2, 3, "66,7%"),
        (1, 2000, "0,1%"),
        (0, 8, "0%"),
        (0, 0, "–"),
    ],
)
def test_shares_have_one_decimal(part: int, whole: int, text: str) -> None:
    assert wording.percent(part, whole) == text


def test_a_share_alone_is_of_one() -> None:
    assert wording.percent(Decimal("0.4375")) == "43,8%"


def test_days_and_moments_are_those_of_vietnam() -> None:
    late = datetime(2023, 10, 4, 18, 30, tzinfo=UTC)
    assert wording.day(late) == "05/10/2023"
    assert wording.moment(late) == "01h30 ngày 05/10/2023"
    assert wording.moment(late, "en") == "01h30, 05/10/2023"
    assert wording.day(date(2023, 10, 5)) == "05/10/2023"


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        wording.moment(datetime(2023, 10, 5, 8, 0))  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0912345678", "•••••••678"),
        ("0912 345.678", "•••••••678"),
        ("123", "•••"),
        ("", ""),
    ],
)
def test_only_the_last_figures_of_a_number_are_seen(value: str, text: str) -> None:
    assert wording.mask(value) == text


def test_how_much_is_seen_can_be_said() -> None:
    assert wording.mask("067185001234", 4) == "••••••••1234"
    assert wording.mask("067185001234", 0) == "••••••••••••"


def test_templates_have_the_same_words_as_filters(render: Render) -> None:
    text = render(
        "{% load wording %}{{ money|dong }}; {{ count|number }}; {{ mark|marks }}; {{ at|day }};"
        " {{ at|moment }}; {{ part|percent:whole }}; {{ phone|mask }}",
        money=80_000_000,
        count=12345,
        mark=Decimal("887.83"),
        at=datetime(2023, 10, 5, 1, 0, tzinfo=UTC),
        part=5,
        whole=8,
        phone="0912345678",
    )
    assert text == (
        "80.000.000 đồng; 12.345; 887,83; 05/10/2023; 08h00 ngày 05/10/2023; 62,5%; •••••••678"
    )


def test_what_is_missing_is_shown_as_nothing(render: Render) -> None:
    text = render(
        "{% load wording %}[{{ none|dong }}{{ none|number }}{{ gone|marks }}{{ none|day }}"
        "{{ gone|moment }}{{ none|percent }}{{ gone|mask }}]",
        none=None,
    )
    assert text == "[]"


def test_a_moment_follows_the_language_of_the_page(render: Render) -> None:
    at = datetime(2023, 10, 5, 1, 0, tzinfo=UTC)
    assert render("{% load wording %}{{ at|moment }}", at=at, language="en") == "08h00, 05/10/2023"
