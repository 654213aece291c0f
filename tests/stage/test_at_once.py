"""Several at once: judges and secretaries on one log, and everybody who looks on."""

from __future__ import annotations

from collections.abc import Callable

Race = Callable[[str], object]


def test_five_judges_do_not_block_each_other_and_one_of_two_secretaries_is_told(race: Race) -> None:
    assert race("tests.stage.at_once:five_judges_and_two_secretaries") == {
        "errors": [],
        "told": ["others_were_quicker"],
        "sheets": 5,
        "ends": 1,
        "whole": True,
    }


def test_judges_and_packets_of_the_same_moment_come_one_after_the_other(race: Race) -> None:
    assert race("tests.stage.at_once:preparing_at_once") == {
        "errors": [],
        "judges": [f"gk{number}" for number in range(1, 8)],
        "standing": 1,
        "all": 3,
    }


def test_two_who_type_a_sheet_at_once_find_each_other_and_a_seat_calls_once(race: Race) -> None:
    assert race("tests.stage.at_once:paper_and_calls_at_once") == {
        "errors": [],
        "in": [True, True],
        "left": 0,
        "calls": 1,
    }


def test_everybody_who_looks_on_sees_a_press(race: Race) -> None:
    assert race("tests.stage.at_once:everybody_follows") == {
        "teams": ["Cư Jút"],
        "statuses": [200],
        "handed_on": ["/san-khau/khong-co/vong/song", "/suc-khoe/"],
    }
