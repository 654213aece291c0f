"""How figures are shown and what counts as met; nothing here is timed."""

from __future__ import annotations

import pytest

from bench.__main__ import main
from bench.figures import Figure, table
from bench.measures import measures


@pytest.mark.parametrize(
    ("value", "better", "is_met"),
    [
        (0.30, "higher", True),
        (0.299, "higher", False),
        (1.999, "lower", True),
        (2.0, "lower", False),
    ],
)
def test_a_target_is_reached_from_one_side(value: float, better: str, is_met: bool) -> None:
    target = 0.30 if better == "higher" else 2.0
    figure = Figure("x", value, target, "higher" if better == "higher" else "lower")
    assert figure.is_met is is_met


@pytest.mark.parametrize(("errors", "is_met"), [(0, True), (1, False)])
def test_a_count_that_has_to_be_nought_is_not_met_by_one(errors: int, is_met: bool) -> None:
    assert Figure("errors", errors, 1, "lower").is_met is is_met


def test_a_figure_without_a_target_misses_none() -> None:
    assert Figure("memory", 1e9, None, "lower").is_met


def test_the_table_has_a_line_a_figure_with_the_absolute_ones_beside() -> None:
    figures = [
        Figure("save_ratio", 0.4567, 0.3, "higher", {"saves/s": 9123.4, "p99 ms": 12.5}),
        Figure("restart_s", 2.5, 2, "lower"),
        Figure("memory_mb_per_10k_attempts", 41.25, None, "lower", {"attempts": 10_000}),
    ]
    assert table(figures).splitlines() == [
        "figure                         value  target   met  beside",
        "save_ratio                     0.457  ≥ 0.3    yes  saves/s 9,123.4, p99 ms 12.5",
        "restart_s                      2.500  < 2      no   ",
        "memory_mb_per_10k_attempts    41.250  –             attempts 10,000",
    ]


def test_every_module_of_the_folder_is_a_measure() -> None:
    shipped = {"cost_curve", "isolation", "memory", "nodes", "rushing", "saving", "signing_in"}
    assert shipped <= set(measures())


def test_an_unknown_measure_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) == 2
    assert capsys.readouterr().out.startswith("no such measure: nothing; there are ")
