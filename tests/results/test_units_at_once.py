"""Files of units, and kits, in the same moment: on SQLite's file and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

Race = Callable[[str], object]


def test_a_file_that_comes_three_times_at_once_is_taken_once(race: Race) -> None:
    assert race("tests.results.units_racing:files_at_once") == {
        "errors": [],
        "told": ["False", "False", "True", "True"],
        "replaced": ["True", "True"],
        "standing": ["CJ", "GN"],
        "results": 4,
        "scores": ["CJ-D01", "GN-D01"],
    }


def test_of_two_who_make_the_first_kit_one_is_told(race: Race) -> None:
    assert race("tests.results.units_racing:kits_at_once") == {
        "errors": [],
        "told": ["kit_is_there", "made"],
        "kits": 1,
    }
