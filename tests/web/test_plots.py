"""Lines over time, point by point."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from hoithi.web.plots import Line, clock, figure, hours, plot, table

LABEL = re.compile(r">([\d.:]+)</text>")


def points(svg: str) -> list[str]:
    return re.findall(r'points="([^"]+)"', svg)


def test_a_line_runs_from_zero_to_a_round_top_and_breaks_at_a_gap() -> None:
    line = Line("chờ", [0, 40, None, 20, None])
    svg = plot([line], at_s=[0, 10, 20, 30, 40], title="Chờ")
    # Left edge 46, width 340 for 40 s; bottom 184, height 160 for a top of 40.
    assert points(svg) == ["46.0,184 131.0,24", "301.0,104 301.0,104"]
    assert LABEL.findall(svg) == [
        *("0", "10", "20", "30", "40"),
        *("0:00", "0:10", "0:20", "0:30", "0:40"),
    ]


@pytest.mark.parametrize(
    ("most", "labels"),
    [
        (0, ["0", "1"]),
        (3, ["0", "1", "2", "3"]),
        (5, ["0", "2", "4", "6"]),
        (17, ["0", "5", "10", "15", "20"]),
        (1234, ["0", "500", "1.000", "1.500"]),
        (9_999_999, ["0", "5.000.000", "10.000.000"]),
    ],
)
def test_there_are_four_round_steps_or_fewer(most: int, labels: list[str]) -> None:
    svg = plot([Line("số", [most])], at_s=[0], title="")
    assert [each for each in LABEL.findall(svg) if ":" not in each] == labels


def test_a_limit_is_drawn_where_it_is_in_sight_only() -> None:
    low, high = Line("ms", [400]), Line("ms", [1400])
    assert "plot-limit" not in plot([low], at_s=[0], title="", limit=1000)
    assert "plot-limit" in plot([high], at_s=[0], title="", limit=1000)


def test_nothing_measured_is_a_picture_without_a_line() -> None:
    assert points(plot([Line("số", [])], at_s=[], title="")) == []


def test_figures_between_whole_ones_fit_below_the_top() -> None:
    svg = plot([Line("lượt", [Decimal("0.4"), Decimal("4.1")])], at_s=[0, 10], title="")
    assert [each for each in LABEL.findall(svg) if ":" not in each] == ["0", "2", "4", "6"]


def test_on_a_page_the_names_stand_below_with_their_last_values() -> None:
    lines = [Line("đang làm bài", [2, 1200]), Line("đã nộp bài", [None, Decimal("0.5")], "good")]
    drawn = figure(lines, at_s=[0, 60], title="Nay", description="từ đầu", with_last=True)
    assert "<figcaption>Nay<span>từ đầu</span></figcaption><svg" in drawn
    assert (
        '<ul class="lines"><li class="line-plain">đang làm bài <strong>1.200</strong></li>'
        '<li class="line-good">đã nộp bài <strong>0,5</strong></li></ul>' in drawn
    )
    assert ">đang làm bài</text>" not in drawn
    assert ">đang làm bài</text>" in plot(lines, at_s=[0, 60], title="Nay")
    assert "<strong>" not in figure(lines, at_s=[0, 60], title="Nay")


def test_no_line_is_told_from_another_by_its_colour_alone() -> None:
    lines = [Line(tone, [1, 2], tone) for tone in ("plain", "good", "bad")]
    dashes = re.findall(
        r'<polyline[^>]*?(?:stroke-dasharray="([^"]+)")? points',
        "".join(plot([line], at_s=[0, 10], title="") for line in lines),
    )
    assert dashes == ["", "8 4", "2 3"]


def test_a_day_has_its_hours_below_and_two_days_their_dates() -> None:
    eight = datetime(2026, 10, 9, 1, tzinfo=UTC)  # in Vietnam
    assert [word for _, word in hours([eight, eight + timedelta(hours=1)])] == [
        *("08:00", "08:15", "08:30", "08:45", "09:00")
    ]
    assert hours([eight, eight + timedelta(hours=18)]) == [
        (0, "08:00, 09/10"),
        (32_400, "17:00, 09/10"),
        (64_800, "02:00, 10/10"),
    ]
    assert [word for _, word in hours([eight, eight + timedelta(seconds=20)])][-1] == "08:00:20"


def test_a_table_has_every_figure_and_a_dash_for_none() -> None:
    drawn = table(["08:00", "08:01"], [Line("lưu", [Decimal("1.5"), None])], heading="Giờ")
    assert re.findall(r"<t[hd]\b[^>]*>([^<]*)<", drawn) == [
        *("Giờ", "lưu", "08:00", "1,5", "08:01", "–")
    ]


def test_names_cannot_break_the_picture() -> None:
    svg = plot([Line("<b>&", [1])], at_s=[0], title='"><script>')
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "<script>" not in svg


def test_a_clock_has_minutes_and_seconds() -> None:
    assert [clock(each) for each in (0, 9, 75, 10_800)] == ["0:00", "0:09", "1:15", "180:00"]
