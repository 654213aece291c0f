"""Answers on stage → points, question by question."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from hoithi.rules.quiz import (
    Asked,
    Quiz,
    QuizPart,
    Speed,
    Star,
    Steal,
    Try,
    highest_points,
    quiz_flaws,
    quiz_points,
)

PARTS = [QuizPart("a", "", 2, Decimal(10), 10), QuizPart("b", "", 1, Decimal(30), 20)]
PLAIN = Quiz("packet", 3, 0, Decimal(0), False, None, None, [], PARTS)
HALF_OFF = replace(PLAIN, wrong=Decimal("0.5"))
STAR = replace(PLAIN, star=Star(Decimal(2), Decimal(1)))
STEAL = replace(PLAIN, steal=Steal(5, Decimal(1), Decimal("0.5"), True))
KIND_STEAL = replace(PLAIN, steal=Steal(5, Decimal(1), Decimal("0.5"), False))
SPEED = replace(PLAIN, speed=[Speed(3, Decimal(5)), Speed(6, Decimal(2))])
BUZZER = replace(HALF_OFF, form="buzzer")
BOTH = replace(STAR, steal=STEAL.steal)


def right(entry: str, after_ms: int = 9000) -> Try:
    return Try(entry, True, after_ms)


def wrong(entry: str, after_ms: int = 9000) -> Try:
    return Try(entry, False, after_ms)


def of(owner: str, *tries: Try, position: int = 0, star: bool = False) -> Asked:
    return Asked(position, owner, star, tries)


@pytest.mark.parametrize(
    ("rule", "asked", "expected"),
    [
        (PLAIN, [of("A", right("A"))], {"A": "10"}),
        (PLAIN, [of("A", right("A"), position=2)], {"A": "30"}),
        (PLAIN, [of("A", wrong("A"))], {"A": "0"}),
        (PLAIN, [of("A")], {"A": "0"}),  # no answer
        (HALF_OFF, [of("A", wrong("A"), position=2)], {"A": "-15"}),
        (HALF_OFF, [of("A")], {"A": "0"}),  # silence costs nothing
        (replace(HALF_OFF, not_below_zero=True), [of("A", wrong("A"))], {"A": "0"}),
        # Not below zero is about the part: −5 and 10 are 5, not 10.
        (
            replace(HALF_OFF, not_below_zero=True),
            [of("A", wrong("A")), of("A", right("A"), position=1)],
            {"A": "5"},
        ),
        (STAR, [of("A", right("A"), star=True)], {"A": "20"}),
        (STAR, [of("A", wrong("A"), star=True)], {"A": "-10"}),
        (STAR, [of("A", star=True)], {"A": "-10"}),  # silence under a star is no way out
        (STAR, [of("A", wrong("A"))], {"A": "0"}),  # the star lies on one question only
        (STEAL, [of("A", wrong("A"), right("B"))], {"A": "-10", "B": "10"}),
        (STEAL, [of("A", right("B"))], {"A": "-10", "B": "10"}),
        (STEAL, [of("A", wrong("A"), wrong("B"))], {"A": "0", "B": "-5"}),
        (STEAL, [of("A", wrong("B"), right("C"))], {"A": "-10", "B": "-5", "C": "10"}),
        (KIND_STEAL, [of("A", wrong("A"), right("B"))], {"A": "0", "B": "10"}),
        # What the owner answered rightly nobody can take, nor fall over.
        (STEAL, [of("A", right("A"), right("B"))], {"A": "10"}),
        (STEAL, [of("A", right("A"), wrong("B"))], {"A": "10"}),
        (STEAL, [of("A", right("B"), right("C"))], {"A": "-10", "B": "10"}),
        (BOTH, [of("A", wrong("A"), right("B"), star=True)], {"A": "-20", "B": "10"}),
        (PLAIN, [of("A", wrong("A"), right("B"))], {"A": "0"}),  # no steal in this plan
        (SPEED, [of("A", right("A", 3000))], {"A": "15"}),
        (SPEED, [of("A", right("A", 3001))], {"A": "12"}),
        (SPEED, [of("A", right("A", 6001))], {"A": "10"}),
        (SPEED, [of("A", wrong("A", 1))], {"A": "0"}),
        (BUZZER, [of("", right("B"))], {"B": "10"}),
        (BUZZER, [of("", wrong("B"), right("C"))], {"B": "-5", "C": "10"}),
        (BUZZER, [of("", right("B"), wrong("C"))], {"B": "10"}),
        (BUZZER, [of("")], {}),
    ],
)
def test_a_question_brings_and_costs_what_the_plan_says(
    rule: Quiz, asked: list[Asked], expected: dict[str, str]
) -> None:
    assert quiz_points(rule, asked) == {entry: Decimal(each) for entry, each in expected.items()}


@pytest.mark.parametrize(
    ("rule", "highest"),
    [
        (PLAIN, 50),
        (STAR, 80),  # the star on the question of 30
        (SPEED, 65),
        (STEAL, 50),  # with its own packet
        (BUZZER, 50),
    ],
)
def test_the_highest_points_are_those_of_a_faultless_packet(rule: Quiz, highest: int) -> None:
    assert highest_points(rule) == highest


def test_a_position_belongs_to_a_part() -> None:
    assert PLAIN.length == 3
    assert [PLAIN.part_of(position).topic for position in range(3)] == ["a", "a", "b"]
    with pytest.raises(IndexError):
        PLAIN.part_of(3)


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (PLAIN, []),
        (BOTH, []),
        (SPEED, []),
        (BUZZER, []),
        (replace(PLAIN, parts=[]), ["quiz_without_questions"]),
        (
            replace(PLAIN, parts=[replace(PARTS[0], points=Decimal(0))]),
            ["question_without_points"],
        ),
        (replace(STAR, form="buzzer"), ["buzzer_with_star_or_steal"]),
        (replace(STEAL, form="buzzer"), ["buzzer_with_star_or_steal"]),
        (replace(PLAIN, wrong=Decimal(-1)), ["wrong_below_zero"]),
        (replace(PLAIN, steal=Steal(5, Decimal(0), Decimal(0), True)), ["wrong_below_zero"]),
        (replace(PLAIN, star=Star(Decimal(1), Decimal(1))), ["star_out_of_bounds"]),
        (replace(PLAIN, speed=[*reversed(SPEED.speed)]), ["speed_out_of_order"]),
        (replace(PLAIN, speed=[Speed(3, Decimal(0))]), ["speed_not_positive"]),
    ],
)
def test_what_contradicts_itself_is_told(rule: Quiz, codes: list[str]) -> None:
    assert quiz_flaws(rule) == codes


# Properties

every_rule = st.sampled_from([PLAIN, HALF_OFF, STAR, STEAL, KIND_STEAL, SPEED, BOTH])


@st.composite
def questions(draw: st.DrawFn) -> list[Asked]:
    """A part of four teams as the log would tell it: each team tries a question at most once."""
    asked = []
    for owner in "ABCD":
        starred = draw(st.integers(-1, 2))
        for position in range(3):
            order = draw(st.permutations("ABCD"))[: draw(st.integers(0, 4))]
            tries = tuple(
                Try(each, draw(st.booleans()), draw(st.integers(0, 9000))) for each in order
            )
            asked.append(Asked(position, owner, position == starred, tries))
    return asked


@given(every_rule, questions())
def test_points_are_the_sum_over_the_questions(rule: Quiz, asked: list[Asked]) -> None:
    summed: dict[str, Decimal] = {}
    for each in asked:
        for entry, points in quiz_points(rule, [each]).items():
            summed[entry] = summed.get(entry, Decimal(0)) + points
    assert quiz_points(rule, asked) == summed


@given(every_rule, questions())
def test_points_lie_within_what_can_be_reached_or_never_below_zero(
    rule: Quiz, asked: list[Asked]
) -> None:
    floored = quiz_points(replace(rule, not_below_zero=True), asked)
    assert all(points >= 0 for points in floored.values())
    if rule.steal is None:
        assert all(points <= highest_points(rule) for points in floored.values())


@given(questions())
def test_what_a_steal_takes_is_what_it_brings(asked: list[Asked]) -> None:
    """Without the halves that wrong steals cost, a steal moves points and makes none."""
    fair = Steal(5, Decimal(1), Decimal(0), True)
    moved = quiz_points(replace(PLAIN, steal=fair), asked)
    own = quiz_points(PLAIN, [by_the_owner(each) for each in asked])
    assert sum(moved.values()) == sum(own.values())


def by_the_owner(asked: Asked) -> Asked:
    """The question as if only its owner had tried, unless another team was right before."""
    tries: list[Try] = []
    for each in asked.tries:
        if each.entry == asked.owner:
            tries.append(each)
        if each.is_right:
            break
    return Asked(asked.position, asked.owner, asked.has_star, tuple(tries))


@given(every_rule, questions(), st.data())
def test_a_right_answer_of_the_owner_is_never_worse_than_a_wrong_one(
    rule: Quiz, asked: list[Asked], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(asked) - 1))
    owner = asked[at].owner

    def with_answer(answer: Try) -> Decimal:
        changed = Asked(asked[at].position, owner, asked[at].has_star, (answer,))
        return quiz_points(rule, [*asked[:at], changed, *asked[at + 1 :]])[owner]

    assert with_answer(right(owner)) > with_answer(wrong(owner))
