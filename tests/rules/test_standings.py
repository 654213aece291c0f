"""From marked attempts to the values that rank them; whole rounds are played in tests/golden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from hoithi.rules.awards import Award
from hoithi.rules.paper import AttemptRule
from hoithi.rules.ranking import Placed
from hoithi.rules.regulation import (
    FORMAT,
    Online,
    PredictionRule,
    PrizeLine,
    Regulation,
    Requirement,
    Segment,
    Target,
)
from hoithi.rules.standings import (
    NO_PREDICTION,
    Counts,
    Marked,
    Participant,
    Result,
    count,
    online_result,
    recorded_result,
)

ONLINE = Online(
    points_per_item=Decimal(1),
    counted="best",
    attempts=AttemptRule(None, "round", 420, []),
    prediction=PredictionRule("participants", "absolute"),
)
NO_MINIMUM = Requirement(all_correct=False, minimum_points=Decimal(0))
FIRST_PRIZE = [PrizeLine("nhat", "Giải nhất", 1, 0)]


def regulation(online: Online = ONLINE, ranking: Sequence[str] = ("points",)) -> Regulation:
    return Regulation(FORMAT, "dot-1", online, [], list(ranking), NO_MINIMUM, FIRST_PRIZE)


def guessing(rule: PredictionRule) -> Regulation:
    online = Online(Decimal(1), "best", ONLINE.attempts, rule)
    return regulation(online, ["points", "prediction"])


LIVE = Regulation(
    format=FORMAT,
    round="truc-tiep",
    online=None,
    segments=[Segment("mot", "Một", Decimal(50)), Segment("hai", "Hai", Decimal(50))],
    ranking=["points", "segment:hai", "lots"],
    requirement=Requirement(all_correct=False, minimum_points=Decimal(60)),
    prizes=FIRST_PRIZE,
)
COUNTS = Counts(participants=100, attempts=130, all_correct=7)


def sat(entry: str, number: int, correct: int, guess: int = NO_PREDICTION) -> Marked:
    """An attempt of ten questions, from 1 s to 31 s after the epoch."""
    return Marked(
        attempt=f"{entry}/{number}",
        entry=entry,
        number=number,
        started_ms=1_000,
        submitted_ms=31_000,
        automatic=False,
        void=False,
        correct=correct,
        items=10,
        points=Decimal(correct),
        prediction=guess,
    )


def people(*entries: str, barred: str = "") -> list[Participant]:
    return [Participant(entry, "U", entry == barred) for entry in entries]


def result(*attempts: Marked, ranking: Sequence[str] = ("points",)) -> Result:
    entries = dict.fromkeys(each.entry for each in attempts)
    return online_result(regulation(ranking=ranking), people(*entries), attempts, COUNTS)


def test_every_criterion_has_its_value() -> None:
    scored = result(sat("a", 1, 10, 97), sat("a", 2, 8, 100), sat("a", 3, 10, 90)).scores["a"]
    assert scored.values == {
        "points": Decimal(10),
        "correct": Decimal(10),
        "prediction": Decimal(3),
        "duration": Decimal(30_000),
        "submitted": Decimal(31_000),
        "started": Decimal(1_000),
        "attempts": Decimal(3),
        "full_marks": Decimal(2),
        "lots": None,
    }


def test_the_best_attempt_is_the_best_by_the_whole_order() -> None:
    attempts = [sat("a", 1, 10, 97), sat("a", 2, 10, 99)]
    assert result(*attempts).counted["a"].number == 1
    by_guess = result(*attempts, ranking=["points", "prediction"])
    assert by_guess.counted["a"].number == 2


@pytest.mark.parametrize(
    ("target", "guess", "off"),
    [
        ("participants", 97, 3),
        ("attempts", 97, 33),
        ("all_correct", 97, 90),
        ("participants", 100, 0),
        ("participants", 104, 4),
        ("participants", NO_PREDICTION, None),
    ],
)
def test_a_guess_is_compared_with_the_frozen_count(
    target: Target, guess: int, off: int | None
) -> None:
    rule = guessing(PredictionRule(target, "absolute"))
    scores = online_result(rule, people("a"), [sat("a", 1, 9, guess)], COUNTS).scores
    assert scores["a"].values["prediction"] == off


def test_not_above_puts_every_excess_after_every_shortfall() -> None:
    rule = guessing(PredictionRule("participants", "not_above"))
    guesses = {"a": 101, "b": 40, "c": 100, "d": 103, "e": NO_PREDICTION}
    attempts = [sat(entry, 1, 9, guess) for entry, guess in guesses.items()]
    placed = online_result(rule, people(*guesses), attempts, COUNTS).placed
    assert [row.entry for row in placed] == ["c", "b", "a", "d", "e"]


def test_counts_are_of_people_who_may_take_part_and_of_admitted_attempts() -> None:
    attempts = [
        sat("a", 1, 10),
        sat("a", 2, 10),
        sat("b", 1, 9),
        sat("c", 1, 10),
        replace(sat("d", 1, 10), void=True),
    ]
    roster = people("a", "b", "c", "d", "e", barred="c")
    assert count(regulation(), roster, attempts) == Counts(
        participants=2, attempts=3, all_correct=1
    )


def test_a_barred_entry_has_a_score_and_no_place() -> None:
    outcome = online_result(
        regulation(),
        people("a", "b", "c", barred="a"),
        [sat("a", 1, 10), sat("b", 1, 9)],
        COUNTS,
    )
    assert outcome.placed == (Placed("b", 1, ""),)
    assert outcome.barred == ("a",)
    assert sorted(outcome.scores) == ["a", "b"]
    assert outcome.awards.given == (Award("b", "nhat", 1),)


def test_who_misses_the_requirement_keeps_the_place_and_gets_no_prize() -> None:
    outcome = recorded_result(
        LIVE,
        people("a", "b"),
        {
            "a": {"mot": Decimal("29.994"), "hai": Decimal(30)},
            "b": {"mot": Decimal(30), "hai": Decimal(20)},
        },
    )
    # 59,994 is 59,99, rounded once and not to 60.
    assert outcome.scores["a"].values["points"] == Decimal("59.99")
    assert [row.entry for row in outcome.placed] == ["a", "b"]
    assert outcome.unfit == ("a", "b")
    assert outcome.awards.left == ("nhat",)


def test_lots_decide_only_when_they_have_been_drawn() -> None:
    marks = {entry: {"mot": Decimal(30), "hai": Decimal(40)} for entry in "abc"}
    undrawn = recorded_result(LIVE, people("a", "b", "c"), marks)
    assert {row.place for row in undrawn.placed} == {1}
    drawn = recorded_result(LIVE, people("a", "b", "c"), marks, lots_seed=b"17")
    assert [row.place for row in drawn.placed] == [1, 2, 3]
    assert [row.decided_by for row in drawn.placed] == ["", "lots", "lots"]


def test_a_live_round_has_no_attempts_to_count() -> None:
    with pytest.raises(ValueError, match="truc-tiep is not held online"):
        count(LIVE, people("a"), [])
