"""Charts say in words and figures what they draw."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.translation import override

from hoithi.web.charts import Bar, Tone, bars
from tests.web.conftest import Render
from tests.web.test_templates import Elements

ROWS = [
    Bar("Huyện Mẫu", 12, 30, Tone.BAD, "thiếu 18", "/don-vi/1/"),
    Bar("Thành phố Thử", 40, 30, Tone.GOOD, "đủ"),
]


def drawn(*rows: Bar, title: str = "1 trong 2 đơn vị đã đủ 30 người") -> str:
    with override("vi"):
        return bars(rows, title=title, heading="Đơn vị", unit="Số người")


def texts(html: str) -> list[str]:
    return [text for text in re.split(r"\s*<[^>]+>\s*", html) if text]


def test_a_chart_reads_as_a_list_and_again_as_a_table(render: Render) -> None:
    assert texts(drawn(*ROWS)) == [
        "1 trong 2 đơn vị đã đủ 30 người",
        *["Huyện Mẫu", "12", "/30 · thiếu 18"],
        *["Thành phố Thử", "40", "/30 · đủ"],
        "Mức tối thiểu",
        "Số liệu dạng bảng",
        *["Đơn vị", "Số người", "Mức tối thiểu"],
        *["Huyện Mẫu", "12", "30"],
        *["Thành phố Thử", "40", "30"],
    ]


def test_bars_and_marks_share_one_scale_from_zero() -> None:
    page = Elements(drawn(*ROWS))
    widths = [rect["width"] for rect in page.named("rect") if "fill" in (rect["class"] or "")]
    assert widths == ["30.00%", "100.00%"]
    assert [line["x1"] for line in page.named("line")] == ["75.00%", "75.00%"]
    assert {svg["aria-hidden"] for svg in page.named("svg")} == {"true"}


def test_the_scale_reaches_to_a_minimum_above_all_values() -> None:
    page = Elements(drawn(Bar("a", 3, 12)))
    assert [rect["width"] for rect in page.named("rect")] == ["100%", "25.00%"]


def test_a_chart_of_zeros_and_an_empty_one_are_drawn() -> None:
    assert [rect["width"] for rect in Elements(drawn(Bar("a", 0))).named("rect")] == [
        "100%",
        "0.00%",
    ]
    assert Elements(drawn()).named("li") == []


def test_without_minimums_there_is_no_mark_and_no_column_for_them() -> None:
    page = Elements(drawn(Bar("a", Decimal("887.83"))))
    assert page.named("line") == []
    assert len(page.named("th")) == 3


def test_tones_are_classes_and_never_styles() -> None:
    page = Elements(drawn(*(Bar(tone, 1, tone=tone) for tone in Tone)))
    assert [rect["class"] for rect in page.named("rect") if rect["class"] != "track"] == [
        f"fill fill-{tone}" for tone in ("plain", "good", "warn", "bad", "muted")
    ]
    assert all("style" not in attrs for _, attrs in page.tags)


def test_names_and_titles_are_escaped() -> None:
    html = drawn(Bar("<b>", 1, note="<i>", href='"><script>'), title="<u>")
    assert [tag for tag, _ in Elements(html).tags if tag in {"b", "i", "u", "script"}] == []


def test_only_a_bar_with_an_address_is_a_link() -> None:
    assert Elements(drawn(*ROWS)).named("a") == [{"href": "/don-vi/1/"}]
