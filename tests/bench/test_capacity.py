"""The table of capacities in the documents is the one that the kept run comes to."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from bench.__main__ import LATEST, OPERATIONS
from bench.capacity import (
    BEGIN,
    END,
    KeptFigure,
    KeptRun,
    Need,
    Rates,
    capacity,
    need,
    write_capacity,
)

RUN = KeptRun(
    {"cores": 2},
    {
        "start_ratio_postgres": KeptFigure(0.3, {"starts/s": 4000.0, "reply bytes": 20_000.0}),
        "save_ratio_postgres": KeptFigure(0.4, {"saves/s": 5000.0}),
        "nodes_1_saves_per_s": KeptFigure(5796.0, {}),
        "nodes_2_saves_per_s": KeptFigure(9233.0, {}),
        "rush_10k_errors": KeptFigure(0.0, {}),
        "rush_10k_p99_ms": KeptFigure(8307.1, {}),
        "memory_mb_per_10k_attempts": KeptFigure(42.7, {}),
    },
)


def test_the_document_has_the_table_of_the_kept_run() -> None:
    """After a new run: `python -m bench --capacity`."""
    run = msgspec.json.decode(LATEST.read_bytes(), type=KeptRun)
    assert f"{BEGIN}\n{capacity(run)}\n{END}" in OPERATIONS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("contestants", "within", "expected"),
    [
        # Entering and starting take half a core, 250 saves a twentieth: at 60 % nearly one.
        (10_000, 10, Need(10_000, 10, 1000.0, 250.0, 1, 160.0)),
        # 50 and 5 cores, at 60 % 91.7.
        (1_000_000, 10, Need(1_000_000, 10, 100_000.0, 25_000.0, 92, 16_000.0)),
        # 5 and 30 cores, at 60 % 58.3.
        (6_000_000, 600, Need(6_000_000, 600, 10_000.0, 150_000.0, 59, 1600.0)),
    ],
)
def test_what_so_many_need_is_worked_out_by_hand(
    contestants: int, within: int, expected: Need
) -> None:
    assert need(contestants, within, Rates(4000.0, 5000.0, 20_000.0)) == expected


def test_a_row_says_it_in_two_figures() -> None:
    table = capacity(RUN)
    assert "| 1,000,000 | 10 s | 100,000 | 25,000 | 92 | 16,000 | 4.3 GB |" in table
    assert "| 10,000 | 600 s | 17 | 250 | 1 | 2.7 | 43 MB |" in table
    assert "0 errors, and one in a hundred waited 8,300 ms or longer." in table
    assert "One hall on all cores stored 5,800, two 9,200 saves a second." in table


def test_a_run_without_some_measures_says_so() -> None:
    kept = ("start_ratio_postgres", "save_ratio_postgres")
    table = capacity(KeptRun({"cores": 2}, {name: RUN.figures[name] for name in kept}))
    assert "not in this run" in table
    assert "One and two halls side by side are not in this run." in table
    assert "The first row was not played in this run." in table


def test_the_table_is_written_into_its_place_and_nothing_else_is_touched(tmp_path: Path) -> None:
    run, document = tmp_path / "latest.json", tmp_path / "operations.md"
    run.write_bytes(msgspec.json.encode(RUN))
    document.write_text(f"Trước\n{BEGIN}cũ\n{END}Sau\n", encoding="utf-8")
    write_capacity(run, document)
    once = document.read_text(encoding="utf-8")
    assert once == f"Trước\n{BEGIN}\n{capacity(RUN)}\n{END}Sau\n"
    write_capacity(run, document)
    assert document.read_text(encoding="utf-8") == once
