"""Lines over time, point by point."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from hoithi.web.plots import Line, clock, plot

LABEL = re.compile(r">([\d.:]+)</text>")


def points(svg: str) -> list[str]:
    return re.findall(r'points="([^"]+)"', svg)


def test_a_line_runs_from_zero_to_a_round_top_and_breaks_at_a_gap() -> None:
    line = Line("chờ", [0, 40, None, 20, None])
    svg = plot([line], at_s=[0, 10, 20, 30, 40], title="Chờ")
    # Left edge 46, width 344 for 40 s; bottom 184, height 160 for a top of 40.
    assert points(svg) == ["46.0,184 132.0,24", "304.0,104 304.0,104"]
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


def test_names_cannot_break_the_picture() -> None:
    svg = plot([Line("<b>&", [1])], at_s=[0], title='"><script>')
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "<script>" not in svg


def test_a_clock_has_minutes_and_seconds() -> None:
    assert [clock(each) for each in (0, 9, 75, 10_800)] == ["0:00", "0:09", "1:15", "180:00"]
