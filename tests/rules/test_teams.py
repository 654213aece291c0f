"""Who may appear in which part of a live round."""

from __future__ import annotations

import random

from hoithi.rules.errors import ParamValue
from hoithi.rules.teams import PARTS, Cast, Flaw, Limit, Room, distinct, flaws, rooms

# The plan of 2023: at most three in the quiz; never more performers than registered people.
LIMITS = (
    Limit("presenter", "Giới thiệu", 0),
    Limit("quiz", "Kiến thức", 3),
    Limit("performer", "Tiểu phẩm", 0),
)
TEAM = frozenset(range(1, 11))


def cast(**parts: list[int]) -> Cast:
    return Cast("Đội Gia Nghĩa", 1, {part: parts.get(part, []) for part in PARTS})


def test_three_answer_in_the_quiz_and_the_whole_team_plays() -> None:
    whole = cast(presenter=[1, 2], quiz=[1, 2, 3], performer=sorted(TEAM))
    assert flaws(whole, TEAM, LIMITS) == ()
    assert rooms(whole, len(TEAM), LIMITS) == (
        Room(LIMITS[0], 2, 10),
        Room(LIMITS[1], 3, 3),
        Room(LIMITS[2], 10, 10),
    )


def test_a_fourth_in_the_quiz_is_told_with_its_segment_and_both_numbers() -> None:
    told: dict[str, ParamValue] = {"segment": "Kiến thức", "people": 4, "most": 3}
    assert flaws(cast(quiz=[1, 2, 3, 4]), TEAM, LIMITS) == (
        Flaw("quiz", "part_has_too_many", told),
    )


def test_somebody_named_twice_is_one_person() -> None:
    assert flaws(cast(quiz=[1, 2, 3, 3, 3]), TEAM, LIMITS) == ()


def test_performers_come_from_the_registered_people_and_are_never_more() -> None:
    found = flaws(cast(performer=[*TEAM, 77]), TEAM, LIMITS)
    assert [(flaw.place, flaw.code, dict(flaw.params)) for flaw in found] == [
        ("performer", "part_not_in_team", {"people": 1}),
        ("performer", "part_has_too_many", {"segment": "Tiểu phẩm", "people": 11, "most": 10}),
    ]


def test_a_limit_above_the_registered_people_is_theirs() -> None:
    small = frozenset({1, 2})
    assert rooms(cast(quiz=[1]), len(small), LIMITS)[1] == Room(LIMITS[1], 1, 2)


def test_every_reason_is_told_at_once() -> None:
    worst = Cast("", None, {"quiz": [1, 2, 3, 4, 99], "performer": [98]})
    assert [(flaw.place, flaw.code) for flaw in flaws(worst, TEAM, LIMITS)] == [
        ("name", "team_without_name"),
        ("leader", "team_without_leader"),
        ("quiz", "part_not_in_team"),
        ("performer", "part_not_in_team"),
        ("quiz", "part_has_too_many"),
    ]


def test_a_leader_is_of_the_team_and_a_name_has_an_end() -> None:
    assert [flaw.code for flaw in flaws(Cast("Đ" * 201, 99, {}), TEAM, LIMITS)] == [
        "team_name_too_long",
        "leader_not_in_team",
    ]


def test_heats_and_final_of_the_same_segments_limit_once() -> None:
    assert distinct([*LIMITS, *LIMITS]) == LIMITS


def test_without_limits_in_the_plan_the_team_itself_is_the_limit() -> None:
    assert flaws(cast(quiz=sorted(TEAM)), TEAM, ()) == ()


def test_fewer_people_never_make_a_team_worse() -> None:
    """Taking somebody out of a part adds no reason, whatever the cast was."""
    chance = random.Random(7)
    for _ in range(300):
        parts = {part: chance.sample(range(1, 15), chance.randrange(10)) for part in PARTS}
        before = {(each.place, each.code) for each in flaws(Cast("A", 1, parts), TEAM, LIMITS)}
        for part in PARTS:
            if parts[part]:
                less = parts | {part: parts[part][1:]}
                after = {
                    (each.place, each.code) for each in flaws(Cast("A", 1, less), TEAM, LIMITS)
                }
                assert after <= before
