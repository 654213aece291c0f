"""When contestants do what."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from hoithi.rehearsal.player import timeline
from hoithi.rehearsal.script import Part, part
from hoithi.rehearsal.spec import (
    ITEMS,
    MOST_CONTESTANTS,
    MOST_MINUTES,
    check_size,
    made_up_policy,
    spec_of,
)
from hoithi.rehearsal.together import presses_of, questions_of
from hoithi.rules.errors import RuleViolation
from hoithi.rules.paper import Prediction
from hoithi.rules.together import Rescue, Together, fold

SPEC = spec_of(contestants=200, seconds=1200, root="")


def parts(seconds: float = 1200) -> list[Part]:
    spec = spec_of(contestants=200, seconds=seconds, root="")
    chance = Random(7)
    return [part(who, spec, chance) for who in range(200)]


@pytest.mark.parametrize("seconds", [1, 8, 60, 1200, 10_800])
def test_all_come_before_the_opening_and_hand_in_before_the_end(seconds: float) -> None:
    for each in parts(seconds):
        assert -60 <= each.arrives <= 0 <= each.starts <= min(10, seconds / 6)
        assert each.starts < each.answers[0].at <= each.answers[-1].at <= each.submits < seconds


def test_every_question_is_answered_and_some_twice() -> None:
    for each in parts():
        positions = [answer.position for answer in each.answers]
        assert (set(positions), len(positions)) == (set(range(ITEMS)), ITEMS + 3)


def test_most_hand_in_within_the_last_thirty_seconds() -> None:
    rush = sum(each.submits >= 1170 for each in parts())
    assert 140 <= rush <= 180


def test_of_twenty_one_reloads_and_one_loses_the_network_while_saving() -> None:
    found = parts()
    assert [who for who, each in enumerate(found) if each.reloads] == list(range(7, 200, 20))
    away = [(who, each) for who, each in enumerate(found) if each.away]
    assert [who for who, _ in away] == list(range(13, 200, 20))
    for _, each in away:
        assert each.away is not None
        gone, back = each.away
        assert gone in [answer.at for answer in each.answers]
        assert gone <= back <= min(gone + 20, each.submits)
        order = [intent for at, intent in timeline(each) if at == gone]
        assert order[:2] == ["answer", "away"]


def test_the_parts_are_the_same_in_every_rehearsal_of_a_size() -> None:
    assert parts() == parts()


def test_a_prediction_is_given_once_where_one_is_asked_for() -> None:
    policy = SPEC.policy
    asked = spec_of(
        contestants=1,
        seconds=1200,
        root="",
        policy=type(policy)(
            **{
                **{name: getattr(policy, name) for name in policy.__struct_fields__},
                "prediction": Prediction("Bao nhiêu?", 10, 20),
            }
        ),
    )
    given = [answer for answer in part(0, asked, Random(1)).answers if answer.position == -1]
    assert len(given) == 1
    assert 10 <= given[0].option <= 20


@pytest.mark.parametrize(("seconds", "asked"), [(8, 1), (18, 2), (60, 6), (1200, ITEMS)])
def test_where_all_answer_together_each_question_is_answered_while_it_is_open(
    seconds: float, asked: int
) -> None:
    rule = Together(3, "one_left", Rescue(1, 2, 3, 4), 2)
    policy = msgspec.structs.replace(made_up_policy(), grace_ms=0, together=rule)
    spec = spec_of(contestants=40, seconds=seconds, root="", policy=policy)
    questions = questions_of(spec)
    assert len(questions) == asked
    chance = Random(7)
    for who in range(40):
        each = part(who, spec, chance)
        assert [answer.position for answer in each.answers] == list(range(asked))
        for question, answer in zip(questions, each.answers, strict=True):
            assert question.since < answer.at < question.until
        assert each.starts < questions[0].since
        assert each.submits >= questions[-1].until
        if each.away is not None:
            assert any(
                question.since < each.away[0] <= each.away[1] < question.until
                for question in questions
            )
    made = spec.policy.together
    assert made is not None
    presses = list(presses_of(spec, 1_000_000))
    assert [each.at for each in presses] == sorted(each.at for each in presses)
    game = fold(made, spec.items, [each.event for each in presses])
    assert (len(game.announced), len(game.standing)) == (asked, 40)


def test_a_copy_of_a_round_is_open_to_everybody_once_on_any_day() -> None:
    assert SPEC.policy.duration_ms == 1_200_000
    assert (SPEC.policy.attempts.limit, SPEC.policy.attempts.periods) == (1, [])


@pytest.mark.parametrize(
    ("contestants", "minutes", "code"),
    [
        (0, 20, "rehearsal_contestants"),
        (-5, 20, "rehearsal_contestants"),
        (MOST_CONTESTANTS + 1, 20, "rehearsal_contestants"),
        (10**30, 20, "rehearsal_contestants"),
        (1, 0, "rehearsal_minutes"),
        (1, MOST_MINUTES + 1, "rehearsal_minutes"),
    ],
)
def test_sizes_that_nobody_can_play_are_refused(contestants: int, minutes: int, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        check_size(contestants, minutes)
    assert refused.value.code == code


def test_the_smallest_and_the_largest_are_taken() -> None:
    check_size(1, 1)
    check_size(MOST_CONTESTANTS, MOST_MINUTES)
